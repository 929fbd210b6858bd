//! TLS over a connection.

use std::fmt;
use std::io::{Error as IoError, ErrorKind as Io, Read, Write};
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::unversioned::transport::time::Duration as Span;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};
use ureq::{Error, Timeout};

use super::buffers::GrowingBuffers;
use super::errors;
use super::errors::tls_cause;
use super::layer::{Layer, LayerIo};
use super::tls_hint;
use crate::error::{ErrorKind, Reason};
use crate::system;
use crate::transport::call_context::CallContext;
use crate::transport::error::{SendState, TransportError};

/// Makes a TLS connection over another, at the latest at `until`. No byte of a request is sent before the handshake ends, so every
/// error here is `NotSent`.
pub(super) fn wrap(
    connection: Box<dyn Layer>,
    host: &str,
    config: Arc<ClientConfig>,
    until: Instant,
) -> Result<Box<dyn Layer>, TransportError> {
    // `ServerName` takes an IPv6 address without the brackets of a URL.
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(bare)
        .map_err(|error| refused(&error))?
        .to_owned();
    let session = ClientConnection::new(config, name).map_err(|error| refused(&error))?;
    let mut stream = StreamOwned::new(session, LayerIo::new(connection));
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
    if let Some(cause) = tls_cause(&error) {
        return refused(&error).hinted(tls_hint::of(cause));
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
    stream: StreamOwned<ClientConnection, LayerIo>,
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let TlsTransport { buffers, stream } = self;
        stream.sock.set_timeout(timeout);
        let mut rest = &buffers.output()[..amount];
        // `StreamOwned` would keep an error of the socket to itself until the next read.
        while !rest.is_empty() || stream.conn.wants_write() {
            let count = stream.conn.writer().write(rest)?;
            rest = &rest[count..];
            while stream.conn.wants_write() {
                stream
                    .conn
                    .write_tls(&mut stream.sock)
                    .map_err(errors::from_io)?;
            }
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.sock.set_timeout(timeout);
        // A damaged record stays one, and after it the server sends nothing that could be awaited.
        self.check()?;
        let free = self.buffers.input_append_buf();
        let count = match self.stream.read(free) {
            Err(error) if tls_cause(&error).is_some() => match self.stream.conn.reader().read(free)
            {
                // Whole records came with the damaged one. They are the server's own, and the next read fails again.
                Ok(count @ 1..) => count,
                _ => return Err(error.into()),
            },
            read => read?,
        };
        CallContext::current().hide_token(&mut free[..count]);
        self.buffers.input_appended(count);
        Ok(count > 0)
    }

    fn is_open(&mut self) -> bool {
        self.buffers.release();
        let TlsTransport { stream, .. } = self;
        // The close of TLS is a message. It may have come with the answer's last bytes, long before the socket closes.
        let is_closing = match stream.conn.process_new_packets() {
            Ok(state) => state.peer_has_closed() || state.plaintext_bytes_to_read() > 0,
            Err(_) => true,
        };
        // Bytes that were read and not yet decrypted are no part of any answer. The socket finds those that were not read.
        let layer = &mut stream.sock.layer;
        !is_closing && layer.buffers().input().is_empty() && layer.is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl TlsTransport {
    /// Fails where a record was damaged.
    fn check(&mut self) -> Result<(), Error> {
        let checked = self.stream.conn.process_new_packets();
        checked
            .map(|_| ())
            .map_err(|error| errors::from_io(IoError::new(Io::InvalidData, error)))
    }

    /// Decrypts what the layer below has read. Returns whether bytes of the server's own came of it.
    fn decrypt(&mut self) -> Result<bool, Error> {
        let mut has_more = false;
        loop {
            let TlsTransport { buffers, stream } = self;
            // First: the session takes no more before its text was read.
            let free = buffers.input_append_buf();
            match free.is_empty() {
                true => return Ok(has_more),
                false => match stream.conn.reader().read(free) {
                    // The server has closed its side of the session.
                    Ok(0) => return Ok(has_more),
                    Ok(count) => {
                        CallContext::current().hide_token(&mut free[..count]);
                        buffers.input_appended(count);
                        buffers.offer();
                        has_more = true;
                        continue;
                    }
                    Err(error) if error.kind() == Io::WouldBlock => {}
                    Err(error) => return Err(errors::from_io(error)),
                },
            }
            match self.check() {
                Ok(()) => {}
                Err(_) if has_more => return Ok(true),
                Err(error) => return Err(error),
            }
            let TlsTransport { stream, .. } = self;
            let mut input = stream.sock.layer.buffers().input();
            if input.is_empty() {
                return Ok(has_more);
            }
            let count = stream.conn.read_tls(&mut input)?;
            if count == 0 {
                return Ok(has_more);
            }
            stream.sock.layer.buffers().input_consume(count);
            // An error waits for the text of the whole records before the damaged one: they are the server's own. It stays.
            let _ = stream.conn.process_new_packets();
        }
    }
}

impl Layer for TlsTransport {
    fn growing(&mut self) -> &mut GrowingBuffers {
        &mut self.buffers
    }

    fn send_or_read(
        &mut self,
        span: &mut Range<usize>,
        timeout: NextTimeout,
    ) -> Result<bool, Error> {
        self.stream.sock.set_timeout(timeout);
        loop {
            let TlsTransport { buffers, stream } = self;
            if span.start < span.end {
                let output = &buffers.output()[span.clone()];
                span.start += stream.conn.writer().write(output)?;
            }
            let conn = &mut stream.conn;
            while conn.wants_write() {
                match stream.sock.duplex(|sock| conn.write_tls(sock)) {
                    Ok(_) => {}
                    Err(error) if error.kind() == Io::WouldBlock => break,
                    Err(error) => return Err(errors::from_io(error)),
                }
            }
            // The messages of TLS itself are no answer: the session goes on.
            if self.decrypt()? {
                return Ok(false);
            }
            // A layer of TLS below may hold the last bytes still.
            if span.start == span.end
                && !self.stream.conn.wants_write()
                && self.stream.sock.send_rest()?
            {
                return Ok(true);
            }
        }
    }

    fn read_present(&mut self) -> Result<bool, Error> {
        loop {
            if self.decrypt()? {
                return Ok(true);
            }
            let TlsTransport { stream, .. } = self;
            // The close of TLS is a message, which may come long before that of the socket.
            let state = stream.conn.process_new_packets();
            if state.is_ok_and(|state| state.peer_has_closed()) {
                return Err(Error::Io(Io::UnexpectedEof.into()));
            }
            if !stream.sock.layer.read_present()? {
                return Ok(false);
            }
        }
    }

    fn read_rest(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.sock.set_timeout(timeout);
        loop {
            if self.decrypt()? {
                return Ok(true);
            }
            if !self.stream.sock.read_rest()? {
                return Ok(false);
            }
        }
    }
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TlsTransport")
            .field(&self.stream.sock)
            .finish()
    }
}
