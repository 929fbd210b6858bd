//! Checks an answer against the kind that its operation documents, and names the first difference.

use crate::schema::{Kind, Model};

use super::fields::Fields;
use super::node::{Node, NodeKind};

/// The first value in `node` that is not of `kind`: its JSON path and the expected kind, in words.
///
/// Every field but the required ones may be null or absent, and unknown fields are no mismatch. The check accepts exactly what
/// Rust's typed models decode, so that an answer is good or bad in every language alike.
pub(crate) fn mismatch(node: Node<'_>, kind: &Kind) -> Option<String> {
    let Mismatch { expected, path } = find(node, kind)?;
    let path: String = path.into_iter().rev().collect();
    Some(format!("{expected} at ${path}"))
}

/// A difference: the kind that was expected, and the steps of the path to it, the last one first.
struct Mismatch {
    expected: String,
    path: Vec<String>,
}

impl Mismatch {
    /// The same mismatch, seen from the container above.
    fn below(mut self, step: String) -> Mismatch {
        self.path.push(step);
        self
    }
}

/// The first mismatch in a value, its path counted from that value.
fn find(node: Node<'_>, kind: &Kind) -> Option<Mismatch> {
    let fits = match kind {
        Kind::Any => true,
        Kind::Model(model) if node.kind() == NodeKind::Object => return members(node, model),
        Kind::List(item) | Kind::OneOrMany(item) if node.kind() == NodeKind::Array => {
            return items(node, item);
        }
        Kind::Object => node.kind() == NodeKind::Object,
        Kind::Text | Kind::Open(_) => node.kind() == NodeKind::String,
        Kind::Boolean => node.kind() == NodeKind::Boolean,
        Kind::Integer => node.as_i64().is_some(),
        Kind::Number => node.kind() == NodeKind::Number,
        Kind::Map(item) if node.kind() == NodeKind::Object => return values(node, item),
        // A list was checked above, so this is the one value.
        Kind::OneOrMany(item) => return find(node, item),
        Kind::Commas => node.kind() == NodeKind::String,
        Kind::Model(_) | Kind::Map(_) | Kind::List(_) | Kind::File => false,
    };
    (!fits).then(|| Mismatch {
        expected: format!("expected {}", kind.wanted()),
        path: Vec::new(),
    })
}

/// The first mismatch in the items of a list.
fn items(node: Node<'_>, kind: &Kind) -> Option<Mismatch> {
    node.items().enumerate().find_map(|(position, item)| {
        find(item, kind).map(|mismatch| mismatch.below(format!("[{position}]")))
    })
}

/// The first mismatch in the values of a map.
fn values(node: Node<'_>, kind: &Kind) -> Option<Mismatch> {
    node.members().find_map(|(name, value)| {
        find(value, kind).map(|mismatch| mismatch.below(format!(".{name}")))
    })
}

/// The first mismatch in the members of an object, or the first required field that it lacks.
fn members(node: Node<'_>, model: &'static Model) -> Option<Mismatch> {
    let mut fields = Fields::of(model);
    for (name, value) in node.members() {
        let Some(field) = fields.find(name) else {
            continue;
        };
        if value.is_null() && !field.required {
            continue;
        }
        if let Some(mismatch) = find(value, &field.kind) {
            return Some(mismatch.below(format!(".{name}")));
        }
    }
    let missing = fields.missing()?;
    let expected = format!("expected {}, found nothing", missing.kind.wanted());
    let path = vec![format!(".{}", missing.name)];
    Some(Mismatch { expected, path })
}
