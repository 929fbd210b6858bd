//! The members of an error, as a caller reads them.

use std::time::Duration;

use super::error_type::Error;
use super::hint;
use super::kind::ErrorKind;
use super::names::Text;
use super::outcome::Outcome;
use super::reason::Reason;
use crate::headers::Headers;

impl Error {
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

    /// Reports whether the error has a hint of its own, which comes before that of its kind.
    pub(crate) fn has_own_hint(&self) -> bool {
        self.0.hint.is_some()
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
}
