//! The error of an exchange that brought no answer, or only a part of one.

use std::error::Error as StdError;
use std::fmt;
use std::io::{Error as IoError, ErrorKind as Io};

use crate::error::{Error, ErrorKind, Reason};

/// The error of an exchange that brought no answer, or only a part of one. It knows neither the operation nor the outcome.
#[derive(Debug)]
pub(crate) struct TransportError {
    pub(crate) kind: ErrorKind,
    /// The reason that `error.reason` shows.
    pub(crate) reason: Option<Reason>,
    /// The phase in which a time limit passed; none for any other error.
    pub(crate) phase: Option<&'static str>,
    /// The message for the caller.
    pub(crate) message: String,
    pub(crate) send_state: SendState,
    /// Says whether the failure may pass, where its kind alone does not.
    pub(crate) passing: Option<bool>,
    /// The next step, where that of the kind would mislead.
    pub(crate) hint: Option<&'static str>,
    /// The cause from a lower library.
    pub(crate) source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The state of a failed request: whether the server may have read it. The outcome of the call follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendState {
    /// The server cannot have read a byte of the request.
    NotSent,
    /// The server may have read the request.
    MaybeSent,
}

impl TransportError {
    /// An error without a reason, a phase or a cause: the methods below add those.
    pub(crate) fn new(
        kind: ErrorKind,
        message: impl Into<String>,
        send_state: SendState,
    ) -> TransportError {
        TransportError {
            kind,
            reason: None,
            phase: None,
            message: message.into(),
            send_state,
            passing: None,
            hint: None,
            source: None,
        }
    }

    /// The error of a time limit that passed.
    pub(crate) fn timeout(phase: &'static str, send_state: SendState) -> TransportError {
        let message = match phase {
            "resolve" => "the host name was not resolved in time",
            "connect" => "no connection was made in time",
            "send" => "the request could not be sent in time",
            "body" => "the answer's body did not come in time",
            _ => "the server did not answer in time",
        };
        TransportError {
            phase: Some(phase),
            ..TransportError::new(ErrorKind::Timeout, message, send_state)
        }
    }

    /// The error of a connection that could not be made. Nothing was sent.
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

    /// Adds the reason, which `error.reason` shows.
    pub(crate) fn because(self, reason: Reason) -> TransportError {
        TransportError {
            reason: Some(reason),
            ..self
        }
    }

    /// Says whether the failure may pass.
    pub(super) fn passing(self, passing: bool) -> TransportError {
        TransportError {
            passing: Some(passing),
            ..self
        }
    }

    /// Adds a next step other than that of the kind.
    pub(super) fn hinted(self, hint: Option<&'static str>) -> TransportError {
        TransportError { hint, ..self }
    }

    /// Adds the cause.
    pub(super) fn from(self, source: impl StdError + Send + Sync + 'static) -> TransportError {
        TransportError {
            source: Some(Box::new(source)),
            ..self
        }
    }

    /// The public error, still without an operation and an outcome.
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
        if let Some(hint) = self.hint {
            error = error.with_hint(hint);
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
