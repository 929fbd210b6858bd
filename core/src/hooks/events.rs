//! The values that hooks get.

use std::time::Duration;

use crate::error::{ErrorKind, Outcome};

/// The operation that a call makes, as hooks see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) operation: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
}

/// Declares the members that all events have.
macro_rules! target_members {
    ($event:ty) => {
        impl $event {
            /// The operation's id, such as `forms.create`.
            pub fn operation(&self) -> &'static str {
                self.target.operation
            }

            /// The HTTP method.
            pub fn method(&self) -> &'static str {
                self.target.method
            }

            /// The path template, such as `/forms/{id}`: never the path with its values.
            pub fn path(&self) -> &'static str {
                self.target.path
            }

            /// The number of the attempt within its call, from 1.
            pub fn attempt(&self) -> u32 {
                self.attempt
            }
        }
    };
}

/// A request that is about to be sent, for `on_request`.
#[derive(Debug)]
pub struct RequestEvent {
    pub(crate) target: Target,
    pub(crate) attempt: u32,
    pub(crate) headers: Vec<(String, String)>,
}

target_members!(RequestEvent);

impl RequestEvent {
    pub(crate) fn new(target: Target, attempt: u32) -> RequestEvent {
        RequestEvent {
            target,
            attempt,
            headers: Vec::new(),
        }
    }

    /// Adds a header to this attempt, in the place of one of the same name that the call has. A header that the client sets itself,
    /// such as `Authorization`, is refused: the call ends with [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument), and this attempt is not sent.
    pub fn header(&mut self, name: impl Into<String>, value: impl Into<String>) -> &mut Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// The end of an attempt, for `on_response`.
#[derive(Clone, Debug)]
pub struct ResponseEvent {
    pub(crate) target: Target,
    pub(crate) attempt: u32,
    pub(crate) http_status: Option<u16>,
    pub(crate) request_id: Option<String>,
    pub(crate) elapsed: Duration,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) error: Option<(ErrorKind, Outcome)>,
}

target_members!(ResponseEvent);

impl ResponseEvent {
    /// The HTTP status, if the server answered.
    pub fn http_status(&self) -> Option<u16> {
        self.http_status
    }

    /// The id that the server gave the request in `x-request-id`, if it did.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The time from the beginning of the attempt to its end, without the waits before it.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The wait that the server requested.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The kind of the attempt's error; none for a success.
    pub fn error(&self) -> Option<ErrorKind> {
        self.error.map(|(kind, _)| kind)
    }

    /// The outcome of the attempt's error; none for a success. `not_sent` stands for an attempt that was held back, too.
    pub fn outcome(&self) -> Option<Outcome> {
        self.error.map(|(_, outcome)| outcome)
    }
}

/// A repeat that is about to be waited for, for `on_retry`.
#[derive(Clone, Debug)]
pub struct RetryEvent {
    pub(crate) target: Target,
    pub(crate) attempt: u32,
    pub(crate) wait: Duration,
    pub(crate) error: ErrorKind,
    pub(crate) reason: Option<&'static str>,
    pub(crate) http_status: Option<u16>,
}

target_members!(RetryEvent);

impl RetryEvent {
    /// The wait before the next attempt.
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// The kind of the failed attempt's error.
    pub fn error(&self) -> ErrorKind {
        self.error
    }

    /// The finer cause within the kind, such as `reset`.
    pub fn reason(&self) -> Option<&'static str> {
        self.reason
    }

    /// The HTTP status of the failed attempt, if the server answered.
    pub fn http_status(&self) -> Option<u16> {
        self.http_status
    }
}
