//! The operating system's clocks, threads and randomness. No other file of the core calls them.
//!
//! The send path takes the clock, sleep and randomness from [`Runtime`](crate::send::runtime::Runtime), which a simulation replaces.

use std::io::Result;
use std::thread::Builder;
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;

/// The time on the monotonic clock. Deadlines and pauses are measured by it.
pub fn now() -> Instant {
    Instant::now()
}

/// The time that has passed since `started`.
pub(crate) fn since(started: Instant) -> Duration {
    now().saturating_duration_since(started)
}

/// The date and time of day. This clock may jump, so it gives dates and measures no durations.
pub(crate) fn date() -> Timestamp {
    Timestamp::now()
}

/// The milliseconds since 1970 by the same clock; 0 for a time before.
pub(crate) fn unix_ms() -> u64 {
    let passed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    passed.map_or(0, |passed| {
        u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
    })
}

/// Starts a thread that is never joined.
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

/// Fills a buffer with random bytes. Each comes from the system, and not from a generator of the process: a forked child would draw
/// the same bytes as its parent.
///
/// # Errors
/// The system gives none.
pub(crate) fn fill_random(buffer: &mut [u8]) -> std::result::Result<(), getrandom::Error> {
    getrandom::fill(buffer)
}

/// A random number from 0 up to, but not including, 1. Where the system gives none it is about 0.5: it only spreads waits, so a call
/// must not fail for it.
pub(crate) fn random() -> f64 {
    let drawn = getrandom::u32().unwrap_or(u32::MAX / 2);
    f64::from(drawn) / (f64::from(u32::MAX) + 1.0)
}
