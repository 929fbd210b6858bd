//! The setters of parameters, by JSON Pointer.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;

use penbox_core::{Error as CoreError, Result};
use serde_json::{Number, Value};

use crate::params::Params;
use crate::status::Status;
use crate::{guard, input, json};

/// Sets a text: `penbox_params_set_string(params, "/user/email", "john@example.com")`. Missing objects on the way are
/// made. The part `-` is a new last item of a list, and a missing list before it is made, too. A number is an item that
/// the list has: `/contacts/-/key`, then `/contacts/0/email`. Fails with `PENBOX_ERROR_INVALID_ARGUMENT` for a pointer
/// that does not start with `/`, leads through a text, number, flag or null, names an item that the list does not have,
/// or has more than 64 parts. The parameters are then unchanged. A second call replaces the value, except that each `-`
/// appends an item.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_params_set_string(
    params: Option<&mut Params>,
    pointer: *const c_char,
    value: *const c_char,
) -> Status {
    // SAFETY: the caller passes NULL or C strings.
    unsafe { put(params, pointer, || Ok(input::text(value, "value")?.into())) }
}

/// Sets a whole number. `pointer` works as in `penbox_params_set_string`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_params_set_int64(
    params: Option<&mut Params>,
    pointer: *const c_char,
    value: i64,
) -> Status {
    // SAFETY: the caller passes NULL or a C string.
    unsafe { put(params, pointer, || Ok(value.into())) }
}

/// Sets a number. `pointer` works as in `penbox_params_set_string`. Fails with `PENBOX_ERROR_INVALID_ARGUMENT` for a
/// number that is not finite, for JSON has no form for it.
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

/// Sets true or false. `pointer` works as in `penbox_params_set_string`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_params_set_bool(
    params: Option<&mut Params>,
    pointer: *const c_char,
    value: bool,
) -> Status {
    // SAFETY: the caller passes NULL or a C string.
    unsafe { put(params, pointer, || Ok(value.into())) }
}

/// Sets null. It is sent as null, unlike a parameter that is not set. `pointer` works as in `penbox_params_set_string`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_params_set_null(
    params: Option<&mut Params>,
    pointer: *const c_char,
) -> Status {
    // SAFETY: the caller passes NULL or a C string.
    unsafe { put(params, pointer, || Ok(Value::Null)) }
}

/// Sets any value by its JSON text: `penbox_params_set_json(params, "/data", "{\"vip\": true}")`. `pointer` works as in
/// `penbox_params_set_string`. Fails with `PENBOX_ERROR_INVALID_ARGUMENT` for text that is not JSON.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_params_set_json(
    params: Option<&mut Params>,
    pointer: *const c_char,
    json: *const c_char,
) -> Status {
    // SAFETY: the caller passes NULL or C strings.
    unsafe { put(params, pointer, || json::value(json, "parameters")) }
}

/// Sets the value at a pointer.
///
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
