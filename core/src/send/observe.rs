//! The counts, log lines and hooks beside a call. None of them changes the end of a call but an error of `on_request`.

use std::time::{Duration, Instant};

use http::HeaderMap;
use log::Level;

use super::call::Call;
use super::sender::Sender;
use super::{classify, headers, hook_headers};
use crate::auth::Token;
use crate::error::{Error, Result};
use crate::hooks::{Hooks, RequestEvent, ResponseEvent, RetryEvent, Target};
use crate::stats::Alert;

/// The target of the SDK's own log records.
const LOG: &str = "penbox";

/// Reports whether a record of this level would be kept by somebody. One load where nothing is logged.
fn is_logged(level: Level) -> bool {
    level <= log::max_level() && log::log_enabled!(target: LOG, level)
}

/// The target of a call, as hooks see it.
fn target_of(call: &Call<'_>) -> Target {
    Target {
        operation: call.target.operation,
        method: call.target.method.name(),
        path: call.target.path,
    }
}

impl Sender {
    /// Counts a call that begins.
    pub(super) fn begin_call(&self, call: &Call<'_>) {
        let alert = self.state_of(call).stats.counters().begin_call(call.begun);
        self.raise(call, alert);
    }

    /// Counts the end of a call.
    pub(super) fn end_call(&self, call: &Call<'_>, error: Option<&Error>) {
        let elapsed = self.runtime.now().saturating_duration_since(call.begun);
        let stats = &self.state_of(call).stats;
        stats
            .counters()
            .end_call(call.target.operation, elapsed, error.map(Error::kind));
    }

    /// Calls `on_request`, and takes its headers for this attempt.
    ///
    /// # Errors
    /// The hook ended the call, or gave a header that it may not give.
    pub(super) fn before_attempt(&self, call: &Call<'_>, number: u32, token: &Token) -> Result<()> {
        if self.settings.hooks.on_request.is_none() {
            return Ok(());
        }
        let mut event = RequestEvent::new(target_of(call), number);
        self.settings.hooks.request(&mut event)?;
        for (name, value) in &event.headers {
            headers::valid_header(name, value)?;
        }
        call.set_hook_headers(event.headers);
        hook_headers::check(call, token)
    }

    /// Begins an attempt. Returns the time, where somebody wants to know how long the attempt takes.
    pub(super) fn begin_attempt(&self) -> Option<Instant> {
        self.is_observed().then(|| self.runtime.now())
    }

    /// Notes the head of an answer: its status and its id, and whether its operation is going to end.
    pub(super) fn note_head(
        &self,
        call: &Call<'_>,
        token: &Token,
        status: u16,
        headers: &HeaderMap,
    ) {
        let stats = &self.state_of(call).stats;
        stats.note_deprecation(call.target.operation, token, headers);
        let is_wanted = self.is_observed();
        let id = is_wanted.then(|| classify::request_id(token, headers));
        call.note_head(status, id.flatten());
    }

    /// Counts the end of an attempt, writes its line and calls `on_response`.
    pub(super) fn end_attempt(
        &self,
        call: &Call<'_>,
        number: u32,
        started: Option<Instant>,
        error: Option<&Error>,
    ) {
        let (traffic, status) = (call.context.take_traffic(), call.take_status());
        // The client may have been closed before anything was sent. Such an attempt counts no more than it does in the error.
        let is_sent = error.is_none_or(|error| error.attempts() > 0);
        let stats = &self.state_of(call).stats;
        let alert = is_sent.then(|| stats.counters().attempt(number, traffic, status));
        if let Some(started) = started {
            let elapsed = self.runtime.now().saturating_duration_since(started);
            let event = response_event(call, number, status, elapsed, error);
            log_attempt(&event, traffic, error);
            self.respond(call, event);
        }
        self.raise(call, alert.flatten());
    }

    /// Tells of an attempt that was held back: its wait would have been too long, or the call was ended while it waited.
    pub(super) fn held_back(&self, call: &Call<'_>, number: u32, error: &Error) {
        if !self.is_observed() {
            return;
        }
        let event = response_event(call, number, None, Duration::ZERO, Some(error));
        log_attempt(&event, (0, 0), Some(error));
        self.respond(call, event);
    }

