//! The transport that records what another one exchanges.

use std::fs::File;
use std::io::{Cursor, Write};
use std::sync::{Mutex, PoisonError};

use http::HeaderMap;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};

use super::line::{Line, Recorded, RecordedBody, VERSION};
use super::query;
use super::scrubber::Scrubber;
use crate::auth::Token;
use crate::error::ErrorKind;
use crate::testing::route::operation_at;
use crate::testing::script::without_contacts;
use crate::transport::{Payload, Reply, Request, SendState, Transport, TransportError};

/// The transport that records what another one exchanges. An exchange without an answer leaves no line.
pub(super) struct Recorder {
    inner: Box<dyn Transport>,
    base_url: String,
    output: Mutex<Output>,
}

/// The file, and the replacements in it so far.
struct Output {
    file: File,
    scrubber: Scrubber,
}

impl Recorder {
    pub(super) fn new(inner: Box<dyn Transport>, base_url: String, file: File) -> Recorder {
        let scrubber = Scrubber::default();
        Recorder {
            inner,
            base_url,
            output: Mutex::new(Output { file, scrubber }),
        }
    }
}

impl Transport for Recorder {
    fn exchange(&self, request: Request<'_>) -> Result<Reply, TransportError> {
        let path_and_query = request.url.strip_prefix(&self.base_url);
        let (path, query) = query::split(path_and_query.unwrap_or_default());
        let accept = request.headers.get(ACCEPT);
        let accept = accept.and_then(|value| value.to_str().ok());
        let method = request.method.as_str().to_owned();
        let operation = operation_at(&method, path, accept.unwrap_or_default());
        let path = without_contacts(path);
        let body = match &request.body {
            Payload::Bytes(bytes) => serde_json::from_slice(bytes).ok(),
            _ => None,
        };
        let token = request.headers.get(AUTHORIZATION).map(Token::of_header);
        let mut reply = self.inner.exchange(request)?;
        let bytes = whole(&mut reply)?;
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        let scrubber = &mut output.scrubber;
        let line = Line {
            recording: VERSION,
            operation: operation.unwrap_or_default().to_owned(),
            method,
            path,
            query: query
                .into_iter()
                .map(|(name, value)| {
                    let value = scrubber.parameter(&name, &value);
                    (name, value)
                })
                .collect(),
            request: body.map(|body| scrubber.body(body)),
            answer: Recorded {
                status: reply.status,
                headers: headers(&reply.headers),
                body: recorded(&bytes, &reply.headers, scrubber),
            },
        };
        let text = serde_json::to_string(&line).map_err(|error| unwritten(&error))?;
        // A server may repeat the token in what is kept.
        let text = token.map_or_else(|| text.clone(), |token| token.blank(&text));
        writeln!(output.file, "{text}").map_err(|error| unwritten(&error))?;
        reply.body = Box::new(Cursor::new(bytes));
        Ok(reply)
    }

    fn shutdown(&self) {
        self.inner.shutdown();
    }
}

/// Reads the whole body of an answer. A recording is made of small ones.
fn whole(reply: &mut Reply) -> Result<Vec<u8>, TransportError> {
    let (mut bytes, mut chunk) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        match reply.body.read(&mut chunk)? {
            0 => return Ok(bytes),
            count => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

/// The body as it is kept.
fn recorded(bytes: &[u8], headers: &HeaderMap, scrubber: &mut Scrubber) -> RecordedBody {
    let is_json = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.contains("json"));
    match is_json.then(|| serde_json::from_slice(bytes)) {
        Some(Ok(json)) => RecordedBody::Json(scrubber.body(json)),
        Some(Err(_)) => RecordedBody::Text(bytes.len() as u64),
        None => RecordedBody::File(bytes.len() as u64),
    }
}

/// The headers that are kept: those that a client reads and that name no contact, as a file's name may.
fn headers(all: &HeaderMap) -> Vec<(String, String)> {
    let kept = [CONTENT_TYPE, RETRY_AFTER];
    let text = |name: http::HeaderName| {
        let value = all.get(&name)?.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    };
    kept.into_iter().filter_map(text).collect()
}

/// The error of a line that cannot be written. The server has answered.
fn unwritten(error: &dyn std::fmt::Display) -> TransportError {
    let message = format!("the recording cannot be written: {error}");
    TransportError::new(ErrorKind::File, message, SendState::MaybeSent)
}
