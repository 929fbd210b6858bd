//! The counts at one moment.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::alert::AlertRule;
use super::steps::STEPS_MS;

/// The usage of a client and its clones in this process since the client was made, or that of a token over all clients of this process.
///
/// A call is one request of the program to the API: a page of a list, one look at a result that is polled. What is refused before a call
/// begins, such as an argument, counts nowhere, nor does a call that the cache answers: see [`Client::cache_stats`](crate::Client::cache_stats).
///
/// ```no_run
/// # let client = penbox::Client::from_env()?;
/// let stats = client.stats();
/// println!("{} calls, {} of them repeated, last at {:?}", stats.calls, stats.repeats, stats.last_used_at());
/// for (operation, of) in &stats.operations {
///     println!("{operation}: {} calls, {:?} at most", of.calls, of.max);
/// }
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Stats {
    /// Eight hexadecimal digits of a hash of the token; of a client, of its present one. None while no token is known, as before the first
    /// call of a client with a `token_provider`.
    pub token_fingerprint: Option<String>,
    /// The name that the token has in Penbox's settings, where the client was given it.
    pub token_name: Option<String>,
    /// The clients that are counted here.
    pub clients: u64,
    pub(super) since: Timestamp,
    pub(super) last_used: Option<Timestamp>,
    /// The calls that began.
    pub calls: u64,
    /// The requests that were sent or tried.
    pub attempts: u64,
    /// The attempts that followed another of the same call.
    pub repeats: u64,
    /// The answers with the status 429.
    pub rate_limited: u64,
    /// The waits for a time: between two attempts, after a 429, for a `rate_limit`.
    pub waits: u64,
    /// The time of these waits together.
    pub waited: Duration,
    /// The bytes written to connections: requests with their heads, and what TLS and proxies need.
    pub bytes_sent: u64,
    /// The bytes read from connections.
    pub bytes_received: u64,
    /// The calls that failed, by the name of the error's kind.
    pub errors: BTreeMap<&'static str, u64>,
    /// The calls that ended, by operation.
    pub operations: BTreeMap<&'static str, OperationStats>,
    /// The hooks that failed, and the log callbacks that did.
    pub hook_errors: u64,
    /// The alerts that were raised.
    pub alerts: u64,
    /// The rules of unusual use that are broken now.
    pub unusual: Vec<AlertRule>,
    /// The operations that the server declared deprecated, as this client met them.
    pub deprecations: Vec<Deprecation>,
    /// The rest of the pause that a 429 asked for; none without a pause, and for a token as a whole.
    pub paused_for: Option<Duration>,
    /// The rest of each rate of `rate_limit`; empty without one, and for a token as a whole.
    pub rate_left: Vec<RateLeft>,
}

/// The calls of one operation that ended.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct OperationStats {
    /// The calls that ended.
    pub calls: u64,
    /// The calls that failed.
    pub errors: u64,
    /// The time of all, waits and repeats included.
    pub total: Duration,
    /// The time of the longest.
    pub max: Duration,
    /// The calls by their time: up to each of [`OperationStats::STEPS`], and the rest.
    pub histogram: Vec<u64>,
}

impl OperationStats {
    /// The upper ends of the steps of `histogram`, whose last step has none.
    pub const STEPS: [Duration; STEPS_MS.len()] = {
        let mut steps = [Duration::ZERO; STEPS_MS.len()];
        let mut at = 0;
        while at < steps.len() {
            steps[at] = Duration::from_millis(STEPS_MS[at]);
            at += 1;
        }
        steps
    };
}

/// The rest of one rate of `rate_limit`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RateLeft {
    /// The most requests in a window.
    pub requests: u64,
    /// The length of the window.
    pub window: Duration,
    /// The requests that may be sent at once.
    pub left: u64,
}

/// The end of an operation, as the server announced it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Deprecation {
    /// The operation's id.
    pub operation: &'static str,
    /// The header `Deprecation`, as it came.
    pub deprecated: Option<String>,
    /// The header `Sunset`, as it came: after that date the operation may be gone.
    pub sunset: Option<String>,
}

impl Stats {
    /// The time since which is counted, ISO 8601 in UTC.
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let stats = penbox::Client::builder().token(&token).build()?.stats();
    /// assert!(stats.since().ends_with('Z'));
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn since(&self) -> String {
        format!("{:.3}", self.since)
    }

    /// The time at which the last call ended, ISO 8601 in UTC; none before the first.
    ///
    /// ```
    /// # let token = "pnbx_".to_owned() + "an-example-for-the-documentation";
    /// let stats = penbox::Client::builder().token(&token).build()?.stats();
    /// assert_eq!(stats.last_used_at(), None);
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn last_used_at(&self) -> Option<String> {
        self.last_used.map(|time| format!("{time:.3}"))
    }

    /// Adds the counts of another client with the same token, or of the same client with a later one.
    pub(super) fn add(&mut self, other: Stats) {
        self.token_name = other.token_name.or(self.token_name.take());
        self.clients += other.clients;
        self.since = self.since.min(other.since);
        self.last_used = self.last_used.max(other.last_used);
        self.calls += other.calls;
        self.attempts += other.attempts;
        self.repeats += other.repeats;
        self.rate_limited += other.rate_limited;
        self.waits += other.waits;
        self.waited += other.waited;
        self.bytes_sent += other.bytes_sent;
        self.bytes_received += other.bytes_received;
        self.hook_errors += other.hook_errors;
        self.alerts += other.alerts;
        for (kind, count) in other.errors {
            *self.errors.entry(kind).or_default() += count;
        }
        for (id, stats) in other.operations {
            self.operations.entry(id).or_default().add(&stats);
        }
        let known = |rule: &AlertRule, all: &[AlertRule]| all.contains(rule);
        for rule in other.unusual {
            if !known(&rule, &self.unusual) {
                self.unusual.push(rule);
            }
        }
        for deprecation in other.deprecations {
            let operation = deprecation.operation;
            self.deprecations.retain(|one| one.operation != operation);
            self.deprecations.push(deprecation);
        }
    }
}

impl OperationStats {
    fn add(&mut self, other: &OperationStats) {
        self.calls += other.calls;
        self.errors += other.errors;
        self.total += other.total;
        self.max = self.max.max(other.max);
        self.histogram.resize(STEPS_MS.len() + 1, 0);
        for (step, count) in self.histogram.iter_mut().zip(&other.histogram) {
            *step += count;
        }
    }
}
