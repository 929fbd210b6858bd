//! One request and its answer, and the trait of what carries them.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::call_context::CallContext;
use super::error::TransportError;

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
