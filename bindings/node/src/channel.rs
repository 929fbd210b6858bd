//! Messages to JavaScript. They all go through one function of the environment, which settles its promises.
//!
//! Messages come in batches: the first one wakes JavaScript, which takes all that are there by then.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use penbox_core::Error;
use penbox_core::bindings::ResponseInfo;

use crate::batch::{self, Batch};
use crate::json::Json;
use crate::message::{Answered, Message};

/// The argument of that function.
pub(crate) type Arguments = (Batch,);
/// That function, callable from any thread. It is weak: it does not keep the process alive.
type Settle = ThreadsafeFunction<(), (), FnArgs<Arguments>, Status, false, /* weak */ true>;

/// Messages that JavaScript has not taken yet.
#[derive(Default)]
struct Queue {
    messages: Batch,
    /// True once the environment has ended.
    is_closed: bool,
}

/// The part of the queue that goes with the function. Node drops the function with its environment.
struct Taker(Arc<Mutex<Queue>>);

impl Taker {
    fn take(&self) -> Batch {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut queue.messages)
    }
}

impl Drop for Taker {
    fn drop(&mut self) {
        close(&self.0);
    }
}

/// Drops what nobody will take.
fn close(queue: &Mutex<Queue>) {
    let messages = {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.is_closed = true;
        std::mem::take(&mut queue.messages)
    };
    drop(messages);
}

/// The channel to one JavaScript environment, that of the main thread or of a worker. All its clients share it.
#[derive(Clone)]
pub(crate) struct Channel(Arc<Shared>);

struct Shared {
    /// Messages take the lock to read; only `keep_alive`, which changes the function, takes it to write.
    settle: RwLock<Settle>,
    queue: Arc<Mutex<Queue>>,
}

impl Channel {
    /// A channel through this function. It does not keep the process alive.
    pub(crate) fn new(settle: Function<'_, FnArgs<Arguments>, ()>) -> napi::Result<Channel> {
        let queue = Arc::<Mutex<Queue>>::default();
        let taker = Taker(Arc::clone(&queue));
        let settle = settle
            .build_threadsafe_function::<()>()
            .weak::<true>()
            .build_callback(move |_| Ok(FnArgs::from((taker.take(),))))?;
        Ok(Channel(Arc::new(Shared {
            settle: RwLock::new(settle),
            queue,
        })))
    }

    /// Sends the end of a call.
    pub(crate) fn finish(&self, ticket: f64, end: Result<Option<Answered>, Error>) {
        self.send(
            ticket,
            match end {
                Ok(answered) => Message::Done(answered),
                Err(error) => Message::Failed(error),
            },
        );
    }

    /// Sends the HTTP side of a call, if it was recorded. The end of the call follows.
    pub(crate) fn head(&self, ticket: f64, info: Option<&ResponseInfo>) {
        if let Some(info) = info {
            self.send(ticket, Message::Head(Json::of(&info.to_json())));
        }
    }

    /// Sends a message. False if the environment has ended, and its promises with it.
    pub(crate) fn send(&self, ticket: f64, message: Message) -> bool {
        let is_first = {
            let mut queue = (self.0.queue.lock()).unwrap_or_else(PoisonError::into_inner);
            if queue.is_closed {
                return false;
            }
            let is_first = queue.messages.is_empty();
            batch::append(&mut queue.messages, ticket, message);
            is_first
        };
        // JavaScript was woken for the first one, and takes the later ones with it.
        !is_first || self.wake()
    }

    /// Has JavaScript take what is there. False if the environment has ended.
    fn wake(&self) -> bool {
        let settle = self.0.settle.read().unwrap_or_else(PoisonError::into_inner);
        // Node's queue has no limit, so this never fails for want of room, and a worker never waits for JavaScript here.
        let is_woken = settle.call((), ThreadsafeFunctionCallMode::NonBlocking) == Status::Ok;
        drop(settle);
        if !is_woken {
            close(&self.0.queue);
        }
        is_woken
    }

    #[expect(
        deprecated,
        reason = "napi has no other safe way to change this after the function was made"
    )]
    /// Says if the channel keeps the process alive.
    pub(crate) fn keep_alive(&self, env: &Env, keep: bool) -> napi::Result<()> {
        let mut settle = (self.0.settle.write()).unwrap_or_else(PoisonError::into_inner);
        match keep {
            true => settle.refer(env),
            false => settle.unref(env),
        }
    }
}
