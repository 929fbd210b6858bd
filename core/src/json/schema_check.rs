//! Whether an answer has the shape its operation promises, and where not.

use crate::schema::{Kind, Model};

use super::fields::Fields;
use super::node::{Node, NodeKind};

/// The first place where `node` is not of `kind`: its JSON path and what was expected there.
///
/// Every field but the required ones may be null or absent, and unknown fields are no mismatch. It judges exactly as the
/// typed models of Rust decode, so that an answer is good or bad in every language alike.
pub(crate) fn mismatch(node: Node<'_>, kind: &Kind) -> Option<String> {
    let Mismatch { expected, path } = find(node, kind)?;
    let path: String = path.into_iter().rev().collect();
    Some(format!("{expected} at ${path}"))
}

/// What was expected, and the steps to its place, the last one first.
struct Mismatch {
    expected: String,
    path: Vec<String>,
}

impl Mismatch {
    fn below(mut self, step: String) -> Mismatch {
        self.path.push(step);
        self
    }
}

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
        Kind::OneOrMany(item) => return find(node, item),
        Kind::Commas => node.kind() == NodeKind::String,
        Kind::Model(_) | Kind::Map(_) | Kind::List(_) | Kind::File => false,
    };
    (!fits).then(|| Mismatch {
        expected: format!("expected {}", kind.wanted()),
        path: Vec::new(),
    })
}

fn items(node: Node<'_>, kind: &Kind) -> Option<Mismatch> {
    node.items().enumerate().find_map(|(position, item)| {
        find(item, kind).map(|misfit| misfit.below(format!("[{position}]")))
    })
}

fn values(node: Node<'_>, kind: &Kind) -> Option<Mismatch> {
    node.members()
        .find_map(|(name, value)| find(value, kind).map(|misfit| misfit.below(format!(".{name}"))))
}

fn members(node: Node<'_>, model: &'static Model) -> Option<Mismatch> {
    let mut fields = Fields::of(model);
    for (name, value) in node.members() {
        let Some(field) = fields.find(name) else {
            continue;
        };
        if value.is_null() && !field.required {
            continue;
        }
        if let Some(misfit) = find(value, &field.kind) {
            return Some(misfit.below(format!(".{name}")));
        }
    }
    let missing = fields.missing()?;
    let expected = format!("expected {}, found nothing", missing.kind.wanted());
    let path = vec![format!(".{}", missing.name)];
    Some(Mismatch { expected, path })
}
