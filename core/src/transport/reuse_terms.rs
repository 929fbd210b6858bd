//! The terms on which a connection serves another call.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The terms on which a connection serves another call. The answer sets them, and the connection keeps them: where an answer has no body,
/// the HTTP library gives the connection back before anybody has seen the answer's head.
#[derive(Debug, Default)]
pub(super) struct ReuseTerms(Mutex<Terms>);

#[derive(Debug, Default)]
struct Terms {
    /// The connection must not be used again. Set where an answer declared its length in two ways: the bytes after it may be the
    /// rest of that answer, or a forged one.
    is_spoiled: bool,
    /// The longest that it may be idle, where the server named a time.
    idle_limit: Option<Duration>,
    /// The time at which the last call gave it back; none while a call has it.
    idle_since: Option<Instant>,
}

impl ReuseTerms {
    /// A call takes the connection. The time that the answer before has named is over with that.
    pub(super) fn take(&self) {
        let mut terms = self.lock();
        terms.idle_limit = None;
        terms.idle_since = None;
    }

    /// The call gives the connection back.
    pub(super) fn give_back(&self, now: Instant) {
        self.lock().idle_since = Some(now);
    }

    /// Marks the connection: it must not be used again.
    pub(super) fn spoil(&self) {
        self.lock().is_spoiled = true;
    }

    /// Sets the longest that the connection may be idle.
    pub(super) fn set_idle_limit(&self, limit: Option<Duration>) {
        self.lock().idle_limit = limit;
    }

    /// Reports whether another call may use the connection now.
    pub(super) fn allow(&self, now: Instant) -> bool {
        let terms = self.lock();
        let until = match (terms.idle_since, terms.idle_limit) {
            (Some(since), Some(limit)) => since.checked_add(limit),
            _ => None,
        };
        !terms.is_spoiled && until.is_none_or(|until| now < until)
    }

    fn lock(&self) -> MutexGuard<'_, Terms> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
