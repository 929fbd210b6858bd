//! One call for a diagnosis: it keeps the facts of the answer's head, whatever the status.

use std::time::Duration;

use http::HeaderMap;
use http::header::{AGE, DATE};
use jiff::{SignedDuration, Timestamp};

use super::attempts::JsonAttempt;
use super::http_date;
use super::options::CallOptions;
use super::request::PreparedRequest;
use super::sender::{Received, Sender};
use crate::error::Result;
use crate::system;

/// The facts of an answer's head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProbeHead {
    /// The server's clock, if the answer has a date.
    pub(crate) date: Option<Timestamp>,
    /// This machine's clock at that moment.
    pub(crate) here: Timestamp,
    /// The time from the beginning of the request to the answer's head.
    pub(crate) elapsed: Duration,
}

impl ProbeHead {
    fn of(headers: &HeaderMap, elapsed: Duration) -> ProbeHead {
        let here = system::date();
        let text = |name| headers.get(name)?.to_str().ok();
        let date = text(DATE).and_then(|date| http_date::parse(date, here));
        // An answer from a cache has the date at which it was made (RFC 9110, section 6.6.1).
        let age = text(AGE).and_then(|age: &str| age.trim().parse::<u32>().ok());
        let age = SignedDuration::from_secs(i64::from(age.unwrap_or_default()));
        ProbeHead {
            date: date.and_then(|date| date.checked_add(age).ok()),
            here,
            elapsed,
        }
    }

    /// The time by which the server's clock is ahead of this machine's; negative where it is behind.
    pub(crate) fn skew(&self) -> Option<SignedDuration> {
        Some(self.date?.duration_since(self.here))
    }
}

impl Sender {
    /// Sends one JSON request and returns the result with the head of the last answer, if there was one.
    pub(crate) async fn probe(
        &self,
        target: &PreparedRequest,
        options: &CallOptions,
    ) -> (Result<Received>, Option<ProbeHead>) {
        let mut head = None;
        let call = self.call(target, options, false);
        let run = || {
            let exchange = self.answer(&call, None)?;
            let elapsed = exchange.time_until(self.runtime.now());
            head = Some(ProbeHead::of(&exchange.reply.headers, elapsed));
            self.read(target, self.accepted(options, exchange)?)
        };
        let result = self.attempt(&call, JsonAttempt(run)).await;
        (result, head)
    }
}
