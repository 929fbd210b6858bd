//! The clocks of a verifier.

use std::fmt;
use std::time::{Duration, Instant};

use crate::system;

/// The two clocks of a verifier. Tests replace them.
pub(super) trait Clock: Send + Sync + fmt::Debug {
    /// The monotonic clock, by which the age of keys is measured.
    fn now(&self) -> Instant;
    /// The time since 1970, by which claims are.
    fn unix(&self) -> Duration;
}

/// The operating system's clocks.
#[derive(Debug)]
pub(super) struct System;

impl Clock for System {
    fn now(&self) -> Instant {
        system::now()
    }

    fn unix(&self) -> Duration {
        Duration::from_millis(system::unix_ms())
    }
}

/// A clock that stands still until a test moves it.
#[cfg(any(test, fuzzing, feature = "testing"))]
mod test_clock {
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
    use std::time::{Duration, Instant};

    use super::Clock;
    use crate::system;

    /// A clock for the tests of a receiver: it stands still until it is moved. A delivery that was recorded is not expired for a
    /// verifier whose clock stands at the time of the recording.
    ///
    /// ```
    /// use std::time::Duration;
    /// use penbox::testing::TestClock;
    /// use penbox::webhook::Verifier;
    ///
    /// // 1 March 2026.
    /// let clock = TestClock::at(Duration::from_secs(1_772_323_200));
    /// let verifier = Verifier::builder("https://example.com/hooks/penbox").clock(&clock).build()?;
    /// clock.advance(Duration::from_secs(3_600));
    /// assert_eq!(clock.unix(), Duration::from_secs(1_772_326_800));
    /// # Ok::<(), penbox::Error>(())
    /// ```
    #[derive(Clone, Debug)]
    pub struct TestClock(Arc<Mutex<(Instant, Duration)>>);

    impl TestClock {
        /// A clock that stands at a time since 1970.
        pub fn at(unix: Duration) -> TestClock {
            TestClock(Arc::new(Mutex::new((system::now(), unix))))
        }

        /// Moves the clock on.
        pub fn advance(&self, by: Duration) {
            let (now, unix) = &mut *self.lock();
            *now += by;
            *unix += by;
        }

        /// Moves the clock to a time since 1970. Backwards only the time of day goes, as when a machine's clock is set.
        pub fn set(&self, unix: Duration) {
            let (now, before) = &mut *self.lock();
            *now += unix.saturating_sub(*before);
            *before = unix;
        }

        /// The time since 1970 at which the clock stands.
        pub fn unix(&self) -> Duration {
            self.lock().1
        }

        fn lock(&self) -> MutexGuard<'_, (Instant, Duration)> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl Clock for TestClock {
        fn now(&self) -> Instant {
            self.lock().0
        }

        fn unix(&self) -> Duration {
            TestClock::unix(self)
        }
    }
}
#[cfg(any(test, fuzzing, feature = "testing"))]
pub use test_clock::TestClock;
