//! Whether a failed attempt is followed by another, and when.

use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// Growing pauses start here and never get longer than the cap; the floor keeps attempts apart.
const BASE: Duration = Duration::from_millis(500);
const CAP: Duration = Duration::from_secs(8);
const FLOOR: Duration = Duration::from_millis(100);
/// The same after a 429 that does not say how long to wait.
const LIMITED_BASE: Duration = Duration::from_secs(1);
const LIMITED_CAP: Duration = Duration::from_secs(20);

/// What a call may do after a failure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    /// Requests of one call at most, the first included.
    pub(crate) attempts: u32,
    /// The longest wait that a server may cause before one attempt; own pauses are not meant.
    pub(crate) longest_wait: Duration,
    /// Repeat also what may act twice.
    pub(crate) repeat_unsafe: bool,
}

/// What follows a failed attempt.
#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    /// The error is the call's.
    GiveUp,
    /// Another attempt after this wait.
    After(Duration),
}

impl Policy {
    /// Judges the failure of attempt number `attempt`, from 1. `left` is the time until the call's deadline, `chance` a random
    /// number from 0 to 1.
    pub(crate) fn next(
        &self,
        error: &Error,
        attempt: u32,
        left: Option<Duration>,
        chance: f64,
    ) -> Next {
        let may = error.retryable() || (self.repeat_unsafe && error.is_passing());
        if attempt >= self.attempts || !may {
            return Next::GiveUp;
        }
        let asked = error.retry_after();
        let is_limit = error.kind() == ErrorKind::RateLimit;
        if asked.is_some_and(|asked| asked > self.longest_wait)
            || (is_limit && self.longest_wait.is_zero())
        {
            return Next::GiveUp;
        }
        let own = match is_limit {
            // A server causes this wait, too: it only did not say how long it is.
            true => jitter(LIMITED_BASE, LIMITED_CAP, attempt, chance).min(self.longest_wait),
            false => jitter(BASE, CAP, attempt, chance),
        };
        let wait = match asked {
            Some(asked) if is_limit => asked + spread(asked).mul_f64(chance),
            // "At once" is no time that many were told to come back at.
            Some(asked) if !asked.is_zero() => own.max(asked + spread(asked).mul_f64(chance)),
            _ => own,
        };
        // Sleeping into a certain failure helps nobody.
        match left.is_some_and(|left| wait >= left) {
            true => Next::GiveUp,
            false => Next::After(wait),
        }
    }
}

/// By how much those who were told the same wait are spread: all at once they would be the next overload.
pub(crate) fn spread(asked: Duration) -> Duration {
    (asked / 10).max(Duration::from_secs(1))
}

