//! The results of a call as JSON.

use penbox::Error;
use serde::Serialize;
use serde_json::value::RawValue;

/// JSON as it was written: a tree has no place for some numbers.
pub(crate) type Json = Box<RawValue>;

/// The items of a list, which is gone on with after `resume` errors.
pub(crate) fn all<T: Serialize>(
    items: impl Iterator<Item = Result<T, Error>>,
    mut resume: u32,
) -> Result<Json, Error> {
    let mut all = Vec::new();
    for item in items {
        match item {
            Err(_) if resume > 0 => resume -= 1,
            item => all.push(item?),
        }
    }
    one(Ok(all))
}

/// The result of a call that gives one.
pub(crate) fn one<T: Serialize>(result: Result<T, Error>) -> Result<Json, Error> {
    raw(&result?).map_err(|error| Error::internal(error.to_string()))
}

/// A value as it is written.
pub(crate) fn raw(value: &impl Serialize) -> serde_json::Result<Json> {
    serde_json::value::to_raw_value(value)
}

/// The error for an operation that is not in the spec.
pub(crate) fn unknown(operation: &str) -> Error {
    Error::invalid_argument(format!("no method for {operation}"))
}
