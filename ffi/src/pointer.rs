//! Writing into a JSON value by JSON Pointer (RFC 6901).

use penbox_core::{Error as CoreError, Result};
use serde_json::{Map, Value};

/// As deep as a pointer may lead: JSON itself is read to 128 levels, and what it leads to has levels of its own.
const MAX_PARTS: usize = 64;

/// What stands for a new last item of a list.
const NEW_ITEM: &str = "-";

/// Puts a value where the pointer leads. Objects on the way are made, and lists where a new item is next; nothing on the way
/// is replaced.
pub(crate) fn set(root: &mut Value, pointer: &str, value: Value) -> Result<()> {
    let Some(path) = pointer.strip_prefix('/') else {
        return Err(refused("the pointer must start with '/'"));
    };
    if path.split('/').count() > MAX_PARTS {
        return Err(refused("the pointer has too many parts"));
    }
    // Looked at before anything is made, so that a refused pointer leaves no trace.
    probe(root, path)?;
    let next = path.split('/').skip(1).map(Some).chain([None]);
    let place = path
        .split('/')
        .zip(next)
        .try_fold(root, |place, (part, next)| {
            step(place, &unescaped(part), next)
        });
    match place {
        Some(place) => {
            *place = value;
            Ok(())
        }
        None => Err(refused("the pointer leads nowhere")),
    }
}

/// Whether the pointer leads somewhere.
fn probe(root: &Value, path: &str) -> Result<()> {
    let mut place = root;
    for part in path.split('/') {
        let next = match place {
            Value::Object(members) => members.get(&unescaped(part)),
            Value::Array(_) if part == NEW_ITEM => None,
            Value::Array(items) => match position(part).and_then(|position| items.get(position)) {
                Some(item) => Some(item),
                None => return Err(refused("the pointer names an item that the list has not")),
            },
            _ => {
                return Err(refused(
                    "the pointer leads through a value that is no object and no list",
                ));
            }
        };
        match next {
            Some(next) => place = next,
            None => return Ok(()),
        }
    }
    Ok(())
}

/// One step down; a new member or item is a list or an object, as the next part needs it, until the value is put there.
fn step<'v>(place: &'v mut Value, part: &str, next: Option<&str>) -> Option<&'v mut Value> {
    let fresh = || match next {
        Some(NEW_ITEM) => Value::Array(Vec::new()),
        _ => Value::Object(Map::new()),
    };
    match place {
        Value::Object(members) => Some(members.entry(part).or_insert_with(fresh)),
        Value::Array(items) => {
            if part == NEW_ITEM {
                items.push(fresh());
                return items.last_mut();
            }
            items.get_mut(position(part)?)
        }
        _ => None,
    }
}

fn position(part: &str) -> Option<usize> {
    match part {
        "0" => Some(0),
        _ if part.starts_with(['0', '+']) => None,
        _ => part.parse().ok(),
    }
}

fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

fn refused(message: &str) -> CoreError {
    CoreError::invalid_argument(message)
}
