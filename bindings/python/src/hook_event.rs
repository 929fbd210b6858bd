//! The events of hooks as Python's objects.

use penbox_core::bindings::Document;
use pyo3::exceptions::PyRuntimeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;

use crate::to_dict::to_python;

/// An event as an object of its class in `penbox._usage`.
pub(crate) fn event<'py>(
    py: Python<'py>,
    class: &str,
    members: &Value,
) -> PyResult<Bound<'py, PyAny>> {
    let class = py.import(intern!(py, "penbox._usage"))?.getattr(class)?;
    class.call((), Some(dict(py, members)?.cast::<PyDict>()?))
}

/// JSON of the core as plain Python.
pub(crate) fn dict<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    let document = Document::parse(value.to_string())
        .map_err(|_| PyRuntimeError::new_err("an event without members"))?;
    to_python(py, document.root())
}
