//! Time, rest and chance, as the send path asks for them: tests have their own.

use std::fmt;
use std::time::{Duration, Instant};

use crate::cancel::CancelScope;
use crate::system;

/// What is outside: a clock that only goes forward, the way to wait, and randomness.
pub(crate) trait Runtime: Send + Sync + fmt::Debug {
    /// The time.
    fn now(&self) -> Instant;
    /// Waits for so long, or until the call is ended. Whether it was ended.
    fn sleep(&self, wait: Duration, cancel: &CancelScope) -> bool;
    /// A number from 0 to 1.
    fn random(&self) -> f64;
}

/// The real one.
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
    fn a_rest_ends_with_its_time_or_an_ending() {
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
                let resting = scope.spawn(|| System.sleep(Duration::from_secs(60), &cancel));
                assert!(cancel_source.cancel());
                assert!(resting.join().unwrap());
            });
            assert!(!cancel_source.cancel());
            assert!(System.sleep(Duration::from_secs(60), &cancel));
        }
    }

    #[test]
    fn a_rest_asks_who_can_only_be_asked() {
        let asked = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&asked);
        let cancel = CancelScope {
            call: Some(Arc::default()),
            asked: Some(Arc::new(move || count.fetch_add(1, Ordering::Relaxed) == 2)),
            ..CancelScope::default()
        };
        assert!(System.sleep(Duration::from_secs(60), &cancel));
        assert_eq!(asked.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn chance_is_spread_over_its_range() {
        let drawn: Vec<f64> = (0..1_000).map(|_| System.random()).collect();
        assert!(drawn.iter().all(|chance| (0.0..1.0).contains(chance)));
        let p = likelihood(drawn);
        assert!(p > 1e-9, "p = {p}");
    }
}
