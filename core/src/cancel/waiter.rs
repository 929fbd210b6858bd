//! The wait of one thread for a value from another.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::system;

use super::Wakeable;

/// A wait for a value from another thread, or for time to pass.
#[derive(Debug)]
pub(crate) struct Waiter<T> {
    state: Mutex<Notified<T>>,
    changed: Condvar,
}

/// The state of a wait. `woken` ends it without a value.
#[derive(Debug)]
struct Notified<T> {
    value: Option<T>,
    woken: bool,
}

impl<T> Waiter<T> {
    pub(crate) fn new() -> Arc<Waiter<T>> {
        Arc::new(Waiter {
            state: Mutex::new(Notified {
                value: None,
                woken: false,
            }),
            changed: Condvar::new(),
        })
    }

    /// Hands over the value and ends the wait.
    pub(crate) fn notify(&self, value: T) {
        self.lock().value = Some(value);
        self.changed.notify_all();
    }

    /// Waits for the value, at the latest until a moment. Returns none where the time passed or the wait was woken first.
    pub(crate) fn wait(&self, until: Instant) -> Option<T> {
        let mut state = self.lock();
        loop {
            let left = until.saturating_duration_since(system::now());
            if state.value.is_some() || state.woken || left.is_zero() {
                return state.value.take();
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Notified<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send> Wakeable for Waiter<T> {
    fn wake(&self) {
        self.lock().woken = true;
        self.changed.notify_all();
    }
}
