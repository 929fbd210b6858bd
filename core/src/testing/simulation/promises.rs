//! The promises that hold in each world.

use std::collections::HashMap;
use std::time::Instant;

use super::calls::{Called, Kind};
use super::file::{self, Received};
use super::server::{Fate, Sent, WINDOW};
use super::{GRACE, ORIGIN, SimulatedWorld};
use crate::error::{Error, ErrorKind, Outcome};
use crate::send::request::Safety;
use crate::send::throttle;

impl SimulatedWorld {
    /// Asserts a promise. The message has the command that plays the world again.
    pub(super) fn holds(&self, promise: &str, held: bool, detail: &dyn std::fmt::Debug) {
        assert!(
            held,
            "{promise}: {:?}, PENBOX_SIMULATION_SEED={} PENBOX_SIMULATION=1 cargo test -p penbox simulation\n{detail:#?}",
            self.driver, self.seed
        );
    }

    pub(super) fn check(&self) {
        self.check_rate_limit();
        self.check_throttle();
        self.check_retry_quota();
        for (id, call) in &self.calls {
            let sent: Vec<&Sent> = self.log.iter().filter(|sent| sent.call == *id).collect();
            self.check_call(call, &sent);
        }
        for sent in &self.log {
            let at_home = sent.url.starts_with(ORIGIN) && sent.has_token;
            self.holds("the token goes to the origin only", at_home, sent);
        }
        self.second.check(self);
    }

    /// No window has more requests than the rate limit, counted by the times at which the server received them.
    fn check_rate_limit(&self) {
        let Some(rate) = self.rate else { return };
        let mut arrived: Vec<Instant> = self.log.iter().filter_map(|sent| sent.arrived).collect();
        arrived.sort();
        let over = arrived
            .windows(rate + 1)
            .find(|some| some[rate] < some[0] + WINDOW);
        self.holds("never over the rate limit", over.is_none(), &over);
        let limited = self.log.iter().find(|sent| sent.fate == Fate::Limited);
        self.holds("with a rate limit no 429", limited.is_none(), &limited);
    }

    /// No request starts before the wait is over that a 429 requested, even if the call of the 429 does not wait.
    fn check_throttle(&self) {
        for limited in self.log.iter().filter(|sent| sent.answer == Some(429)) {
            let Some(wait) = limited.retry_after else {
                continue;
            };
            let until = limited.ended + wait.min(throttle::LONGEST);
            // A request that was under way when the 429 was received is checked with its own call.
            let early = self
                .log
                .iter()
                .find(|sent| sent.begun > limited.ended && sent.begun < until);
            self.holds(
                "never earlier than the server requested",
                early.is_none(),
                &(limited, early),
            );
        }
    }

    /// The repeats cost no more tokens than the retry quota has: 500, 14 for a repeat, 5 for one after a 429.
    fn check_retry_quota(&self) {
        let mut last: HashMap<&str, &Sent> = HashMap::new();
        let mut spent: i64 = 0;
        let mut cost: HashMap<&str, i64> = HashMap::new();
        for sent in &self.log {
            if let Some(before) = last.insert(&sent.call, sent) {
                let price = if before.answer == Some(429) { 5 } else { 14 };
                cost.insert(&sent.call, price);
                spent += price;
            }
        }
        let given: i64 = self
            .calls
            .iter()
            .filter(|(_, call)| call.error.is_none())
            .map(|(id, _)| cost.get(id.as_str()).copied().unwrap_or(1).max(1))
            .sum();
        self.holds(
            "repeats cost no more than the quota has",
            spent <= 500 + given,
            &(spent, given),
        );
    }

    /// Checks the promises about one call against its requests.
    fn check_call(&self, call: &Called, sent: &[&Sent]) {
        let detail = &(&call.error, sent);
        let late = call.ended > call.begun + call.limit + GRACE;
        self.holds("a call ends in its time", !late, detail);
        let many = sent.len() > call.attempts as usize;
        self.holds("no more attempts than allowed", !many, detail);
        let stated = call
            .error
            .as_ref()
            .map_or(sent.len(), |error| error.attempts() as usize);
        self.holds("an error states its attempts", stated == sent.len(), detail);
        if call.safety == Safety::Unsafe {
            let repeated = sent.split_last().map_or(&[][..], |(_, before)| before);
            // A request that was not sent, or met a 429, cannot have acted.
            let harmless = |sent: &&Sent| matches!(sent.fate, Fate::Unsent | Fate::Limited);
            self.holds("never twice", repeated.iter().all(harmless), detail);
        }
        if let Some(cancelled) = call.cancelled {
            let after = sent.iter().any(|sent| sent.begun > cancelled);
            self.holds("a cancelled call sends nothing more", !after, detail);
            let prompt = call.ended <= cancelled.max(call.begun) + GRACE;
            self.holds("a cancelled call ends at once", prompt, detail);
        }
        self.check_file(call, sent, detail);
        self.check_waits(call, sent, detail);
        self.check_outcome(call, sent, detail);
    }

    /// A file arrives as it is, and what can be read once is read once.
    fn check_file(&self, call: &Called, sent: &[&Sent], detail: &dyn std::fmt::Debug) {
        let sends = matches!(call.kind, Kind::Upload | Kind::UploadOnce);
        let is_right = sent.iter().all(|sent| match sent.received {
            Received::Nothing => !sends || sent.fate == Fate::Unsent,
            Received::Part => sends && sent.fate == Fate::Lost,
            Received::Whole => sends,
            Received::Other => false,
        });
        self.holds("each attempt sends the whole file", is_right, detail);
        if call.kind == Kind::UploadOnce {
            let read = |sent: &&Sent| sent.received != Received::Nothing;
            let before = sent.split_last().map_or(&[][..], |(_, before)| before);
            self.holds(
                "what can be read once is sent once",
                !before.iter().any(read),
                detail,
            );
        }
        let is_whole = match (&call.received, call.kind, &call.error) {
            (Some(received), Kind::Download, None) => *received == file::content(),
            (received, kind, error) => {
                received.is_none() && (kind != Kind::Download || error.is_some())
            }
        };
        self.holds("a file that is received is whole", is_whole, detail);
    }

    /// The outcome that an error states is true.
    fn check_outcome(&self, call: &Called, sent: &[&Sent], detail: &dyn std::fmt::Debug) {
        let acted = sent.iter().any(|sent| sent.fate == Fate::Acted);
        let outcome = call.error.as_ref().map(Error::outcome);
        let is_true = match outcome {
            None => acted,
            // A read has no effect, so every outcome is true.
            Some(_) if call.safety == Safety::Safe => true,
            Some(Outcome::NotSent | Outcome::Rejected) => !acted,
            Some(Outcome::Done) => acted,
            Some(_) => true,
        };
        self.holds("an outcome is true", is_true, detail);
        let closed = call
            .error
            .as_ref()
            .is_some_and(|error| error.kind() == ErrorKind::Closed);
        self.holds("nobody closed the client", !closed, detail);
    }
}
