//! Errors of any kind, for the code that handles them.

use std::time::Duration;

use crate::endpoints::registry;
use crate::error::{Error, ErrorKind, Outcome, Reason};

/// Starts an error of a kind, as a call would return it: a kind with a status has that status, the outcome that follows from it,
/// and one attempt. [`build`](ErrorBuilder::build) makes it.
///
/// ```
/// use std::time::Duration;
/// use penbox::testing::error;
/// use penbox::{Error, ErrorKind, Outcome};
///
/// /// The function under test.
/// fn pause_after(error: &Error) -> Option<Duration> {
///     error.retryable().then(|| error.retry_after().unwrap_or(Duration::from_secs(1)))
/// }
///
/// let limited = error(ErrorKind::RateLimit).retry_after(Duration::from_secs(7)).build();
/// assert_eq!(pause_after(&limited), Some(Duration::from_secs(7)));
/// assert_eq!((limited.http_status(), limited.outcome()), (Some(429), Outcome::Rejected));
///
/// let lost = error(ErrorKind::Connection).outcome(Outcome::Unknown).operation("forms.create").build();
/// assert_eq!(pause_after(&lost), None);
/// ```
pub fn error(kind: ErrorKind) -> ErrorBuilder {
    ErrorBuilder(usual(kind))
}

/// An error that is being made. See [`error`].
///
/// ```
/// use penbox::ErrorKind;
/// use penbox::testing::error;
///
/// let error = error(ErrorKind::Server).status(503).message("down for repair").request_id("req-1").build();
/// assert_eq!(error.http_status(), Some(503));
/// assert_eq!(error.request_id(), Some("req-1"));
/// assert_eq!(error.to_string().split(" (").next(), Some("down for repair"));
/// ```
///
/// ```
/// use std::time::Duration;
/// use penbox::testing::error;
/// use penbox::{ErrorKind, Outcome};
///
/// let limited = error(ErrorKind::RateLimit).retry_after(Duration::from_secs(7)).attempts(3).build();
/// assert_eq!((limited.retry_after(), limited.attempts()), (Some(Duration::from_secs(7)), 3));
///
/// let failed = error(ErrorKind::Server).status(503).message("down for repair").request_id("req-1").body("{}").build();
/// assert_eq!((failed.http_status(), failed.message()), (Some(503), "down for repair"));
/// assert_eq!((failed.request_id(), failed.body()), (Some("req-1"), Some("{}")));
///
/// let lost = error(ErrorKind::Connection).reason("reset").operation("forms.create").hint("Try later.").build();
/// assert_eq!((lost.reason(), lost.hint()), (Some("reset"), Some("Try later.")));
/// assert_eq!((lost.operation(), lost.outcome(), lost.retryable()), (Some("forms.create"), Outcome::Unknown, false));
///
/// let late = error(ErrorKind::Timeout).phase("total").outcome(Outcome::NotSent).build();
/// assert_eq!((late.phase(), late.outcome()), (Some("total"), Outcome::NotSent));
/// ```
#[derive(Debug)]
#[must_use = "`build` makes the error"]
pub struct ErrorBuilder(Error);

impl ErrorBuilder {
    /// Sets the message.
    pub fn message(self, text: &str) -> Self {
        ErrorBuilder(self.0.with_message(|_| text.to_owned()))
    }

    /// Sets the HTTP status of the answer. It changes neither the kind nor the outcome.
    pub fn status(self, status: u16) -> Self {
        let title = phrase(status);
        ErrorBuilder(self.0.with_status(status, title))
    }

    /// Sets the effect that the call may have had.
    pub fn outcome(self, outcome: Outcome) -> Self {
        ErrorBuilder(self.0.with_outcome(outcome))
    }

    /// Sets the wait that the server requested.
    pub fn retry_after(self, wait: Duration) -> Self {
        ErrorBuilder(self.0.with_retry_after(Some(wait)))
    }

    /// Sets the answer's body.
    pub fn body(self, text: impl Into<String>) -> Self {
        ErrorBuilder(self.0.with_body(text.into()))
    }

