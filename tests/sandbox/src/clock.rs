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
    /// Microseconds that the control route has moved it by.
    shift: Arc<AtomicI64>,
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
            shift: Arc::default(),
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
        // Whole microseconds: more is not shown, and what is kept should be what is shown.
        let micros = self
            .base()
            .saturating_add(self.shift.load(Ordering::SeqCst));
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn base(&self) -> i64 {
        match &self.manual {
            None => Timestamp::now().as_microsecond(),
            Some(hand) => hand.load(Ordering::SeqCst),
        }
    }

    /// The same clock for a sandbox that moves it for itself alone.
    pub(crate) fn own(&self) -> Self {
        Self {
            manual: self.manual.clone(),
            shift: Arc::default(),
        }
    }

    /// Moves it by the control route.
    pub(crate) fn steer(&self, how: Steer) {
        let shift = match how {
            Steer::Start => 0,
            Steer::By(micros) => self.shift.load(Ordering::SeqCst).saturating_add(micros),
            Steer::To(at) => at.as_microsecond().saturating_sub(self.base()),
        };
        self.shift.store(shift, Ordering::SeqCst);
    }
}

/// A move of the clock.
pub(crate) enum Steer {
    /// Back to the clock that the sandbox was started with.
    Start,
    /// By microseconds, in any direction.
    By(i64),
    /// To a moment, from which it goes on.
    To(Timestamp),
}

/// A moment that a caller may have chosen: whole seconds as the caller writes them, else as [`stamp`] does.
pub(crate) fn shown(at: Timestamp) -> String {
    if at.subsec_nanosecond() == 0 {
        at.to_string()
    } else {
        stamp(at)
    }
}

/// One width for every moment the sandbox itself sets, so that text order is time order.
pub(crate) fn stamp(at: Timestamp) -> String {
    format!("{at:.6}")
}
