//! JSON values as plain Python objects.

use penbox_core::{Node, NodeKind};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyType};

use crate::keys;
use crate::model::{Handle, Model};

/// The value with all it contains, as the server sent it: dicts, lists, strings, numbers, True, False and None.
pub(crate) fn to_python<'py>(py: Python<'py>, node: Node<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match node.kind() {
        NodeKind::Object => {
            let dict = PyDict::new(py);
            for (name, value) in node.members() {
                dict.set_item(keys::python(py, name), to_python(py, value)?)?;
            }
            dict.into_any()
        }
        NodeKind::Array => {
            let list = PyList::empty(py);
            for item in node.items() {
                list.append(to_python(py, item)?)?;
            }
            list.into_any()
        }
        NodeKind::String => node.as_str().into_pyobject(py)?,
        NodeKind::Boolean => node.as_bool().into_pyobject(py)?,
        NodeKind::Number => match (node.as_i64(), node.as_u64()) {
            (Some(number), _) => number.into_pyobject(py)?.into_any(),
            (None, Some(number)) => number.into_pyobject(py)?.into_any(),
            (None, None) => node.as_f64().into_pyobject(py)?,
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
            let list = PyList::empty(handle.py());
            for item in node.items() {
                list.append(shaped(model, handle, item)?)?;
            }
            Ok(list.into_any())
        }
        _ => to_python(handle.py(), node),
    }
}
