//! Equality of JSON values. The order of members does not matter, and numbers are compared by value.

use penbox_core::bindings::{Node, NodeKind};

/// True if two values are equal with all that they contain.
pub(crate) fn equal(one: Node<'_>, other: Node<'_>) -> bool {
    if one.kind() != other.kind() || one.len() != other.len() {
        return false;
    }
    match one.kind() {
        NodeKind::Object => one
            .members()
            .all(|(name, value)| other.get(name).is_some_and(|same| equal(value, same))),
        NodeKind::Array => one
            .items()
            .zip(other.items())
            .all(|(item, same)| equal(item, same)),
        NodeKind::String => one.as_str() == other.as_str(),
        NodeKind::Boolean => one.as_bool() == other.as_bool(),
        NodeKind::Number => match (one.as_i64(), other.as_i64(), one.as_u64(), other.as_u64()) {
            (Some(a), Some(b), ..) => a == b,
            (.., Some(a), Some(b)) => a == b,
            _ => match (one.as_number_text(), other.as_number_text()) {
                (Some(a), Some(b)) if a == b => true,
                // Large whole numbers may differ and still be the same double. Python's ints have all their digits, so they
                // are not compared as doubles.
                (Some(a), Some(b)) if is_whole(a) && is_whole(b) => false,
                _ => one.as_f64().is_some() && one.as_f64() == other.as_f64(),
            },
        },
        _ => true,
    }
}

/// True if a number's text has neither a fraction nor an exponent.
fn is_whole(text: &str) -> bool {
    !text.contains(['.', 'e', 'E'])
}
