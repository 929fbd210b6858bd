//! Setters of parameters, by JSON Pointer.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;

use penbox_core::{Error as CoreError, Result};
use serde_json::{Number, Value};

use crate::params::Params;
use crate::status::Status;
use crate::{guard, input, json};

/// Sets a text: `penbox_params_set_string(params, "/user/email", "john@example.com")`. Objects on the way are made, and a
/// list where the next part is `-`, a new last item; a list takes a position that it has, too: `/contacts/-/key`, then
/// `/contacts/0/email`. A pointer that does not start with `/`, leads through a text, number, flag or null, or has more than
/// 64 parts is `PENBOX_ERROR_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_params_set_string(
    params: Option<&mut Params>,
    pointer: *const c_char,
    value: *const c_char,
) -> Status {
    // SAFETY: the caller passes NULL or C strings.
    unsafe { put(params, pointer, || Ok(input::text(value, "value")?.into())) }
}

/// Sets a whole number; the pointer is read as in `penbox_params_set_string`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_params_set_int64(
    params: Option<&mut Params>,
    pointer: *const c_char,
    value: i64,
) -> Status {
    // SAFETY: the caller passes NULL or a C string.
    unsafe { put(params, pointer, || Ok(value.into())) }
}

/// Sets a number; the pointer is read as in `penbox_params_set_string`. What is not finite is refused: JSON has no word
/// for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_params_set_double(
    params: Option<&mut Params>,
    pointer: *const c_char,
    value: f64,
) -> Status {
    let number = || {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| CoreError::invalid_argument("value is not finite"))
    };
    // SAFETY: the caller passes NULL or a C string.
    unsafe { put(params, pointer, number) }
}

/// Sets true or false; the pointer is read as in `penbox_params_set_string`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_params_set_bool(
    params: Option<&mut Params>,
    pointer: *const c_char,
    value: bool,
) -> Status {
    // SAFETY: the caller passes NULL or a C string.
    unsafe { put(params, pointer, || Ok(value.into())) }
}

/// Sets null, which is sent as null: not the same as a parameter that is not set. The pointer is read as in
/// `penbox_params_set_string`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_params_set_null(
    params: Option<&mut Params>,
    pointer: *const c_char,
) -> Status {
    // SAFETY: the caller passes NULL or a C string.
    unsafe { put(params, pointer, || Ok(Value::Null)) }
}

/// Sets any value, given as JSON text: `penbox_params_set_json(params, "/data", "{\"vip\": true}")`. The pointer is read as
/// in `penbox_params_set_string`. Text that is not JSON is refused.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_params_set_json(
    params: Option<&mut Params>,
    pointer: *const c_char,
    json: *const c_char,
) -> Status {
    // SAFETY: the caller passes NULL or C strings.
    unsafe { put(params, pointer, || json::value(json, "parameters")) }
}

/// # Safety
/// `pointer` is NULL or a C string.
unsafe fn put(
    params: Option<&mut Params>,
    pointer: *const c_char,
    value: impl FnOnce() -> Result<Value>,
) -> Status {
    guard::set(|| {
        let params = input::handle(params, "params")?;
        // SAFETY: the caller's promise is this function's own.
        let pointer = unsafe { input::text(pointer, "pointer") }?;
        params.set(pointer, value()?)
    })
}
