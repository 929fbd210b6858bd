//! What C passes in, checked: handles that must not be NULL, and text that must be UTF-8.

#![expect(
    unsafe_code,
    reason = "a C string is a bare pointer; this is the only place that follows one"
)]

use std::ffi::{CStr, c_char};

use penbox_core::{Error as CoreError, Result};

/// The handle, or the error for NULL.
pub(crate) fn handle<T>(handle: Option<T>, name: &str) -> Result<T> {
    handle.ok_or_else(|| CoreError::invalid_argument(format!("{name} is NULL")))
}

/// The text of a C string that must be there.
///
/// # Safety
/// `text` is NULL or points to a NUL-terminated string that does not change during `'a`.
pub(crate) unsafe fn text<'a>(text: *const c_char, name: &str) -> Result<&'a str> {
    // SAFETY: the caller's promise is this function's own.
    match unsafe { bytes(text) } {
        None => Err(CoreError::invalid_argument(format!("{name} is NULL"))),
        Some(bytes) => std::str::from_utf8(bytes)
            .map_err(|_| CoreError::invalid_argument(format!("{name} is not valid UTF-8"))),
    }
}

/// The text of a C string, or nothing for NULL and for what is not UTF-8.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn maybe_text<'a>(text: *const c_char) -> Option<&'a str> {
    // SAFETY: the caller's promise is this function's own.
    unsafe { bytes(text) }.and_then(|bytes| std::str::from_utf8(bytes).ok())
}

/// # Safety
/// As for [`text`].
unsafe fn bytes<'a>(text: *const c_char) -> Option<&'a [u8]> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not NULL, and NUL-terminated and unchanged by the caller's promise.
    Some(unsafe { CStr::from_ptr(text) }.to_bytes())
}
