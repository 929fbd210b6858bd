//! The time limits of one attempt.

use std::time::Duration;

/// The time limits of one attempt.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// The limit of the attempt as a whole; none where a file takes as long as it moves.
    pub(crate) attempt: Option<Duration>,
    /// The limit of each part of the attempt in which no file moves; none where the attempt moves none.
    pub(crate) part: Option<Duration>,
    /// The longest time in which no byte is read or written.
    pub(crate) silence: Duration,
    /// The longest time that a kept connection may have been idle.
    pub(crate) idle: Duration,
}
