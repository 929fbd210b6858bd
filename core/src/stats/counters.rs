//! The counters of one client in one process. Each count is one relaxed atomic step, and takes no lock.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::alert::{Alert, Watch};
use super::notices::Notice;
use super::operations::Operations;
use super::snapshot::{Deprecation, Stats};
use crate::error::ErrorKind;
use crate::system;

/// The counters of a client.
pub(crate) struct Counters {
    since: Timestamp,
    /// Milliseconds since 1970 at the end of the last call; 0 before the first.
    last_used_ms: AtomicU64,
    calls: AtomicU64,
    attempts: AtomicU64,
    repeats: AtomicU64,
    rate_limited: AtomicU64,
    waits: AtomicU64,
    waited_us: AtomicU64,
    bytes_sent: AtomicU64,
    bytes_received: AtomicU64,
    hook_errors: AtomicU64,
    alerts: AtomicU64,
    /// By the number of the kind, less one.
    errors: [AtomicU64; ErrorKind::ALL.len()],
    operations: Operations,
    watch: Arc<Watch>,
    /// Locked only where a server sends such a header.
    deprecations: Mutex<BTreeMap<&'static str, Notice>>,
}

impl Counters {
    /// Counters that begin at zero. `now` is the client's own clock, by which unusual use is measured.
    pub(super) fn new(now: Instant) -> Counters {
        Counters::watched_by(Arc::new(Watch::new(now)))
    }

    /// Counters of the same client for its next token. What is usual for the client stays known.
    pub(super) fn next(&self) -> Counters {
        Counters::watched_by(Arc::clone(&self.watch))
    }

    fn watched_by(watch: Arc<Watch>) -> Counters {
        let zero = || AtomicU64::new(0);
        Counters {
            since: system::date(),
            last_used_ms: zero(),
            calls: zero(),
            attempts: zero(),
            repeats: zero(),
            rate_limited: zero(),
            waits: zero(),
            waited_us: zero(),
            bytes_sent: zero(),
            bytes_received: zero(),
            hook_errors: zero(),
            alerts: zero(),
            errors: std::array::from_fn(|_| zero()),
            operations: Operations::new(),
            watch,
            deprecations: Mutex::default(),
        }
    }

    /// Counts a call that begins. Returns an alert where an episode of unusually many begins with it.
    pub(crate) fn begin_call(&self, now: Instant) -> Option<Alert> {
        self.calls.fetch_add(1, Relaxed);
        self.counted(self.watch.call(now))
    }

    /// Counts an attempt that was sent or tried, by its number from 1: its bytes, and the status where the server answered. Returns an
    /// alert where an episode of refusals begins with it.
    pub(crate) fn attempt(
        &self,
        number: u32,
        traffic: (u64, u64),
        status: Option<u16>,
    ) -> Option<Alert> {
        self.attempts.fetch_add(1, Relaxed);
        if number > 1 {
            self.repeats.fetch_add(1, Relaxed);
        }
        self.bytes_sent.fetch_add(traffic.0, Relaxed);
        self.bytes_received.fetch_add(traffic.1, Relaxed);
        let status = status?;
        if status == 429 {
            self.rate_limited.fetch_add(1, Relaxed);
        }
        self.counted(self.watch.answer(status))
    }

    /// Counts a wait for a time.
    pub(crate) fn waited(&self, wait: Duration) {
        let us = u64::try_from(wait.as_micros()).unwrap_or(u64::MAX);
        self.waits.fetch_add(1, Relaxed);
        self.waited_us.fetch_add(us, Relaxed);
    }

    /// Counts the end of a call.
    pub(crate) fn end_call(&self, id: &'static str, elapsed: Duration, error: Option<ErrorKind>) {
        if let Some(kind) = error {
            // The table's numbers begin at 1.
            self.errors[kind as usize - 1].fetch_add(1, Relaxed);
        }
        self.operations.record(id, elapsed, error.is_some());
        self.last_used_ms.fetch_max(system::unix_ms(), Relaxed);
    }

    /// Counts a hook that failed.
    pub(crate) fn hook_failed(&self) {
        self.hook_errors.fetch_add(1, Relaxed);
    }

    /// Keeps a notice of the end of an operation.
    pub(super) fn deprecate(&self, operation: &'static str, notice: Notice) {
        let mut all = self
            .deprecations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.insert(operation, notice);
    }

    fn counted(&self, alert: Option<Alert>) -> Option<Alert> {
        if alert.is_some() {
            self.alerts.fetch_add(1, Relaxed);
        }
        alert
    }

    /// The counts at this moment. Each is exact; two that are counted at different moments of a call may differ by the calls in flight.
    pub(super) fn snapshot(&self, now: Instant) -> Stats {
        let count = |counter: &AtomicU64| counter.load(Relaxed);
        let errors = ErrorKind::ALL.iter().zip(&self.errors);
        let errors = errors.map(|(kind, counter)| (kind.name(), count(counter)));
        let last_used = match count(&self.last_used_ms) {
            0 => None,
            ms => i64::try_from(ms).ok(),
        };
        let last_used = last_used.and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let notices = self
            .deprecations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let deprecations = notices.iter().map(|(operation, notice)| Deprecation {
            operation,
            deprecated: notice.deprecated.clone(),
            sunset: notice.sunset.clone(),
        });
        Stats {
            token_fingerprint: None,
            token_name: None,
            clients: 1,
            since: self.since,
            last_used,
            calls: count(&self.calls),
            attempts: count(&self.attempts),
            repeats: count(&self.repeats),
            rate_limited: count(&self.rate_limited),
            waits: count(&self.waits),
            waited: Duration::from_micros(count(&self.waited_us)),
            bytes_sent: count(&self.bytes_sent),
            bytes_received: count(&self.bytes_received),
            errors: errors.filter(|(_, count)| *count > 0).collect(),
            operations: self.operations.snapshot().collect(),
            hook_errors: count(&self.hook_errors),
            alerts: count(&self.alerts),
            unusual: self.watch.unusual(now),
            deprecations: deprecations.collect(),
            paused_for: None,
            rate_left: Vec::new(),
        }
    }
}
