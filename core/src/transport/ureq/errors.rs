//! What the HTTP library's errors mean.

use std::error::Error as StdError;
use std::io::{Error as IoError, ErrorKind as Io};

use ureq::{Error, Timeout};

use crate::error::{ErrorKind, Reason};
use crate::transport::error::{SendState, TransportError};

/// How far an exchange was when it failed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Stage {
    Head,
    Body,
}

/// ureq wraps its own errors in `io::Error` while a body is read.
pub(super) fn from_io(error: IoError) -> Error {
    match error.downcast::<Error>() {
        Ok(inner) => inner,
        Err(error) => Error::Io(error),
    }
}

/// The fault that an error of the library is. Those of making a connection are faults already.
pub(super) fn fault_of(error: Error, stage: Stage) -> TransportError {
    match error {
        Error::Other(other) => match other.downcast::<TransportError>() {
            Ok(fault) => *fault,
            Err(other) => protocol("the answer is not valid HTTP").from(Error::Other(other)),
        },
        Error::Timeout(limit) => timeout(limit, stage).from(Error::Timeout(limit)),
        Error::Io(io) if tls_cause(&io).is_some() => tls(&io).from(io),
        Error::Io(io) => broken(&io, stage).from(io),
        other => of_library(&other).from(other),
    }
}

fn of_library(error: &Error) -> TransportError {
    match error {
        Error::LargeResponseHeader(..) => protocol("the head of the answer is too large"),
        // The type of this error has no name outside ureq; `d6_too_many_headers` of the fault
        // matrix guards its words.
        Error::Protocol(cause) if cause.to_string().contains("too many headers") => {
            protocol("the head of the answer is too large")
        }
        Error::Decompress(..) => TransportError::new(
            ErrorKind::Response,
            "the answer's compressed body is damaged",
            SendState::MaybeSent,
        )
        .because(Reason::Decode)
        // Damaged on its way: another one may be whole.
        .passing(true),
        Error::Http(_) | Error::BadUri(_) => TransportError::new(
            ErrorKind::InvalidArgument,
            "the request could not be written",
            SendState::NotSent,
        ),
        _ => protocol("the answer is not valid HTTP"),
    }
}

fn timeout(limit: Timeout, stage: Stage) -> TransportError {
    let phase = match limit {
        Timeout::SendRequest | Timeout::SendBody | Timeout::PerWrite => "send",
        _ if stage == Stage::Body => "body",
        _ => "response",
    };
    TransportError::timeout(phase, SendState::MaybeSent)
}

/// TLS that broke after the handshake.
fn tls(error: &dyn StdError) -> TransportError {
    let text = format!("TLS failed: {error}");
    let message = crate::error::printable(&text, crate::error::MAX_MESSAGE);
    TransportError::new(ErrorKind::Tls, message, SendState::MaybeSent)
}

pub(super) fn tls_cause(error: &IoError) -> Option<&rustls::Error> {
    let mut source: Option<&(dyn StdError + 'static)> = error.get_ref().map(|inner| inner as _);
    while let Some(inner) = source {
        if let Some(cause) = inner.downcast_ref::<rustls::Error>() {
            return Some(cause);
        }
        source = inner.source();
    }
    None
}

fn broken(error: &IoError, stage: Stage) -> TransportError {
    if stage == Stage::Body {
        return TransportError::new(
            ErrorKind::Response,
            "the answer was cut short",
            SendState::MaybeSent,
        )
        .because(Reason::Truncated);
    }
    let (reason, message) = match error.kind() {
        Io::ConnectionReset => (
            Reason::Reset,
            "the connection was reset before an answer came",
        ),
        _ => (
            Reason::Closed,
            "the connection was closed before an answer came",
        ),
    };
    TransportError::new(ErrorKind::Connection, message, SendState::MaybeSent).because(reason)
}

fn protocol(message: &str) -> TransportError {
    TransportError::new(ErrorKind::Response, message, SendState::MaybeSent)
        .because(Reason::Protocol)
}
