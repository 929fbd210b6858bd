//! The rules of unusual use. The authentication page advises to monitor for unexpected patterns and to set up alerts.
//!
//! Two rules, each simple enough to be told on the phone:
//! - `calls`: in one minute the client begins more than 100 calls, and more than ten times its usual number. The usual number is the mean
//!   of the minutes before, sixty at most. There is none before ten minutes have passed.
//! - `refusals`: five answers in a row are 401 or 403.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The minutes that make up the usual use.
const MOST_MINUTES: usize = 60;
/// The minutes that must have passed before there is a usual use: a program that starts is busier than it will be.
const LEAST_MINUTES: usize = 10;
/// The ratio of an unusual minute to the usual.
const RATIO: u64 = 10;
/// The calls of a minute that are never unusual: an older page of the documentation allows a token so many.
const LEAST_CALLS: u64 = 100;
/// The refusals in a row that are unusual. A program that lost its token meets two or three before somebody looks.
const REFUSALS: u64 = 5;

/// A rule of unusual use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AlertRule {
    /// Far more calls in a minute than usual.
    Calls,
    /// Several answers in a row with the status 401 or 403.
    Refusals,
}

impl AlertRule {
    /// The rule's name: `calls` or `refusals`.
    pub const fn name(self) -> &'static str {
        match self {
            AlertRule::Calls => "calls",
            AlertRule::Refusals => "refusals",
        }
    }
}

/// The beginning of an episode of unusual use.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alert {
    /// The rule that was broken.
    pub rule: AlertRule,
    /// The calls of this minute so far, or the refusals in a row.
    pub count: u64,
    /// The usual calls of a minute, for that rule.
    pub usual: Option<u64>,
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.usual {
            Some(usual) => write!(
                f,
                "unusual use: {} calls within a minute, where {usual} are usual",
                self.count
            ),
            None => write!(
                f,
                "unusual use: {} answers in a row refused the token (401 or 403)",
                self.count
            ),
        }
    }
}

/// The watch over one client.
pub(super) struct Watch {
    started: Instant,
    /// The minute that is counted, since the start.
    minute: AtomicU64,
    calls: AtomicU64,
    /// The calls of a minute that are unusual; the largest number while none are.
    limit: AtomicU64,
    /// An episode of many calls goes on.
    is_busy: AtomicBool,
    refusals: AtomicU64,
    /// The calls of the minutes before. Locked once a minute.
    past: Mutex<VecDeque<u64>>,
}

impl Watch {
    pub(super) fn new(now: Instant) -> Watch {
        Watch {
            started: now,
            minute: AtomicU64::new(0),
            calls: AtomicU64::new(0),
            limit: AtomicU64::new(u64::MAX),
            is_busy: AtomicBool::new(false),
            refusals: AtomicU64::new(0),
            past: Mutex::default(),
        }
    }

    /// Counts a call. The first of a minute beyond the limit begins an episode, unless one goes on.
    pub(super) fn call(&self, now: Instant) -> Option<Alert> {
        self.turn_to(now);
        let calls = self.calls.fetch_add(1, Relaxed) + 1;
        let limit = self.limit.load(Relaxed);
        if calls <= limit || self.is_busy.swap(true, Relaxed) {
            return None;
        }
        Some(Alert {
            rule: AlertRule::Calls,
            count: calls,
            usual: Some(self.usual()),
        })
    }

    /// Counts an answer.
    pub(super) fn answer(&self, status: u16) -> Option<Alert> {
        if !matches!(status, 401 | 403) {
            // Most answers change nothing, and a write would take the line from the other threads.
            if self.refusals.load(Relaxed) != 0 {
                self.refusals.store(0, Relaxed);
            }
            return None;
        }
        let count = self.refusals.fetch_add(1, Relaxed) + 1;
        (count == REFUSALS).then_some(Alert {
            rule: AlertRule::Refusals,
            count,
            usual: None,
        })
    }

    /// The rules that are broken now.
    pub(super) fn unusual(&self, now: Instant) -> Vec<AlertRule> {
        self.turn_to(now);
        let busy = self.is_busy.load(Relaxed).then_some(AlertRule::Calls);
        let refused = self.refusals.load(Relaxed) >= REFUSALS;
        let refused = refused.then_some(AlertRule::Refusals);
        busy.into_iter().chain(refused).collect()
    }

