//! A client's own limit of requests, which keeps it below the server's limit.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::sync::{Mutex, MutexGuard, PoisonError};
use crate::config::Rate;

/// The time between two looks of a call that waits while all slots are in flight: no answer is due at a known moment. It adds
/// to the call's wait, so it is short beside the windows of a second and more; a shorter one would wake every waiting thread
/// more often.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// The interval grows by this for each look that found no slot since the last one that did: ten thousand waiting calls that look every
/// 20 ms would take a core. The wait grows by a hundredth of what it is already, or so.
const GROWTH: Duration = Duration::from_micros(20);
/// The end of that growth: a call that waited for minutes looks once a second, which does not show beside that.
const LONGEST_INTERVAL: Duration = Duration::from_secs(1);

/// A limiter with one or more rates, each of so many requests in any window of time.
///
/// A request's slot is free again one window after its *answer* was received. The server counted the request before that, whenever
/// it did, so no delay on the way can make it count more than the rate.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    rates: Vec<Rate>,
    log: Mutex<Log>,
}

/// The requests that still count for some rate.
#[derive(Debug, Default)]
struct Log {
    /// The requests that were sent and not answered yet.
    in_flight: usize,
    /// The looks that found no slot since the last one that did.
    refused: u32,
    /// The times at which answers were received, the oldest first, as far back as the longest window.
    answered: VecDeque<Instant>,
}

impl RateLimiter {
    pub(crate) fn new(rates: &[Rate]) -> RateLimiter {
        RateLimiter {
            rates: rates.to_vec(),
            log: Mutex::default(),
        }
    }

    /// Takes a slot for a request, or returns the time at which to try again. The slot must be given back by
    /// [`answered`](RateLimiter::answered) or [`unused`](RateLimiter::unused).
    pub(crate) fn take(&self, now: Instant) -> Result<(), Instant> {
        if self.rates.is_empty() {
            return Ok(());
        }
        let mut log = self.log();
        log.forget(now, self.rates.iter().map(|rate| rate.window).max());
        let waits = self.rates.iter().filter_map(|rate| log.full(now, rate));
        match waits.max() {
            Some(until) => {
                log.refused = log.refused.saturating_add(1);
                Err(until)
            }
            None => {
                log.refused = 0;
                log.in_flight += 1;
                Ok(())
            }
        }
    }

    /// Gives back the slot of a request whose answer was received or will never be. The server may have counted it until now.
    pub(crate) fn answered(&self, now: Instant) {
        if !self.rates.is_empty() {
            let mut log = self.log();
            log.in_flight -= 1;
            // Threads may arrive here in another order than they read the clock. The log has to stay sorted for its search, and a
            // later time frees the slot later, which is safe.
            let last = log.answered.back().copied();
            log.answered
                .push_back(last.map_or(now, |last| last.max(now)));
        }
    }

    /// Gives back the slot of a request that was not sent.
    pub(crate) fn unused(&self) {
        if !self.rates.is_empty() {
            self.log().in_flight -= 1;
        }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    /// Removes the answers that have left the longest window.
    fn forget(&mut self, now: Instant, longest: Option<Duration>) {
        let longest = longest.unwrap_or_default();
        let old = |answered: &Instant| *answered + longest <= now;
        while self.answered.front().is_some_and(old) {
            self.answered.pop_front();
        }
    }

    /// The time at which a slot may be free under a rate; none if one is free now.
    fn full(&self, now: Instant, rate: &Rate) -> Option<Instant> {
        let gone = self
            .answered
            .partition_point(|answered| *answered + rate.window <= now);
        let counted = self.answered.len() - gone + self.in_flight;
        if counted < rate.requests {
            return None;
        }
        // So many answers have to leave the window first. The next one after them frees the slot.
        let leaving = counted - rate.requests;
        let answer = self.answered.get(gone + leaving);
        let interval = POLL_INTERVAL.max((GROWTH * self.refused).min(LONGEST_INTERVAL));
        Some(answer.map_or(now + interval, |answered| *answered + rate.window))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn rate(requests: usize, window: Duration) -> Rate {
        Rate { requests, window }
    }

    #[test]
    fn a_slot_is_free_one_window_after_the_answer() {
        let limiter = RateLimiter::new(&[rate(2, SECOND)]);
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        assert_eq!(limiter.take(at(0)), Ok(()));
        assert_eq!(limiter.take(at(0)), Ok(()));
        assert_eq!(
            limiter.take(at(1)),
            Err(at(1) + POLL_INTERVAL),
            "both are in flight"
        );
        limiter.answered(at(300));
        assert_eq!(limiter.take(at(1_000)), Err(at(1_300)));
        assert_eq!(limiter.take(at(1_300)), Ok(()));
        limiter.answered(at(1_400));
        assert_eq!(limiter.take(at(1_500)), Err(at(2_400)));
        limiter.unused();
        assert_eq!(limiter.take(at(1_500)), Ok(()));
    }

    #[test]
    fn answers_recorded_out_of_order_free_no_slot_early() {
        let limiter = RateLimiter::new(&[rate(2, SECOND)]);
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        assert_eq!((limiter.take(at(0)), limiter.take(at(0))), (Ok(()), Ok(())));
        limiter.answered(at(300));
        limiter.answered(at(200));
        assert_eq!(limiter.take(at(1_250)), Err(at(1_300)));
        assert_eq!(limiter.take(at(1_300)), Ok(()));
    }

    #[test]
    fn the_stricter_of_two_rates_counts() {
        let limiter = RateLimiter::new(&[rate(2, SECOND), rate(3, SECOND * 60)]);
        let start = Instant::now();
        for number in 0..3 {
            let now = start + SECOND * 2 * number;
            assert_eq!(limiter.take(now), Ok(()));
            limiter.answered(now);
        }
        let now = start + SECOND * 10;
        assert_eq!(limiter.take(now), Err(start + SECOND * 60));
        assert_eq!(limiter.take(start + SECOND * 60), Ok(()));
    }

    #[test]
    fn without_rates_there_is_no_limit() {
        let limiter = RateLimiter::new(&[]);
        for _ in 0..1_000 {
            assert_eq!(limiter.take(Instant::now()), Ok(()));
        }
        limiter.answered(Instant::now());
        limiter.unused();
    }
}
