//! The store of a replay guard: an object of the caller's.

use std::time::Duration;

use penbox_core::Error;
use penbox_core::webhook::{ReplayEntry, ReplayStore, StoreError};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;

use crate::errors::exception;
use crate::exit;
use crate::hook_error::raised;

/// A store that calls the methods `add` and `remove` of an object, with the GIL.
pub(crate) struct PythonStore(Py<PyAny>);

impl PythonStore {
    /// The store of an object, which is asked for nothing yet. Refuses one without the methods.
    pub(crate) fn new(given: &Bound<'_, PyAny>) -> PyResult<PythonStore> {
        let has = |name: &str| -> PyResult<bool> {
            let method = given.getattr_opt(name)?;
            Ok(method.is_some_and(|method| method.is_callable()))
        };
        if has("add")? && has("remove")? && !given.is_instance_of::<pyo3::types::PyType>() {
            return Ok(PythonStore(given.clone().unbind()));
        }
        let text = "the setting remember_deliveries must be true, false, or an object with the methods add(id, seconds) and remove(id)";
        Err(exception(given.py(), &Error::config(text)))
    }

    /// Calls a method, and reads from its answer what `read` wants.
    fn call<T>(
        &self,
        call: impl FnOnce(&Bound<'_, PyAny>) -> PyResult<T>,
    ) -> Result<T, StoreError> {
        exit::attached(|py| call(self.0.bind(py)).map_err(|error| raised(py, error)))
    }
}

impl ReplayStore for PythonStore {
    fn add(&self, entry: &ReplayEntry<'_>) -> Result<bool, StoreError> {
        let seconds = seconds(entry.lifetime());
        self.call(|store| {
            let answer = store.call_method1(intern!(store.py(), "add"), (entry.id(), seconds))?;
            plain(&answer)?;
            answer.is_truthy()
        })
    }

    fn remove(&self, id: &str) -> Result<(), StoreError> {
        self.call(|store| {
            plain(&store.call_method1(intern!(store.py(), "remove"), (id,))?).map(drop)
        })
    }
}

/// Whole seconds, rounded up: an entry that ended too early would let a repeat through, and Redis refuses 0.
fn seconds(lifetime: Duration) -> u64 {
    let whole = lifetime.as_secs() + u64::from(lifetime.subsec_nanos() > 0);
    whole.max(1)
}

/// Refuses the coroutine of an `async def`, which is always true and which nobody would await.
fn plain<'a, 'py>(answer: &'a Bound<'py, PyAny>) -> PyResult<&'a Bound<'py, PyAny>> {
    if answer.hasattr(intern!(answer.py(), "__await__"))? {
        let _ = answer.call_method0(intern!(answer.py(), "close"));
        let text = "the methods of a store must be plain functions, not async ones";
        return Err(PyTypeError::new_err(text));
    }
    Ok(answer)
}
