//! The text of a result under `repr`: without personal data, and without members that this version does not know.

use penbox_core::bindings::Node;
use pyo3::prelude::*;

/// A member's value as `repr` may show it.
pub(crate) enum Shown {
    /// A field that is safe to show, with the text of its value.
    Text(String),
    /// A field that may hold personal data.
    Hidden,
    /// A member that is no field of the class.
    Unknown,
}

/// The text for an object of a class, such as `Form(id='..', user=FormUser(email='***'), data=...)`. Members that are null
/// stand as `None`; `shown` is called for every other one with its name on the wire.
pub(crate) fn of(
    class: &str,
    object: Node<'_>,
    shown: impl Fn(&str) -> PyResult<Shown>,
) -> PyResult<String> {
    let mut parts = Vec::with_capacity(object.len());
    for (name, node) in object.members() {
        let text = match node.is_null() {
            true => "None".to_owned(),
            false => match shown(name)? {
                Shown::Text(text) => text,
                // The stars say that there is a text, which a reader of a log may want to know.
                Shown::Hidden if node.as_str().is_some() => "'***'".to_owned(),
                Shown::Hidden | Shown::Unknown => "...".to_owned(),
            },
        };
        parts.push(format!("{name}={text}"));
    }
    Ok(format!("{class}({})", parts.join(", ")))
}
