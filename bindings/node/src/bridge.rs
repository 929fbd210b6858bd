//! The addon's only constructor: it makes clients, cancels and transfers for one JavaScript environment.

use napi::Env;
use napi::bindgen_prelude::{Either, FnArgs, Function, retain_current_module_for_unload_safety};
use napi_derive::napi;
use penbox_core::ClientBuilder;
use penbox_core::bindings::{Environment, check_workspaces, unknown_workspace};
use penbox_core::testing::Recording;

use crate::cancel::NativeCancel;
use crate::channel::{Arguments, Channel};
use crate::client::NativeClient;
use crate::fault;
use crate::observer::Observer;
use crate::recording::NativeRecording;
use crate::settings;
use crate::token_requests::TokenRequests;
use crate::transfer::NativeTransfer;
use crate::watch::Watch;

/// The addon's only class with a constructor. Each JavaScript environment makes one, with the function that takes messages.
#[napi]
pub struct Bridge {
    channel: Channel,
}

/// Settings that were read, and what their functions of JavaScript's need.
struct Opening {
    builder: ClientBuilder,
    requests: TokenRequests,
    observer: Option<Observer>,
}

impl Bridge {
    /// A builder with settings, the function that gives the token, the hooks and the logger.
    fn opening(
        &self,
        settings: &str,
        environment: Vec<String>,
        provider: Option<f64>,
        watch: Option<String>,
    ) -> Result<Opening, String> {
        let requests = TokenRequests::default();
        let watch = watch.map(|text| Watch::read(&text)).transpose()?;
        let observer = watch.as_ref().map(|watch| watch.open(self.channel.clone()));
        let builder = settings::builder(settings, environment, |builder| {
            let builder = match provider {
                Some(ticket) => requests.set(builder, ticket, self.channel.clone()),
                None => builder,
            };
            match (&watch, &observer) {
                (Some(watch), Some(observer)) => watch.hooks(builder, observer),
                _ => builder,
            }
        })?;
        Ok(Opening {
            builder,
            requests,
            observer,
        })
    }

    /// The channel of the environment.
    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// The native client of what was opened.
    fn client(
        &self,
        client: penbox_core::Client,
        requests: TokenRequests,
        observer: Option<Observer>,
    ) -> NativeClient {
        NativeClient::new(client, self.channel.clone(), requests, observer)
    }
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

    /// A client, or the payload of the error. `settings` is a JSON object, `environment` has names and values in turn. With
    /// `provider` JavaScript gives the token: it is asked by messages with this ticket. `watch` is a JSON object of the hooks and the logger,
    /// and of the ticket of their messages.
    #[napi]
    pub fn open(
        &self,
        settings: String,
        environment: Vec<String>,
        provider: Option<f64>,
        watch: Option<String>,
    ) -> Either<NativeClient, String> {
        fault::either(|| {
            let opening = self.opening(&settings, environment, provider, watch)?;
            let client = opening
                .builder
                .build()
                .map_err(|error| fault::json(&error))?;
            Ok(self.client(client, opening.requests, opening.observer))
        })
    }

    /// A client that writes what it is answered to a file, or the payload of the error. See `open`.
    #[napi]
    pub fn record(
        &self,
        path: String,
        settings: String,
        environment: Vec<String>,
        provider: Option<f64>,
        watch: Option<String>,
    ) -> Either<NativeClient, String> {
        fault::either(|| {
            let opening = self.opening(&settings, environment, provider, watch)?;
            let client = Recording::record(opening.builder, path);
            let client = client.map_err(|error| fault::json(&error))?;
            Ok(self.client(client, opening.requests, opening.observer))
        })
    }

    /// A recording, or the payload of the error.
    #[napi]
    pub fn recording(&self, path: String) -> Either<NativeRecording, String> {
        fault::either(|| {
            let recording = Recording::read(path).map_err(|error| fault::json(&error))?;
            Ok(NativeRecording::new(&recording, self.channel.clone()))
        })
    }

    /// The payload of the error of a set of workspaces, if there is one: their slugs, each with the fingerprint of its token or
    /// an empty text.
    #[napi]
    pub fn check_workspaces(
        &self,
        slugs: Vec<String>,
        fingerprints: Vec<String>,
    ) -> Option<String> {
        let known = fingerprints
            .into_iter()
            .map(|digits| Some(digits).filter(|digits| !digits.is_empty()));
        let facts: Vec<_> = slugs.into_iter().zip(known).collect();
        check_workspaces(&facts)
            .err()
            .map(|error| fault::json(&error))
    }

    /// The payload of the error for a slug that no client has.
    #[napi]
    pub fn unknown_workspace(&self, slug: String, known: Vec<String>) -> String {
        let known = known.iter().map(String::as_str);
        fault::json(&unknown_workspace(&slug, known))
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
