//! The core's errors as Python exceptions, and the one guard around everything that can panic or wait.

use std::panic::{AssertUnwindSafe, catch_unwind};

use penbox_core::bindings::{Document, Language};
use penbox_core::{Error, Outcome};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::signals;
use crate::to_dict::to_python;

/// Waits for the core without holding the GIL. A panic becomes an `InternalError`, never a `PanicException`; what a signal's
/// handler raised meanwhile comes out as it is, whatever became of the call.
pub(crate) fn waiting<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<T> {
    signals::enter(py)?;
    let result = py
        .detach(|| catch_unwind(AssertUnwindSafe(work)))
        .unwrap_or_else(|_| Err(panicked()));
    match signals::raised() {
        Some(error) => Err(error),
        None => result.map_err(|error| exception(py, &error)),
    }
}

/// Does work that keeps the GIL, guarded the same way.
pub(crate) fn guarded<T>(py: Python<'_>, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(exception(py, &panicked())))
}

/// The exception that stands for an error.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    from_payload(py, error).unwrap_or_else(|fault| fault)
}

fn from_payload(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = MAKE.import(py, "penbox._error", "from_payload")?;
    let payload = Document::parse(error.payload_in(Language::Python).to_json())
        .map_err(|_| PyRuntimeError::new_err("an error without a payload"))?;
    let members = to_python(py, payload.root())?;
    Ok(PyErr::from_value(make.call1((members,))?))
}

fn panicked() -> Error {
    Error::internal("the SDK failed unexpectedly; standard error has the details")
        .with_outcome(Outcome::Unknown)
}

/// Panics behind the guard: how the tests prove what becomes of a panic.
#[cfg(feature = "test-hooks")]
#[pyfunction]
#[pyo3(name = "_provoke_panic")]
pub(crate) fn provoke_panic(py: Python<'_>, detached: bool) -> PyResult<()> {
    #[expect(clippy::panic, reason = "it is the point")]
    let fail = || -> () { panic!("provoked") };
    match detached {
        true => waiting(py, || {
            fail();
            Ok(())
        }),
        false => guarded(py, || {
            fail();
            Ok(())
        }),
    }
}
