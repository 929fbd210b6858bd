//! The way back to JavaScript: one function that settles the promises of an environment.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use napi::bindgen_prelude::{Either, FnArgs, Function, retain_current_module_for_unload_safety};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use napi_derive::napi;
use penbox_core::{Error, Workers};

use crate::client::NativeClient;
use crate::fault;
use crate::settings;

/// `(ticket, error, text, fresh)`: whose promise, the payload of its error, the text of its answer, and of a page the
/// positions of its new items (none: all of them). Neither error nor text: the end of a list.
type Arguments = (f64, Option<String>, Option<String>, Option<Vec<u32>>);
type Settle =
    ThreadsafeFunction<(f64, Settled), (), FnArgs<Arguments>, Status, false, /* weak */ true>;

/// What became of a call: an answer, nothing at the end of a list, or the payload of an error.
type Settled = Result<Option<Answered>, String>;

/// A good answer on its way to JavaScript.
pub(crate) struct Answered {
    pub(crate) text: String,
    pub(crate) fresh: Option<Vec<u32>>,
}

/// Shared by all clients of one JavaScript environment (the main thread's, or a worker's).
#[derive(Clone)]
pub(crate) struct Channel(Arc<RwLock<Settle>>);

impl Channel {
    /// Runs a job on a worker thread and settles the ticket with what it returns. The payload of an error where no thread
    /// could be had: the ticket is not settled then.
    pub(crate) fn run(
        &self,
        ticket: f64,
        job: impl FnOnce() -> Result<Option<Answered>, Error> + Send + 'static,
    ) -> Option<String> {
        let channel = self.clone();
        let submitted = Workers::shared().submit(move || {
            let settled = match catch_unwind(AssertUnwindSafe(job)) {
                Ok(result) => result.map_err(|error| fault::json(&error)),
                Err(_) => Err(fault::panicked_in_flight()),
            };
            channel.settle(ticket, settled);
        });
        submitted.err().map(|error| fault::json(&error))
    }

    /// An environment that is gone takes no more results: its promises are gone as well.
    fn settle(&self, ticket: f64, settled: Settled) {
        let settle = self.0.read().unwrap_or_else(PoisonError::into_inner);
        settle.call((ticket, settled), ThreadsafeFunctionCallMode::NonBlocking);
    }

    #[expect(
        deprecated,
        reason = "napi has no other safe way to change this after the function was made"
    )]
    fn keep_alive(&self, env: &Env, keep: bool) -> napi::Result<()> {
        let mut settle = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match keep {
            true => settle.refer(env),
            false => settle.unref(env),
        }
    }
}

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
        let settle = settle
            .build_threadsafe_function::<(f64, Settled)>()
            .weak::<true>()
            .build_callback(|context| {
                let (ticket, settled) = context.value;
                Ok(FnArgs::from(match settled {
                    Ok(None) => (ticket, None, None, None),
                    Ok(Some(answered)) => (ticket, None, Some(answered.text), answered.fresh),
                    Err(payload) => (ticket, Some(payload), None, None),
                }))
            })?;
        Ok(Bridge {
            channel: Channel(Arc::new(RwLock::new(settle))),
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

    /// A client on these settings (a JSON object), or the payload of the error.
    #[napi]
    pub fn open(&self, settings: String) -> Either<NativeClient, String> {
        fault::either(|| {
            let client = settings::client(&settings)?;
            Ok(NativeClient::new(client, self.channel.clone()))
        })
    }

    /// The payload of an error about an argument that JavaScript could not even write as JSON.
    #[napi]
    pub fn refuse(&self, message: String) -> String {
        fault::json(&Error::invalid_argument(message))
    }
}
