//! The headers of the answer that an error is from, and its body as JSON.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;

use penbox_core::bindings::Document;

use crate::error::Error;
use crate::status::Status;
use crate::value::Value;
use crate::{guard, input};

/// Returns a header of the answer that the error is from. The case of `name` does not matter. If the answer has several
/// of that name, it returns the first, and NULL if it has none or the server did not answer. The client's token is
/// blanked. It belongs to the error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_error_header(
    error: Option<&Error>,
    name: *const c_char,
) -> *const c_char {
    guard::read(std::ptr::null(), || {
        // SAFETY: the caller passes NULL or a C string.
        let name = unsafe { input::maybe_text(name) };
        let find = || {
            let (error, name) = (error?, name?.as_bytes());
            let mut headers = error.texts.headers.iter();
            headers.find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name))
        };
        find().map_or(std::ptr::null(), |(_, value)| value.as_ptr())
    })
}

/// Returns the number of headers of the answer that the error is from. A repeated header counts each time.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_header_count(error: Option<&Error>) -> usize {
    guard::read(0, || error.map_or(0, |error| error.texts.headers.len()))
}

/// Returns the name of a header in lower case, by its position, which is less than `penbox_error_header_count`. Returns
/// NULL for other positions. It belongs to the error.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_header_name(
    error: Option<&Error>,
    position: usize,
) -> *const c_char {
    at(error, position, |(name, _)| name)
}

/// Returns the value of a header by its position: see `penbox_error_header_name`.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_header_value(
    error: Option<&Error>,
    position: usize,
) -> *const c_char {
    at(error, position, |(_, value)| value)
}

/// Reads the body of the answer as JSON. Where it is not JSON, or longer than an error keeps, it returns `PENBOX_OK` and
/// `*out` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_body_json(
    error: Option<&Error>,
    out: Option<&mut MaybeUninit<*mut Value>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::find(out, err, || {
        let error = input::handle(error, "error")?;
        let body = error.texts.body.as_deref().map(CStr::to_string_lossy);
        let document = body.and_then(|body| Document::parse(body.into_owned()).ok());
        Ok(document.map(|document| Value::new(document, 0, None)))
    })
}

fn at(
    error: Option<&Error>,
    position: usize,
    of: impl FnOnce(&(std::ffi::CString, std::ffi::CString)) -> &std::ffi::CString,
) -> *const c_char {
    guard::read(std::ptr::null(), || {
        let header = error.and_then(|error| error.texts.headers.get(position));
        header.map_or(std::ptr::null(), |header| of(header).as_ptr())
    })
}
