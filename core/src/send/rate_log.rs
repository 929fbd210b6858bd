//! The requests that count for a client's rates, and the calls that wait for them.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cancel::Waiter;
use crate::config::Rate;

/// The requests that still count for some rate, and the calls that wait.
#[derive(Debug, Default)]
pub(super) struct RateLog {
    /// The requests that were sent and not answered yet.
    pub(super) in_flight: usize,
    /// The times at which answers were received, the oldest first, as far back as the longest window.
    pub(super) answered: VecDeque<Instant>,
    /// The calls that wait, the next one first.
    queue: BTreeMap<Place, Waiting>,
    /// The number of them that stand aside.
    aside: usize,
    /// The number of places that were given out.
    pub(super) places: u64,
}

/// A place in the queue: the time at which the call was made, and a number for calls of the same time.
pub(super) type Place = (Instant, u64);

/// A call that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    /// Notified when the call has to look again.
    pub(super) called: Arc<Waiter<()>>,
    /// The call looks again at a time by itself.
    pub(super) is_timed: bool,
    /// The call is in the pool, and has no thread to take a slot with. Those behind it may pass.
    pub(super) is_aside: bool,
}

/// A slot that a call will get.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slot {
    /// The earliest time at which it is free.
    pub(super) at: Instant,
    /// It is free at that time. Of a slot in flight the time is known once its answer has begun.
    pub(super) is_known: bool,
}

impl Slot {
    /// A slot that is free at this time.
    pub(super) fn at(at: Instant) -> Slot {
        Slot { at, is_known: true }
    }

    /// The slot that is free once both are.
    pub(super) fn later(self, other: Slot) -> Slot {
        Slot {
            at: self.at.max(other.at),
            is_known: self.is_known && other.is_known,
        }
    }
}

impl RateLog {
    /// Removes the answers that have left the longest window.
    pub(super) fn forget(&mut self, now: Instant, longest: Option<Duration>) {
        let longest = longest.unwrap_or_default();
        let old = |answered: &Instant| *answered + longest <= now;
        while self.answered.front().is_some_and(old) {
            self.answered.pop_front();
        }
    }

    /// The first call that waits and can take a slot, if it is such a one.
    pub(super) fn first(&self, is_meant: impl FnOnce(&Waiting) -> bool) -> Option<Arc<Waiter<()>>> {
        let first = self.queue.values().find(|waiting| !waiting.is_aside)?;
        is_meant(first).then(|| Arc::clone(&first.called))
    }

    /// The number of calls before a place that wait and can take a slot.
    pub(super) fn ahead(&self, place: Place) -> usize {
        match self.aside {
            0 => self.before(place),
            _ => {
                let before = self.queue.range(..place);
                before.filter(|(_, waiting)| !waiting.is_aside).count()
            }
        }
    }

    /// Has a call that waits stand aside, until it asks again. Returns false where it waits no more, or does so already.
    pub(super) fn set_aside(&mut self, place: Place) -> bool {
        let waiting = self.queue.get_mut(&place);
        let Some(waiting) = waiting.filter(|waiting| !waiting.is_aside) else {
            return false;
        };
        waiting.is_aside = true;
        self.aside += 1;
        true
    }

    /// Has a call wait at its place.
    pub(super) fn wait(&mut self, place: Place, waiting: Waiting) {
        let before = self.queue.insert(place, waiting);
        self.aside -= usize::from(before.is_some_and(|before| before.is_aside));
    }

    /// Removes a call from the queue.
    pub(super) fn leave(&mut self, place: Place) {
        let left = self.queue.remove(&place);
        self.aside -= usize::from(left.is_some_and(|left| left.is_aside));
    }

    /// The number of places in the queue before this one. Most calls stand near an end of the queue, so it is counted from both ends
    /// at a time.
    fn before(&self, place: Place) -> usize {
        let mut before = self.queue.range(..place);
        let mut after = self.queue.range((Bound::Excluded(place), Bound::Unbounded));
        let mut count = 0;
        while before.next().is_some() {
            if after.next().is_none() {
                return self.queue.len() - usize::from(self.queue.contains_key(&place)) - count;
            }
            count += 1;
        }
        count
    }

    /// The number of requests that count for a rate now.
    pub(super) fn counted(&self, now: Instant, rate: &Rate) -> usize {
        self.answered.len() - self.gone(now, rate) + self.in_flight
    }

    /// The number of answers that a rate no longer counts. They are the first ones.
    fn gone(&self, now: Instant, rate: &Rate) -> usize {
        self.answered
            .partition_point(|answered| *answered + rate.window <= now)
    }

    /// The slot under a rate for a call with so many before it. Each of those takes the slot that is free first, and keeps it for a
    /// window at least. With several rates this is a lower bound, as those before may have to wait longer for another rate.
    pub(super) fn slot(&self, now: Instant, rate: &Rate, ahead: usize) -> Slot {
        let gone = self.gone(now, rate);
        let counted = self.counted(now, rate);
        let free = rate.requests.saturating_sub(counted);
        let (round, index) = (ahead / rate.requests, ahead % rate.requests);
        let first = match index.checked_sub(free) {
            None => Slot::at(now),
            Some(index) => match self.answered.get(gone + index) {
                Some(answered) => Slot::at(*answered + rate.window),
                None => Slot {
                    at: now + rate.window,
                    is_known: false,
                },
            },
        };
        Slot {
            at: first.at + rate.window * u32::try_from(round).unwrap_or(u32::MAX),
            is_known: first.is_known && round == 0,
        }
    }
}
