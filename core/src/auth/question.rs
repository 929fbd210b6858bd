//! A question for a token that one call asks and others wait for.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::cancel::Waiter;
use crate::error::Error;

/// A question for a token. Those who wait learn that it has ended, and its error if the supplier failed.
#[derive(Default)]
pub(crate) struct Question(Mutex<State>);

#[derive(Default)]
struct State {
    has_ended: bool,
    /// The error of the supplier, for all who wait.
    error: Option<Error>,
    waiting: Vec<Arc<Waiter<()>>>,
}

impl Question {
    /// Notes the error of the supplier. A question that ends without one has brought a token, or its call has ended.
    pub(crate) fn fail(&self, error: Error) {
        self.state().error = Some(error);
    }

    /// Ends the question, and all waits for it.
    pub(super) fn end(&self) {
        let waiting = {
            let mut state = self.state();
            state.has_ended = true;
            std::mem::take(&mut state.waiting)
        };
        waiting.iter().for_each(|waiter| waiter.notify(()));
    }

    pub(super) fn has_ended(&self) -> bool {
        self.state().has_ended
    }

    /// The error of the supplier, once the question has ended with one.
    pub(crate) fn error(&self) -> Option<Error> {
        self.state().error.as_ref().map(Error::again)
    }

    /// A wait for the end of the question; none where it has ended.
    pub(crate) fn wait(&self) -> Option<Arc<Waiter<()>>> {
        let mut state = self.state();
        if state.has_ended {
            return None;
        }
        let waiter = Waiter::new();
        state.waiting.push(Arc::clone(&waiter));
        Some(waiter)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Question")
    }
}
