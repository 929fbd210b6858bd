//! Settings for a client.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::{Client as CoreClient, ClientBuilder};

use crate::error::Error;
use crate::status::Status;
use crate::{guard, json};

/// Settings for a client, each with a setter `penbox_config_set_*`. Setters keep what they are given;
/// `penbox_client_new` judges it.
pub struct Config(pub(crate) ClientBuilder);

impl Config {
    fn new() -> Config {
        Config(CoreClient::builder().language("c"))
    }
}

/// New settings, all at their defaults. The environment is not read. NULL only without memory.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_new() -> Option<Box<Config>> {
    guard::read(None, || Some(Box::new(Config::new())))
}

/// New settings that take from the environment what no setter gives: `PENBOX_API_TOKEN` (or `PENBOX_ENVIRONMENT` with
/// `PENBOX_API_TOKEN_PROD` and its siblings, or `PENBOX_API_TOKEN_FILE`) and `PENBOX_BASE_URL`. They are read when
/// `penbox_client_new` makes the client, which also says what is missing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_from_env(
    out: Option<&mut MaybeUninit<*mut Config>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || Ok(Config(Config::new().0.use_environment())))
}

/// New settings from a JSON object of the settings' names; durations end in `_ms`:
/// `{"token": "..", "timeout_ms": 20000}`. The environment is not read. Text that is no JSON object is refused here;
/// unknown names and wrong values are refused by `penbox_client_new`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_config_from_json(
    json: *const c_char,
    out: Option<&mut MaybeUninit<*mut Config>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        // SAFETY: the caller passes NULL or a C string.
        let members = unsafe { json::object(json, "settings") }?;
        let set = |builder: ClientBuilder, (name, value): (String, _)| builder.set(&name, value);
        Ok(Config(members.into_iter().fold(Config::new().0, set)))
    })
}

/// An independent copy. NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_clone(config: Option<&Config>) -> Option<Box<Config>> {
    guard::read(None, || Some(Box::new(Config(config?.0.clone()))))
}

/// Frees settings. Clients made from them are not affected. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_free(config: Option<Box<Config>>) {
    guard::read((), move || drop(config));
}
