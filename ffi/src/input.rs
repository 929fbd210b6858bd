//! The validation of inputs from C: handles that must not be NULL, and text that must be UTF-8.

#![expect(
    unsafe_code,
    reason = "C strings and bytes are bare pointers; this is the only place that follows them"
)]

use std::ffi::{CStr, c_char};

use penbox_core::{Error as CoreError, Result};

/// Returns the handle, or the error for NULL with the parameter's `name`.
pub(crate) fn handle<T>(handle: Option<T>, name: &str) -> Result<T> {
    handle.ok_or_else(|| CoreError::invalid_argument(format!("{name} is NULL")))
}

/// Returns the text of a C string. Fails for NULL and for bytes that are not UTF-8, with the parameter's `name`.
///
/// # Safety
/// `text` is NULL or points to a NUL-terminated string that does not change during `'a`.
pub(crate) unsafe fn text<'a>(text: *const c_char, name: &str) -> Result<&'a str> {
    // SAFETY: the caller's promise is this function's own.
    match unsafe { c_string(text) } {
        None => Err(CoreError::invalid_argument(format!("{name} is NULL"))),
        Some(bytes) => std::str::from_utf8(bytes)
            .map_err(|_| CoreError::invalid_argument(format!("{name} is not valid UTF-8"))),
    }
}

/// Returns the text of a C string, or `None` for NULL and for bytes that are not UTF-8.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn maybe_text<'a>(text: *const c_char) -> Option<&'a str> {
    // SAFETY: the caller's promise is this function's own.
    unsafe { c_string(text) }.and_then(|bytes| std::str::from_utf8(bytes).ok())
}

/// Returns `size` bytes. Fails for NULL with a `size` above 0, with the parameter's `name`. With a `size` of 0 any
/// address is accepted, NULL too.
///
/// # Safety
/// `bytes` is NULL or points to `size` bytes that do not change during `'a`.
pub(crate) unsafe fn bytes<'a>(bytes: *const u8, size: usize, name: &str) -> Result<&'a [u8]> {
    if size == 0 {
        return Ok(&[]);
    }
    if bytes.is_null() {
        return Err(CoreError::invalid_argument(format!("{name} is NULL")));
    }
    // No slice may be longer than isize::MAX bytes: the behaviour of a longer one is undefined.
    if isize::try_from(size).is_err() {
        return Err(CoreError::invalid_argument(format!(
            "{name} cannot have that size"
        )));
    }
    // SAFETY: not NULL, and that long by the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts(bytes, size) })
}

/// Returns the bytes of a C string without its NUL, or `None` for NULL.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn c_string<'a>(text: *const c_char) -> Option<&'a [u8]> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not NULL, and NUL-terminated and unchanged by the caller's promise.
    Some(unsafe { CStr::from_ptr(text) }.to_bytes())
}