/// Full jitter: anything from nothing to a limit that doubles with each attempt.
fn jitter(base: Duration, cap: Duration, attempt: u32, chance: f64) -> Duration {
    let doubled = base.saturating_mul(1 << (attempt - 1).min(16));
    doubled.min(cap).mul_f64(chance).max(FLOOR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Outcome;

    const POLICY: Policy = Policy {
        attempts: 3,
        longest_wait: Duration::from_secs(90),
        repeat_unsafe: false,
    };

    fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    fn status(status: u16, repeatable: bool) -> Error {
        Error::new(ErrorKind::of_status(status), "x")
            .with_status(status, None)
            .with_outcome(Outcome::of_status(status))
            .with_repeatable(repeatable)
    }

    fn limited(asked: Option<Duration>) -> Error {
        status(429, false).with_retry_after(asked)
    }

    fn next(error: &Error) -> Next {
        POLICY.next(error, 1, None, 0.5)
    }

    #[test]
    fn reads_are_repeated_after_what_may_pass() {
        for (code, again) in [
            (400, false),
            (401, false),
            (403, false),
            (404, false),
            (408, true),
            (409, false),
            (413, false),
            (422, false),
            (425, true),
            (429, true),
            (500, true),
            (501, false),
            (502, true),
            (503, true),
            (504, true),
        ] {
            let repeated = next(&status(code, true)) != Next::GiveUp;
            assert_eq!(repeated, again, "{code}");
        }
    }

    #[test]
    fn what_may_act_twice_is_repeated_only_where_it_did_not_act() {
        for code in [408, 409, 425, 500, 502, 503, 504] {
            assert_eq!(next(&status(code, false)), Next::GiveUp, "{code}");
        }
        let lost = |outcome| Error::new(ErrorKind::Connection, "x").with_outcome(outcome);
        assert_ne!(next(&lost(Outcome::NotSent)), Next::GiveUp);
        assert_eq!(next(&lost(Outcome::Unknown)), Next::GiveUp);
        assert_ne!(next(&limited(None)), Next::GiveUp);
        let asked_for = Policy {
            repeat_unsafe: true,
            ..POLICY
        };
        let again = |error: &Error| asked_for.next(error, 1, None, 0.5) != Next::GiveUp;
        assert!(again(&status(503, false)) && again(&lost(Outcome::Unknown)));
        assert!(!again(&status(409, false)) && !again(&status(404, false)));
    }

    #[test]
    fn a_limit_waits_as_long_as_it_is_told_and_a_little_more() {
        let after = |asked, chance| POLICY.next(&limited(Some(asked)), 1, None, chance);
        assert_eq!(after(ms(2_000), 0.0), Next::After(ms(2_000)));
        assert_eq!(after(ms(2_000), 1.0), Next::After(ms(3_000)));
        assert_eq!(after(ms(60_000), 0.5), Next::After(ms(63_000)));
        assert_eq!(after(ms(90_000), 0.0), Next::After(ms(90_000)));
        assert_eq!(after(ms(90_001), 0.0), Next::GiveUp);
        let at_once = Policy {
            longest_wait: Duration::ZERO,
            ..POLICY
        };
        assert_eq!(at_once.next(&limited(None), 1, None, 0.5), Next::GiveUp);
    }

    #[test]
    fn what_any_answer_asks_for_is_waited_for_with_a_spread_or_not_at_all() {
        for code in [408, 425, 500, 502, 503, 504] {
            let after = |asked, chance| {
                let error = status(code, true).with_retry_after(Some(ms(asked)));
                POLICY.next(&error, 1, None, chance)
            };
            assert_eq!(after(3_000, 0.0), Next::After(ms(3_000)), "{code}");
            assert_eq!(after(3_000, 0.5), Next::After(ms(3_500)));
            assert_eq!(after(60_000, 1.0), Next::After(ms(66_000)));
            assert_eq!(after(90_000, 0.0), Next::After(ms(90_000)));
            assert_eq!(after(90_001, 0.0), Next::GiveUp);
            assert_eq!(after(0, 1.0), Next::After(ms(500)), "at once is a pause");
            assert_eq!(after(100, 0.0), Next::After(ms(100)));
        }
        let longest = status(503, true).with_retry_after(Some(Duration::MAX));
        assert_eq!(next(&longest), Next::GiveUp);
        let none = Policy {
            longest_wait: Duration::ZERO,
            ..POLICY
        };
        let own = none.next(&status(503, true), 1, None, 1.0);
        assert_eq!(own, Next::After(ms(500)), "own pauses are not meant");
        let told = status(503, true).with_retry_after(Some(ms(1)));
        assert_eq!(none.next(&told, 1, None, 0.5), Next::GiveUp);
    }

    #[test]
    fn pauses_grow_to_a_cap_and_have_a_floor() {
        let patient = Policy {
            attempts: 50,
            ..POLICY
        };
        let longest = |error: &Error| -> Vec<Duration> {
            [1, 2, 3, 4, 5, 6, 7, 40]
                .into_iter()
                .map(|attempt| match patient.next(error, attempt, None, 1.0) {
                    Next::After(wait) => wait,
                    Next::GiveUp => panic!("gave up"),
                })
                .collect()
        };
        let seconds = |waits: [u64; 8]| waits.map(ms).to_vec();
        assert_eq!(
            longest(&status(503, true)),
            seconds([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000])
        );
        assert_eq!(
            longest(&limited(None)),
            seconds([1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000])
        );
        assert_eq!(
            patient.next(&status(503, true), 1, None, 0.0),
            Next::After(ms(100))
        );
        let hasty = Policy {
            longest_wait: ms(3_000),
            ..patient
        };
        let after = |attempt| hasty.next(&limited(None), attempt, None, 1.0);
        assert_eq!(after(9), Next::After(ms(3_000)));
    }

    #[test]
    fn nothing_is_tried_beyond_the_attempts_or_the_deadline() {
        let error = status(503, true);
        assert_ne!(POLICY.next(&error, 2, None, 0.5), Next::GiveUp);
        assert_eq!(POLICY.next(&error, 3, None, 0.5), Next::GiveUp);
        assert_eq!(POLICY.next(&error, 1, Some(ms(250)), 0.5), Next::GiveUp);
        assert_eq!(
            POLICY.next(&error, 1, Some(ms(251)), 0.5),
            Next::After(ms(250))
        );
    }
}
