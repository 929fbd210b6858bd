//! The error type, and how its facts are added.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use super::curl_request::CurlRequest;
use super::facts::Facts;
use super::kind::ErrorKind;
use super::names::Text;
use super::outcome::Outcome;
use super::reason::Reason;
use crate::headers::Headers;

/// The largest part of an answer's body that an error keeps. A server may send far more, and a program may keep many errors.
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure: its cause, the outcome of the request, and the next step.
///
/// It never holds the token or a header of the request. The query string, which may name a contact, is in [`curl`](Error::curl) alone.
///
/// ```
/// use penbox::{Client, ErrorKind, Outcome};
///
/// let error = Client::builder().token("Bearer pnbx_example").build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Config);
/// assert_eq!(error.outcome(), Outcome::NotSent);
/// assert!(error.to_string().contains("without \"Bearer \""));
/// ```
// Boxed: every call returns a `Result`, which is as large as the larger of its two sides.
pub struct Error(pub(super) Box<Facts>);

impl Error {
    /// An error of a request that was not sent, without further facts: those are added by the methods below.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Facts::of(kind, message.into())))
    }

    /// An error for a setting that a binding refused before it reached the core.
    #[doc(hidden)]
    pub fn config(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Config, message)
    }

    /// An error for an argument that a binding (C, Python, Node) refused before it reached the core.
    #[doc(hidden)]
    pub fn invalid_argument(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::InvalidArgument, message)
    }

    /// An error for a fault of the SDK itself, such as a panic caught at a language's boundary.
    #[doc(hidden)]
    pub fn internal(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Internal, message)
    }

    /// Sets the next step, in the words of a binding's language.
    #[doc(hidden)]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(Text::of(hint));
        self
    }

    /// Sets the finer cause.
    pub(crate) fn with_reason(mut self, reason: Reason) -> Self {
        self.0.reason = Some(reason);
        self
    }

    /// Names the limit that passed, for a timeout.
    pub(crate) fn with_phase(mut self, phase: &'static str) -> Self {
        self.0.phase = Some(phase);
        self
    }

    /// Sets the outcome of a request that failed in a binding.
    #[doc(hidden)]
    pub fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = outcome;
        self
    }

    /// Adds the answer's HTTP status and the `error` member of its body.
    pub(crate) fn with_status(mut self, status: u16, title: Option<String>) -> Self {
        self.0.http_status = Some(status);
        self.0.title = title;
        self
    }

    /// Adds the answer's body, which has no token and at most [`MAX_BODY`] bytes of the server's.
    pub(crate) fn with_body(mut self, body: impl Into<Option<String>>) -> Self {
        self.0.body = body.into();
        self
    }

    /// Adds the answer's headers, which have no token.
    pub(crate) fn with_headers(mut self, headers: Headers) -> Self {
        self.0.headers = Some(headers);
        self
    }

    /// Sets the wait that the server requested.
    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// Adds the server's id of the request.
    pub(crate) fn with_request_id(mut self, id: Option<String>) -> Self {
        self.0.request_id = id;
        self
    }

    /// States whether a repeat cannot act twice, by the operation's safety.
    pub(crate) fn with_repeatable(mut self, repeatable: bool) -> Self {
        self.0.repeatable = repeatable;
        self
    }

    /// States whether a later call may succeed, where the kind alone does not say.
    pub(crate) fn with_passing(mut self, passing: bool) -> Self {
        self.0.passing = Some(passing);
        self
    }

    /// Sets the number of attempts.
    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Adds the lower error that caused this one.
    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// A copy of the error, for a caller that requests the same result again.
    pub(crate) fn again(&self) -> Error {
        Error(self.0.clone())
    }

    /// The same error with its message as a function writes it anew.
    pub(crate) fn with_message(mut self, write: impl FnOnce(&str) -> String) -> Self {
        self.0.message = Text::of(write(self.0.message.template()));
        self
    }

    /// Names the operation that the error belongs to.
    pub(crate) fn at(
        mut self,
        operation: &'static str,
        method: &'static str,
        path: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.0.operation = Some(operation);
        self.0.method = Some(method);
        self.0.path = Some(path.into());
        self
    }

    /// Adds the request, for its curl line.
    pub(crate) fn with_request(mut self, request: CurlRequest) -> Self {
        self.0.request = Some(Arc::new(request));
        self
    }

    /// The request, for its curl line.
    pub(super) fn request(&self) -> Option<&CurlRequest> {
        self.0.request.as_deref()
    }

    /// Names the client, for the support report.
    pub(crate) fn by(mut self, agent: &str, token_name: Option<&str>) -> Self {
        self.0.agent = Some(agent.to_owned());
        self.0.token_name = token_name.map(str::to_owned);
        self
    }

    /// The message with its marks, to become part of another text.
    pub(crate) fn template(&self) -> &str {
        self.0.message.template()
    }

    /// The message with its marks, to be rendered for a language.
    pub(super) fn message_text(&self) -> &Text {
        &self.0.message
    }

    /// The client's `User-Agent`, for the support report.
    pub(super) fn agent(&self) -> Option<&str> {
        self.0.agent.as_deref()
    }

    /// The token's name, for the support report.
    pub(super) fn token_name(&self) -> Option<&str> {
        self.0.token_name.as_deref()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
