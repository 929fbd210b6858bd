//! A client's own limit of requests, so that the server's is never met.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::sync::{Mutex, MutexGuard, PoisonError};
use crate::config::Rate;

/// How often a request that waits for answers of others looks whether one came.
const LOOK: Duration = Duration::from_millis(20);

/// At most so many requests in any window of time, for each of some rates. A request's place is free again one window after its
/// *answer* came: whenever the server counted it, that was before, so no delay on the way makes the server count more.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    rates: Vec<Rate>,
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    /// Requests whose answer is still to come.
    in_flight: usize,
    /// When answers came, the oldest first, as far back as the longest window.
    answered: VecDeque<Instant>,
}

impl RateLimiter {
    pub(crate) fn new(rates: &[Rate]) -> RateLimiter {
        RateLimiter {
            rates: rates.to_vec(),
            log: Mutex::default(),
        }
    }

    /// Takes a place for a request, or says when to ask again. What was taken is to be given back by
    /// [`answered`](RateLimiter::answered) or [`unused`](RateLimiter::unused).
    pub(crate) fn take(&self, now: Instant) -> Result<(), Instant> {
        if self.rates.is_empty() {
            return Ok(());
        }
        let mut log = self.log();
        log.forget(now, self.rates.iter().map(|rate| rate.window).max());
        let waits = self.rates.iter().filter_map(|rate| log.full(now, rate));
        match waits.max() {
            Some(until) => Err(until),
            None => {
                log.in_flight += 1;
                Ok(())
            }
        }
    }

    /// The answer came, or will never: the server may have counted the request until now.
    pub(crate) fn answered(&self, now: Instant) {
        if !self.rates.is_empty() {
            let mut log = self.log();
            log.in_flight -= 1;
            // Threads come here in another order than they looked at the clock; the log stays sorted, and later is safe.
            let last = log.answered.back().copied();
            log.answered
                .push_back(last.map_or(now, |last| last.max(now)));
        }
    }

    /// The request was not sent.
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
    fn forget(&mut self, now: Instant, longest: Option<Duration>) {
        let longest = longest.unwrap_or_default();
        let old = |came: &Instant| *came + longest <= now;
        while self.answered.front().is_some_and(old) {
            self.answered.pop_front();
        }
    }

    /// When there may be a place under a rate, if there is none now.
    fn full(&self, now: Instant, rate: &Rate) -> Option<Instant> {
        let gone = self
            .answered
            .partition_point(|came| *came + rate.window <= now);
        let counted = self.answered.len() - gone + self.in_flight;
        if counted < rate.requests {
            return None;
        }
        // So many of those that were answered must leave the window first.
        let leaving = counted - rate.requests;
        let answer = self.answered.get(gone + leaving);
        Some(answer.map_or(now + LOOK, |came| *came + rate.window))
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
    fn a_place_is_free_one_window_after_the_answer() {
        let budget = RateLimiter::new(&[rate(2, SECOND)]);
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        assert_eq!(budget.take(at(0)), Ok(()));
        assert_eq!(budget.take(at(0)), Ok(()));
        assert_eq!(budget.take(at(1)), Err(at(1) + LOOK), "both are in flight");
        budget.answered(at(300));
        assert_eq!(budget.take(at(1_000)), Err(at(1_300)));
        assert_eq!(budget.take(at(1_300)), Ok(()));
        budget.answered(at(1_400));
        assert_eq!(budget.take(at(1_500)), Err(at(2_400)));
        budget.unused();
        assert_eq!(budget.take(at(1_500)), Ok(()));
    }

    #[test]
    fn answers_that_are_told_out_of_order_free_no_place_early() {
        let budget = RateLimiter::new(&[rate(2, SECOND)]);
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        assert_eq!((budget.take(at(0)), budget.take(at(0))), (Ok(()), Ok(())));
        budget.answered(at(300));
        budget.answered(at(200));
        assert_eq!(budget.take(at(1_250)), Err(at(1_300)));
        assert_eq!(budget.take(at(1_300)), Ok(()));
    }

    #[test]
    fn the_stricter_of_two_rates_counts() {
        let budget = RateLimiter::new(&[rate(2, SECOND), rate(3, SECOND * 60)]);
        let start = Instant::now();
        for number in 0..3 {
            let now = start + SECOND * 2 * number;
            assert_eq!(budget.take(now), Ok(()));
            budget.answered(now);
        }
        let now = start + SECOND * 10;
        assert_eq!(budget.take(now), Err(start + SECOND * 60));
        assert_eq!(budget.take(start + SECOND * 60), Ok(()));
    }

    #[test]
    fn without_rates_there_is_no_limit() {
        let budget = RateLimiter::new(&[]);
        for _ in 0..1_000 {
            assert_eq!(budget.take(Instant::now()), Ok(()));
        }
        budget.answered(Instant::now());
        budget.unused();
    }
}
