//! The core's errors as Python exceptions, and the guards around all work that may panic or wait.

use std::panic::{AssertUnwindSafe, catch_unwind};

use penbox_core::bindings::{Document, Language};
use penbox_core::{Error, Outcome};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::to_dict::to_python;
use crate::{hook_error, log_bridge, signals};

/// Runs work of the core without the GIL. A panic becomes an `InternalError`, never a `PanicException`. An exception that a
/// signal's handler raised meanwhile is raised as it is, whether the call succeeded or not.
pub(crate) fn waiting<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<T> {
    signals::enter(py)?;
    log_bridge::refresh(py);
    let result = py
        .detach(|| catch_unwind(AssertUnwindSafe(work)))
        .unwrap_or_else(|_| Err(panicked()));
    // The handler's exception is what the program expects, such as KeyboardInterrupt: it goes before the core's error.
    match signals::raised() {
        Some(error) => Err(error),
        None => result.map_err(|error| exception(py, &error)),
    }
}

/// Runs work that keeps the GIL. A panic becomes an `InternalError`.
pub(crate) fn guarded<T>(py: Python<'_>, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(exception(py, &panicked())))
}

/// The exception for an error of the core. An exception of the caller's own code that is behind it is its cause.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let raised = from_payload(py, error).unwrap_or_else(|fault| fault);
    hook_error::caused(py, error, raised)
}

fn from_payload(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = MAKE.import(py, "penbox._error", "from_payload")?;
    let payload = Document::parse(error.payload_in(Language::Python).to_json_with_curl())
        .map_err(|_| PyRuntimeError::new_err("an error without a payload"))?;
    let members = to_python(py, payload.root())?;
    Ok(PyErr::from_value(make.call1((members,))?))
}

/// The error for a panic. How far the call got is unknown then.
fn panicked() -> Error {
    Error::internal("the SDK failed unexpectedly; standard error has the details")
        .with_outcome(Outcome::Unknown)
}

/// Panics inside a guard, so that the tests can see the error that a panic becomes.
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
