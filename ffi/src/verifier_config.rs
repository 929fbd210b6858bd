//! The settings of a verifier.

#![expect(unsafe_code, reason = "exported names, functions and text from C")]

use std::ffi::{c_char, c_void};
use std::time::Duration;

use penbox_core::Result;
use penbox_core::webhook::{Verifier as CoreVerifier, VerifierBuilder};

use crate::config::Config;
use crate::owned::Owned;
use crate::replay_store::{CallbackStore, ReplayAdd, ReplayFree, ReplayRemove};
use crate::status::Status;
use crate::{guard, input};

/// The settings of a verifier of webhooks. Each has a setter `penbox_verifier_config_set_*`. A setter stores its value
/// unchecked, and `penbox_verifier_new` validates all of them.
#[derive(Clone, Default)]
pub struct VerifierConfig {
    texts: Vec<(Text, String)>,
    leeway: Option<Duration>,
    timeout: Option<Duration>,
    guard: Guard,
    network: Option<Config>,
}

/// A setting that is a text.
#[derive(Clone, Copy)]
enum Text {
    Method,
    Issuer,
    KeysUrl,
    Keys,
    Algorithms,
}

/// The store of the replay guard.
#[derive(Clone, Default)]
enum Guard {
    /// No store: repeats are accepted.
    #[default]
    Off,
    /// The memory of the process.
    Memory,
    /// The caller's functions.
    Store(CallbackStore),
}

impl VerifierConfig {
    /// Validates the settings and makes the verifier of an address.
    ///
    /// # Errors
    /// The kind `config` for an invalid setting.
    pub(crate) fn build(&self, url: &str) -> Result<CoreVerifier> {
        // Without settings of its own the core would read the CAs to trust from the environment of the process.
        let network = self.network.clone().unwrap_or_else(Config::new);
        let mut builder = CoreVerifier::builder(url).network(network.settings);
        for (text, value) in &self.texts {
            builder = text.set(builder, value);
        }
        if let Some(leeway) = self.leeway {
            builder = builder.leeway(leeway);
        }
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(timeout);
        }
        match &self.guard {
            Guard::Off => builder,
            Guard::Memory => builder.remember_deliveries(),
            Guard::Store(store) => builder.remember_deliveries_in(store.clone()),
        }
        .build()
    }
}

impl Text {
    /// Sets the text in the settings of the core.
    fn set(self, builder: VerifierBuilder, value: &str) -> VerifierBuilder {
        match self {
            Text::Method => builder.method(value),
            Text::Issuer => builder.issuer(value),
            Text::KeysUrl => builder.keys_url(value),
            Text::Keys => builder.keys(value),
            Text::Algorithms => builder.algorithms(value.split(',').map(str::trim)),
        }
    }
}

/// Makes settings of a verifier, all at their defaults. Returns NULL only if there is no memory.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_verifier_config_new() -> Option<Box<VerifierConfig>> {
    guard::read(None, || Some(Box::default()))
}

/// The HTTP method of deliveries, exactly as the request line has it. Default: `POST` (inferred: the API's page names a
/// claim for the method, and no method).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_verifier_config_set_method(
    config: Option<&mut VerifierConfig>,
    value: *const c_char,
) -> Status {
    // SAFETY: the caller passes NULL or a C string.
    unsafe { set_text(config, Text::Method, value) }
}

/// The issuer that tokens must name, exactly: with its slash at the end. Default: `https://connect.penbox.io/`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_verifier_config_set_issuer(
    config: Option<&mut VerifierConfig>,
    value: *const c_char,
) -> Status {
    // SAFETY: the caller passes NULL or a C string.
    unsafe { set_text(config, Text::Issuer, value) }
}

/// The address of the issuer's key set (a JWKS). Plain http is accepted for loopback only. Default:
/// `.well-known/jwks.json` at the issuer (inferred: the API's page does not name the place).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_verifier_config_set_keys_url(
    config: Option<&mut VerifierConfig>,
    value: *const c_char,
) -> Status {
    // SAFETY: the caller passes NULL or a C string.
    unsafe { set_text(config, Text::KeysUrl, value) }
}

/// The keys to trust, instead of fetching the issuer's: a key or a set in JSON (JWK, JWKS), or one key or several in PEM
/// form (`BEGIN PUBLIC KEY`). Nothing is fetched then, so a key that the issuer changes has to be changed here. Default:
/// none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_verifier_config_set_keys(
    config: Option<&mut VerifierConfig>,
    value: *const c_char,
) -> Status {
    // SAFETY: the caller passes NULL or a C string.
    unsafe { set_text(config, Text::Keys, value) }
}

