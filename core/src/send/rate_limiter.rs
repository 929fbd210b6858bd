//! A client's own limit of requests, which keeps it below the server's limit.

use std::sync::Arc;
use std::time::Instant;

use super::rate_log::{Place, RateLog, Slot, Waiting};
use super::sync::{Mutex, MutexGuard, PoisonError};
use crate::cancel::{StepAside, Waiter};
use crate::config::Rate;

/// A limiter with one or more rates, each of so many requests in any window of time. Calls get their slots in the order in which they
/// were made.
///
/// A request's slot is free again one window after the *head of its answer* was received, or after it failed. The server counted
/// the request before that, whenever it did, so no delay on the way can make it count more than the rate. A file's bytes take no
/// part in that: the slot of a download is free long before its last byte.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    rates: Vec<Rate>,
    log: Arc<Mutex<RateLog>>,
}

/// The wait of a call that got no slot.
pub(crate) struct Wait {
    /// The time at which the call has to look again. None where only `called` ends the wait: the call is not the first, or all slots are
    /// in flight.
    pub(crate) until: Option<Instant>,
    /// The earliest time at which the call can get its slot.
    pub(crate) earliest: Instant,
    /// Notified when the call has to look again.
    pub(crate) called: Arc<Waiter<()>>,
    /// The place in the queue, which the call leaves to others while no thread is free for it.
    pub(crate) place: Arc<dyn StepAside>,
}

/// A place in the queue of a limiter.
struct Standing {
    log: Arc<Mutex<RateLog>>,
    place: Place,
}

impl StepAside for Standing {
    fn step_aside(&self) {
        let mut log = lock(&self.log);
        let is_new = log.set_aside(self.place);
        let next = log.first(|_| is_new);
        drop(log);
        notify(next);
    }
}

/// The turn of one call. It keeps its place until it is dropped, also after it got a slot that it could not use. The drop passes the
/// place on to the next call.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    limiter: &'a RateLimiter,
    /// The time at which the call was made.
    made: Instant,
    place: Option<Place>,
    /// The process in whose queue the call stands; 0 while it stands in none.
    queued_in: u32,
}

impl RateLimiter {
    pub(crate) fn new(rates: &[Rate]) -> RateLimiter {
        RateLimiter {
            rates: rates.to_vec(),
            log: Arc::default(),
        }
    }

    /// Reports whether there is any limit.
    pub(crate) fn is_limited(&self) -> bool {
        !self.rates.is_empty()
    }

    /// The turn of a call that was made at this time.
    pub(crate) fn turn(&self, made: Instant) -> Turn<'_> {
        Turn {
            limiter: self,
            made,
            place: None,
            queued_in: 0,
        }
    }

    /// Gives back the slot of a request whose answer has begun or will never come. The server may have counted it until now.
    pub(crate) fn answered(&self, now: Instant) {
        if !self.is_limited() {
            return;
        }
        let mut log = self.log();
        log.in_flight -= 1;
        // Threads may arrive here in another order than they read the clock. The log has to stay sorted for its search, and a
        // later time frees the slot later, which is safe.
        let last = log.answered.back().copied();
        log.answered
            .push_back(last.map_or(now, |last| last.max(now)));
        // A call that looks again at a time waits for another slot than this one.
        let first = log.first(|waiting| !waiting.is_timed);
        drop(log);
        notify(first);
    }

    /// Gives back the slot of a request that was not sent.
    pub(crate) fn unused(&self) {
        if !self.is_limited() {
            return;
        }
        let mut log = self.log();
        log.in_flight -= 1;
        let first = log.first(|_| true);
        drop(log);
        notify(first);
    }

    /// The requests that each rate has left now.
    pub(crate) fn left(&self, now: Instant) -> Vec<(Rate, usize)> {
        let log = self.log();
        let left = |rate: &Rate| rate.requests.saturating_sub(log.counted(now, rate));
        self.rates.iter().map(|rate| (*rate, left(rate))).collect()
    }

    /// The slot for a call with so many before it.
    fn slot(&self, log: &RateLog, now: Instant, ahead: usize) -> Slot {
        let slots = self.rates.iter().map(|rate| log.slot(now, rate, ahead));
        slots.fold(Slot::at(now), Slot::later)
    }

    fn log(&self) -> MutexGuard<'_, RateLog> {
        lock(&self.log)
    }
}

fn lock(log: &Mutex<RateLog>) -> MutexGuard<'_, RateLog> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has a call look again. Not under the limiter's lock: the call may be woken by way of the pool's.
fn notify(called: Option<Arc<Waiter<()>>>) {
    if let Some(called) = called {
        called.notify(());
    }
}

