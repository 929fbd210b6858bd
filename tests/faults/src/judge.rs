//! Whether a fault was survived.

use std::time::Duration;

use penbox_conformance::case::Case;
use penbox_conformance::check::{self, Reply};
use penbox_conformance::convention;
use penbox_conformance::folder::Folder;
use penbox_conformance::json::{differences, shorten};
use penbox_conformance::leak::LeakScan;
use penbox_conformance::moved;
use penbox_conformance::vars::TOKEN;
use serde_json::{Value, json};

use crate::expect::{Expect, Next};
use crate::record::{Heard, Mark, Record};

/// Headers that the fault may change: conformance judges them.
const NAMED: &[&str] = &["host", "accept", "accept-encoding", "content-type"];

/// All that was seen of one call.
pub struct Seen<'a> {
    /// What must come of it.
    pub expect: &'a Expect,
    /// The call, and the error or the result that must come of it.
    pub case: &'a Case,
    /// Where it moved files.
    pub folder: &'a Folder,
    /// What the server saw.
    pub record: &'a Record,
    /// Where the call begins in the record.
    pub mark: Mark,
    /// Where it ends.
    pub after: Mark,
    /// The server's port.
    pub port: u16,
    /// The scan for the token.
    pub scan: &'a LeakScan,
}

impl Seen<'_> {
    /// Judges what came of the call and what crossed the wire.
    #[must_use]
    pub fn judge(&self, reply: &Reply) -> Vec<String> {
        let heard = &self.record.requests[self.mark.requests..self.after.requests];
        let requests: Vec<_> = heard.iter().map(|heard| heard.request.clone()).collect();
        let mut wrong = self.record.faults.clone();
        wrong.extend(check::reply(self.case, reply, &requests, None, self.folder));
        wrong.extend(moved::left(self.case, reply, self.folder));
        wrong.extend(self.attempts(reply));
        let mut count = |what: &str, expected: usize, got: usize| {
            if expected != got {
                wrong.push(format!("{what}: expected {expected}, the server saw {got}"));
            }
        };
        count("requests", self.expect.requests, heard.len());
        if let Some(expected) = self.expect.connections {
            let got = self.after.connections - self.mark.connections;
            count("connections", expected, got);
        }
        wrong.extend(self.next());
        if let (Some(target), Some(first)) = (&self.expect.target, requests.first())
            && *target != first.target
        {
            wrong.push(format!("target: expected {target}, got {}", first.target));
        }
        if let (Some(least), [first, second, ..]) = (self.expect.waits_ms, heard) {
            let waited = second.at.duration_since(first.at);
            if waited < Duration::from_millis(least) {
                wrong.push(format!("it waited {waited:?}, less than {least} ms"));
            }
        }
        wrong.extend(self.spread(heard));
        for request in &requests {
            let found = convention::violations(request, NAMED, self.port, Some(TOKEN), self.scan);
            wrong.extend(found);
        }
        wrong
    }

    /// The waits between requests differ.
    fn spread(&self, heard: &[Heard]) -> Option<String> {
        let least = Duration::from_millis(self.expect.spread_ms?);
        let pairs = heard.windows(2);
        let waits: Vec<Duration> = pairs
            .map(|two| two[1].at.duration_since(two[0].at))
            .collect();
        let spread = *waits.iter().max()? - *waits.iter().min()?;
        (spread < least).then(|| format!("the waits differ by {spread:?}, less than {least:?}"))
    }

    /// The attempts that an error names.
    fn attempts(&self, reply: &Reply) -> Option<String> {
        let Reply::Error(error) = reply else {
            return None;
        };
        let expected = self.expect.attempts.unwrap_or(self.expect.requests);
        let got = error.get("attempts").and_then(Value::as_u64);
        (got != Some(expected as u64))
            .then(|| format!("error attempts: expected {expected}, got {got:?}"))
    }

    /// The connection of the next call.
    fn next(&self) -> Option<String> {
        let wanted = self.expect.next?;
        let next = self.record.requests.get(self.after.requests)?;
        let is_new = next.connection >= self.after.connections;
        (is_new != (wanted == Next::New)).then(|| {
            format!(
                "the next call came on connection {} of {}, which is not {wanted:?}",
                next.connection, self.after.connections
            )
        })
    }

    /// Judges what reached servers that are not the client's.
    #[must_use]
    pub fn elsewhere(&self, records: &[Record], proxy: &Record) -> Vec<String> {
        let mut wrong = Vec::new();
        // The connection that wakes a server at its end is not recorded.
        let connections: usize = records.iter().map(|record| record.connections.len()).sum();
        if connections != self.expect.elsewhere {
            let expected = self.expect.elsewhere;
            wrong.push(format!(
                "other servers: expected {expected} connections, they saw {connections}"
            ));
        }
        let proxied = proxy.connections.len();
        if let Some(expected) = self.expect.proxied.filter(|expected| *expected != proxied) {
            wrong.push(format!(
                "the proxy: expected {expected} connections, it saw {proxied}"
            ));
        }
        // What a proxy leads on is encrypted: it may read no more than the others.
        let others = records.iter().chain([proxy]);
        for connection in others.flat_map(|record| &record.connections) {
            if let Some(how) = self.scan.find(&connection.bytes) {
                wrong.push(format!("another server got the token ({how})"));
            }
        }
        wrong
    }
}

/// Judges a call that no fault disturbs.
#[must_use]
pub fn healthy(what: &str, id: &str, reply: &Reply) -> Vec<String> {
    match reply {
        Reply::Result(got) => differences(&json!({"id": id, "status": "draft"}), got)
            .iter()
            .map(|line| format!("{what}: {line}"))
            .collect(),
        Reply::Error(error) => {
            let text = Value::Object(error.clone()).to_string();
            vec![format!("{what} failed: {}", shorten(&text))]
        }
    }
}

/// Judges the call of a client that is quiet: it is refused for the same reason, and nothing is sent.
#[must_use]
pub fn paused(reply: &Reply, record: &Record, after: Mark) -> Vec<String> {
    let sent = record.requests.len() - after.requests;
    let is_refused = match reply {
        Reply::Error(error) => {
            error.get("kind").is_some_and(|kind| kind == "rate_limit")
                && error
                    .get("outcome")
                    .is_some_and(|outcome| outcome == "not_sent")
                && error.get("retry_after_ms").and_then(Value::as_f64) > Some(0.0)
        }
        Reply::Result(_) => false,
    };
    match (is_refused, sent) {
        (true, 0) => Vec::new(),
        _ => vec![format!(
            "the next call was to be refused as rate_limit and not sent: {sent} requests, {}",
            shorten(&format!("{reply:?}"))
        )],
    }
}
