//! The addon's only constructor, and what it hands out.

use napi::Env;
use napi::bindgen_prelude::{Either, FnArgs, Function, retain_current_module_for_unload_safety};
use napi_derive::napi;
use penbox_core::bindings::Environment;

use crate::cancel::NativeCancel;
use crate::channel::{Arguments, Channel};
use crate::client::NativeClient;
use crate::fault;
use crate::settings;
use crate::transfer::NativeTransfer;

/// The addon's only constructor: made once an environment, with the function that settles promises.
#[napi]
pub struct Bridge {
    channel: Channel,
}

#[napi]
impl Bridge {
    /// Keeps the function; it does not keep the process alive.
    #[napi(constructor)]
    pub fn new(settle: Function<'_, FnArgs<Arguments>, ()>) -> napi::Result<Self> {
        // Worker threads outlive the environment that started them, so the code must stay loaded.
        retain_current_module_for_unload_safety();
        Ok(Bridge {
            channel: Channel::new(settle)?,
        })
    }

    /// Keeps the process alive until `release`: there are calls in flight.
    #[napi]
    pub fn hold(&self, env: Env) -> napi::Result<()> {
        self.channel.keep_alive(&env, true)
    }

    /// Lets the process end: no call is in flight.
    #[napi]
    pub fn release(&self, env: Env) -> napi::Result<()> {
        self.channel.keep_alive(&env, false)
    }

    /// The variables that a client may want of the environment.
    #[napi]
    pub fn variables(&self) -> Vec<&'static str> {
        Environment::VARIABLES.to_vec()
    }

    /// A client on these settings (a JSON object) and this environment (names and values in turn), or the payload of the error.
    #[napi]
    pub fn open(&self, settings: String, environment: Vec<String>) -> Either<NativeClient, String> {
        fault::either(|| {
            let client = settings::client(&settings, environment)?;
            Ok(NativeClient::new(client, self.channel.clone()))
        })
    }

    /// What will end a call.
    #[napi]
    pub fn cancel(&self) -> NativeCancel {
        NativeCancel::new()
    }

    /// A file that will be on its way with this ticket, and whether JavaScript wants to hear of its progress.
    #[napi]
    pub fn transfer(&self, ticket: f64, watched: bool) -> NativeTransfer {
        NativeTransfer::new(ticket, watched, self.channel.clone())
    }

    /// The payload of an error about an argument that JavaScript could not even write as JSON.
    #[napi]
    pub fn refuse(&self, message: String, hint: Option<String>) -> String {
        fault::json(&fault::argument(message, hint))
    }
}
