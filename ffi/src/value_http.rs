//! The HTTP side of the answer that a value is from.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::time::Duration;

use penbox_core::bindings::ResponseInfo;

use crate::strings::Part;
use crate::value::Value;
use crate::{guard, input};

/// Returns the HTTP status of the answer that the value is from. Returns 0 for a value from JSON text, and for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_http_status(value: Option<&Value>) -> i32 {
    read(value, 0, |head| i32::from(head.status))
}

/// Returns the number of requests that the call of the answer sent or tried. Returns 0 for an answer of the cache and
/// for a value from JSON text, and for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_attempts(value: Option<&Value>) -> u32 {
    read(value, 0, |head| head.attempts)
}

/// Returns the milliseconds from the call to the last byte of the answer, its waits and repeats included. Returns 0 for
/// a value from JSON text, and for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_elapsed_ms(value: Option<&Value>) -> u64 {
    read(value, 0, |head| milliseconds(head.elapsed))
}

/// Returns the milliseconds since the server sent an answer that the client had in its cache, or that another call was
/// getting. Returns -1 for every other value, and for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_age_ms(value: Option<&Value>) -> i64 {
    read(value, -1, |head| {
        let age = head.age.map(milliseconds);
        age.map_or(-1, |age| i64::try_from(age).unwrap_or(i64::MAX))
    })
}

/// Returns the id that the server gave the request in `x-request-id` (inferred: no such header is documented). Returns
/// NULL if it gave none. It belongs to `value`.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_request_id(value: Option<&Value>) -> *const c_char {
    guard::read(std::ptr::null(), || {
        value.map_or(std::ptr::null(), |value| {
            value.strings.get(Part::RequestId, 0, || {
                value.head().and_then(|head| head.request_id.as_deref())
            })
        })
    })
}

/// Returns a header of the answer that the value is from. The case of `name` does not matter. If the answer has several
/// of that name, it returns the first, and NULL if it has none. The client's token is blanked. It belongs to `value`.
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
            // The position is the key of the copy: names differ in case, and a name may stand there twice.
            let mut headers = value.head()?.headers.iter();
            let position = headers.position(|(known, _)| known.eq_ignore_ascii_case(name))?;
            Some(header_value(value, position))
        };
        find().unwrap_or(std::ptr::null())
    })
}

/// Returns the number of headers of the answer that the value is from. A repeated header counts each time.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_header_count(value: Option<&Value>) -> usize {
    read(value, 0, |head| head.headers.len())
}

/// Returns the name of a header in lower case, by its position, which is less than `penbox_value_header_count`. Returns
/// NULL for other positions. It belongs to `value`.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_header_name(
    value: Option<&Value>,
    position: usize,
) -> *const c_char {
    guard::read(std::ptr::null(), || {
        value.map_or(std::ptr::null(), |value| {
            value.strings.get(Part::HeaderName, position, || {
                let head = value.head()?;
                head.headers.iter().nth(position).map(|(name, _)| name)
            })
        })
    })
}

/// Returns the value of a header by its position: see `penbox_value_header_name`.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_value_header_value(
    value: Option<&Value>,
    position: usize,
) -> *const c_char {
    guard::read(std::ptr::null(), || {
        value.map_or(std::ptr::null(), |value| header_value(value, position))
    })
}

fn header_value(value: &Value, position: usize) -> *const c_char {
    value.strings.get(Part::Header, position, || {
        let head = value.head()?;
        head.headers.iter().nth(position).map(|(_, value)| value)
    })
}

/// Reads the HTTP side; `fallback` without one.
fn read<T: Copy>(value: Option<&Value>, fallback: T, of: impl FnOnce(&ResponseInfo) -> T) -> T {
    guard::read(fallback, || {
        value.and_then(Value::head).map_or(fallback, of)
    })
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
