//! The state that all clones of a client share, and the exchange of one request for one answer.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderValue};

use super::call::Call;
use super::ended::cancelled;
use super::options::CallOptions;
use super::request::{JSON, Method, PreparedRequest, Safety};
use super::runtime::{Runtime, System};
use super::state::State;
use super::writes::{Tally, Writes};
use super::{classify, headers, hook_headers, response_body, suspension};
use crate::auth::{Credentials, Token};
use crate::cancel::CancelScope;
use crate::config::Settings;
use crate::error::{Error, MAX_BODY, Outcome, Result};
use crate::per_process::PerProcess;
use crate::transport::{Limits, Payload, Reply, Request, SendState, TransportError};

/// The longest that a connection may have been idle when a request that can be repeated uses it. A longer time risks more
/// requests that meet a closed connection, a shorter one costs more handshakes. 15 s is also ureq's own limit.
const IDLE: Duration = Duration::from_secs(15);
/// The same for a request that may act twice. Servers close idle connections after five seconds and more. A request that crosses
/// such a close is lost without an answer: a create would fail with the outcome `unknown`, and could not be repeated.
const IDLE_UNSAFE: Duration = Duration::from_secs(4);

/// The part of a client that all its clones share.
pub(crate) struct Sender {
    /// The number of the client, by which the pool knows its calls.
    pub(crate) number: u64,
    pub(crate) settings: Settings,
    pub(crate) runtime: Box<dyn Runtime>,
    is_closed: AtomicBool,
    /// Not per process: an iteration over pages that a forked child goes on with compares with counts from before the fork.
    pub(crate) writes: Writes,
    state: PerProcess<State>,
}

/// A 2xx answer with a whole body of valid UTF-8.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// The token of the request, which the answer may repeat.
    pub(crate) token: Token,
}

/// A request body other than the JSON of the prepared request.
pub(crate) struct Content<'a> {
    pub(crate) content_type: &'a str,
    pub(crate) payload: Payload<'a>,
}

/// The head of a 2xx answer. Its body is not read yet.
pub(crate) struct Exchange {
    pub(crate) reply: Reply,
    /// The token of the request, which the answer may repeat.
    pub(crate) token: Token,
    started: Instant,
}

impl Exchange {
    /// The time from the beginning of the request.
    pub(super) fn time_until(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.started)
    }
}

/// A number that no other client of this process has.
fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Takes the token over from the settings.
fn credentials(settings: &mut Settings) -> Credentials {
    match settings.token.take() {
        Some(found) => Credentials::new(found),
        None => Credentials::missing(),
    }
}

impl Sender {
    pub(crate) fn new(mut settings: Settings) -> Sender {
        let credentials = credentials(&mut settings);
        Sender {
            number: number(),
            state: PerProcess::new(State::new(&settings, credentials, System.now())),
            settings,
            runtime: Box::new(System),
            is_closed: AtomicBool::new(false),
            writes: Writes::default(),
        }
    }

    /// A sender over a simulated transport and runtime.
    #[cfg(any(test, fuzzing, feature = "testing"))]
    pub(crate) fn simulated(
        mut settings: Settings,
        transport: Box<dyn crate::transport::Transport>,
        runtime: Box<dyn Runtime>,
    ) -> Sender {
        let credentials = credentials(&mut settings);
        let state = State {
            transport,
            ..State::new(&settings, credentials, runtime.now())
        };
        Sender {
            number: number(),
            state: PerProcess::new(state),
            settings,
            runtime,
            is_closed: AtomicBool::new(false),
            writes: Writes::default(),
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::SeqCst)
    }

    /// Reports whether the API has accepted the token in a call of this client.
    pub(crate) fn has_worked(&self) -> bool {
        self.state()
            .credentials
            .credential()
            .is_some_and(|credential| credential.has_worked())
    }

