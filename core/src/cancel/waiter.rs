//! A wait on one thread that another ends.

use crate::system;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::Wakeable;

/// A wait for something that another thread brings, or for time to pass.
#[derive(Debug)]
pub(crate) struct Waiter<T> {
    brought: Mutex<Notified<T>>,
    rung: Condvar,
}

#[derive(Debug)]
struct Notified<T> {
    value: Option<T>,
    woken: bool,
}

impl<T> Waiter<T> {
    pub(crate) fn new() -> Arc<Waiter<T>> {
        Arc::new(Waiter {
            brought: Mutex::new(Notified {
                value: None,
                woken: false,
            }),
            rung: Condvar::new(),
        })
    }

    /// Brings what is waited for.
    pub(crate) fn notify(&self, value: T) {
        self.state().value = Some(value);
        self.rung.notify_all();
    }

    /// What was brought, or nothing where the time passed or the wait was ended first.
    pub(crate) fn wait(&self, until: Instant) -> Option<T> {
        let mut state = self.state();
        loop {
            let left = until.saturating_duration_since(system::now());
            if state.value.is_some() || state.woken || left.is_zero() {
                return state.value.take();
            }
            let waited = self.rung.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn state(&self) -> MutexGuard<'_, Notified<T>> {
        self.brought.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send> Wakeable for Waiter<T> {
    fn wake(&self) {
        self.state().woken = true;
        self.rung.notify_all();
    }
}
