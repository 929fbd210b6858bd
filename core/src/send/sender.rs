//! Sends one request and tells what became of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};

use super::options::CallOptions;
use super::target::{JSON, Safety, Target};
use super::{classify, headers, read};
use crate::body::{File, Sink, Stream, file_name};
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::transport::{self, Fault, Limits, Payload, Reached, Reply, Request, Transport};

/// Files move in pieces of this size.
const FILE_CHUNK: usize = 128 * 1024;

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

/// A body other than the target's own JSON.
struct Content<'a> {
    content_type: &'a str,
    payload: Payload<'a>,
}

/// A good answer whose body is still to come.
struct Exchange {
    reply: Reply,
    started: Instant,
}

impl Exchange {
    fn received(self, text: String) -> Received {
        Received {
            status: self.reply.status,
            headers: self.reply.headers,
            text,
            elapsed: self.started.elapsed(),
        }
    }
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
        self.exchange(target, None, options)
            .and_then(|exchange| self.read(target, exchange))
            .map_err(|error| self.placed(error, target))
    }

    /// Sends a file and returns the answer.
    pub(crate) fn upload(
        &self,
        target: &Target,
        content_type: &str,
        mut stream: Stream<'_>,
        options: &CallOptions,
    ) -> Result<Received> {
        let length = stream.length();
        let content = Content {
            content_type,
            payload: Payload::Stream(&mut stream, length),
        };
        let result = self
            .exchange(target, Some(content), options)
            .and_then(|exchange| self.read(target, exchange));
        let result = match (result, stream.failure()) {
            // The transport's error is only the echo of the source's own.
            (Err(echo), Some(cause)) if echo.http_status().is_none() => Err(cause.with_attempts(1)),
            (result, _) => result,
        };
        result.map_err(|error| self.placed(error, target))
    }

    /// Fetches a file into a sink.
    pub(crate) fn download(
        &self,
        target: &Target,
        mut sink: Sink<'_>,
        fallback: &str,
        options: &CallOptions,
    ) -> Result<(File, Received)> {
        let run = || {
            let mut exchange = self.exchange(target, None, options)?;
            let reply = &mut exchange.reply;
            let failed = |error| self.done(error, &reply.headers, reply.status);
            read::uncoded(&reply.headers).map_err(failed)?;
            let total = read::length_of(&reply.headers);
            if read::ends_by_close(&reply.headers) {
                return Err(failed(read::unusable(
                    "the answer does not say how long it is",
                )));
            }
            let mut chunk = vec![0; FILE_CHUNK];
            loop {
                match reply.body.read(&mut chunk) {
                    Ok(0) => break,
                    Ok(count) => sink.take(&chunk[..count], total).map_err(failed)?,
                    Err(fault) => return Err(failed(fault.into_error())),
                }
            }
            if total.is_some_and(|total| total != sink.size()) {
                return Err(failed(read::cut_short()));
            }
            // Names are often sent as raw UTF-8.
            let text = |name| {
                let value: &HeaderValue = reply.headers.get(name)?;
                Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
            };
            let name =
                text(CONTENT_DISPOSITION).and_then(|header| file_name::of_disposition(&header));
            let file = sink
                .finish(name, text(CONTENT_TYPE), fallback)
                .map_err(failed)?;
            Ok((file, exchange.received(String::new())))
        };
        run().map_err(|error| self.placed(error, target))
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

    /// One request, and the head of a good answer.
    fn exchange(
        &self,
        target: &Target,
        content: Option<Content<'_>>,
        options: &CallOptions,
    ) -> Result<Exchange> {
        let started = Instant::now();
        let limits = &self.settings.limits;
        let is_file = content.is_some() || target.accept != JSON;
        let total = match is_file {
            true => options.timeout,
            false => Some(options.timeout.unwrap_or(limits.total).min(limits.attempt)),
        };
        let capped = |limit: Duration| total.map_or(limit, |total| total.min(limit));
        let mut headers = headers::of(&self.settings, target, options)?;
        if target.accept != JSON {
            // The length of a compressed file would say nothing about the file.
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
            url: format!(
                "{}{}",
                self.settings.base_url.as_str(),
                target.path_and_query
            ),
            headers,
            body,
            limits: Limits {
                attempt: total,
                connect: capped(limits.connect),
                silence: capped(limits.read),
            },
        };
        if self.is_closed() {
            return Err(closed());
        }
        let mut reply = self
            .transport
            .exchange(request)
            .map_err(|fault| self.lost(fault))?;
        match reply.status {
            200..=299 => Ok(Exchange { reply, started }),
            _ => Err(classify::failure(&self.settings.token, &mut reply)),
        }
    }

    /// Reads a good answer's body as text.
    fn read(&self, target: &Target, mut exchange: Exchange) -> Result<Received> {
        let reply = &mut exchange.reply;
        let limit = self.settings.max_response_bytes;
        let text = read::whole(reply, limit, target.skip_data)
            .map_err(|error| self.done(error, &reply.headers, reply.status))?;
        Ok(exchange.received(text))
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
