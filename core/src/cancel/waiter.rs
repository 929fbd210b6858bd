//! The wait of one thread for a value from another.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::system;

use super::Wakeable;

/// A wait for a value from another thread, or for time to pass.
pub(crate) struct Waiter<T> {
    state: Mutex<Notified<T>>,
    changed: Condvar,
}

/// The state of a wait.
struct Notified<T> {
    value: Option<T>,
    /// The wait has ended without a value.
    woken: bool,
    /// Woken once the value is there: a call that waits without a thread.
    wakes: Option<Arc<dyn Wakeable>>,
}

impl<T> Waiter<T> {
    pub(crate) fn new() -> Arc<Waiter<T>> {
        Arc::new(Waiter {
            state: Mutex::new(Notified {
                value: None,
                woken: false,
                wakes: None,
            }),
            changed: Condvar::new(),
        })
    }

    /// Hands over the value and ends the wait.
    pub(crate) fn notify(&self, value: T) {
        let wakes = {
            let mut state = self.lock();
            state.value = Some(value);
            state.wakes.take()
        };
        self.changed.notify_all();
        if let Some(wakes) = wakes {
            wakes.wake();
        }
    }

    /// Has the value wake another wait, too; at once where it is there.
    pub(crate) fn wake_with(&self, wakes: Arc<dyn Wakeable>) {
        let mut state = self.lock();
        if state.value.is_none() {
            state.wakes = Some(wakes);
            return;
        }
        drop(state);
        wakes.wake();
    }

    /// Reports whether the value is there. A simulation looks instead of waiting.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn is_notified(&self) -> bool {
        self.lock().value.is_some()
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

impl<T> fmt::Debug for Waiter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waiter")
    }
}

impl<T: Send> Wakeable for Waiter<T> {
    fn wake(&self) {
        self.lock().woken = true;
        self.changed.notify_all();
    }
}
