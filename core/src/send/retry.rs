//! The retry policy: it decides whether another attempt follows a failure, and after how long.

use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// The limit of the first pause after a failure that names no wait. The limit doubles with each attempt.
const BASE: Duration = Duration::from_millis(500);
/// The end of that doubling. A longer pause would spend the call's 180 s on sleep instead of attempts.
const CAP: Duration = Duration::from_secs(8);
/// The least pause. Full jitter may draw a pause of nothing, and an attempt at once meets the same failure again.
const FLOOR: Duration = Duration::from_millis(100);
/// The limit of the first pause after a 429 that names no wait. A limit is counted over a minute or an hour (an older page of the
/// API's documentation), so it passes more slowly than a lost connection.
const LIMITED_BASE: Duration = Duration::from_secs(1);
/// The end of that doubling: longer than `CAP` for the same reason, and well below the 90 s that a call accepts by default.
const LIMITED_CAP: Duration = Duration::from_secs(20);

/// The retry policy of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    /// The most requests of one call, the first included.
    pub(crate) attempts: u32,
    /// The longest wait that a server may cause before one attempt. The client's own pauses are not bounded by it.
    pub(crate) longest_wait: Duration,
    /// Repeat the call even where it may act twice.
    pub(crate) repeat_unsafe: bool,
}

/// The step that follows a failed attempt.
#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    /// No other attempt: the error is returned to the caller.
    GiveUp,
    /// Another attempt after this wait.
    After(Duration),
}

impl Policy {
    /// Decides what follows the failure of attempt number `attempt`, counted from 1. `left` is the time until the call's deadline,
    /// `random` a number from 0 to 1.
    pub(crate) fn next(
        &self,
        error: &Error,
        attempt: u32,
        left: Option<Duration>,
        random: f64,
    ) -> Next {
        let may = error.retryable() || (self.repeat_unsafe && error.is_passing());
        if attempt >= self.attempts || !may {
            return Next::GiveUp;
        }
        let retry_after = error.retry_after();
        let is_limit = error.kind() == ErrorKind::RateLimit;
        if retry_after.is_some_and(|wait| wait > self.longest_wait)
            // Zero accepts no wait that a server causes, and a 429 always causes one.
            || (is_limit && self.longest_wait.is_zero())
        {
            return Next::GiveUp;
        }
        let own = match is_limit {
            // The server causes this wait, too, though it names no time. So the accepted wait bounds it.
            true => jitter(LIMITED_BASE, LIMITED_CAP, attempt, random).min(self.longest_wait),
            false => jitter(BASE, CAP, attempt, random),
        };
        let wait = match retry_after {
            Some(named) if is_limit => named + spread(named).mul_f64(random),
            // A wait of zero means "at once": it names no moment at which all callers would come back together.
            Some(named) if !named.is_zero() => own.max(named + spread(named).mul_f64(random)),
            _ => own,
        };
        // An attempt after the deadline is certain to fail, so the call fails now.
        match left.is_some_and(|left| wait >= left) {
            true => Next::GiveUp,
            false => Next::After(wait),
        }
    }
}

/// The longest random addition to a wait that the server named. Callers that were given the same time must not come back all at
/// once: they would be the next overload. A tenth of the wait, and a second at least.
pub(crate) fn spread(named: Duration) -> Duration {
    (named / 10).max(Duration::from_secs(1))
}

/// Full jitter: a random pause from nothing to a limit that doubles with each attempt, and at least `FLOOR`.
fn jitter(base: Duration, cap: Duration, attempt: u32, random: f64) -> Duration {
    // The shift stops at 16, long after the cap is reached: a caller may allow any number of attempts, and a shift
    // by 32 would overflow.
    let doubled = base.saturating_mul(1 << (attempt - 1).min(16));
    doubled.min(cap).mul_f64(random).max(FLOOR)
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

    fn limited(wait: Option<Duration>) -> Error {
        status(429, false).with_retry_after(wait)
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
        let opted_in = Policy {
            repeat_unsafe: true,
            ..POLICY
        };
        let again = |error: &Error| opted_in.next(error, 1, None, 0.5) != Next::GiveUp;
        assert!(again(&status(503, false)) && again(&lost(Outcome::Unknown)));
        assert!(!again(&status(409, false)) && !again(&status(404, false)));
    }

    #[test]
    fn a_429_waits_as_long_as_it_names_and_a_little_more() {
        let after = |named, random| POLICY.next(&limited(Some(named)), 1, None, random);
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
    fn a_named_wait_is_kept_with_a_spread_or_the_call_fails() {
        for code in [408, 425, 500, 502, 503, 504] {
            let after = |named, random| {
                let error = status(code, true).with_retry_after(Some(ms(named)));
                POLICY.next(&error, 1, None, random)
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
        let named = status(503, true).with_retry_after(Some(ms(1)));
        assert_eq!(none.next(&named, 1, None, 0.5), Next::GiveUp);
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
    fn no_attempt_is_made_beyond_the_limit_or_the_deadline() {
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
