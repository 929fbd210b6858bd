//! The parameters of an operation.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::Result;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::status::Status;
use crate::{guard, json, pointer};

/// The parameters of an operation, under the names of the API. Those of its path, its query and its body are in one
/// object.
#[derive(Clone)]
pub struct Params(Value);

impl Params {
    /// Returns the parameters as JSON text.
    pub(crate) fn to_json(&self) -> String {
        self.0.to_string()
    }

    /// Returns the parameters as JSON.
    pub(crate) fn json(&self) -> &Value {
        &self.0
    }

    /// Sets the value at a JSON Pointer.
    ///
    /// # Errors
    /// The kind `invalid_argument` for a bad pointer. The parameters are then unchanged.
    pub(crate) fn set(&mut self, pointer: &str, value: Value) -> Result<()> {
        pointer::set(&mut self.0, pointer, value)
    }
}

/// Makes parameters with nothing set. Returns NULL only if there is no memory.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_params_new() -> Option<Box<Params>> {
    guard::read(None, || Some(Box::new(Params(Value::Object(Map::new())))))
}

/// Makes parameters from a JSON object: `{"flow": {"slug": ".."}, "user": {"email": ".."}}`. Fails with
/// `PENBOX_ERROR_INVALID_ARGUMENT` if the text is not a JSON object. The call reports unknown names.
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

/// Makes an independent copy of parameters. Returns NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_params_clone(params: Option<&Params>) -> Option<Box<Params>> {
    guard::read(None, || params.cloned().map(Box::new))
}

/// Frees parameters. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_params_free(params: Option<Box<Params>>) {
    guard::read((), move || drop(params));
}
