//! Results with the HTTP side of their answers.

use penbox_core::bindings::{Document, ResponseInfo};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::to_dict::to_python;

/// Joins a result and the HTTP side of its answer in a `penbox.WithResponse`. A result whose call recorded none stays as it is.
pub(crate) fn joined<'py>(
    py: Python<'py>,
    result: Bound<'py, PyAny>,
    info: Option<&ResponseInfo>,
) -> PyResult<Bound<'py, PyAny>> {
    static JOIN: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let Some(info) = info else {
        return Ok(result);
    };
    let join = JOIN.import(py, "penbox._response", "with_response")?;
    let info = Document::parse(info.to_json())
        .map_err(|_| PyRuntimeError::new_err("an answer without an HTTP side"))?;
    join.call1((result, to_python(py, info.root())?))
}
