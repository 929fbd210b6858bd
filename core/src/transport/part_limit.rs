//! The limit of the parts of an attempt in which no file moves.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The limit of the parts of an attempt in which no file moves: from connecting until the request's head is sent, and from the last
/// byte sent to the end of an answer that is no file. A file itself takes as long as it moves.
#[derive(Debug, Default)]
pub(super) struct PartLimit(Mutex<Part>);

/// The part that the attempt is in.
#[derive(Debug, Default)]
struct Part {
    /// The limit of each part; none where the attempt has one limit as a whole.
    limit: Option<Duration>,
    /// The deadline of this part; none while a file moves.
    until: Option<Instant>,
    /// The last byte was sent.
    is_awaiting: bool,
}

impl PartLimit {
    /// Begins an attempt, with the limit of each of its parts.
    pub(super) fn begin(&self, limit: Option<Duration>, now: Instant) {
        *self.part() = Part {
            limit,
            until: until(limit, now),
            is_awaiting: false,
        };
    }

    /// A file moves from here on.
    pub(super) fn pause(&self) {
        self.part().until = None;
    }

    /// The last byte was sent. Only the first call of an attempt begins the part: interim answers do not prolong it.
    pub(super) fn await_answer(&self, now: impl FnOnce() -> Instant) {
        let mut part = self.part();
        if part.limit.is_some() && !part.is_awaiting {
            part.is_awaiting = true;
            part.until = until(part.limit, now());
        }
    }

    /// The deadline of the part that the attempt is in.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.part().until
    }

    fn part(&self) -> MutexGuard<'_, Part> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The deadline of a part that begins now. A time that the clock does not reach is none.
fn until(limit: Option<Duration>, now: Instant) -> Option<Instant> {
    limit.and_then(|limit| now.checked_add(limit))
}
