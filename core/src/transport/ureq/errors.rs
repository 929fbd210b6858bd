//! The errors of the HTTP library as errors of the transport.

use std::error::Error as StdError;
use std::io::{Error as IoError, ErrorKind as Io};

use ureq::{Error, Timeout};

use super::tls_hint;
use crate::error::{ErrorKind, Reason};
use crate::transport::error::{SendState, TransportError};

/// The part of an exchange in which it failed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Stage {
    /// Up to the end of the answer's head, so that nothing of the answer is known.
    Head,
    /// After the head, so that the status is known.
    Body,
}

/// The ureq error in an `io::Error`: ureq wraps its own errors while a body is read.
pub(super) fn from_io(error: IoError) -> Error {
    match error.downcast::<Error>() {
        Ok(inner) => inner,
        Err(error) => Error::Io(error),
    }
}

/// Converts an error of the HTTP library. An error of making a connection is ours already, and only unwrapped.
pub(super) fn to_transport_error(error: Error, stage: Stage) -> TransportError {
    match error {
        Error::Other(other) => match other.downcast::<TransportError>() {
            Ok(error) => *error,
            Err(other) => protocol("the answer is not valid HTTP").from(Error::Other(other)),
        },
        Error::Timeout(limit) => timeout(limit, stage).from(Error::Timeout(limit)),
        Error::Io(io) => match tls_cause(&io) {
            Some(cause) if is_of_trust(cause) => {
                let hint = tls_hint::of(cause);
                tls(&io).hinted(hint).from(io)
            }
            _ => broken(&io, stage).from(io),
        },
        other => of_library(&other).from(other),
    }
}

/// The error of an answer that the HTTP library refused, or of a request that it could not write.
fn of_library(error: &Error) -> TransportError {
    match error {
        Error::LargeResponseHeader(..) => protocol("the head of the answer is too large"),
        // The type of this error is private to ureq, so its words decide. The fault `d6_too_many_headers` of the fault matrix
        // guards them.
        Error::Protocol(cause) if cause.to_string().contains("too many headers") => {
            protocol("the head of the answer is too large")
        }
        Error::Decompress(..) => TransportError::new(
            ErrorKind::Response,
            "the answer's compressed body is damaged",
            SendState::MaybeSent,
        )
        .because(Reason::Decode)
        // Passing: the answer was damaged on the way, and another one may be whole.
        .passing(true),
        Error::Http(_) | Error::BadUri(_) => TransportError::new(
            ErrorKind::InvalidArgument,
            "the request could not be written",
            SendState::NotSent,
        ),
        _ => protocol("the answer is not valid HTTP"),
    }
}

/// The error of a limit of the HTTP library, with the phase in which it passed.
fn timeout(limit: Timeout, stage: Stage) -> TransportError {
    let phase = match limit {
        Timeout::SendRequest | Timeout::SendBody | Timeout::PerWrite => "send",
        _ if stage == Stage::Body => "body",
        _ => "response",
    };
    TransportError::timeout(phase, SendState::MaybeSent)
}

/// Reports whether TLS that failed after the handshake failed for want of trust: the alerts about certificates and access. In TLS 1.3
/// the server judges a client's certificate when the client's handshake is over already. The rest is damage, by the network or by the
/// peer, and says nothing of certificates.
fn is_of_trust(error: &rustls::Error) -> bool {
    use rustls::AlertDescription as Alert;
    matches!(
        error,
        rustls::Error::InvalidCertificate(_)
            | rustls::Error::AlertReceived(
                Alert::HandshakeFailure
                    | Alert::NoCertificate
                    | Alert::BadCertificate
                    | Alert::UnsupportedCertificate
                    | Alert::CertificateRevoked
                    | Alert::CertificateExpired
                    | Alert::CertificateUnknown
                    | Alert::UnknownCA
                    | Alert::AccessDenied
                    // The signature of the client's certificate did not hold. A damaged record is `BadRecordMac`.
                    | Alert::DecryptError
                    | Alert::ProtocolVersion
                    | Alert::InsufficientSecurity
                    | Alert::UnrecognisedName
                    | Alert::CertificateRequired
            )
    )
}

/// The error of TLS whose trust failed after the handshake.
fn tls(error: &dyn StdError) -> TransportError {
    let text = format!("TLS failed: {error}");
    let message = crate::error::printable(&text, crate::error::MAX_MESSAGE);
    TransportError::new(ErrorKind::Tls, message, SendState::MaybeSent)
}

/// The rustls error among the causes of an error, if there is one. TLS failures arrive as `Error::Io`.
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

/// The error of a connection that broke during the exchange.
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
        _ if tls_cause(error).is_some() => (
            Reason::Closed,
            "TLS was damaged before an answer came, and the connection was closed",
        ),
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

/// The error of an answer that is not the HTTP that the SDK accepts.
fn protocol(message: &str) -> TransportError {
    TransportError::new(ErrorKind::Response, message, SendState::MaybeSent)
        .because(Reason::Protocol)
}
