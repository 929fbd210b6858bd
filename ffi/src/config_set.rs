//! The common part of all setters of settings.

#![expect(unsafe_code, reason = "text from C")]

use std::ffi::c_char;

use serde_json::Value;

use crate::config::Config;
use crate::status::Status;
use crate::{guard, input};

/// Stores a number or a flag unchecked, for the setting `name`. Fails for a NULL `config` only.
pub(crate) fn plain(config: Option<&mut Config>, name: &str, value: impl Into<Value>) -> Status {
    guard::set(|| {
        put(input::handle(config, "config")?, name, value.into());
        Ok(())
    })
}

/// Stores a text unchecked, for the setting `name`. Fails for a NULL `config`, and for a text that is NULL or not
/// UTF-8.
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

/// Stores a value in the settings of the core.
fn put(config: &mut Config, name: &str, value: Value) {
    // The core's builder is passed by value, so the settings leave their place for a moment.
    config.settings = std::mem::take(&mut config.settings).set(name, value);
}
