//! Texts of values.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;

use crate::strings::Part;
use crate::value::{Value, node_at};
use crate::{guard, input};

/// The text that a JSON Pointer leads to: `penbox_value_string(form, "/links/fill")`. NULL when absent, null or not a string,
/// and when it holds a NUL character, which would cut it short (see `penbox_value_string_view`). It belongs to `value`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_string(
    value: Option<&Value>,
    pointer: *const c_char,
) -> *const c_char {
    guard::read(std::ptr::null(), || {
        // SAFETY: the caller passes NULL or a C string.
        let node = unsafe { node_at(value, pointer) };
        match (value, node) {
            (Some(value), Some(node)) => {
                value
                    .strings
                    .get(Part::Text, node.index() as usize, || node.as_str())
            }
            _ => std::ptr::null(),
        }
    })
}

/// The text that a JSON Pointer leads to, without a copy: its first byte, and its length in bytes in `*length`. It is not
/// NUL-terminated. NULL when absent, null or not a string, and `*length` is then 0. It belongs to `value`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_string_view(
    value: Option<&Value>,
    pointer: *const c_char,
    length: Option<&mut std::mem::MaybeUninit<usize>>,
) -> *const c_char {
    guard::read(std::ptr::null(), || {
        // SAFETY: the caller passes NULL or a C string.
        let text = unsafe { node_at(value, pointer) }.and_then(|node| node.as_str());
        let Some(length) = length else {
            return std::ptr::null();
        };
        length.write(text.map_or(0, str::len));
        text.map_or(std::ptr::null(), |text| text.as_ptr().cast())
    })
}

/// The value as JSON text; for a whole answer, the server's own text. NULL for NULL. It belongs to `value`.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_json(value: Option<&Value>) -> *const c_char {
    guard::read(std::ptr::null(), || {
        value.map_or(std::ptr::null(), |value| {
            value
                .strings
                .get(Part::Json, 0, || Some(value.node().to_json()))
        })
    })
}

/// The name of an object's member at a position, as `penbox_value_at` counts them; NULL elsewhere, and for a name that
/// holds a NUL character. It belongs to `value`.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_key(value: Option<&Value>, position: usize) -> *const c_char {
    guard::read(std::ptr::null(), || {
        value.map_or(std::ptr::null(), |value| {
            value.strings.get(Part::Key, position, || {
                value.node().members().nth(position).map(|(name, _)| name)
            })
        })
    })
}

/// A header of the answer that the value came with, whatever the case of its name; of several equal ones the first. NULL
/// where there is none. It belongs to `value`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_header(
    value: Option<&Value>,
    name: *const c_char,
) -> *const c_char {
    guard::read(std::ptr::null(), || {
        // SAFETY: the caller passes NULL or a C string.
        let name = unsafe { input::maybe_text(name) };
        let find = || {
            let (value, name) = (value?, name?);
            let headers = &value.head()?.headers;
            let place = headers
                .iter()
                .position(|(known, _)| known.eq_ignore_ascii_case(name))?;
            Some(
                value
                    .strings
                    .get(Part::Header, place, || Some(headers[place].1.as_str())),
            )
        };
        find().unwrap_or(std::ptr::null())
    })
}
