//! Results with the HTTP side of their answers.

use penbox_core::bindings::{Answer, Document, ResponseInfo};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::errors::guarded;
use crate::model::{self, Handle};
use crate::to_dict::to_python;

/// An answer as the operation's result: of the class `model`, and with its HTTP side where the call recorded one.
pub(crate) fn result<'py>(
    py: Python<'py>,
    model: Option<&Bound<'py, PyType>>,
    answer: Answer,
) -> PyResult<Bound<'py, PyAny>> {
    guarded(py, || {
        let handle = Bound::new(py, Handle(answer.document))?;
        let result = model::shaped(model, &handle, handle.get().0.root())?;
        joined(py, result, answer.response.as_deref())
    })
}

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
