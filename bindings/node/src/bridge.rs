//! The addon's only constructor: it makes clients, cancels and transfers for one JavaScript environment.

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

/// The addon's only class with a constructor. Each JavaScript environment makes one, with the function that takes messages.
#[napi]
pub struct Bridge {
    channel: Channel,
}

#[napi]
impl Bridge {
    /// Makes the bridge. `settle` takes messages as long as the environment lives, and does not keep the process alive.
    #[napi(constructor)]
    pub fn new(settle: Function<'_, FnArgs<Arguments>, ()>) -> napi::Result<Self> {
        // Worker threads outlive the environment that started them, so the addon's code must stay loaded.
        retain_current_module_for_unload_safety();
        Ok(Bridge {
            channel: Channel::new(settle)?,
        })
    }

    /// Keeps the process alive until `release`, while calls are in flight. Throws if Node refuses.
    #[napi]
    pub fn hold(&self, env: Env) -> napi::Result<()> {
        self.channel.keep_alive(&env, true)
    }

    /// Lets the process end, once no call is in flight. Throws if Node refuses.
    #[napi]
    pub fn release(&self, env: Env) -> napi::Result<()> {
        self.channel.keep_alive(&env, false)
    }

    /// The names of the environment variables that a client may read.
    #[napi]
    pub fn variables(&self) -> Vec<&'static str> {
        Environment::VARIABLES.to_vec()
    }

    /// A client, or the payload of the error. `settings` is a JSON object, `environment` has names and values in turn.
    #[napi]
    pub fn open(&self, settings: String, environment: Vec<String>) -> Either<NativeClient, String> {
        fault::either(|| {
            let client = settings::client(&settings, environment)?;
            Ok(NativeClient::new(client, self.channel.clone()))
        })
    }

    /// A new cancel, for one call or for all calls of a list.
    #[napi]
    pub fn cancel(&self) -> NativeCancel {
        NativeCancel::new()
    }

    /// A transfer for the call with this ticket. `watched` says that progress is reported to JavaScript.
    #[napi]
    pub fn transfer(&self, ticket: f64, watched: bool) -> NativeTransfer {
        NativeTransfer::new(ticket, watched, self.channel.clone())
    }

    /// The payload of the error for an argument that JavaScript refused itself: it cannot be written as JSON.
    #[napi]
    pub fn refuse(&self, message: String, hint: Option<String>) -> String {
        fault::json(&fault::argument(message, hint))
    }
}
