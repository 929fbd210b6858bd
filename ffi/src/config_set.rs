//! What all setters of settings do.

#![expect(unsafe_code, reason = "text from C")]

use std::ffi::c_char;

use serde_json::Value;

use crate::config::Config;
use crate::status::Status;
use crate::{guard, input};

/// Sets a number or a flag.
pub(crate) fn plain(config: Option<&mut Config>, name: &str, value: impl Into<Value>) -> Status {
    guard::set(|| {
        put(input::handle(config, "config")?, name, value.into());
        Ok(())
    })
}

/// Sets a text.
///
/// # Safety
/// `value` is NULL or a C string.
pub(crate) unsafe fn text(config: Option<&mut Config>, name: &str, value: *const c_char) -> Status {
    guard::set(|| {
        let config = input::handle(config, "config")?;
        // SAFETY: the caller's promise is this function's own.
        let value = unsafe { input::text(value, "value") }?;
        put(config, name, value.into());
        Ok(())
    })
}

fn put(config: &mut Config, name: &str, value: Value) {
    config.settings = std::mem::take(&mut config.settings).set(name, value);
}
