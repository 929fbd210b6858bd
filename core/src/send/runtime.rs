//! The clock, the sleep and the randomness of the send path. Tests replace them by a simulation.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cancel::{CancelScope, Waiter};
use crate::system;

/// A monotonic clock, a sleep that can be cancelled, and randomness.
pub(crate) trait Runtime: Send + Sync + fmt::Debug {
    /// The time on the monotonic clock.
    fn now(&self) -> Instant;
    /// Sleeps for so long, or until the call is cancelled. Returns whether it was cancelled.
    fn sleep(&self, wait: Duration, cancel: &CancelScope) -> bool;
    /// Waits until another call notifies this one, until a moment or until the call is cancelled.
    fn wait(&self, awaited: &Arc<Waiter<()>>, until: Instant, cancel: &CancelScope) {
        cancel.wait(awaited, until);
    }
    /// A random number from 0 to 1.
    fn random(&self) -> f64;
    /// Reports whether sleeps take no time of the system's clock, by which the pool would wait.
    fn is_imagined(&self) -> bool {
        false
    }
}

/// The operating system's.
#[derive(Debug)]
pub(crate) struct System;

impl Runtime for System {
    fn now(&self) -> Instant {
        system::now()
    }

    fn sleep(&self, wait: Duration, cancel: &CancelScope) -> bool {
        cancel.sleep(wait)
    }

    fn random(&self) -> f64 {
        system::random()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::cancel::CancelSource;
    use crate::testing::simulation::uniform::likelihood;

    #[test]
    fn a_sleep_ends_with_its_time_or_a_cancel() {
        let started = Instant::now();
        assert!(!System.sleep(Duration::from_millis(20), &CancelScope::default()));
        assert!(started.elapsed() >= Duration::from_millis(20));
        for of_client in [true, false] {
            let cancel_source = Arc::new(CancelSource::default());
            let held = Some(Arc::clone(&cancel_source));
            let cancel = match of_client {
                true => CancelScope {
                    client: held,
                    ..CancelScope::default()
                },
                false => CancelScope {
                    call: held,
                    ..CancelScope::default()
                },
            };
            std::thread::scope(|scope| {
                let sleeper = scope.spawn(|| System.sleep(Duration::from_secs(60), &cancel));
                assert!(cancel_source.cancel());
                assert!(sleeper.join().unwrap());
            });
            assert!(!cancel_source.cancel());
            assert!(System.sleep(Duration::from_secs(60), &cancel));
        }
    }

    #[test]
    fn a_sleep_calls_the_interrupt_check() {
        let checks = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&checks);
        let cancel = CancelScope {
            call: Some(Arc::default()),
            interrupt_check: Some(Arc::new(move || count.fetch_add(1, Ordering::Relaxed) == 2)),
            ..CancelScope::default()
        };
        assert!(System.sleep(Duration::from_secs(60), &cancel));
        assert_eq!(checks.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn random_numbers_are_spread_over_their_range() {
        let drawn: Vec<f64> = (0..1_000).map(|_| System.random()).collect();
        assert!(drawn.iter().all(|number| (0.0..1.0).contains(number)));
        let p = likelihood(drawn);
        assert!(p > 1e-9, "p = {p}");
    }
}
