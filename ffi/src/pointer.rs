//! Writes to a JSON value by JSON Pointer (RFC 6901).

use penbox_core::{Error as CoreError, Result};
use serde_json::{Map, Value};

/// The largest number of parts of a pointer. JSON is read to 128 levels, and the value at the pointer may have levels
/// of its own, so each gets half of them.
const MAX_PARTS: usize = 64;

/// The part that means a new last item of a list (RFC 6901, section 4).
const NEW_ITEM: &str = "-";

/// Sets the value at a pointer. Missing objects on the way are made, and a missing list before a new item. Nothing on
/// the way is replaced.
///
/// # Errors
/// The kind `invalid_argument` for a pointer that leads nowhere. The value is then unchanged.
pub(crate) fn set(root: &mut Value, pointer: &str, value: Value) -> Result<()> {
    // The empty pointer, which is the whole value, is an error too: parameters are always an object.
    let Some(path) = pointer.strip_prefix('/') else {
        return Err(invalid("the pointer must start with '/'"));
    };
    if path.split('/').count() > MAX_PARTS {
        return Err(invalid("the pointer has too many parts"));
    }
    // Validated before anything is made, so that an invalid pointer changes nothing.
    validate(root, path)?;
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
        None => Err(invalid("the pointer leads nowhere")),
    }
}

/// Validates that each part of the pointer names something that exists or can be made.
fn validate(root: &Value, path: &str) -> Result<()> {
    let mut place = root;
    for part in path.split('/') {
        let next = match place {
            Value::Object(members) => members.get(&unescaped(part)),
            Value::Array(_) if part == NEW_ITEM => None,
            Value::Array(items) => match position(part).and_then(|position| items.get(position)) {
                Some(item) => Some(item),
                None => return Err(invalid("the pointer names an item that the list has not")),
            },
            _ => {
                return Err(invalid(
                    "the pointer leads through a value that is no object and no list",
                ));
            }
        };
        match next {
            Some(next) => place = next,
            // The rest of the way is made anew, so every part fits.
            None => return Ok(()),
        }
    }
    Ok(())
}

/// Goes one part down. A missing member or new item is made as a list or an object, as the `next` part needs it. The
/// caller replaces the last one by the value.
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

/// Returns the position that a part names. RFC 6901 allows no sign and no leading zero, which `parse` would accept.
fn position(part: &str) -> Option<usize> {
    match part {
        "0" => Some(0),
        _ if part.starts_with(['0', '+']) => None,
        _ => part.parse().ok(),
    }
}

/// Returns the name that a part stands for.
fn unescaped(part: &str) -> String {
    // In this order (RFC 6901, section 4): `~01` is `~1`, not `/`.
    part.replace("~1", "/").replace("~0", "~")
}

/// Makes the error of a bad pointer. It never quotes the pointer, which may hold data of the caller's.
fn invalid(message: &str) -> CoreError {
    CoreError::invalid_argument(message)
}
