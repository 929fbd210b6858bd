//! TLS over a connection.

use std::fmt;
use std::io::{Error as IoError, ErrorKind as Io, Read, Write};
use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::unversioned::transport::time::Duration as Span;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, NextTimeout, Transport, TransportAdapter,
};
use ureq::{Error, Timeout};

use super::buffers::GrowingBuffers;
use super::errors;
use super::errors::tls_cause;
use crate::error::{ErrorKind, Reason};
use crate::system;
use crate::transport::call_context::CallContext;
use crate::transport::error::{SendState, TransportError};

/// Makes a TLS connection over another, at the latest at `until`. No byte of a request is sent before the handshake ends, so every
/// error here is `NotSent`.
pub(super) fn wrap(
    connection: Box<dyn Transport>,
    host: &str,
    config: Arc<ClientConfig>,
    until: Instant,
    details: &ConnectionDetails<'_>,
) -> Result<Box<dyn Transport>, TransportError> {
    // `ServerName` takes an IPv6 address without the brackets of a URL.
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(bare)
        .map_err(|error| refused(&error))?
        .to_owned();
    let session = ClientConnection::new(config, name).map_err(|error| refused(&error))?;
    let mut stream = StreamOwned::new(
        session,
        TransportAdapter::new(connection, Arc::clone(&details.current_time)),
    );
    stream.sock.set_timeout(limit(until));
    let handshake = stream.conn.complete_io(&mut stream.sock);
    handshake.map_err(handshake_error)?;
    Ok(Box::new(TlsTransport {
        buffers: GrowingBuffers::default(),
        stream,
    }))
}

/// The limit of a step in making a connection that ends at `until`.
pub(super) fn limit(until: Instant) -> NextTimeout {
    NextTimeout {
        after: Span::Exact(until.saturating_duration_since(system::now())),
        reason: Timeout::Connect,
        ..NextTimeout::default()
    }
}

/// The error of a handshake that did not complete.
fn handshake_error(error: IoError) -> TransportError {
    if tls_cause(&error).is_some() {
        return refused(&error);
    }
    match errors::from_io(error) {
        Error::Timeout(_) => TransportError::timeout("connect", SendState::NotSent),
        Error::Io(error) => broken(error),
        other => broken(IoError::other(other)),
    }
}

/// The error of a handshake that rustls refused: a certificate, a version, a name.
fn refused(error: &dyn fmt::Display) -> TransportError {
    let text = format!("TLS failed: {error}");
    let message = crate::error::printable(&text, crate::error::MAX_MESSAGE);
    TransportError::new(ErrorKind::Tls, message, SendState::NotSent)
}

/// The error of a connection that broke during the handshake.
fn broken(error: IoError) -> TransportError {
    let message = match error.kind() {
        Io::UnexpectedEof => "the connection was closed during the TLS handshake",
        _ => "the connection broke during the TLS handshake",
    };
    TransportError::new(ErrorKind::Connection, message, SendState::NotSent)
        .because(Reason::Tls)
        .from(error)
}

/// A TLS connection.
struct TlsTransport {
    buffers: GrowingBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.sock.set_timeout(timeout);
        let output = &self.buffers.output()[..amount];
        self.stream.write_all(output)?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.sock.set_timeout(timeout);
        let free = self.buffers.input_append_buf();
        let count = self.stream.read(free)?;
        CallContext::current().hide_token(&mut free[..count]);
        self.buffers.input_appended(count);
        Ok(count > 0)
    }

    fn is_open(&mut self) -> bool {
        self.buffers.release();
        // The close of TLS is a message, which the socket finds as bytes that answer no request.
        self.stream.sock.get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TlsTransport")
            .field(self.stream.sock.inner())
            .finish()
    }
}
