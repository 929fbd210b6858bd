//! One request, its answer, and the trait of the transport between them.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::call_context::CallContext;
use super::error::TransportError;
use super::limits::Limits;
use crate::files::PausingRead;

/// One request, ready for the wire.
pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    /// The whole address, with path and query.
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Payload<'a>,
    pub(crate) limits: Limits,
    /// The context of the call, which the connection under it reads.
    pub(crate) context: Arc<CallContext>,
}

/// The body of a request.
pub(crate) enum Payload<'a> {
    Nothing,
    /// A body in memory, which a further attempt can send again.
    Bytes(Bytes),
    /// A reader that is read while it is sent, and its length where that is known.
    Stream(&'a mut dyn PausingRead, Option<u64>),
}

/// An answer whose head was received.
pub(crate) struct Reply {
    /// The status, which may be any: no status is an error of the transport.
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The body, which is read while it is received.
    pub(crate) body: Box<dyn Body>,
}

/// The body of an answer, decompressed.
pub(crate) trait Body: Send {
    /// Reads some bytes; zero bytes are the end.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError>;
}

/// A whole body in memory.
#[cfg(any(test, fuzzing, feature = "testing"))]
impl Body for std::io::Cursor<Vec<u8>> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        Ok(std::io::Read::read(self, buffer).unwrap_or_default())
    }
}

/// A transport. It repeats nothing and follows no redirect: the send path decides about both.
pub(crate) trait Transport: Send + Sync {
    /// Sends one request and waits for the head of its answer.
    fn exchange(&self, request: Request<'_>) -> Result<Reply, TransportError>;
    /// Closes idle connections. The client's cancel source closes those in use.
    fn shutdown(&self);
}
