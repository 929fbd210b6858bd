//! Questions to a call's coroutine: the thread of the call waits for the answer.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use penbox_core::bindings::blocking;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use super::channel::Channel;

/// The time between two looks whether the loop still lives. One that was closed amid a call answers nothing, and tells nobody.
const LOOK: Duration = Duration::from_secs(1);

/// The answer of a coroutine.
pub(crate) enum Answer {
    /// It was done.
    Done,
    /// The next bytes of a source; none at its end.
    Bytes(PyBackedBytes),
    /// The source gave something of this class instead of bytes.
    NoBytes(String),
    /// The headers that a hook added.
    Headers(Vec<(String, String)>),
    /// The progress callback ends the call.
    Stop,
    /// The caller's own code raised.
    Raised(PyErr),
    /// The coroutine is gone, or its call was ended.
    Gone,
}

/// The side that answers, once. Its drop is an answer, too.
#[derive(Clone)]
pub(crate) struct Answering(Arc<Answerer>);

struct Answerer(SyncSender<Answer>);

impl Answering {
    /// Answers, unless that was done.
    pub(crate) fn answer(&self, answer: Answer) {
        // The room of one is for the first answer, so this never waits.
        let _ = self.0.0.try_send(answer);
    }
}

impl Drop for Answerer {
    fn drop(&mut self) {
        let _ = self.0.try_send(Answer::Gone);
    }
}

/// The side that waits for the answer.
pub(crate) struct Asked {
    answer: Receiver<Answer>,
    channel: Arc<Channel>,
}

impl Asked {
    /// A question, and the side that answers it.
    pub(crate) fn new(channel: &Arc<Channel>) -> (Asked, Answering) {
        let (sender, answer) = sync_channel(1);
        let asked = Asked {
            answer,
            channel: Arc::clone(channel),
        };
        (asked, Answering(Arc::new(Answerer(sender))))
    }

    /// Waits for the answer, at most for so long.
    pub(crate) fn wait_for(&self, wait: Duration) -> Option<Answer> {
        // The caller's code may wait for another call of this client: meanwhile this one takes no other's place.
        match blocking(|| self.answer.recv_timeout(wait)) {
            Ok(answer) => Some(answer),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Answer::Gone),
        }
    }

    /// Waits for the answer.
    pub(crate) fn wait(&self) -> Answer {
        loop {
            match self.wait_for(LOOK) {
                Some(answer) => return answer,
                None if self.channel.is_over() => return Answer::Gone,
                None => {}
            }
        }
    }
}