/// The algorithms that are accepted, separated by commas: `RS256`, `RS384`, `RS512`, `ES256`. Default: `RS256` (inferred:
/// an older helper package of Penbox signs by it, and the API's page names none).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_verifier_config_set_algorithms(
    config: Option<&mut VerifierConfig>,
    value: *const c_char,
) -> Status {
    // SAFETY: the caller passes NULL or a C string.
    unsafe { set_text(config, Text::Algorithms, value) }
}

/// The difference between the clocks of Penbox and of this machine that is accepted, up to a day. In milliseconds.
/// Default: 60 s.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_verifier_config_set_leeway_ms(
    config: Option<&mut VerifierConfig>,
    value: u64,
) -> Status {
    set(config, |config| {
        config.leeway = Some(Duration::from_millis(value));
    })
}

/// The limit of a request for keys, from a millisecond to a day. In milliseconds. Default: 10 s.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_verifier_config_set_timeout_ms(
    config: Option<&mut VerifierConfig>,
    value: u64,
) -> Status {
    set(config, |config| {
        config.timeout = Some(Duration::from_millis(value));
    })
}

/// True accepts each delivery once, and keeps those that were accepted in the memory of the verifier, at most 65,536:
/// `penbox_verifier_unwrap` refuses a repeat as `replayed`. Each verifier has a memory of its own. A receiver that fails
/// after it calls `penbox_verifier_forget`, or the repeat that it asks Penbox for is refused. False accepts repeats.
/// Either takes the place of `penbox_verifier_config_set_store`. Default: false.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_verifier_config_set_remember_deliveries(
    config: Option<&mut VerifierConfig>,
    value: bool,
) -> Status {
    set(config, |config| {
        config.guard = match value {
            true => Guard::Memory,
            false => Guard::Off,
        };
    })
}

/// As `penbox_verifier_config_set_remember_deliveries`, in a store that several processes can share.
///
/// `user` is passed to both functions, and to `free` once neither these settings, nor their copies, nor a verifier made
/// from them has it; `free` may be NULL. Fails for a NULL `config`, `add` or `remove`; `free` is then not called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_verifier_config_set_store(
    config: Option<&mut VerifierConfig>,
    add: ReplayAdd,
    remove: ReplayRemove,
    user: *mut c_void,
    free: ReplayFree,
) -> Status {
    guard::set(|| {
        let config = input::handle(config, "config")?;
        let (add, remove) = (input::handle(add, "add")?, input::handle(remove, "remove")?);
        // SAFETY: the caller passes functions that keep these rules, with their pointer.
        let store = unsafe { CallbackStore::new(add, remove, Owned { user, free }) };
        config.guard = Guard::Store(store);
        Ok(())
    })
}

/// Sends the requests for keys as a client with these settings would: by its proxy, with its CAs, with what
/// `penbox_config_from_env` reads. A token, an address and time limits among them have no effect. They are copied.
/// Default: the settings of `penbox_config_new`.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_verifier_config_set_network(
    config: Option<&mut VerifierConfig>,
    network: Option<&Config>,
) -> Status {
    guard::set(|| {
        let config = input::handle(config, "config")?;
        config.network = Some(input::handle(network, "network")?.clone());
        Ok(())
    })
}

/// Makes an independent copy of settings. A store is shared. Returns NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_verifier_config_clone(
    config: Option<&VerifierConfig>,
) -> Option<Box<VerifierConfig>> {
    guard::read(None, || config.cloned().map(Box::new))
}

/// Frees settings. Verifiers made from them are not affected. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_verifier_config_free(config: Option<Box<VerifierConfig>>) {
    guard::read((), move || drop(config));
}

/// Changes the settings. Fails for NULL only.
fn set(config: Option<&mut VerifierConfig>, change: impl FnOnce(&mut VerifierConfig)) -> Status {
    guard::set(|| {
        change(input::handle(config, "config")?);
        Ok(())
    })
}

/// Stores a text unchecked. Fails for a NULL `config`, and for a text that is NULL or not UTF-8.
///
/// # Safety
/// `value` is NULL or a C string.
unsafe fn set_text(
    config: Option<&mut VerifierConfig>,
    text: Text,
    value: *const c_char,
) -> Status {
    guard::set(|| {
        let config = input::handle(config, "config")?;
        // SAFETY: the caller's promise is this function's own.
        let value = unsafe { input::text(value, "value") }?;
        config.texts.push((text, value.to_owned()));
        Ok(())
    })
}
