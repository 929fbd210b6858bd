//! What the HTTP library's errors mean.

use std::error::Error as StdError;
use std::io::{Error as IoError, ErrorKind as Io};

use ureq::{Error, Timeout};

use crate::error::{ErrorKind, Reason};
use crate::transport::error::{Fault, Reached};

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
pub(super) fn fault_of(error: Error, stage: Stage) -> Fault {
    match error {
        Error::Other(other) => match other.downcast::<Fault>() {
            Ok(fault) => *fault,
            Err(other) => protocol("the answer is not valid HTTP").from(Error::Other(other)),
        },
        Error::Timeout(limit) => timeout(limit, stage).from(Error::Timeout(limit)),
        Error::Io(io) if tls_cause(&io).is_some() => tls(&io).from(io),
        Error::Io(io) => broken(&io, stage).from(io),
        other => of_library(&other).from(other),
    }
}

fn of_library(error: &Error) -> Fault {
    match error {
        Error::LargeResponseHeader(..) => protocol("the head of the answer is too large"),
        // The type of this error has no name outside ureq; `d6_too_many_headers` of the fault
        // matrix guards its words.
        Error::Protocol(cause) if cause.to_string().contains("too many headers") => {
            protocol("the head of the answer is too large")
        }
        Error::Decompress(..) => Fault::new(
            ErrorKind::Response,
            "the answer's compressed body is damaged",
            Reached::Maybe,
        )
        .because(Reason::Decode)
        // Damaged on its way: another one may be whole.
        .passing(true),
        Error::Http(_) | Error::BadUri(_) => Fault::new(
            ErrorKind::InvalidArgument,
            "the request could not be written",
            Reached::Nothing,
        ),
        _ => protocol("the answer is not valid HTTP"),
    }
}

fn timeout(limit: Timeout, stage: Stage) -> Fault {
    let phase = match limit {
        Timeout::SendRequest | Timeout::SendBody | Timeout::PerWrite => "send",
        _ if stage == Stage::Body => "body",
        _ => "response",
    };
    Fault::timeout(phase, Reached::Maybe)
}

/// TLS that broke after the handshake.
fn tls(error: &dyn StdError) -> Fault {
    let text = format!("TLS failed: {error}");
    let message = crate::error::printable(&text, crate::error::MAX_MESSAGE);
    Fault::new(ErrorKind::Tls, message, Reached::Maybe)
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

fn broken(error: &IoError, stage: Stage) -> Fault {
    if stage == Stage::Body {
        return Fault::new(
            ErrorKind::Response,
            "the answer was cut short",
            Reached::Maybe,
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
    Fault::new(ErrorKind::Connection, message, Reached::Maybe).because(reason)
}

fn protocol(message: &str) -> Fault {
    Fault::new(ErrorKind::Response, message, Reached::Maybe).because(Reason::Protocol)
}
