//! The time limits of an attempt.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::limits::Limits;

/// The limits of an attempt: one as a whole, and one of each part in which no file moves, from connecting until the request's head is
/// sent, and from the last byte sent to the end of an answer that is no file. A file itself takes as long as it moves.
///
/// They are kept here, and not by the HTTP library, which would not look for an answer once its time is over.
#[derive(Debug, Default)]
pub(super) struct AttemptLimit(Mutex<State>);

/// The deadlines of an attempt.
#[derive(Debug, Default)]
struct State {
    /// The deadline of the attempt as a whole, if it has one.
    end: Option<Instant>,
    /// The limit of each part; none where the attempt moves no file.
    part: Option<Duration>,
    /// The deadline of this part; none while a file moves.
    part_end: Option<Instant>,
    /// The last byte was sent.
    is_awaiting: bool,
}

impl AttemptLimit {
    /// Begins an attempt.
    pub(super) fn begin(&self, limits: &Limits, now: Instant) {
        *self.state() = State {
            end: after(limits.attempt, now),
            part: limits.part,
            part_end: after(limits.part, now),
            is_awaiting: false,
        };
    }

    /// A file moves from here on.
    pub(super) fn file_moves(&self) {
        self.state().part_end = None;
    }

    /// The last byte was sent. Only the first call of an attempt begins the part: interim answers do not prolong it.
    pub(super) fn await_answer(&self, now: impl FnOnce() -> Instant) {
        let mut state = self.state();
        if state.part.is_some() && !state.is_awaiting {
            state.is_awaiting = true;
            state.part_end = after(state.part, now());
        }
    }

    /// The time at which the attempt ends unless it goes on to another part; none where a file moves and the whole has no limit.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let state = self.state();
        [state.end, state.part_end].into_iter().flatten().min()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The deadline of a limit that begins now. A time that the clock does not reach is none.
fn after(limit: Option<Duration>, now: Instant) -> Option<Instant> {
    limit.and_then(|limit| now.checked_add(limit))
}
