//! A request in flight that several calls wait for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::kept_answer::KeptAnswer;
use crate::cancel::Waiter;
use crate::error::Error;

/// The end of a flight.
pub(crate) enum Landing {
    /// The answer, for everybody who waited.
    Answered(Arc<KeptAnswer>),
    /// The request failed for a reason that holds for everybody.
    Failed(Error),
    /// The request ended for a reason of its caller's alone: who waited tries anew.
    Left,
}

/// A request in flight. The call that makes it lands it, and wakes those who wait.
#[derive(Default)]
pub(crate) struct Flight(Mutex<State>);

#[derive(Default)]
struct State {
    landing: Option<Landing>,
    waiters: Vec<Arc<Waiter<()>>>,
}

impl Flight {
    /// Waits for the landing; none where it has landed.
    pub(crate) fn join(&self) -> Option<Arc<Waiter<()>>> {
        let mut state = self.lock();
        if state.landing.is_some() {
            return None;
        }
        let waiter = Waiter::new();
        state.waiters.push(Arc::clone(&waiter));
        Some(waiter)
    }

    /// Returns the end of the flight for one of those who waited; none while it is in the air.
    pub(crate) fn landing(&self) -> Option<Landing> {
        match self.lock().landing.as_ref()? {
            Landing::Answered(answer) => Some(Landing::Answered(Arc::clone(answer))),
            Landing::Failed(error) => Some(Landing::Failed(error.again())),
            Landing::Left => Some(Landing::Left),
        }
    }

    /// Ends the flight.
    pub(super) fn land(&self, landing: Landing) {
        let mut state = self.lock();
        state.landing.get_or_insert(landing);
        let waiters = std::mem::take(&mut state.waiters);
        // A waiter may run another call at once, which must find the lock free.
        drop(state);
        for waiter in waiters {
            waiter.notify(());
        }
    }

    /// The number of those who wait.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiters.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
