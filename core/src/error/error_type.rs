//! The error type: how its facts are added and read.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use super::curl_request::CurlRequest;
use super::facts::Facts;
use super::hint;
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
pub struct Error(Box<Facts>);

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

    /// The error's kind, for a program to branch on: `rate_limit`, `not_found`, ... It is the same in every language.
    ///
    /// ```
    /// use penbox::ErrorKind;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// match client.forms().get("00000000-0000-4000-8000-000000000000") {
    ///     Ok(form) => println!("{}", form.id),
    ///     Err(error) if error.kind() == ErrorKind::NotFound => println!("there is no such form"),
    ///     Err(error) => return Err(error.into()),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The server's own message where there is one, else the SDK's. It has at most 512 characters; control characters are
    /// escaped.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let error = client.forms().get("00000000-0000-4000-8000-000000000000").unwrap_err();
    /// assert_eq!(error.message(), "Not found");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn message(&self) -> &str {
        self.0.message.shown()
    }

    /// Advice on what to do next, where there is any.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let stranger = "pnbx_".to_owned() + "a-token-that-was-never-made";
    /// let client = penbox::Client::builder().token(stranger).base_url(sandbox.url()).build()?;
    /// let error = client.workspaces().list(Default::default()).collect_up_to(1).unwrap_err();
    /// assert!(error.hint().is_some_and(|hint| hint.contains("token")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hint(&self) -> Option<&str> {
        self.hint_text().map(Text::shown)
    }

    /// Adds a further step behind the hint. The names in the hint stay marked.
    pub(crate) fn with_further_hint(self, next: &str) -> Self {
        let hint = match self.hint_text() {
            Some(hint) => format!("{} {next}", hint.template()),
            None => next.to_owned(),
        };
        self.with_hint(hint)
    }

    /// The hint with its marks: the error's own, or its kind's.
    pub(super) fn hint_text(&self) -> Option<&Text> {
        // Made on demand: most errors are handled by their kind, and their hints are not read.
        let usual = || hint::of(self.0.kind, self.0.reason).map(Text::of);
        let kept = || self.0.usual_hint.get_or_init(usual).as_ref();
        self.0.hint.as_ref().or_else(kept)
    }

    /// The same error with `before` in front of its message. The names in the message stay marked.
    pub(crate) fn after(self, before: &str) -> Self {
        self.with_message(|message| format!("{before}{message}"))
    }

    /// A finer cause within the kind: `dns`, `refused`, `truncated`, `decode`, `paused`, ... The page on errors lists them all;
    /// more may be added, so match with a fallback.
    ///
    /// ```
    /// use penbox::testing::{Answer, Script};
    /// use penbox::{FormCreate, Outcome};
    ///
    /// let script = Script::new().next(Answer::json(penbox::serde_json::json!({"id": "f-1"})).cut_short());
    /// let error = script.client()?.forms().create(FormCreate::new("client-onboarding")).unwrap_err();
    /// assert_eq!((error.reason(), error.outcome()), (Some("truncated"), Outcome::Done));
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn reason(&self) -> Option<&'static str> {
        self.0.reason.map(Reason::name)
    }

    /// The limit that passed, for a timeout: `resolve`, `connect`, `send`, `response`, `body` or `total`.
    ///
    /// ```
    /// use penbox::testing::{Answer, Script};
    ///
    /// let script = Script::new().always("forms.get", Answer::timeout());
    /// let error = script.client()?.forms().get("8b0f3a52").unwrap_err();
    /// assert_eq!(error.phase(), Some("response"));
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn phase(&self) -> Option<&'static str> {
        self.0.phase
    }

    /// The HTTP status, if the server answered.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let error = client.forms().get("00000000-0000-4000-8000-000000000000").unwrap_err();
    /// assert_eq!(error.http_status(), Some(404));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// The `error` member of the API's error body: the reason phrase, such as `Too Many Requests`.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let error = client.forms().get("00000000-0000-4000-8000-000000000000").unwrap_err();
    /// assert_eq!(error.title(), Some("Not Found"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// The answer's body as text, at most 64 KiB, with the client's token blanked should the server echo it. It may hold
    /// personal data.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let error = client.forms().get("00000000-0000-4000-8000-000000000000").unwrap_err();
    /// let body: penbox::serde_json::Value = penbox::serde_json::from_str(error.body().unwrap_or_default())?;
    /// assert_eq!(body["statusCode"], 404);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// The answer's headers, if the server answered.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let error = client.forms().get("00000000-0000-4000-8000-000000000000").unwrap_err();
    /// let kind = error.headers().and_then(|headers| headers.get("Content-Type"));
    /// assert_eq!(kind, Some("application/json; charset=utf-8"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn headers(&self) -> Option<&Headers> {
        self.0.headers.as_ref()
    }

    /// The operation's id, such as `forms.create`.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let error = client.forms().get("00000000-0000-4000-8000-000000000000").unwrap_err();
    /// assert_eq!(error.operation(), Some("forms.get"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The HTTP method.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let error = client.forms().get("00000000-0000-4000-8000-000000000000").unwrap_err();
    /// assert_eq!(error.method(), Some("GET"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn method(&self) -> Option<&'static str> {
        self.0.method
    }

    /// The path template, such as `/forms/{id}`: never the path with its values. Of a request of your own it is the path that
    /// was given, without its query.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let error = client.forms().get("00000000-0000-4000-8000-000000000000").unwrap_err();
    /// assert_eq!(error.path(), Some("/forms/{id}"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The number of requests that were sent or tried.
    ///
    /// ```
    /// use penbox::testing::{Answer, Script};
    ///
    /// let script = Script::new().always("forms.get", Answer::status(503));
    /// let error = script.client()?.forms().get("8b0f3a52").unwrap_err();
    /// assert_eq!(error.attempts(), 3);
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The wait that the server requested, from the body's `retryAfter` or the `Retry-After` header, whichever is longer. It
    /// has no upper limit; zero is "at once". For a call that was refused unsent it is the time until the call may be sent.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # sandbox.set_rate_limit(penbox_sandbox::RateLimit { requests: 0, window_ms: 60_000, retry_after: Some(600) });
    /// // This server asks for ten minutes, which is longer than a call waits.
    /// let error = client.forms().get("8b0f3a52").unwrap_err();
    /// assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The effect that the call may have had on the server: `not_sent`, `rejected` (it did not act), `unknown` (it may have
    /// acted) or `done` (it acted, and its answer was lost).
    ///
    /// ```
    /// use penbox::testing::{Answer, Script};
    /// use penbox::{FormCreate, Outcome};
    ///
    /// let client = Script::new().next(Answer::lost()).client()?;
    /// match client.forms().create(FormCreate::new("client-onboarding")) {
    ///     Ok(form) => println!("{}", form.id),
    ///     Err(error) => match error.outcome() {
    ///         Outcome::NotSent | Outcome::Rejected => println!("there is no form: it can be made again"),
    ///         _ => println!("there may be a form: look for it first"),
    ///     },
    /// }
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// True if the same call may succeed later and repeating it cannot act twice. False for an upload whose source was read and
    /// cannot be read again.
    ///
    /// ```
    /// use penbox::testing::{Answer, Script};
    /// use penbox::FormCreate;
    ///
    /// let script = Script::new().always("forms.get", Answer::lost()).on("forms.create", Answer::lost());
    /// let client = script.client()?;
    /// // A read may be made again. A create that was lost may have made a form.
    /// assert!(client.forms().get("8b0f3a52").unwrap_err().retryable());
    /// assert!(!client.forms().create(FormCreate::new("client-onboarding")).unwrap_err().retryable());
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn retryable(&self) -> bool {
        // A 429 is refused before any work. The documentation does not say so of any other status.
        let undone = match self.0.outcome {
            Outcome::NotSent => true,
            Outcome::Rejected => self.0.kind == ErrorKind::RateLimit,
            _ => false,
        };
        self.is_passing() && (self.0.repeatable || undone)
    }

    /// Reports whether the same call may succeed later. It does not say whether a repeat could act twice.
    pub(crate) fn is_passing(&self) -> bool {
        let by_kind = match self.0.kind {
            ErrorKind::RateLimit | ErrorKind::Connection | ErrorKind::Timeout => true,
            // A 501 says that the server will never do it.
            ErrorKind::Server => self.0.http_status != Some(501),
            // Both ask for a repeat: 408 by RFC 9110, section 15.5.9, and 425 by RFC 8470, section 5.2.
            ErrorKind::Status => matches!(self.0.http_status, Some(408 | 425)),
            // A body that was cut short is a lost connection.
            ErrorKind::Response => self.0.reason == Some(Reason::Truncated),
            _ => false,
        };
        self.0.passing.unwrap_or(by_kind)
    }

    /// The id that the server gave the request in `x-request-id`, if it did (inferred: no such header is documented).
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let error = client.forms().get("00000000-0000-4000-8000-000000000000").unwrap_err();
    /// assert_eq!(error.request_id(), Some(sandbox.requests()[0].request_id.as_str()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The time of the error, ISO 8601 in UTC.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let error = client.forms().get("00000000-0000-4000-8000-000000000000").unwrap_err();
    /// assert!(error.occurred_at().ends_with('Z'));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn occurred_at(&self) -> String {
        format!("{:.3}", self.0.occurred_at)
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
