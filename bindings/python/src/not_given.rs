//! The mark of an argument that was not given. Such an argument is left out, while `None` is sent as null.

use pyo3::prelude::*;
use pyo3::types::PyString;

/// The type of `NOT_GIVEN`, the default of optional arguments. The member is left out, while `None` is sent as null.
#[pyclass(frozen, module = "penbox")]
pub(crate) struct NotGiven;

#[pymethods]
impl NotGiven {
    fn __bool__(&self) -> bool {
        false
    }

    fn __repr__(&self) -> &'static str {
        "NOT_GIVEN"
    }

    /// A copy or an unpickled one is the same object: `is` must tell it from every other value.
    fn __reduce__<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, "NOT_GIVEN")
    }
}
