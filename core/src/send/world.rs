//! Time, rest and chance, as the send path asks for them: tests have their own.

use std::fmt;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is outside: a clock that only goes forward, the way to wait, and randomness.
pub(crate) trait World: Send + Sync + fmt::Debug {
    /// The time.
    fn now(&self) -> Instant;
    /// Waits for so long, or until the halt. Whether it was halted.
    fn rest(&self, wait: Duration, halt: &Halt) -> bool;
    /// A number from 0 to 1.
    fn chance(&self) -> f64;
}

/// The end of a client: those who rest wake up.
#[derive(Debug, Default)]
pub(crate) struct Halt {
    halted: Mutex<bool>,
    changed: Condvar,
}

impl Halt {
    /// Wakes everyone. Whether it was the first time.
    pub(crate) fn halt(&self) -> bool {
        let mut halted = self.halted.lock().unwrap_or_else(PoisonError::into_inner);
        self.changed.notify_all();
        !std::mem::replace(&mut *halted, true)
    }

    pub(crate) fn is_halted(&self) -> bool {
        *self.halted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, wait: Duration) -> bool {
        let halted = self.halted.lock().unwrap_or_else(PoisonError::into_inner);
        let woken = self
            .changed
            .wait_timeout_while(halted, wait, |halted| !*halted);
        *woken.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// The real one.
#[derive(Debug)]
pub(crate) struct Outside;

impl World for Outside {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn rest(&self, wait: Duration, halt: &Halt) -> bool {
        halt.wait(wait)
    }

    fn chance(&self) -> f64 {
        // Asked of the system each time: a forked child must not draw what its parent draws.
        let drawn = getrandom::u32().unwrap_or(u32::MAX / 2);
        f64::from(drawn) / (f64::from(u32::MAX) + 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_ends_with_its_time_or_the_halt() {
        let halt = Halt::default();
        let started = Instant::now();
        assert!(!Outside.rest(Duration::from_millis(20), &halt));
        assert!(started.elapsed() >= Duration::from_millis(20));
        std::thread::scope(|scope| {
            let resting = scope.spawn(|| Outside.rest(Duration::from_secs(60), &halt));
            assert!(halt.halt());
            assert!(resting.join().unwrap());
        });
        assert!(!halt.halt());
        assert!(halt.is_halted());
        assert!(Outside.rest(Duration::from_secs(60), &halt));
    }

    #[test]
    fn chance_is_spread_over_its_range() {
        let drawn: Vec<f64> = (0..1_000).map(|_| Outside.chance()).collect();
        assert!(drawn.iter().all(|chance| (0.0..1.0).contains(chance)));
        let low = drawn.iter().filter(|chance| **chance < 0.5).count();
        assert!((350..650).contains(&low), "{low}");
    }
}
