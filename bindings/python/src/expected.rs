//! The members that a parameter knows, of a result that is given for it.

use penbox_core::bindings::{Kind, OPERATIONS};
use serde_json::Value;

/// A result's text as the parameter at a path takes it: with the members that the parameter knows and without nulls. A parameter that
/// takes anything gets all of it. Dicts are not changed so: a name in a dict that no parameter has is a mistake of the caller's.
pub(crate) fn known(text: &str, operation: &str, path: &[String]) -> Value {
    let found = OPERATIONS.iter().find(|found| found.id == operation);
    let kind = found.map_or(Kind::Any, |found| Kind::Model(found.params));
    let kind = path.iter().fold(kind, |kind, name| below(kind, name));
    // The text was parsed once, so it is JSON.
    kept(serde_json::from_str(text).unwrap_or_default(), kind)
}

/// The kind of a member or an item.
fn below(kind: Kind, name: &str) -> Kind {
    match kind {
        Kind::Model(model) => model.field(name).map_or(Kind::Any, |field| field.kind),
        Kind::List(of) | Kind::Map(of) => *of,
        // One value, or a list whose items have their positions in the path.
        Kind::OneOrMany(of) if name.bytes().all(|byte| byte.is_ascii_digit()) => *of,
        Kind::OneOrMany(of) => below(*of, name),
        _ => Kind::Any,
    }
}

fn kept(value: Value, kind: Kind) -> Value {
    match (value, kind) {
        (value, Kind::OneOrMany(of)) => match value {
            Value::Array(_) => kept(value, Kind::List(of)),
            _ => kept(value, *of),
        },
        (Value::Array(items), Kind::List(of)) => {
            Value::Array(items.into_iter().map(|item| kept(item, *of)).collect())
        }
        (Value::Object(members), Kind::Model(model)) => {
            let members = members.into_iter().filter_map(|(name, value)| {
                let field = model.field(&name)?;
                (!value.is_null()).then(|| (name, kept(value, field.kind)))
            });
            Value::Object(members.collect())
        }
        (value, _) => value,
    }
}
