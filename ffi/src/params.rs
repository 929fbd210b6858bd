//! Parameters of an operation.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::Result;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::status::Status;
use crate::{guard, json, pointer};

/// The parameters of an operation, under the names of the API: those of its path, its query and its body in one object.
#[derive(Clone)]
pub struct Params(Value);

impl Params {
    /// The parameters as JSON text.
    pub(crate) fn to_json(&self) -> String {
        self.0.to_string()
    }

    /// Sets the value that a JSON Pointer leads to.
    pub(crate) fn set(&mut self, pointer: &str, value: Value) -> Result<()> {
        pointer::set(&mut self.0, pointer, value)
    }
}

/// No parameters yet. NULL only without memory.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_params_new() -> Option<Box<Params>> {
    guard::read(None, || Some(Box::new(Params(Value::Object(Map::new())))))
}

/// Parameters from a JSON object: `{"flow": {"slug": ".."}, "user": {"email": ".."}}`. Anything else is
/// `PENBOX_ERROR_INVALID_ARGUMENT`. Which names exist is judged by the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_params_from_json(
    json: *const c_char,
    out: Option<&mut MaybeUninit<*mut Params>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        // SAFETY: the caller passes NULL or a C string.
        let members = unsafe { json::object(json, "parameters") }?;
        Ok(Params(Value::Object(members)))
    })
}

/// An independent copy. NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_params_clone(params: Option<&Params>) -> Option<Box<Params>> {
    guard::read(None, || params.cloned().map(Box::new))
}

/// Frees parameters. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_params_free(params: Option<Box<Params>>) {
    guard::read((), move || drop(params));
}