    /// Closes the client: cancels its calls and closes its connections. Later calls fail as closed.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        let state = self.state();
        if state.cancel_source.cancel() {
            state.transport.shutdown();
        }
        state.credentials.close();
        if let Some(cache) = &state.cache {
            cache.close();
        }
    }

    /// The state of this process.
    pub(crate) fn state(&self) -> &State {
        self.state.get_after(|inherited| {
            // This runs in a forked child. A client that was closed before the fork stays closed.
            let credentials = inherited.map(|state| Credentials::of_parent(&state.credentials));
            let credentials = credentials.unwrap_or_else(Credentials::missing);
            let state = State::new(&self.settings, credentials, self.runtime.now());
            if self.is_closed() {
                state.cancel_source.cancel();
            }
            state
        })
    }

    /// Runs a call to its end on this thread.
    pub(crate) fn block<T>(&self, call: impl Future<Output = T>) -> T {
        suspension::block(&*self.runtime, call)
    }

    /// The state of this process for a call. The process's number costs a system call, so it is read again only where the caller's own
    /// code has run: that code may have forked, and goes on in the child.
    pub(crate) fn state_of<'a>(&'a self, call: &Call<'a>) -> &'a State {
        match call.runs_callers_code() {
            true => self.state(),
            false => call.state,
        }
    }

    /// The counts of writes that this client and its clones have sent so far.
    pub(crate) fn tally(&self) -> Tally {
        self.writes.tally()
    }

    /// The whole address of a request.
    pub(crate) fn url_of(&self, target: &PreparedRequest) -> String {
        let base_url = self.settings.base_url.as_str();
        format!("{base_url}{}", target.path_and_query)
    }

    /// The cancel scope of a call with these options.
    pub(crate) fn cancel_scope(&self, options: &CallOptions) -> CancelScope {
        self.state().cancel_scope(options)
    }

    /// The error of a whole 2xx answer whose text cannot be decoded. It carries the beginning of the text.
    pub(crate) fn unusable(&self, error: Error, received: &Received, text: &str) -> Error {
        let mut end = text.len().min(MAX_BODY);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let error = error.with_body(text.get(..end).unwrap_or_default().to_owned());
        self.after_success(error, &received.headers, received.status, &received.token)
    }

    /// Sends one request and returns the head of a 2xx answer. Every other answer is an error.
    pub(crate) fn exchange<'a>(
        &'a self,
        call: &Call<'a>,
        content: Option<Content<'_>>,
    ) -> Result<Exchange> {
        self.accepted(call.options, self.answer(call, content)?)
    }

    /// Sends one request and returns the head of its answer, whatever the status.
    pub(super) fn answer<'a>(
        &'a self,
        call: &Call<'a>,
        content: Option<Content<'_>>,
    ) -> Result<Exchange> {
        let (target, options) = (call.target, call.options);
        let started = self.runtime.now();
        let limits = &self.settings.limits;
        let left = call.left(started);
        // Files have no limit for an attempt: they take as long as they move.
        let total = match (call.is_file, left) {
            (true, left) => left,
            (false, left) => Some(left.map_or(limits.attempt, |left| left.min(limits.attempt))),
        };
        let capped = |limit: Duration| total.map_or(limit, |total| total.min(limit));
        let token = call.token()?;
        let mut headers = headers::of(&self.settings, &token, target, options)?;
        hook_headers::add(call, &mut headers)?;
        if target.accept != JSON {
            // A compressed file could not be checked against its declared length.
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        let body = match (content, &target.body) {
            (Some(content), _) => {
                let value = HeaderValue::from_str(content.content_type)
                    .map_err(|_| Error::internal("the boundary is no header value"))?;
                headers.insert(CONTENT_TYPE, value);
                content.payload
            }
            (None, Some(body)) => Payload::Bytes(body.clone()),
            (None, None) => Payload::Nothing,
        };
        let request = Request {
            method: target.method.to_http(),
            url: self.url_of(target),
            headers,
            body,
            limits: Limits {
                attempt: total,
                part: call.is_file.then_some(limits.attempt),
                silence: capped(limits.read),
                idle: match target.safety {
                    Safety::Unsafe => IDLE_UNSAFE,
                    _ => IDLE,
                },
            },
            context: Arc::clone(&call.context),
        };
        call.context.cancel.check_interrupt();
        if let Some(cause) = call.context.cancel.cause() {
            return Err(cancelled(cause));
        }
        let reply = self
            .state_of(call)
            .transport
            .exchange(request)
            .map_err(|error| self.no_answer(error))?;
        // The server has counted the request before its answer: a file's bytes hold no slot of the rate limit.
        self.free_slot(call);
        self.note_head(call, &token, reply.status, &reply.headers);
        Ok(Exchange {
            reply,
            token,
            started,
        })
    }

    /// The answer, if its status is 2xx; else its error.
    pub(super) fn accepted(
        &self,
        options: &CallOptions,
        mut exchange: Exchange,
    ) -> Result<Exchange> {
        let (reply, token) = (&mut exchange.reply, &exchange.token);
        match reply.status {
            200..=299 => {
                self.record(options, token, reply.status, &reply.headers);
                Ok(exchange)
            }
            _ => Err(classify::failure(
                token,
                reply,
                self.settings.max_response_bytes,
            )),
        }
    }

    /// Reads the body of a 2xx answer as text.
    pub(crate) fn read(
        &self,
        target: &PreparedRequest,
        mut exchange: Exchange,
    ) -> Result<Received> {
        let reply = &mut exchange.reply;
        let limit = self.settings.max_response_bytes;
        let text = match target.method {
            // The head tells the length of a body that does not follow (RFC 9110, section 9.3.2).
            Method::Head => String::new(),
            _ => response_body::whole(reply, limit, target.skip_data).map_err(|error| {
                self.after_success(error, &reply.headers, reply.status, &exchange.token)
            })?,
        };
        Ok(Received {
            status: exchange.reply.status,
            headers: exchange.reply.headers,
            text,
            token: exchange.token,
        })
    }

    /// Records the head of a 2xx answer, if the call's options ask for it.
    pub(crate) fn record(
        &self,
        options: &CallOptions,
        token: &Token,
        status: u16,
        map: &HeaderMap,
    ) {
        if let Some(recorder) = &options.recorder {
            let request_id = classify::request_id(token, map);
            recorder.head(status, headers::shown(token, map), request_id);
        }
    }

    /// The error of a request to which no head of an answer was received.
    fn no_answer(&self, error: TransportError) -> Error {
        let outcome = match error.send_state {
            SendState::NotSent => Outcome::NotSent,
            SendState::MaybeSent => Outcome::Unknown,
        };
        error.into_error().with_outcome(outcome).with_attempts(1)
    }

    /// Completes the error of a 2xx answer whose body cannot be used. The server acted, so the outcome is `done`.
    pub(crate) fn after_success(
        &self,
        error: Error,
        headers: &HeaderMap,
        status: u16,
        token: &Token,
    ) -> Error {
        let body = error.body().filter(|body| !body.is_empty());
        let body = body.map(|body| token.blank(body));
        error
            .with_body(body)
            .with_status(status, None)
            .with_outcome(Outcome::Done)
            .with_request_id(classify::request_id(token, headers))
            .with_headers(headers::shown(token, headers))
            .with_attempts(1)
    }
}
