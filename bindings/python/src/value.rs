//! JSON values as plain Python objects.

use penbox_core::bindings::{Node, NodeKind};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyType};

use crate::model::{Handle, Model};
use crate::to_dict::{container, number};

/// The value with all it contains, as the server sent it: dicts, lists, strings, numbers, True, False and None.
pub(crate) fn to_python<'py>(py: Python<'py>, node: Node<'_>) -> PyResult<Bound<'py, PyAny>> {
    match node.kind() {
        // Only what has members needs their names at hand.
        NodeKind::Object | NodeKind::Array => container(py, node.walk()),
        _ => scalar(py, node),
    }
}

fn scalar<'py>(py: Python<'py>, node: Node<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match node.kind() {
        NodeKind::String => PyString::new(py, node.as_str().unwrap_or_default()).into_any(),
        NodeKind::Boolean => node.as_bool().into_pyobject(py)?,
        NodeKind::Number => match (node.as_i64(), node.as_u64(), node.as_number_text()) {
            (Some(number), ..) => number.into_pyobject(py)?.into_any(),
            (None, Some(number), _) => number.into_pyobject(py)?.into_any(),
            (None, None, Some(text)) => number(py, text)?,
            (None, None, None) => node.as_f64().into_pyobject(py)?,
        },
        _ => py.None().into_bound(py),
    })
}

/// The value as its type says: an object as a `model`, a list as a list of them; anything else, or without a model, as it is.
pub(crate) fn shaped<'py>(
    model: Option<&Bound<'py, PyType>>,
    handle: &Bound<'py, Handle>,
    node: Node<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    match (model, node.kind()) {
        (Some(model), NodeKind::Object) => Model::make(model, handle, node.index()),
        (Some(_), NodeKind::Array) => {
            let mut items = Vec::with_capacity(node.len());
            for item in node.items() {
                items.push(shaped(model, handle, item)?);
            }
            Ok(PyList::new(handle.py(), items)?.into_any())
        }
        _ => to_python(handle.py(), node),
    }
}
