//! The way back to JavaScript: one function that settles the promises of an environment.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use napi::bindgen_prelude::{Buffer, FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use penbox_core::Error;
use penbox_core::bindings::Workers;

use crate::fault;
use crate::json::Json;

/// `(ticket, kind, text, more, fresh, last, bytes, moved, total)`: whose message, what kind of it, and what belongs to that kind.
pub(crate) type Arguments = (
    f64,
    u32,
    Option<Json>,
    Option<Vec<Json>>,
    Option<Vec<u32>>,
    bool,
    Option<Buffer>,
    Option<f64>,
    Option<f64>,
);
type Settle =
    ThreadsafeFunction<(f64, Message), (), FnArgs<Arguments>, Status, false, /* weak */ true>;

/// What JavaScript is told of a call.
pub(crate) enum Message {
    /// Its end: an answer, or nothing at the end of a list.
    Done(Option<Answered>),
    /// Its end: the payload of an error.
    Failed(String),
    /// How much of a file was moved, and the whole size where it is known. It is answered.
    Progress(u64, Option<u64>),
    /// The next bytes of a download.
    Data(Vec<u8>),
    /// There is room for more bytes of an upload.
    Room,
}

/// A good answer on its way to JavaScript.
pub(crate) struct Answered {
    pub(crate) text: Json,
    /// Of a long page the lists of items that follow those in `text`.
    pub(crate) more: Option<Vec<Json>>,
    /// Of a page the positions of its new items (none: all of them).
    pub(crate) fresh: Option<Vec<u32>>,
    /// Whether it is a page, and the walk ends with it.
    pub(crate) last: bool,
    /// Of a file its bytes, if they are in memory.
    pub(crate) content: Option<Vec<u8>>,
}

impl Answered {
    pub(crate) fn text(text: impl AsRef<str>) -> Answered {
        Answered {
            text: Json::of(text.as_ref()),
            more: None,
            fresh: None,
            last: false,
            content: None,
        }
    }
}

impl Message {
    /// As arguments of the one function; the kinds are numbered as in `ts/native.ts`.
    fn arguments(self, ticket: f64) -> Arguments {
        match self {
            Message::Done(None) => (ticket, 0, None, None, None, false, None, None, None),
            Message::Done(Some(it)) => {
                let content = it.content.map(Buffer::from);
                (
                    ticket,
                    0,
                    Some(it.text),
                    it.more,
                    it.fresh,
                    it.last,
                    content,
                    None,
                    None,
                )
            }
            Message::Failed(payload) => {
                let payload = Some(Json::of(&payload));
                (ticket, 1, payload, None, None, false, None, None, None)
            }
            Message::Progress(moved, total) => {
                let total = total.map(|total| total as f64);
                (
                    ticket,
                    2,
                    None,
                    None,
                    None,
                    false,
                    None,
                    Some(moved as f64),
                    total,
                )
            }
            Message::Data(bytes) => (
                ticket,
                3,
                None,
                None,
                None,
                false,
                Some(bytes.into()),
                None,
                None,
            ),
            Message::Room => (ticket, 4, None, None, None, false, None, None, None),
        }
    }
}

/// Shared by all clients of one JavaScript environment (the main thread's, or a worker's).
#[derive(Clone)]
pub(crate) struct Channel(Arc<RwLock<Settle>>);

impl Channel {
    /// Keeps the function; it does not keep the process alive.
    pub(crate) fn new(settle: Function<'_, FnArgs<Arguments>, ()>) -> napi::Result<Channel> {
        let settle = settle
            .build_threadsafe_function::<(f64, Message)>()
            .weak::<true>()
            .build_callback(|context| {
                let (ticket, message) = context.value;
                Ok(FnArgs::from(message.arguments(ticket)))
            })?;
        Ok(Channel(Arc::new(RwLock::new(settle))))
    }

    /// Runs a job on a worker thread and settles the ticket with what it returns. The payload of an error where no thread
    /// could be had: the ticket is not settled then.
    pub(crate) fn run(
        &self,
        ticket: f64,
        job: impl FnOnce() -> Result<Option<Answered>, Error> + Send + 'static,
    ) -> Option<String> {
        let channel = self.clone();
        let submitted = Workers::shared().submit(move || {
            let end = match catch_unwind(AssertUnwindSafe(job)) {
                Ok(Ok(answered)) => Message::Done(answered),
                Ok(Err(error)) => Message::Failed(fault::json(&error)),
                Err(_) => Message::Failed(fault::panicked_in_flight()),
            };
            channel.send(ticket, end);
        });
        submitted.err().map(|error| fault::json(&error))
    }

    /// Sends a message. False: the environment is gone, and its promises with it.
    pub(crate) fn send(&self, ticket: f64, message: Message) -> bool {
        let settle = self.0.read().unwrap_or_else(PoisonError::into_inner);
        settle.call((ticket, message), ThreadsafeFunctionCallMode::NonBlocking) == Status::Ok
    }

    #[expect(
        deprecated,
        reason = "napi has no other safe way to change this after the function was made"
    )]
    pub(crate) fn keep_alive(&self, env: &Env, keep: bool) -> napi::Result<()> {
        let mut settle = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match keep {
            true => settle.refer(env),
            false => settle.unref(env),
        }
    }
}
