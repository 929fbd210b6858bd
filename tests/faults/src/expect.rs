//! What must come of a call.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// What a case says of one of its calls.
#[derive(Debug, Clone)]
pub enum Entry {
    /// The method cannot meet this fault.
    NotApplicable,
    /// What must come of it.
    Expect(Box<Expect>),
}

/// What must come of one call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Members of the error; without them the call succeeds. Those of the conformance cases, and `phase`.
    #[serde(default)]
    pub error: Option<Map<String, Value>>,
    /// The result where it is not that of the healthy server.
    #[serde(default, deserialize_with = "present")]
    pub result: Option<Value>,
    /// How many requests the server hears in this call.
    pub requests: usize,
    /// The longest that the call may take, where its own limit says too little.
    #[serde(default)]
    pub within_ms: Option<u64>,
    /// By how much the testee's memory may grow meanwhile, at its peak.
    #[serde(default)]
    pub grows_mb: Option<u64>,
    /// The target of the first request.
    #[serde(default)]
    pub target: Option<String>,
    /// How many connections it sees in this call; without it that is not looked at.
    #[serde(default)]
    pub connections: Option<usize>,
    /// The attempts that the error names, where they are not the requests heard.
    #[serde(default)]
    pub attempts: Option<usize>,
    /// The least time between the first request and the second.
    #[serde(default)]
    pub waits_ms: Option<u64>,
    /// The least difference between the shortest and the longest of the times between requests.
    #[serde(default)]
    pub spread_ms: Option<u64>,
    /// Whether the next call comes on a connection of its own (`new`) or on the same one.
    #[serde(default)]
    pub next: Option<Next>,
    /// The client is quiet after a 429: the next call is refused, and not sent.
    #[serde(default)]
    pub paused: bool,
    /// The client is of no more use: it could not be made, or was closed.
    #[serde(default)]
    pub no_client: bool,
    /// How many connections the proxy sees, the next call's included; without it that is not looked at.
    #[serde(default)]
    pub proxied: Option<usize>,
    /// How many connections the other servers see.
    #[serde(default)]
    pub elsewhere: usize,
}

/// On which connection the next call comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// On a new one.
    New,
    /// On the one that is there.
    Same,
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        if value == "n/a" {
            return Ok(Self::NotApplicable);
        }
        serde_json::from_value(value)
            .map(|expect| Self::Expect(Box::new(expect)))
            .map_err(serde::de::Error::custom)
    }
}

/// Tells a member that is null from one that is not there.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}
