//! The text of a result under `repr`: without personal data, and without members that this version does not know.

use penbox_core::bindings::Node;
use pyo3::prelude::*;
use pyo3::types::PyList;

/// A member's value as `repr` may show it.
pub(crate) enum Shown<'py> {
    /// A field that is safe to show.
    Value(Bound<'py, PyAny>),
    /// A field that may hold personal data.
    Hidden,
    /// A member that is no field of the class.
    Unknown,
}

/// Stands for a text that is hidden. The stars say that there is one, which a reader of a log may want to know.
const MASKED: &str = "***";
/// Stands for a value that is hidden or unknown and no text.
const LEFT_OUT: &str = "...";

/// The text for an object of a class, such as `Form(id='..', user=FormUser(email='***'), data=...)`. Members that are null
/// stand as `None`; `shown` is called for every other one with its name on the wire.
pub(crate) fn of<'py>(
    class: &str,
    object: Node<'_>,
    shown: impl Fn(&str) -> PyResult<Shown<'py>>,
) -> PyResult<String> {
    let mut parts = Vec::with_capacity(object.len());
    for (name, node) in object.members() {
        let text = match node.is_null() {
            true => "None".to_owned(),
            false => match shown(name)? {
                Shown::Value(value) => value.repr()?.to_string(),
                Shown::Hidden if node.as_str().is_some() => format!("'{MASKED}'"),
                Shown::Hidden | Shown::Unknown => LEFT_OUT.to_owned(),
            },
        };
        parts.push(format!("{name}={text}"));
    }
    Ok(format!("{class}({})", parts.join(", ")))
}

/// The same as pairs of names and values, for a printer that walks them.
pub(crate) fn parts<'py>(
    py: Python<'py>,
    object: Node<'_>,
    shown: impl Fn(&str) -> PyResult<Shown<'py>>,
) -> PyResult<Bound<'py, PyList>> {
    let parts = PyList::empty(py);
    for (name, node) in object.members() {
        match (node.is_null(), shown(name)?) {
            (true, _) => parts.append((name, py.None()))?,
            (false, Shown::Value(value)) => parts.append((name, value))?,
            (false, Shown::Hidden) if node.as_str().is_some() => parts.append((name, MASKED))?,
            (false, Shown::Hidden | Shown::Unknown) => parts.append((name, py.Ellipsis()))?,
        }
    }
    Ok(parts)
}
