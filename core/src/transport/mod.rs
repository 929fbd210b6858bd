//! How bytes reach a server. The send path knows this trait only; one file knows the HTTP library.

mod ureq;

use std::io::Read;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::config::Settings;
use crate::error::{Error, ErrorKind};

/// One request, ready for the wire.
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Payload<'a>,
    pub(crate) limits: Limits,
}

/// What a request carries.
pub(crate) enum Payload<'a> {
    Nothing,
    Bytes(Bytes),
    /// Bytes read while they are sent, with their number where it is known.
    Stream(&'a mut (dyn Read + Send), Option<u64>),
}

/// The time limits of one attempt.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// None for files: they take as long as they move.
    pub(crate) attempt: Option<Duration>,
    pub(crate) connect: Duration,
    pub(crate) silence: Duration,
}

/// An answer whose head has come.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Box<dyn Body>,
}

/// An answer's body, decompressed.
pub(crate) trait Body: Send {
    /// Reads some bytes; 0 is the end.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Fault>;
}

/// Why there is no answer, or no whole one.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: ErrorKind,
    pub(crate) reason: Option<&'static str>,
    pub(crate) phase: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) reached: Reached,
    pub(crate) source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// How far a failed request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// No byte of it can have been read by the server.
    Nothing,
    /// It may have arrived.
    Maybe,
}

impl Fault {
    /// The fault as a public error, without its place and outcome.
    pub(crate) fn into_error(self) -> Error {
        let mut error = Error::new(self.kind, self.message);
        // Of an answer that came well the transport decodes nothing but the compression.
        if self.reason == Some("DecodeError") {
            error = error.with_damage();
        }
        if let Some(reason) = self.reason {
            error = error.with_reason(reason);
        }
        if let Some(phase) = self.phase {
            error = error.with_phase(phase);
        }
        match self.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }
}

/// Sends one request and waits for the head of its answer. It repeats nothing and follows no redirect.
pub(crate) trait Transport: Send + Sync {
    /// One request, one answer.
    fn exchange(&self, request: Request<'_>) -> Result<Reply, Fault>;
    /// Ends every call in flight and drops idle connections.
    fn shutdown(&self);
}

/// The transport that a client runs on.
pub(crate) fn open(settings: &Settings) -> Box<dyn Transport> {
    Box::new(self::ureq::Ureq::new(settings))
}
