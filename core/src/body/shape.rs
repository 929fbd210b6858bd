//! Whether an answer has the shape its operation promises, and where not.

use crate::schema::{Kind, Model};

use super::node::{Node, NodeKind};

/// The first place where `node` is not of `kind`: its JSON path and what was expected there.
///
/// Every field but the required ones may be null or absent, and unknown fields are no mismatch. It judges exactly as the
/// typed models of Rust decode, so that an answer is good or bad in every language alike.
pub(crate) fn mismatch(node: Node<'_>, kind: &Kind) -> Option<String> {
    let mut path = String::from("$");
    find(node, kind, &mut path).map(|expected| format!("{expected} at {path}"))
}

fn find(node: Node<'_>, kind: &Kind, path: &mut String) -> Option<String> {
    let fits = match kind {
        Kind::Any => true,
        Kind::Model(model) if node.kind() == NodeKind::Object => return members(node, model, path),
        Kind::List(item) | Kind::OneOrMany(item) if node.kind() == NodeKind::Array => {
            return items(node, item, path);
        }
        Kind::Object => node.kind() == NodeKind::Object,
        Kind::Text | Kind::Open(_) => node.kind() == NodeKind::String,
        Kind::Boolean => node.kind() == NodeKind::Boolean,
        Kind::Integer => node.as_i64().is_some(),
        Kind::Number => node.kind() == NodeKind::Number,
        Kind::Map(item) if node.kind() == NodeKind::Object => return values(node, item, path),
        Kind::OneOrMany(item) => return find(node, item, path),
        Kind::Commas => node.kind() == NodeKind::String,
        Kind::Model(_) | Kind::Map(_) | Kind::List(_) | Kind::File => false,
    };
    (!fits).then(|| format!("expected {}", kind.wanted()))
}

fn items(node: Node<'_>, kind: &Kind, path: &mut String) -> Option<String> {
    let length = path.len();
    for (position, item) in node.items().enumerate() {
        path.push_str(&format!("[{position}]"));
        if let Some(expected) = find(item, kind, path) {
            return Some(expected);
        }
        path.truncate(length);
    }
    None
}

fn values(node: Node<'_>, kind: &Kind, path: &mut String) -> Option<String> {
    let length = path.len();
    for (name, value) in node.members() {
        path.push('.');
        path.push_str(name);
        if let Some(expected) = find(value, kind, path) {
            return Some(expected);
        }
        path.truncate(length);
    }
    None
}

fn members(node: Node<'_>, model: &'static Model, path: &mut String) -> Option<String> {
    let length = path.len();
    for (name, value) in node.members() {
        let Some(field) = model.field(name) else {
            continue;
        };
        if value.is_null() && !field.required {
            continue;
        }
        path.push('.');
        path.push_str(name);
        if let Some(expected) = find(value, &field.kind, path) {
            return Some(expected);
        }
        path.truncate(length);
    }
    let missing = model
        .fields
        .iter()
        .find(|field| field.required && node.get(field.name).is_none())?;
    path.push('.');
    path.push_str(missing.name);
    Some(format!("expected {}, found nothing", missing.kind.wanted()))
}
