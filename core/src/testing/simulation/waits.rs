//! The waits between the attempts of a call: as long as it was asked, and no longer than it accepts.

use std::time::{Duration, Instant};

use super::server::Sent;
use super::{Called, GRACE, SimulatedWorld};
use crate::error::Error;
use crate::send::{retry, throttle};

/// The longest pause of a client's own.
const OWN_PAUSE: Duration = Duration::from_secs(8);
/// How long others wait for the one that finds out, with a last look.
const PROBE: Duration = Duration::from_millis(2_020);

impl SimulatedWorld {
    /// Each attempt waits as long as the answer before it asked, and no server's word makes a call wait longer than it accepts.
    pub(crate) fn judge_waits(&self, call: &Called, sent: &[&Sent], detail: &dyn std::fmt::Debug) {
        for both in sent.windows(2) {
            let (before, after) = (both[0], both[1]);
            let waited = after.begun - before.ended;
            let asked = before.asked.unwrap_or_default();
            self.holds("an answer's own time is kept", waited >= asked, detail);
            let is_accepted = asked <= self.longest_wait;
            self.holds("no longer wait than is accepted", is_accepted, detail);
            // Waits for the client's own budget are the caller's wish.
            if self.rate.is_none() {
                let most = self.most(before.ended, after.begun);
                self.holds("no longer wait than is accepted", waited <= most, detail);
            }
        }
        let Some(last) = sent.last().filter(|_| call.error.is_some()) else {
            return;
        };
        if last.asked.is_some_and(|asked| asked > self.longest_wait) {
            let told = call.error.as_ref().and_then(Error::retry_after);
            self.holds("the error carries the wait", told == last.asked, detail);
            let prompt = call.ended <= last.ended + GRACE;
            self.holds("what is too long is an error at once", prompt, detail);
        }
    }

    /// The longest time between two attempts: the accepted wait with its spread or an own pause, and for each 429 that still keeps
    /// the client quiet the patience for the one that finds out, and the spread of the others.
    fn most(&self, from: Instant, to: Instant) -> Duration {
        let spread = retry::spread(self.longest_wait);
        let is_quiet = |sent: &&Sent| {
            let asked = sent.asked.filter(|_| sent.answer == Some(429));
            let until =
                asked.map(|asked| sent.ended + asked.min(throttle::LONGEST) + PROBE + spread);
            sent.ended <= to && until.is_some_and(|until| until >= from)
        };
        let quiets = self.log.iter().filter(is_quiet).count() as u32;
        OWN_PAUSE.max(self.longest_wait + spread) + (PROBE + spread) * quiets
    }
}
