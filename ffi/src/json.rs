//! JSON text that a caller passes in.

#![expect(unsafe_code, reason = "text from C")]

use std::ffi::c_char;

use penbox_core::bindings::given;
use penbox_core::{Error as CoreError, Result};
use serde_json::{Map, Value};

use crate::input;

/// Parses any JSON value. Fails for NULL, for bytes that are not UTF-8 and for text that is not JSON. The error names
/// the fault and its position. It never quotes the text, which may hold secrets. `what` is the plural that names the
/// text in messages.
///
/// # Safety
/// `json` is NULL or a C string.
pub(crate) unsafe fn value(json: *const c_char, what: &str) -> Result<Value> {
    // SAFETY: the caller's promise is this function's own.
    let bytes = unsafe { input::c_string(json) }
        .ok_or_else(|| CoreError::invalid_argument("json is NULL"))?;
    // Not `input::text`, whose error does not say at which byte the fault is.
    match std::str::from_utf8(bytes) {
        Ok(text) => given::parse(text, what),
        Err(error) => Err(given::not_utf8(bytes, what, &error)),
    }
}

/// Parses a JSON object. Fails as [`value`] does, and for any other JSON value.
///
/// # Safety
/// As for [`value`].
pub(crate) unsafe fn object(json: *const c_char, what: &str) -> Result<Map<String, Value>> {
    // SAFETY: the caller's promise is this function's own.
    match unsafe { value(json, what) }? {
        Value::Object(members) => Ok(members),
        _ => Err(CoreError::invalid_argument(format!(
            "the {what} must be a JSON object"
        ))),
    }
}

/// Makes the error for the text of a value that is not JSON: its fault and position, never the text.
pub(crate) fn not_json(error: &serde_json::Error) -> CoreError {
    // serde_json's own messages may quote the text, so only its position is taken over.
    CoreError::invalid_argument(format!(
        "the value must be valid JSON: {} at line {} column {}",
        match error.is_eof() {
            true => "it ends too early",
            // The reader recurses, so its depth is limited. The message begins so at the 128th level.
            false if error.to_string().starts_with("recursion limit exceeded") =>
                "it nests deeper than 127 levels",
            false => "syntax error",
        },
        error.line(),
        error.column()
    ))
}
