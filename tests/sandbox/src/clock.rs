use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

/// Where the sandbox reads the time from: the system, or a hand that a test moves.
///
/// ```
/// use std::time::Duration;
/// let clock = penbox_sandbox::Clock::manual(1_700_000_000_000);
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.unix_millis(), 1_700_000_060_000);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Microseconds since the epoch; `None` follows the system.
    manual: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands still at `unix_millis` until [`Clock::advance`] moves it. Clones move together.
    pub fn manual(unix_millis: i64) -> Self {
        let micros = unix_millis.saturating_mul(1000);
        Self {
            manual: Some(Arc::new(AtomicI64::new(micros))),
        }
    }

    /// Moves a manual clock forward; does nothing to the system's clock.
    pub fn advance(&self, by: Duration) {
        if let Some(hand) = &self.manual {
            let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
            hand.fetch_add(micros, Ordering::SeqCst);
        }
    }

    /// Milliseconds since the Unix epoch.
    pub fn unix_millis(&self) -> i64 {
        self.now().as_millisecond()
    }

    pub(crate) fn now(&self) -> Timestamp {
        match &self.manual {
            None => Timestamp::now(),
            Some(hand) => Timestamp::from_microsecond(hand.load(Ordering::SeqCst))
                .unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }
}

/// One width for every moment the sandbox itself sets, so that text order is time order.
pub(crate) fn stamp(at: Timestamp) -> String {
    format!("{at:.6}")
}
