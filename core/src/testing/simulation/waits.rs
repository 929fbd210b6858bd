//! Checks of the waits between the attempts of a call: each is as long as the server requested, and no longer than the call accepts.

use std::time::{Duration, Instant};

use super::calls::Called;
use super::server::Sent;
use super::{Driver, GRACE, SimulatedWorld};
use crate::error::Error;
use crate::send::{retry, throttle};

/// The longest pause between attempts that the client makes by itself.
const OWN_PAUSE: Duration = Duration::from_secs(8);
/// The longest time that calls wait for a probe: two seconds and one more look.
const PROBE: Duration = Duration::from_millis(2_020);

impl SimulatedWorld {
    /// Each attempt waits as long as the answer before it requested. No server makes a call wait longer than the call accepts.
    pub(crate) fn check_waits(&self, call: &Called, sent: &[&Sent], detail: &dyn std::fmt::Debug) {
        for both in sent.windows(2) {
            let (before, after) = (both[0], both[1]);
            let waited = after.begun - before.ended;
            let retry_after = before.retry_after.unwrap_or_default();
            self.holds(
                "an answer's own time is kept",
                waited >= retry_after,
                detail,
            );
            let is_accepted = retry_after <= self.longest_wait;
            self.holds("no longer wait than is accepted", is_accepted, detail);
            // The caller chose the waits for the client's own rate limit, and those for a thread of the pool: no server causes them.
            if self.rate.is_none() && self.driver == Driver::Threads {
                let most = self.most(before.ended, after.begun);
                self.holds("no longer wait than is accepted", waited <= most, detail);
            }
        }
        let Some(last) = sent.last().filter(|_| call.error.is_some()) else {
            return;
        };
        if last
            .retry_after
            .is_some_and(|retry_after| retry_after > self.longest_wait)
        {
            let stated = call.error.as_ref().and_then(Error::retry_after);
            self.holds(
                "the error carries the wait",
                stated == last.retry_after,
                detail,
            );
            let prompt = call.ended <= last.ended + GRACE;
            self.holds(
                "a wait that is too long is an error at once",
                prompt,
                detail,
            );
        }
    }

    /// The longest time between two attempts: the accepted wait with its spread, or a pause of the client's own. Each 429 that still
    /// throttles the client adds the wait for its probe, and the spread of the other calls.
    fn most(&self, from: Instant, to: Instant) -> Duration {
        let spread = retry::spread(self.longest_wait);
        let throttles = |sent: &&Sent| {
            let retry_after = sent.retry_after.filter(|_| sent.answer == Some(429));
            let until = retry_after.map(|retry_after| {
                sent.ended + retry_after.min(throttle::LONGEST) + PROBE + spread
            });
            sent.ended <= to && until.is_some_and(|until| until >= from)
        };
        let throttles = self.log.iter().filter(throttles).count() as u32;
        OWN_PAUSE.max(self.longest_wait + spread) + (PROBE + spread) * throttles
    }
}
