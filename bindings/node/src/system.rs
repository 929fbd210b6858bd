//! The clock of this binding: no other file reads one.

use std::time::Instant;

/// The time on the monotonic clock, which a change of the system's date does not move.
pub(crate) fn now() -> Instant {
    Instant::now()
}