impl Turn<'_> {
    /// Takes a slot for a request, or returns the wait for it. The slot must be given back by [`answered`](RateLimiter::answered) or
    /// [`unused`](RateLimiter::unused).
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Wait> {
        let limiter = self.limiter;
        if !limiter.is_limited() {
            return Ok(());
        }
        let mut log = limiter.log();
        log.forget(now, limiter.rates.iter().map(|rate| rate.window).max());
        let place = *self.place.get_or_insert_with(|| {
            log.places += 1;
            (self.made, log.places)
        });
        let ahead = log.ahead(place);
        let slot = limiter.slot(&log, now, ahead);
        if ahead == 0 && slot == Slot::at(now) {
            log.in_flight += 1;
            log.leave(place);
            self.queued_in = 0;
            // The next call may find a slot, too, and sets its own timer if it does not.
            let next = log.first(|_| true);
            drop(log);
            notify(next);
            return Ok(());
        }
        let until = (ahead == 0 && slot.is_known).then_some(slot.at);
        let called = Waiter::new();
        let waiting = Waiting {
            called: Arc::clone(&called),
            is_timed: until.is_some(),
            is_aside: false,
        };
        log.wait(place, waiting);
        self.queued_in = std::process::id();
        Err(Wait {
            until,
            earliest: slot.at,
            called,
            place: Arc::new(Standing {
                log: Arc::clone(&limiter.log),
                place,
            }),
        })
    }
}

