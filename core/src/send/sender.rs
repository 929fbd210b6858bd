//! Sends one request and tells what became of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;

use super::options::CallOptions;
use super::target::{Safety, Target};
use super::{classify, headers, read};
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::transport::{self, Fault, Limits, Reached, Request, Transport};

/// What all clones of a client share.
pub(crate) struct Sender {
    pub(crate) settings: Settings,
    transport: Box<dyn Transport>,
    closed: AtomicBool,
}

/// A good answer: a 2xx with a whole body of valid UTF-8.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) elapsed: Duration,
}

impl Sender {
    pub(crate) fn new(settings: Settings) -> Sender {
        Sender {
            transport: transport::open(&settings),
            settings,
            closed: AtomicBool::new(false),
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    pub(crate) fn close(&self) {
        if !self.closed.swap(true, Ordering::SeqCst) {
            self.transport.shutdown();
        }
    }

    /// Sends a request and returns its answer, or the error that tells what became of it.
    pub(crate) fn send(&self, target: &Target, options: &CallOptions) -> Result<Received> {
        self.attempt(target, options)
            .map_err(|error| self.placed(error, target))
    }

    /// The error of an answer that came well and says nothing usable.
    pub(crate) fn unusable(&self, error: Error, target: &Target, received: &Received) -> Error {
        self.placed(self.done(error, &received.headers, received.status), target)
    }

    fn placed(&self, error: Error, target: &Target) -> Error {
        error
            .at(target.operation, target.method.name(), target.path)
            .by(
                &self.settings.user_agent,
                self.settings.token_name.as_deref(),
            )
            .with_repeatable(target.safety != Safety::Unsafe)
    }

    fn attempt(&self, target: &Target, options: &CallOptions) -> Result<Received> {
        let started = Instant::now();
        let limits = &self.settings.limits;
        let total = options.timeout.unwrap_or(limits.total);
        let request = Request {
            method: target.method.to_http(),
            url: format!(
                "{}{}",
                self.settings.base_url.as_str(),
                target.path_and_query
            ),
            headers: headers::of(&self.settings, target, options)?,
            body: target.body.clone().map(Bytes::from),
            limits: Limits {
                attempt: limits.attempt.min(total),
                connect: limits.connect.min(total),
                silence: limits.read.min(total),
            },
        };
        if self.is_closed() {
            return Err(closed());
        }
        let mut reply = self
            .transport
            .exchange(request)
            .map_err(|fault| self.lost(fault))?;
        let text = match reply.status {
            200..=299 => read::whole(&mut reply, self.settings.max_response_bytes)
                .map_err(|error| self.done(error, &reply.headers, reply.status))?,
            _ => return Err(classify::failure(&self.settings.token, &mut reply)),
        };
        Ok(Received {
            status: reply.status,
            headers: reply.headers,
            text,
            elapsed: started.elapsed(),
        })
    }

    /// No head came.
    fn lost(&self, fault: Fault) -> Error {
        let outcome = match fault.reached {
            Reached::Nothing => Outcome::NotSent,
            Reached::Maybe => Outcome::Unknown,
        };
        let error = match self.is_closed() {
            true => closed(),
            false => fault.into_error(),
        };
        error.with_outcome(outcome).with_attempts(1)
    }

    /// A 2xx head came, and its body is of no use.
    fn done(&self, error: Error, headers: &HeaderMap, status: u16) -> Error {
        error
            .with_status(status, None)
            .with_outcome(Outcome::Done)
            .with_request_id(classify::request_id(&self.settings.token, headers))
            .with_attempts(1)
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the client was closed")
}
