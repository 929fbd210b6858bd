//! How bytes reach a server. The send path knows this trait only; one folder knows the HTTP library.

mod call_context;
mod echo;
mod error;
#[cfg(test)]
pub(crate) mod fault_injection;
mod happy_eyeballs;
mod proxy_connect;
mod resolver;
mod system_roots;
mod tls_roots;
mod ureq;

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::config::Settings;

#[cfg(any(test, fuzzing))]
pub(crate) use crate::transport::ureq::scripted::{Chunk, Script};
pub(crate) use call_context::CallContext;
pub(crate) use error::{SendState, TransportError};

/// One request, ready for the wire.
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Payload<'a>,
    pub(crate) limits: Limits,
    pub(crate) context: Arc<CallContext>,
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
    pub(crate) silence: Duration,
    /// How long a connection may have been idle to be used for it.
    pub(crate) idle: Duration,
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
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError>;
}

/// Sends one request and waits for the head of its answer. It repeats nothing and follows no redirect.
pub(crate) trait Transport: Send + Sync {
    /// One request, one answer.
    fn exchange(&self, request: Request<'_>) -> Result<Reply, TransportError>;
    /// Drops idle connections; those in use end with the client's ending.
    fn shutdown(&self);
}

/// The transport that a client runs on.
pub(crate) fn open(settings: &Settings) -> Box<dyn Transport> {
    Box::new(self::ureq::Ureq::new(settings))
}

/// One whose server says what is in a script.
#[cfg(any(test, fuzzing))]
pub(crate) fn played(settings: &Settings, script: &Script) -> Box<dyn Transport> {
    Box::new(self::ureq::Ureq::over(settings, script.clone()))
}