impl Turn<'_> {
    /// Returns the earliest time at which the call can get its slot; none where it does not wait for one.
    pub(crate) fn earliest(&self, now: Instant) -> Option<Instant> {
        let place = self.place.filter(|_| self.queued_in != 0)?;
        let log = self.limiter.log();
        Some(self.limiter.slot(&log, now, log.ahead(place)).at)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let Some(place) = self.place.filter(|_| self.queued_in != 0) else {
            return;
        };
        // A forked child has a limiter of its own. A thread of the parent may have held the lock of this one.
        if self.queued_in != std::process::id() {
            return;
        }
        let mut log = self.limiter.log();
        let was_first = log.ahead(place) == 0;
        log.leave(place);
        let next = log.first(|_| was_first);
        drop(log);
        notify(next);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn rate(requests: usize, window: Duration) -> Rate {
        Rate { requests, window }
    }

    /// A limiter, and a function that tells the times of a test.
    fn limiter(rates: &[Rate]) -> (RateLimiter, impl Fn(u64) -> Instant + use<>) {
        let start = Instant::now();
        let at = move |ms: u64| start + Duration::from_millis(ms);
        (RateLimiter::new(rates), at)
    }

    /// Takes a slot for a call that was made just now. Returns its `until` and `earliest` where it has to wait.
    fn take(limiter: &RateLimiter, now: Instant) -> Result<(), (Option<Instant>, Instant)> {
        limiter.turn(now).take(now).map_err(times)
    }

    fn times(wait: Wait) -> (Option<Instant>, Instant) {
        (wait.until, wait.earliest)
    }

    /// Reports whether a call was called.
    fn is_called(wait: &Wait) -> bool {
        wait.called.wait(Instant::now()).is_some()
    }

    #[test]
    fn a_slot_is_free_one_window_after_the_answer() {
        let (limiter, at) = limiter(&[rate(2, SECOND)]);
        assert_eq!(take(&limiter, at(0)), Ok(()));
        assert_eq!(take(&limiter, at(0)), Ok(()));
        assert_eq!(
            take(&limiter, at(1)),
            Err((None, at(1_001))),
            "both are in flight"
        );
        limiter.answered(at(300));
        assert_eq!(take(&limiter, at(1_000)), Err((Some(at(1_300)), at(1_300))));
        assert_eq!(take(&limiter, at(1_300)), Ok(()));
        limiter.answered(at(1_400));
        assert_eq!(take(&limiter, at(1_500)), Err((Some(at(2_400)), at(2_400))));
        limiter.unused();
        assert_eq!(take(&limiter, at(1_500)), Ok(()));
    }

    #[test]
    fn answers_recorded_out_of_order_free_no_slot_early() {
        let (limiter, at) = limiter(&[rate(2, SECOND)]);
        assert_eq!(
            (take(&limiter, at(0)), take(&limiter, at(0))),
            (Ok(()), Ok(()))
        );
        limiter.answered(at(300));
        limiter.answered(at(200));
        assert_eq!(take(&limiter, at(1_250)), Err((Some(at(1_300)), at(1_300))));
        assert_eq!(take(&limiter, at(1_300)), Ok(()));
    }

    #[test]
    fn the_stricter_of_two_rates_counts() {
        let (limiter, at) = limiter(&[rate(2, SECOND), rate(3, SECOND * 60)]);
        for now in [0, 2_000, 4_000] {
            assert_eq!(take(&limiter, at(now)), Ok(()));
            limiter.answered(at(now));
        }
        assert_eq!(
            take(&limiter, at(10_000)),
            Err((Some(at(60_000)), at(60_000)))
        );
        assert_eq!(take(&limiter, at(60_000)), Ok(()));
    }

    #[test]
    fn without_rates_there_is_no_limit() {
        let (limiter, at) = limiter(&[]);
        for _ in 0..1_000 {
            assert_eq!(take(&limiter, at(0)), Ok(()));
        }
        limiter.answered(at(0));
        limiter.unused();
    }

    #[test]
    fn each_call_is_told_when_its_turn_comes_at_the_earliest() {
        let (limiter, at) = limiter(&[rate(2, SECOND)]);
        assert_eq!(
            (take(&limiter, at(0)), take(&limiter, at(0))),
            (Ok(()), Ok(()))
        );
        limiter.answered(at(100));
        limiter.answered(at(400));
        let mut turns: Vec<_> = (0..5).map(|_| limiter.turn(at(500))).collect();
        let waits = turns.iter_mut().map(|turn| turn.take(at(500)));
        let waits: Vec<_> = waits.map(|wait| times(wait.unwrap_err())).collect();
        let expected = [1_100, 1_400, 2_100, 2_400, 3_100].map(at);
        assert_eq!(waits[0], (Some(expected[0]), expected[0]));
        for (wait, earliest) in waits.into_iter().zip(expected).skip(1) {
            assert_eq!(wait, (None, earliest));
        }
    }

    #[test]
    fn a_slot_goes_to_the_call_that_was_made_first() {
        let (limiter, at) = limiter(&[rate(1, SECOND)]);
        assert_eq!(take(&limiter, at(0)), Ok(()));
        limiter.answered(at(0));
        let (mut second, mut first) = (limiter.turn(at(20)), limiter.turn(at(10)));
        let overtaken = second.take(at(30)).unwrap_err();
        assert_eq!(overtaken.until, Some(at(1_000)));
        // The call was made before, though it asks later.
        let wait = first.take(at(40)).unwrap_err();
        assert_eq!(
            (wait.until, is_called(&overtaken)),
            (Some(at(1_000)), false)
        );
        assert_eq!(
            second.take(at(1_000)).map_err(times),
            Err((None, at(2_000)))
        );
        // Neither does a newcomer take what another waits for.
        assert!(take(&limiter, at(1_000)).is_err());
        assert_eq!(first.take(at(1_000)).map_err(times), Ok(()));
        assert_eq!(
            second.take(at(1_000)).map_err(times),
            Err((None, at(2_000)))
        );
        limiter.answered(at(1_500));
        assert_eq!(second.take(at(2_500)).map_err(times), Ok(()));
    }

    #[test]
    fn whoever_takes_a_slot_or_leaves_calls_the_next() {
        let (limiter, at) = limiter(&[rate(1, SECOND)]);
        assert_eq!(take(&limiter, at(0)), Ok(()));
        let mut turns: Vec<_> = (0..4).map(|_| limiter.turn(at(1))).collect();
        let waits = turns.iter_mut().map(|turn| turn.take(at(2)).unwrap_err());
        let waits: Vec<_> = waits.collect();
        let called = || waits.iter().map(is_called).collect::<Vec<_>>();
        assert_eq!(called(), [false; 4]);
        limiter.answered(at(500));
        assert_eq!(
            called(),
            [true, false, false, false],
            "the first sets its timer"
        );
        let timed = turns[0].take(at(500)).unwrap_err();
        assert_eq!(timed.until, Some(at(1_500)));
        // One in the middle leaves: nobody's turn has come.
        turns.remove(1);
        assert_eq!((called(), is_called(&timed)), (vec![false; 4], false));
        turns.remove(0);
        assert_eq!(called(), [false, false, true, false]);
        assert_eq!(turns[0].take(at(1_500)).map_err(times), Ok(()));
        assert_eq!(called(), [false, false, false, true]);
        assert!(turns[1].take(at(1_500)).is_err());
        // A slot that was not used is free at once.
        limiter.unused();
        assert_eq!(turns[1].take(at(1_500)).map_err(times), Ok(()));
    }

    #[test]
    fn a_call_that_could_not_use_its_slot_keeps_its_place() {
        let (limiter, at) = limiter(&[rate(1, SECOND)]);
        let mut first = limiter.turn(at(0));
        assert_eq!(first.take(at(0)).map_err(times), Ok(()));
        let mut second = limiter.turn(at(1));
        let wait = second.take(at(1)).unwrap_err();
        limiter.unused();
        assert!(is_called(&wait));
        assert_eq!(first.take(at(2)).map_err(times), Ok(()));
        assert_eq!(second.take(at(2)).map_err(times), Err((None, at(1_002))));
    }
}
