//! The operating system's clocks, threads and randomness: the one place of the product that asks for them.
//!
//! The send path reaches them through [`Runtime`](crate::send::runtime::Runtime), which a simulation replaces.

use std::io::Result;
use std::thread::Builder;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// The time on the clock that only goes forward. Deadlines and pauses are measured by it.
pub fn now() -> Instant {
    Instant::now()
}

/// The time that has passed since `started`.
pub fn since(started: Instant) -> Duration {
    now().saturating_duration_since(started)
}

/// The date and time of day. The clock behind it jumps, so it dates things and measures nothing.
pub(crate) fn date() -> Timestamp {
    Timestamp::now()
}

/// Starts a thread that nobody joins.
///
/// # Errors
/// The system gives no thread.
pub(crate) fn spawn(
    name: &str,
    stack_size: usize,
    work: impl FnOnce() + Send + 'static,
) -> Result<()> {
    let builder = Builder::new().name(name.to_owned()).stack_size(stack_size);
    builder.spawn(work).map(drop)
}

/// Fills a buffer with random bytes. They come from the system each time, and not from a generator of the process: a forked
/// child must not draw what its parent draws.
///
/// # Errors
/// The system gives none.
pub(crate) fn fill_random(buffer: &mut [u8]) -> std::result::Result<(), getrandom::Error> {
    getrandom::fill(buffer)
}

/// A random number from 0 up to, but not including, 1; about the middle where the system gives none, for it only spreads waits.
pub(crate) fn random() -> f64 {
    let drawn = getrandom::u32().unwrap_or(u32::MAX / 2);
    f64::from(drawn) / (f64::from(u32::MAX) + 1.0)
}
