//! A clock on which only sleeps take time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::cancel::{CancelScope, Waiter};
use crate::send::runtime::Runtime;
use crate::system;

/// The real time that a call is given to notify one that waits for it. A call over a script takes microseconds; only one whose
/// thread does not run takes longer, and then the waiting call goes on as if its time had come.
const NOTIFIED_WITHIN: Duration = Duration::from_millis(20);

/// A clock on which only sleeps take time.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    epoch: Instant,
    slept: Arc<Mutex<Duration>>,
}

impl Clock {
    pub(crate) fn new() -> Clock {
        Clock {
            epoch: system::now(),
            slept: Arc::default(),
        }
    }

    /// The time that all sleeps took.
    pub(crate) fn slept(&self) -> Duration {
        *self.slept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pass(&self, wait: Duration) {
        *self.slept.lock().unwrap_or_else(PoisonError::into_inner) += wait;
    }
}

impl Runtime for Clock {
    fn now(&self) -> Instant {
        self.epoch + self.slept()
    }

    fn sleep(&self, wait: Duration, cancel: &CancelScope) -> bool {
        self.pass(wait);
        cancel.cause().is_some()
    }

    fn wait(&self, awaited: &Arc<Waiter<()>>, until: Instant, cancel: &CancelScope) {
        let notified = cancel.wait(awaited, system::now() + NOTIFIED_WITHIN);
        if notified.is_none() && cancel.cause().is_none() {
            self.pass(until.saturating_duration_since(self.now()));
        }
    }

    fn random(&self) -> f64 {
        0.5
    }

    fn is_imagined(&self) -> bool {
        true
    }
}
