//! Settings for a client.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::bindings::Environment;
use penbox_core::{Client as CoreClient, ClientBuilder, Error as CoreError, Result};

use crate::error::Error;
use crate::status::Status;
use crate::{guard, json, privilege};

/// Settings for a client, each with a setter `penbox_config_set_*`. Setters keep what they are given;
/// `penbox_client_new` judges it.
#[derive(Clone)]
pub struct Config {
    pub(crate) settings: ClientBuilder,
    origin: Origin,
}

/// Where settings come from that no setter gives.
#[derive(Clone, Copy)]
enum Origin {
    /// From nowhere.
    Code,
    Environment,
    /// From nowhere, although the environment was asked for: the program runs with raised privileges.
    Withheld,
}

impl Config {
    /// Settings that never read the environment: not for a token of `environment`, nor for whom to trust.
    fn new() -> Config {
        let builder = CoreClient::builder().language("c");
        Config {
            settings: builder.with_environment(Environment::empty()),
            origin: Origin::Code,
        }
    }

    fn from_environment() -> Config {
        let config = Config::new();
        match privilege::is_raised() {
            true => Config {
                origin: Origin::Withheld,
                ..config
            },
            false => Config {
                settings: config.settings.use_environment(),
                origin: Origin::Environment,
            },
        }
    }

    /// Makes a client. Where no token is found, the hint says what of the environment was read.
    pub(crate) fn build(&self) -> Result<CoreClient> {
        let hint = match self.origin {
            Origin::Environment => None,
            Origin::Code => Some(
                "Give the token by penbox_config_set_token, or make the settings by penbox_config_from_env: those of \
                 penbox_config_new and penbox_config_from_json read no environment.",
            ),
            Origin::Withheld => Some(
                "Give the token by penbox_config_set_token. This program runs with raised privileges (set-user-ID, \
                 set-group-ID or capabilities), so the environment is not read.",
            ),
        };
        self.settings.clone().build().map_err(|error| match hint {
            Some(hint) if is_missing_token(&error) => error.with_hint(hint),
            _ => error,
        })
    }
}

fn is_missing_token(error: &CoreError) -> bool {
    error.message() == "no token was given" || error.message().ends_with("is not set")
}

/// New settings, all at their defaults. The environment is not read, neither now nor later: not for a token, a proxy, nor for
/// whom to trust (`SSL_CERT_FILE`, `SSL_CERT_DIR`). NULL only without memory.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_new() -> Option<Box<Config>> {
    guard::read(None, || Some(Box::new(Config::new())))
}

/// New settings that take from the environment, as it is now, what no setter gives: `PENBOX_API_TOKEN` (or `PENBOX_ENVIRONMENT`
/// with `PENBOX_API_TOKEN_PROD` and its siblings, or `PENBOX_API_TOKEN_FILE`), `PENBOX_BASE_URL`, `HTTPS_PROXY`, `ALL_PROXY` and
/// `NO_PROXY`, `SSL_CERT_FILE` and `SSL_CERT_DIR`. What is missing is said by `penbox_client_new`. No other function reads the
/// environment, and nor does this one in a program that runs with raised privileges (set-user-ID, set-group-ID or
/// capabilities): its settings are then those of `penbox_config_new`.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_from_env(
    out: Option<&mut MaybeUninit<*mut Config>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || Ok(Config::from_environment()))
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
        let config = Config::new();
        Ok(Config {
            settings: members.into_iter().fold(config.settings, set),
            ..config
        })
    })
}

/// An independent copy. NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_clone(config: Option<&Config>) -> Option<Box<Config>> {
    guard::read(None, || config.cloned().map(Box::new))
}

/// Frees settings. Clients made from them are not affected. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_free(config: Option<Box<Config>>) {
    guard::read((), move || drop(config));
}
