//! The policies of the send path, built with loom's locks and atomics in place of the standard library's, and their models.
#![expect(dead_code, reason = "a model needs a part of each policy")]

#[path = "../../core/src/send/rate_limiter.rs"]
mod rate_limiter;
#[path = "../../core/src/send/rate_log.rs"]
mod rate_log;
#[path = "../../core/src/send/retry_quota.rs"]
mod retry_quota;
// Not within `cancel`, whose folder a clone does not have: a path by way of it would lead nowhere.
#[path = "../../core/src/cancel/step_aside.rs"]
mod step_aside;
#[path = "../../core/src/send/throttle.rs"]
mod throttle;

mod hand_over;
mod models;
mod pool;

/// What the pool and the rate limiter use of the core's cancels.
mod cancel {
    pub(crate) use super::step_aside::StepAside;

    use std::time::Instant;

    use loom::sync::atomic::{AtomicBool, Ordering};
    use loom::sync::{Arc, Condvar, Mutex};

    /// The wait of one thread for a value from another. No clock runs in a model, so only the value ends the wait.
    #[derive(Debug)]
    pub(crate) struct Waiter<T> {
        value: Mutex<Option<T>>,
        changed: Condvar,
    }

    impl<T> Waiter<T> {
        // The core's own kind of pointer: loom need not see its counts.
        pub(crate) fn new() -> std::sync::Arc<Waiter<T>> {
            std::sync::Arc::new(Waiter {
                value: Mutex::new(None),
                changed: Condvar::new(),
            })
        }

        pub(crate) fn notify(&self, value: T) {
            *self.value.lock().unwrap() = Some(value);
            self.changed.notify_one();
        }

        pub(crate) fn wait(&self, _: Instant) -> Option<T> {
            let mut value = self.value.lock().unwrap();
            while value.is_none() {
                value = self.changed.wait(value).unwrap();
            }
            value.take()
        }
    }

    /// A scope with one source.
    #[derive(Clone)]
    pub(crate) struct CancelScope(pub(crate) Arc<AtomicBool>);

    impl CancelScope {
        pub(crate) fn cause(&self) -> Option<()> {
            self.0.load(Ordering::SeqCst).then_some(())
        }
    }

    /// Stands in for registrations, which the models keep themselves.
    #[derive(Default)]
    pub(crate) struct Registrations;
}

/// What the policies share between threads: stands in for the core's module of this name.
mod sync {
    pub(super) use loom::sync::{Mutex, MutexGuard, atomic::AtomicU32};
    pub(super) use std::sync::PoisonError;
    pub(super) use std::sync::atomic::Ordering;
}

/// What the policies use of the core's settings.
mod config {
    use std::time::Duration;

    /// At most so many requests in any window of so long.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Rate {
        pub(crate) requests: usize,
        pub(crate) window: Duration,
    }
}

/// What the policies use of the core's errors.
mod error {
    /// The kinds that a policy tells apart, and those that stand for the rest in its tests.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum ErrorKind {
        Connection,
        RateLimit,
        Server,
    }
}
