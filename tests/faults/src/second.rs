//! A second client of the testee's process, which calls a server in good health while the first one meets a fault.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use penbox_conformance::check::Reply;
use penbox_conformance::json::shorten;
use penbox_conformance::leak::LeakScan;
use serde_json::{Value, json};

use crate::combination::Driver;
use crate::lane::Lane;
use crate::record::Record;
use crate::server::Server;
use crate::variant::Variant;
use crate::vars::Vars;

/// Its token. It has no eight letters in a row that are those of the first one's.
const TOKEN: &str = "pnbx_second1client2of3the4same5process6here";

/// The time that each of its calls may take. A machine that is busy with other tests needs some of it.
const LIMIT_MS: u64 = 3_000;

/// A fault that takes longer than this is met by at least one of its calls.
const LONG: Duration = Duration::from_millis(500);

/// The second client and its server.
#[derive(Debug)]
pub struct Second {
    server: Server,
}

impl Second {
    /// Has the testee make it. It makes one call after another until it is stopped, on a thread that is there before the fault.
    ///
    /// # Errors
    /// No server starts, or the testee refuses.
    pub fn start(lane: &mut Lane, driver: Driver) -> Result<Self, String> {
        let started = Server::start(Ipv4Addr::LOCALHOST, &Variant::well(), Vars::default());
        let server = started.map_err(|error| format!("a server does not start: {error}"))?;
        let settings = json!({
            "base_url": format!("http://127.0.0.1:{}/v1", server.port()),
            "token": TOKEN,
            "timeout_ms": LIMIT_MS,
            "max_attempts": 1,
        });
        let line = json!({"beside": {"settings": settings}, "pool": driver == Driver::Pool});
        match lane.call(line)?.reply {
            Reply::Result(_) => Ok(Self { server }),
            Reply::Error(error) => Err(format!("no second client: {error:?}")),
        }
    }

    /// Ends it: what was wrong with it between these moments, and how many bytes it sent.
    ///
    /// # Errors
    /// The testee does not survive it.
    pub fn stop(
        self,
        lane: &mut Lane,
        from: Instant,
        to: Instant,
    ) -> Result<(Vec<String>, usize), String> {
        let reply = lane.call(json!({"beside": {}}))?.reply;
        let record = self.server.stop();
        let mut wrong = judge(&reply);
        let met = record
            .requests
            .iter()
            .filter(|heard| heard.at >= from && heard.at <= to);
        if to.duration_since(from) > LONG && met.count() == 0 {
            wrong.push("the second client made no call during the fault".to_owned());
        }
        let bytes = record
            .connections
            .iter()
            .map(|connection| &connection.bytes);
        if bytes.clone().any(|bytes| lane.scan().find(bytes).is_some()) {
            wrong.push("the second client's server got the first one's token".to_owned());
        }
        Ok((wrong, bytes.map(Vec::len).sum()))
    }

    /// Whether its token reached the servers of the first client.
    #[must_use]
    pub fn strayed(records: &[&Record]) -> Option<String> {
        let scan = LeakScan::new([TOKEN]);
        let mut connections = records.iter().flat_map(|record| &record.connections);
        connections
            .any(|connection| scan.find(&connection.bytes).is_some())
            .then(|| "a server of the first client got the second one's token".to_owned())
    }
}

/// Each of its calls succeeds, and there was one.
fn judge(reply: &Reply) -> Vec<String> {
    match reply {
        Reply::Result(got) if got["calls"].as_u64() > Some(0) => Vec::new(),
        Reply::Result(got) => vec![format!("the second client made no call: {got}")],
        Reply::Error(error) => {
            let text = Value::Object(error.clone()).to_string();
            vec![format!(
                "a call of the second client failed: {}",
                shorten(&text)
            )]
        }
    }
}
