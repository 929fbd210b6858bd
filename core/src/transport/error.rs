//! Why there is no answer, or no whole one.

use std::error::Error as StdError;
use std::fmt;
use std::io::{Error as IoError, ErrorKind as Io};

use crate::error::{Error, ErrorKind, Reason};

/// Why there is no answer, or no whole one.
#[derive(Debug)]
pub(crate) struct TransportError {
    pub(crate) kind: ErrorKind,
    pub(crate) reason: Option<Reason>,
    pub(crate) phase: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) reached: SendState,
    /// Whether it may pass, where its kind alone does not say.
    pub(crate) passing: Option<bool>,
    pub(crate) source: Option<Box<dyn StdError + Send + Sync>>,
}

/// How far a failed request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendState {
    /// No byte of it can have been read by the server.
    NotSent,
    /// It may have arrived.
    MaybeSent,
}

impl TransportError {
    pub(crate) fn new(
        kind: ErrorKind,
        message: impl Into<String>,
        reached: SendState,
    ) -> TransportError {
        TransportError {
            kind,
            reason: None,
            phase: None,
            message: message.into(),
            reached,
            passing: None,
            source: None,
        }
    }

    /// A limit that was not kept.
    pub(super) fn timeout(phase: &'static str, reached: SendState) -> TransportError {
        let message = match phase {
            "resolve" => "the host name was not resolved in time",
            "connect" => "no connection was made in time",
            "send" => "the request could not be sent in time",
            "body" => "the answer's body did not come in time",
            _ => "the server did not answer in time",
        };
        TransportError {
            phase: Some(phase),
            ..TransportError::new(ErrorKind::Timeout, message, reached)
        }
    }

    /// A connection that was not made: nothing was sent.
    pub(super) fn unconnected(error: IoError) -> TransportError {
        let (reason, message) = match error.kind() {
            Io::ConnectionRefused => (
                Some(Reason::Refused),
                "the connection was refused".to_owned(),
            ),
            Io::HostUnreachable
            | Io::NetworkUnreachable
            | Io::NetworkDown
            | Io::AddrNotAvailable => (None, "the host cannot be reached".to_owned()),
            _ => (None, format!("no connection could be made: {error}")),
        };
        TransportError {
            reason,
            ..TransportError::new(ErrorKind::Connection, message, SendState::NotSent)
        }
        .from(error)
    }

    pub(crate) fn because(self, reason: Reason) -> TransportError {
        TransportError {
            reason: Some(reason),
            ..self
        }
    }

    pub(super) fn passing(self, passing: bool) -> TransportError {
        TransportError {
            passing: Some(passing),
            ..self
        }
    }

    pub(super) fn from(self, source: impl StdError + Send + Sync + 'static) -> TransportError {
        TransportError {
            source: Some(Box::new(source)),
            ..self
        }
    }

    /// The fault as a public error, without its place and outcome.
    pub(crate) fn into_error(self) -> Error {
        let mut error = Error::new(self.kind, self.message);
        if let Some(passing) = self.passing {
            error = error.with_passing(passing);
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

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for TransportError {}
