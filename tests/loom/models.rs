//! Models for loom, which runs every order in which three threads can meet in the policies. `tests/interleaving` runs them.

use std::time::{Duration, Instant};

use loom::sync::Arc;
use loom::thread;

use crate::config::Rate;
use crate::error::ErrorKind;
use crate::rate_limiter::{RateLimiter, Turn};
use crate::retry_quota::RetryQuota;
use crate::throttle::{Decision, Throttle};

/// Runs `step` on three threads. Returns the result of each.
fn three<T: Send + 'static, S: Send + Sync + 'static>(
    shared: &Arc<S>,
    step: fn(&S) -> T,
) -> Vec<T> {
    let others: Vec<_> = (0..2)
        .map(|_| {
            let shared = Arc::clone(shared);
            thread::spawn(move || step(&shared))
        })
        .collect();
    let mut all = vec![step(shared)];
    all.extend(others.into_iter().map(|other| other.join().unwrap()));
    all
}

/// A quota that has `left` tokens.
fn retry_quota(left: u32) -> Arc<RetryQuota> {
    let retry_quota = RetryQuota::full();
    // The quota is emptied by large takes, since loom counts each take as a step.
    let taken = (0..).take_while(|_| retry_quota.take(ErrorKind::Server).is_some());
    assert_eq!(taken.count(), 35, "and 10 are left");
    retry_quota.give(left - 10);
    Arc::new(retry_quota)
}

#[test]
fn a_quota_is_never_overdrawn() {
    loom::model(|| {
        let taken = three(&retry_quota(14), |retry_quota| {
            retry_quota.take(ErrorKind::RateLimit)
        });
        assert_eq!(taken.iter().flatten().count(), 2);
    });
}

#[test]
fn tokens_given_back_to_a_quota_are_all_there() {
    loom::model(|| {
        let retry_quota = retry_quota(11);
        three(&retry_quota, |retry_quota| retry_quota.give(2));
        let taken = (0..4).filter(|_| retry_quota.take(ErrorKind::RateLimit).is_some());
        assert_eq!(taken.count(), 3);
    });
}

#[test]
fn a_throttle_has_one_probe() {
    loom::model(|| {
        let throttle = Arc::new(Throttle::default());
        throttle.begin(Instant::now(), Duration::ZERO);
        let decisions = three(&throttle, |throttle| throttle.decide(Instant::now()));
        let probes = decisions
            .iter()
            .filter(|decision| **decision == Decision::Probe);
        assert_eq!(probes.count(), 1);
        assert!(!decisions.contains(&Decision::Go));
    });
}

#[test]
fn a_new_throttle_outlives_the_probe_that_met_it() {
    loom::model(|| {
        let (throttle, now) = (Arc::new(Throttle::default()), Instant::now());
        throttle.begin(now, Duration::ZERO);
        assert_eq!(throttle.decide(now), Decision::Probe);
        let later = now + Duration::from_secs(60);
        let other = {
            let throttle = Arc::clone(&throttle);
            thread::spawn(move || throttle.end_probe())
        };
        throttle.begin(later, Duration::ZERO);
        other.join().unwrap();
        assert_eq!(throttle.decide(now), Decision::Wait(later));
    });
}

#[test]
fn a_rate_limiter_gives_no_slot_twice() {
    loom::model(|| {
        let rate_limiter = hourly(2);
        let taken = three(&rate_limiter, |rate_limiter| {
            let taken = rate_limiter.turn(Instant::now()).take(Instant::now());
            if taken.is_ok() {
                rate_limiter.answered(Instant::now());
            }
            taken.is_ok()
        });
        assert_eq!(taken.iter().filter(|taken| **taken).count(), 2);
    });
}

/// A limiter of so many requests an hour: no slot is free again by itself within a model.
fn hourly(requests: usize) -> Arc<RateLimiter> {
    let window = Duration::from_secs(3600);
    Arc::new(RateLimiter::new(&[Rate { requests, window }]))
}

/// Waits until a turn gets its slot. In a model only another call ends the wait, so a call that is not called waits for ever, which
/// loom reports.
fn take(turn: &mut Turn<'_>) {
    while let Err(wait) = turn.take(Instant::now()) {
        wait.called.wait(Instant::now());
    }
}

#[test]
fn a_slot_that_was_not_used_goes_to_whoever_waits() {
    loom::model(|| {
        let step = |rate_limiter: &RateLimiter| {
            take(&mut rate_limiter.turn(Instant::now()));
            rate_limiter.unused();
        };
        let rate_limiter = hourly(1);
        let other = {
            let rate_limiter = Arc::clone(&rate_limiter);
            thread::spawn(move || step(&rate_limiter))
        };
        step(&rate_limiter);
        other.join().unwrap();
    });
}

#[test]
fn a_place_that_is_given_up_goes_to_the_next() {
    loom::model(|| {
        let rate_limiter = hourly(1);
        take(&mut rate_limiter.turn(Instant::now()));
        let leaving = {
            let rate_limiter = Arc::clone(&rate_limiter);
            thread::spawn(move || {
                // It gets the slot, or gives up before it was called, or after.
                match rate_limiter.turn(Instant::now()).take(Instant::now()) {
                    Ok(()) => rate_limiter.unused(),
                    Err(_) => {}
                }
            })
        };
        let staying = {
            let rate_limiter = Arc::clone(&rate_limiter);
            thread::spawn(move || take(&mut rate_limiter.turn(Instant::now())))
        };
        rate_limiter.unused();
        leaving.join().unwrap();
        staying.join().unwrap();
    });
}