    /// Begins a new minute, if the time has come. An episode ends with the first minute that is not unusual.
    fn turn_to(&self, now: Instant) {
        let minute = now.saturating_duration_since(self.started).as_secs() / 60;
        if minute <= self.minute.load(Relaxed) {
            return;
        }
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = minute.saturating_sub(self.minute.load(Relaxed));
        if passed == 0 {
            return;
        }
        let calls = self.calls.swap(0, Relaxed);
        if passed > 1 || calls <= self.limit.load(Relaxed) {
            self.is_busy.store(false, Relaxed);
        }
        past.push_back(calls);
        let idle = (passed - 1).min(MOST_MINUTES as u64);
        past.extend((0..idle).map(|_| 0));
        let old = past.len().saturating_sub(MOST_MINUTES);
        past.drain(..old);
        if past.len() >= LEAST_MINUTES {
            let limit = mean(&past).saturating_mul(RATIO).max(LEAST_CALLS);
            self.limit.store(limit, Relaxed);
        }
        self.minute.store(minute, Relaxed);
    }

    fn usual(&self) -> u64 {
        mean(&self.past.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The mean of the minutes, rounded up: less than a call a minute is one.
fn mean(minutes: &VecDeque<u64>) -> u64 {
    let all: u64 = minutes.iter().sum();
    all.div_ceil(minutes.len().max(1) as u64)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    /// No alert.
    const NONE: [u64; 0] = [];

    /// A watch that has seen so many calls in each of so many minutes, and the beginning of the next.
    fn watch(minutes: u32, calls: u64) -> (Watch, Instant) {
        let start = Instant::now();
        let watch = Watch::new(start);
        for minute in 0..minutes {
            for _ in 0..calls {
                assert_eq!(watch.call(start + MINUTE * minute), None);
            }
        }
        (watch, start + MINUTE * minutes)
    }

    fn alerts(watch: &Watch, now: Instant, calls: u64) -> Vec<(u64, Option<u64>)> {
        let all = (0..calls).filter_map(|_| watch.call(now));
        all.map(|alert| (alert.count, alert.usual)).collect()
    }

    #[test]
    fn far_more_calls_than_usual_alert_once_an_episode() {
        let (watch, now) = watch(10, 20);
        assert_eq!(alerts(&watch, now, 200), []);
        assert_eq!(watch.unusual(now), []);
        assert_eq!(alerts(&watch, now, 50), [(201, Some(20))]);
        assert_eq!(watch.unusual(now), [AlertRule::Calls]);
        // The next minute is as unusual: the same episode.
        assert_eq!(alerts(&watch, now + MINUTE, 1_000), []);
        // A usual minute ends it, and another begins.
        assert_eq!(alerts(&watch, now + MINUTE * 2, 20), []);
        assert_eq!(watch.unusual(now + MINUTE * 3), []);
        assert_eq!(alerts(&watch, now + MINUTE * 3, 5_000).len(), 1);
    }

    #[test]
    fn few_calls_a_start_and_a_steady_load_are_not_unusual() {
        let (quiet, now) = watch(60, 1);
        assert_eq!(alerts(&quiet, now, 100), []);
        assert_eq!(alerts(&quiet, now, 1), [(101, Some(1))]);
        let (fresh, now) = watch(9, 1);
        assert_eq!(alerts(&fresh, now, 5_000), []);
        let (steady, now) = watch(30, 400);
        assert_eq!(alerts(&steady, now, 4_000), []);
    }

    #[test]
    fn an_idle_time_counts_as_minutes_without_calls() {
        let (watch, now) = watch(1, 600);
        assert_eq!(alerts(&watch, now + MINUTE * 9, 600), []);
        assert_eq!(alerts(&watch, now + MINUTE * 9, 1), [(601, Some(60))]);
    }

    #[test]
    fn refusals_in_a_row_alert_once_and_any_other_answer_ends_them() {
        let watch = Watch::new(Instant::now());
        let all = |statuses: &[u16]| -> Vec<u64> {
            let alerts = statuses.iter().filter_map(|status| watch.answer(*status));
            alerts.map(|alert| alert.count).collect()
        };
        assert_eq!(all(&[401, 403, 401, 403, 200, 401, 404]), NONE);
        assert_eq!(all(&[401, 403, 401, 403]), NONE);
        assert_eq!(all(&[401, 401, 401]), [5]);
        assert_eq!(watch.unusual(Instant::now()), [AlertRule::Refusals]);
        assert_eq!(all(&[200]), NONE);
        assert_eq!(watch.unusual(Instant::now()), []);
        assert_eq!(all(&[403, 403, 403, 403, 403]), [5]);
    }
}
