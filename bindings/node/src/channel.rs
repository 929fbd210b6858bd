//! Messages to JavaScript. They all go through one function of the environment, which settles its promises.

use std::sync::{Arc, PoisonError, RwLock};

use napi::bindgen_prelude::{Buffer, FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use penbox_core::Error;

use crate::fault;
use crate::json::Json;

/// The arguments of that function: `(ticket, kind, text, more, fresh, last, bytes, moved, total)`. The ticket names the call; the
/// kind says which of the others are set.
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
/// That function, callable from any thread. It is weak: it does not keep the process alive.
type Settle =
    ThreadsafeFunction<(f64, Message), (), FnArgs<Arguments>, Status, false, /* weak */ true>;

/// A message about a call.
pub(crate) enum Message {
    /// The call succeeded: its answer, or nothing at the end of a list.
    Done(Option<Answered>),
    /// The call failed: the payload of its error.
    Failed(String),
    /// The bytes of a file moved so far, and its size if it is known. JavaScript answers it.
    Progress(u64, Option<u64>),
    /// The next bytes of a download.
    Data(Vec<u8>),
    /// The upload has room for more bytes.
    Room,
}

/// The answer of a call that succeeded.
pub(crate) struct Answered {
    /// The answer, or the first part of a long page.
    pub(crate) text: Json,
    /// Further lists of items of a long page.
    pub(crate) more: Option<Vec<Json>>,
    /// The positions of a page's new items; `None` if all are new.
    pub(crate) fresh: Option<Vec<u32>>,
    /// True for the last page of an iteration.
    pub(crate) last: bool,
    /// The bytes of a file, if they are in memory.
    pub(crate) content: Option<Vec<u8>>,
}

impl Answered {
    /// An answer that is one JSON text.
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
    /// The message as arguments. Kinds have the numbers of `Kind` in `ts/native.ts`.
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
                // JavaScript's numbers are doubles, which hold sizes up to 8 PiB exactly.
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

/// The channel to one JavaScript environment, that of the main thread or of a worker. All its clients share it. Messages take the
/// lock to read; only `keep_alive`, which changes the function, takes it to write.
#[derive(Clone)]
pub(crate) struct Channel(Arc<RwLock<Settle>>);

impl Channel {
    /// A channel through this function. It does not keep the process alive.
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

    /// Sends the end of a call.
    pub(crate) fn finish(&self, ticket: f64, end: Result<Option<Answered>, Error>) {
        self.send(
            ticket,
            match end {
                Ok(answered) => Message::Done(answered),
                Err(error) => Message::Failed(fault::json(&error)),
            },
        );
    }

    /// Sends a message. False if the environment has ended, and its promises with it.
    pub(crate) fn send(&self, ticket: f64, message: Message) -> bool {
        let settle = self.0.read().unwrap_or_else(PoisonError::into_inner);
        // Node's queue has no limit, so this never fails for want of room, and a worker never waits for JavaScript here.
        settle.call((ticket, message), ThreadsafeFunctionCallMode::NonBlocking) == Status::Ok
    }

    #[expect(
        deprecated,
        reason = "napi has no other safe way to change this after the function was made"
    )]
    /// Says if the channel keeps the process alive.
    pub(crate) fn keep_alive(&self, env: &Env, keep: bool) -> napi::Result<()> {
        let mut settle = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match keep {
            true => settle.refer(env),
            false => settle.unref(env),
        }
    }
}
