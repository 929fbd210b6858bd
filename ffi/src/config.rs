//! The settings of a client.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::bindings::Environment;
use penbox_core::{Client as CoreClient, ClientBuilder, Error as CoreError, Result};

use crate::error::Error;
use crate::status::Status;
use crate::{guard, json, privilege};

/// The settings of a client. Each has a setter `penbox_config_set_*`. A setter stores its value unchecked, and
/// `penbox_client_new` validates all of them.
#[derive(Clone)]
pub struct Config {
    pub(crate) settings: ClientBuilder,
    origin: Origin,
}

/// The source of settings that no setter gives.
#[derive(Clone, Copy)]
enum Origin {
    /// No source: the settings are those of the program's code alone.
    Code,
    /// The environment of the process.
    Environment,
    /// No source, although the program named the environment: it runs with raised privileges.
    Withheld,
}

impl Config {
    /// Makes settings that never read the environment: neither for a token of `environment` nor for the CAs to trust.
    pub(crate) fn new() -> Config {
        // Without `Environment::empty` the core would read the environment of the process by itself.
        let builder = CoreClient::builder().language("c");
        Config {
            settings: builder.with_environment(Environment::empty()),
            origin: Origin::Code,
        }
    }

    /// Makes settings that read the environment, unless the program runs with raised privileges.
    fn from_environment() -> Config {
        let config = Config::new();
        // Not an error: such a program may give all its settings in code.
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

    /// Validates the settings and makes a client. If no token is found, the error's hint says what was read of the
    /// environment.
    ///
    /// # Errors
    /// The kind `config` for a missing token or an invalid setting.
    pub(crate) fn build(&self) -> Result<CoreClient> {
        self.build_by(ClientBuilder::build)
    }

    /// The same for a client that `build` makes of the settings.
    ///
    /// # Errors
    /// The kind `config` for a missing token or an invalid setting, and those of `build`.
    pub(crate) fn build_by(
        &self,
        build: impl FnOnce(ClientBuilder) -> Result<CoreClient>,
    ) -> Result<CoreClient> {
        // Before the client exists: its threads are bound by a variable of the process.
        if privilege::is_raised() {
            Environment::withhold();
        }
        let hint = match self.origin {
            // The core's own hint names the variables that were read.
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
        build(self.settings.clone()).map_err(|error| match hint {
            Some(hint) if is_missing_token(&error) => error.with_hint(hint),
            _ => error,
        })
    }
}

/// Returns true for the core's errors that say that no token was found. Its kinds do not tell them from other bad
/// settings, so the messages have to.
fn is_missing_token(error: &CoreError) -> bool {
    error.message() == "no token was given" || error.message().ends_with("is not set")
}

/// Makes settings, all at their defaults. The environment is read neither now nor later: not for a token, a proxy, nor
/// the CAs to trust (`SSL_CERT_FILE`, `SSL_CERT_DIR`). Returns NULL only if there is no memory.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_new() -> Option<Box<Config>> {
    guard::read(None, || Some(Box::new(Config::new())))
}

/// Makes settings that read the present environment for every setting that no setter gives: `PENBOX_API_TOKEN` (or
/// `PENBOX_ENVIRONMENT` with `PENBOX_API_TOKEN_PROD` and its siblings, or `PENBOX_API_TOKEN_FILE`), `PENBOX_BASE_URL`,
/// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, `SSL_CERT_FILE` and `SSL_CERT_DIR`. `penbox_client_new` reports a setting
/// that is missing. No other function reads settings from the environment. This one does not either in a program that
/// runs with raised privileges (set-user-ID, set-group-ID or capabilities): its settings are then those of
/// `penbox_config_new`. `PENBOX_MAX_THREADS` belongs to the process: it is read when a list is first fetched ahead, but
/// not with raised privileges. The HTTP library below looks at the proxies' variables whenever a client is made; nothing
/// of them is used.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_from_env(
    out: Option<&mut MaybeUninit<*mut Config>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || Ok(Config::from_environment()))
}

/// Makes settings from a JSON object of their names: `{"token": "..", "timeout_ms": 20000}`. Durations are in
/// milliseconds, and their names end in `_ms`. The environment is not read. Fails with `PENBOX_ERROR_INVALID_ARGUMENT`
/// if the text is not a JSON object. `penbox_client_new` reports unknown names and invalid values.
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

/// Makes an independent copy of settings. Returns NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_clone(config: Option<&Config>) -> Option<Box<Config>> {
    guard::read(None, || config.cloned().map(Box::new))
}

/// Frees settings. Clients made from them are not affected. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_free(config: Option<Box<Config>>) {
    guard::read((), move || drop(config));
}
