//! JSON text that a caller gives.

use penbox_core::{Error as CoreError, Result};
use serde_json::{Map, Value};

/// Parses any JSON value. The error tells where it went wrong and repeats nothing.
pub(crate) fn value(text: &str, what: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| not_json(&error, what))
}

/// Parses a JSON object.
pub(crate) fn object(text: &str, what: &str) -> Result<Map<String, Value>> {
    match value(text, what)? {
        Value::Object(members) => Ok(members),
        _ => Err(CoreError::invalid_argument(format!(
            "{what} must be a JSON object"
        ))),
    }
}

/// The error for text that is not JSON.
pub(crate) fn not_json(error: &serde_json::Error, what: &str) -> CoreError {
    CoreError::invalid_argument(format!(
        "{what} must be valid JSON: {} at line {} column {}",
        match error.is_eof() {
            true => "it ends too early",
            false => "syntax error",
        },
        error.line(),
        error.column()
    ))
}
