//! Readers for the texts of values.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;

use crate::guard;
use crate::strings::Part;
use crate::value::{Value, node_at};

/// Returns the text at a JSON Pointer: `penbox_value_string(form, "/links/fill")`. Returns NULL if it is absent, null
/// or not a string, and if it holds a NUL character, which would cut it short (see `penbox_value_string_view`). It
/// belongs to `value`.
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

/// Returns the first byte of the text at a JSON Pointer without a copy, and writes its length in bytes to `*length`.
/// The text is not NUL-terminated. Returns NULL and a length of 0 if it is absent, null or not a string. Returns NULL
/// for a NULL `length`. The text belongs to `value`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_value_string_view(
    value: Option<&Value>,
    pointer: *const c_char,
    length: Option<&mut std::mem::MaybeUninit<usize>>,
) -> *const c_char {
    guard::read(std::ptr::null(), || {
        // SAFETY: the caller passes NULL or a C string.
        let text = unsafe { node_at(value, pointer) }.and_then(|node| node.as_str());
        // Without its length nobody could tell where the text ends.
        let Some(length) = length else {
            return std::ptr::null();
        };
        length.write(text.map_or(0, str::len));
        // An empty text has an address too, so it differs from an absent one.
        text.map_or(std::ptr::null(), |text| text.as_ptr().cast())
    })
}

/// Returns the value as JSON text. For a whole answer it is the server's own text. Returns NULL for NULL. It belongs to
/// `value`.
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

/// Returns the name of an object's member at a position, as `penbox_value_at` counts them. Returns NULL for other
/// positions and other types, and for a name that holds a NUL character. It belongs to `value`.
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