    /// Writes of a repeat at level DEBUG, and calls `on_retry`.
    pub(super) fn before_retry(&self, call: &Call<'_>, number: u32, wait: Duration, error: &Error) {
        let target = target_of(call);
        if is_logged(Level::Debug) {
            log::debug!(
                target: LOG,
                "{} {}: attempt {} follows in {:.3} s, after {}",
                target.method,
                target.path,
                number + 1,
                wait.as_secs_f64(),
                cause(error)
            );
        }
        let hook = self.settings.hooks.on_retry.as_ref();
        let is_done = Hooks::observe("on_retry", hook, || RetryEvent {
            target,
            attempt: number,
            wait,
            error: error.kind(),
            reason: error.reason(),
            http_status: error.http_status(),
        });
        self.count_hook(call, is_done);
    }

    /// Counts a wait that has ended.
    pub(super) fn count_wait(&self, call: &Call<'_>, started: Instant) {
        let wait = self.runtime.now().saturating_duration_since(started);
        self.state_of(call).stats.counters().waited(wait);
    }

    /// Reports whether somebody wants to know of each attempt.
    fn is_observed(&self) -> bool {
        self.settings.hooks.has_on_response() || is_logged(Level::Info)
    }

    /// Calls `on_response`.
    fn respond(&self, call: &Call<'_>, event: ResponseEvent) {
        let hook = self.settings.hooks.on_response.as_ref();
        let is_done = Hooks::observe("on_response", hook, || event);
        self.count_hook(call, is_done);
    }

    /// Reports an episode of unusual use, in the log and to `on_alert`.
    fn raise(&self, call: &Call<'_>, alert: Option<Alert>) {
        let Some(alert) = alert else {
            return;
        };
        log::warn!(target: LOG, "{alert}");
        let hook = self.settings.hooks.on_alert.as_ref();
        let is_done = Hooks::observe("on_alert", hook, || alert);
        self.count_hook(call, is_done);
    }

    fn count_hook(&self, call: &Call<'_>, is_done: bool) {
        if !is_done {
            self.state_of(call).stats.counters().hook_failed();
        }
    }
}

/// The end of an attempt, as hooks see it.
fn response_event(
    call: &Call<'_>,
    attempt: u32,
    http_status: Option<u16>,
    elapsed: Duration,
    error: Option<&Error>,
) -> ResponseEvent {
    ResponseEvent {
        target: target_of(call),
        attempt,
        http_status,
        request_id: call.take_request_id(),
        elapsed,
        retry_after: error.and_then(Error::retry_after),
        error: error.map(|error| (error.kind(), error.outcome())),
    }
}

/// Writes the one line of an attempt at level INFO, and what else can be told at DEBUG. Neither holds a value of the request or of the
/// answer: values are personal data, and logs are kept.
fn log_attempt(event: &ResponseEvent, traffic: (u64, u64), error: Option<&Error>) {
    if !is_logged(Level::Info) {
        return;
    }
    let Target {
        method,
        path,
        operation,
    } = event.target;
    let ms = event.elapsed.as_secs_f64() * 1e3;
    let attempt = event.attempt;
    let end = match (event.http_status, error) {
        (Some(status), None) => status.to_string(),
        (Some(status), Some(error)) => format!("{status} {}", cause(error)),
        (None, Some(error)) => cause(error),
        (None, None) => "done".to_owned(),
    };
    log::info!(target: LOG, "{method} {path} {end}, {ms:.1} ms, attempt {attempt}");
    let (sent, received) = traffic;
    let id = event.request_id.as_deref().unwrap_or("none");
    let outcome = event.outcome().map_or("done", |outcome| outcome.name());
    log::debug!(
        target: LOG,
        "{operation}: {sent} bytes sent, {received} bytes received, request id {id}, outcome {outcome}"
    );
}

/// The kind of an error with its reason, which are words of the SDK's own.
fn cause(error: &Error) -> String {
    match error.reason() {
        Some(reason) => format!("{} ({reason})", error.kind()),
        None => error.kind().to_string(),
    }
}