    /// Sets the finer cause: `dns`, `truncated`, `paused`, ...
    ///
    /// # Panics
    /// Where no error has such a reason.
    #[track_caller]
    pub fn reason(self, name: &str) -> Self {
        match Reason::named(name) {
            Some(reason) => ErrorBuilder(self.0.with_reason(reason)),
            None => panic!("no error has the reason {name:?}"),
        }
    }

    /// Sets the limit that passed, for a timeout: `connect`, `response`, `total`, ...
    pub fn phase(self, name: &'static str) -> Self {
        ErrorBuilder(self.0.with_phase(name))
    }

    /// Sets the next step.
    pub fn hint(self, text: impl Into<String>) -> Self {
        ErrorBuilder(self.0.with_hint(text.into()))
    }

    /// Sets the operation, such as `forms.create`. Whether the call may be repeated follows from it.
    ///
    /// # Panics
    /// Where there is no such operation.
    #[track_caller]
    pub fn operation(self, id: &str) -> Self {
        let Some(found) = registry::find(id) else {
            panic!("there is no operation {id:?}")
        };
        let error = self.0.at(found.id, found.method.name(), found.path);
        ErrorBuilder(error.with_repeatable(found.safety != crate::send::Safety::Unsafe))
    }

    /// Sets the number of requests that were sent or tried.
    pub fn attempts(self, count: u32) -> Self {
        ErrorBuilder(self.0.with_attempts(count))
    }

    /// Sets the id that the server gave the request.
    pub fn request_id(self, id: impl Into<String>) -> Self {
        ErrorBuilder(self.0.with_request_id(Some(id.into())))
    }

    /// Makes the error.
    pub fn build(self) -> Error {
        self.0
    }
}

/// The error of a kind with the members that it usually has.
fn usual(kind: ErrorKind) -> Error {
    let error = Error::new(kind, format!("{kind}, made by a test"));
    let status = match kind {
        ErrorKind::Server => Some(500),
        // The kind of every status from 400 on without a kind of its own.
        ErrorKind::Status => Some(405),
        ErrorKind::Response => Some(200),
        kind => kind.http_status(),
    };
    if let Some(status) = status {
        let outcome = Outcome::of_status(status);
        let error = error.with_status(status, phrase(status));
        return error.with_outcome(outcome).with_attempts(1);
    }
    match kind {
        ErrorKind::Connection | ErrorKind::Timeout | ErrorKind::Tls => {
            error.with_outcome(Outcome::Unknown).with_attempts(1)
        }
        // Those are found before anything is sent.
        _ => error,
    }
}

/// The reason phrase of a status, which the API's error body has as its `error`.
fn phrase(status: u16) -> Option<String> {
    let status = http::StatusCode::from_u16(status).ok()?;
    status.canonical_reason().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_made_as_a_call_would_return_it() {
        for kind in ErrorKind::ALL {
            let error = error(*kind).build();
            assert_eq!(error.kind(), *kind);
            let sent = error.outcome() != Outcome::NotSent;
            assert_eq!(error.attempts(), u32::from(sent), "{kind}");
            if let Some(status) = error.http_status() {
                assert_eq!(error.outcome(), Outcome::of_status(status), "{kind}");
                let of_status = ErrorKind::of_status(status);
                assert!(of_status == *kind || status == 200, "{kind}: {status}");
            }
        }
        assert!(!error(ErrorKind::Connection).build().retryable());
        let get = error(ErrorKind::Connection).operation("forms.get");
        assert!(get.build().retryable());
        let create = error(ErrorKind::Connection).operation("forms.create");
        assert!(!create.build().retryable());
    }

    #[test]
    #[should_panic(expected = "no error has the reason \"dsn\"")]
    fn an_unknown_reason_is_named() {
        let _ = error(ErrorKind::Connection).reason("dsn");
    }

    #[test]
    fn every_reason_can_be_given() {
        for (name, _) in crate::error::REASONS {
            let error = error(ErrorKind::Response).reason(name).build();
            assert_eq!(error.reason(), Some(*name));
        }
    }
}
