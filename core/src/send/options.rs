//! The options of a single call.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::mark::CallMark;
use super::recorder::{Recorder, ResponseInfo};
use crate::cancel::{CancelToken, InterruptCheck};
use crate::system;

/// The options of a single call. Options that are not set follow the client.
#[derive(Clone, Default)]
#[must_use = "each method returns the options; they hold once they are given to a client"]
pub struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) query: Map<String, Value>,
    pub(crate) body: Map<String, Value>,
    pub(crate) as_text: bool,
    pub(crate) max_attempts: Option<u32>,
    pub(crate) retry_unsafe: Option<bool>,
    pub(crate) cancel: Option<CancelToken>,
    pub(crate) interrupt_check: Option<InterruptCheck>,
    /// The time at which the caller made the call, where that is earlier than the time at which a thread takes it.
    pub(crate) begun: Option<Instant>,
    /// The writer of a download keeps the bytes in memory.
    pub(crate) into_memory: bool,
    /// The answer comes from the server, although the cache has one.
    pub(crate) fresh: Option<bool>,
    /// The place for the HTTP side of a success; none where nobody asks for it.
    pub(crate) recorder: Option<Recorder>,
    /// The mark by which a binding knows the call again.
    pub(crate) mark: Option<CallMark>,
}

impl CallOptions {
    /// No options: the call follows the client in everything.
    ///
    /// ```
    /// use penbox::CallOptions;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let same = client.with_options(CallOptions::new());
    /// assert_eq!(same.workspaces().list(Default::default()).count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new() -> CallOptions {
        CallOptions::default()
    }

    /// These options, overridden by `others` where those are set. Headers, query parameters and members of the body are overridden
    /// one by one, by their names.
    pub(crate) fn with(&self, others: CallOptions) -> CallOptions {
        let mut all = self.clone();
        let is_set = |name: &str| {
            let mut names = others.headers.iter().map(|(name, _)| name);
            names.any(|other| other.eq_ignore_ascii_case(name))
        };
        all.headers.retain(|(name, _)| !is_set(name));
        all.headers.extend(others.headers);
        all.query.extend(others.query);
        all.body.extend(others.body);
        CallOptions {
            timeout: others.timeout.or(all.timeout),
            as_text: others.as_text || all.as_text,
            max_attempts: others.max_attempts.or(all.max_attempts),
            retry_unsafe: others.retry_unsafe.or(all.retry_unsafe),
            cancel: others.cancel.or(all.cancel),
            interrupt_check: others.interrupt_check.or(all.interrupt_check),
            begun: others.begun.or(all.begun),
            into_memory: others.into_memory || all.into_memory,
            fresh: others.fresh.or(all.fresh),
            recorder: others.recorder.or(all.recorder),
            mark: others.mark.or(all.mark),
            ..all
        }
    }

    /// The limit of the call as a whole, its waits included, instead of the client's limits for calls and for files.
    ///
    /// ```
    /// use std::time::Duration;
    /// use penbox::{CallOptions, ErrorKind};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # sandbox.set_faults(vec![penbox_sandbox::Fault { path: "/forms".to_owned(), latency_ms: 60_000, ..Default::default() }])?;
    /// let quick = client.with_options(CallOptions::new().timeout(Duration::from_millis(100)));
    /// // This server takes a minute.
    /// let error = quick.forms().list(Default::default()).collect_up_to(1).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Timeout);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// The most requests that the call makes, the first included, instead of the client's number.
    ///
    /// ```
    /// use penbox::CallOptions;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # sandbox.set_rate_limit(penbox_sandbox::RateLimit { requests: 0, window_ms: 60_000, retry_after: Some(1) });
    /// let once = client.with_options(CallOptions::new().max_attempts(1));
    /// // This server answers 429.
    /// assert_eq!(once.forms().get("8b0f3a52").unwrap_err().attempts(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// Repeats the call even if the server may have acted. Only for calls that do no harm when they act twice, such as a lookup
    /// sent as a POST.
    ///
    /// ```
    /// use penbox::serde_json::json;
    /// use penbox::testing::{Answer, Script};
    /// use penbox::{CallOptions, CaseCreate};
    ///
    /// let script = Script::new().next(Answer::lost()).next(Answer::json(json!({"id": "c-1"})));
    /// let client = script.client()?.with_options(CallOptions::new().retry_unsafe(true));
    /// // The first request may have made a case, too.
    /// client.cases().create(CaseCreate::title("Onboarding"))?;
    /// assert_eq!(script.requests().len(), 2);
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn retry_unsafe(mut self, repeat: bool) -> Self {
        self.retry_unsafe = Some(repeat);
        self
    }

    /// The `CancelToken` that ends the call from elsewhere. If it is cancelled already, nothing is sent.
    ///
    /// ```
    /// use penbox::{CallOptions, CancelToken, ErrorKind};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let token = CancelToken::new();
    /// let cancellable = client.with_options(CallOptions::new().cancel(&token));
    /// token.cancel();
    /// let error = cancellable.forms().get("8b0f3a52").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Cancelled);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.cancel = Some(token.clone());
        self
    }

    /// Gives the call a token of its own, which the token set so far cancels, too: for a language that cancels calls by itself. The options
    /// keep it, and so must live as long as the call.
    #[doc(hidden)]
    pub fn branch_cancel(mut self) -> (CallOptions, CancelToken) {
        let token = (self.cancel.as_ref()).map_or_else(CancelToken::new, CancelToken::branch);
        self.cancel = Some(token.clone());
        (self, token)
    }

    /// Takes the token and the mark of these options, which belong to one call of a list.
    pub(crate) fn take_call(&mut self, of: &CallOptions) {
        self.cancel.clone_from(&of.cancel);
        self.mark.clone_from(&of.mark);
    }

    /// Sets a check that is called about every 50 ms on the call's thread, while the call waits or moves bytes. True cancels this
    /// call, as a token does. For interpreters, which report their signals only on request.
    #[doc(hidden)]
    pub fn interrupt_check(mut self, check: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.interrupt_check = Some(Arc::new(check));
        self
    }

    /// Requests the answer from the server, although the client's cache has one, and keeps the new one there. It has no effect
    /// without `cache_ttl`, and on calls that are never cached.
    ///
    /// ```
    /// use std::time::Duration;
    /// use penbox::CallOptions;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let settings = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url());
    /// let client = settings.cache_ttl(Duration::from_secs(3600)).build()?;
    /// client.form_templates().steps("client-onboarding")?;
    /// let anew = client.with_options(CallOptions::new().fresh(true));
    /// anew.form_templates().steps("client-onboarding")?;
    /// assert_eq!(sandbox.requests().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fresh(mut self, fresh: bool) -> Self {
        self.fresh = Some(fresh);
        self
    }

    /// An extra header. Those that the client sets itself (`Authorization`, `Content-Type`, ...) are refused.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let traced = client.with_options(penbox::CallOptions::new().header("X-Trace", "t-1"));
    /// traced.workspaces().list(Default::default()).collect_up_to(1)?;
    /// let headers = &sandbox.requests()[0].headers;
    /// assert!(headers.contains(&("x-trace".to_owned(), "t-1".to_owned())));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// An extra query parameter, for what this SDK does not know.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let extended = client.with_options(penbox::CallOptions::new().query("include", "owner"));
    /// extended.forms().list(Default::default()).collect_up_to(1)?;
    /// assert!(sandbox.requests()[0].query.as_deref().unwrap_or_default().contains("include=owner"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn query(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.query.insert(name.into(), value.into());
        self
    }

    /// An extra member of the body, for what this SDK does not know.
    ///
    /// ```
    /// use penbox::{CallOptions, FormCreate};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let extended = client.with_options(CallOptions::new().body("priority", "high"));
    /// extended.forms().create(FormCreate::new("client-onboarding"))?;
    /// assert!(format!("{:?}", sandbox.requests()[0]).contains("priority"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn body(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.body.insert(name.into(), value.into());
        self
    }

    /// Returns the answer as text. It is checked like any other, but its tape is built only when the value is read. For a language
    /// that parses JSON itself.
    #[doc(hidden)]
    pub fn as_text(mut self) -> Self {
        self.as_text = true;
        self
    }

    /// The call is made now, though a thread takes it later: its time limit counts from here.
    #[doc(hidden)]
    pub fn begin(mut self) -> Self {
        self.begun = Some(system::now());
        self
    }

    /// Declares that the writer of a download keeps the bytes in memory: the client's limit for such files holds for it.
    #[doc(hidden)]
    pub fn into_memory(mut self) -> Self {
        self.into_memory = true;
        self
    }

    /// Marks the call for the binding that makes it: see [`current_mark`](crate::bindings::current_mark).
    #[doc(hidden)]
    pub fn mark(mut self, mark: CallMark) -> Self {
        self.mark = Some(mark);
        self
    }

    /// Records the HTTP side of a success.
    #[doc(hidden)]
    pub fn record(mut self, recorder: &Recorder) -> Self {
        self.recorder = Some(recorder.clone());
        self
    }

    /// Takes the HTTP side of the call that was made with these options, if it was recorded.
    #[doc(hidden)]
    pub fn recorded(&self) -> Option<ResponseInfo> {
        self.recorder.as_ref().and_then(Recorder::take)
    }

    /// Returns the time at which a call with these options ends, which is made now unless it was begun before. `limit` is the client's
    /// own limit, if the call has one. A time that the clock does not reach is none.
    pub(crate) fn ends(
        &self,
        limit: Option<Duration>,
        now: impl FnOnce() -> Instant,
    ) -> Option<Instant> {
        let limit = self.timeout.or(limit)?;
        self.begun.unwrap_or_else(now).checked_add(limit)
    }
}

// Of headers, query and body the names alone: a value may be a contact's, and `Debug` ends up in logs.
impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&String> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("CallOptions")
            .field("timeout", &self.timeout)
            .field("max_attempts", &self.max_attempts)
            .field("retry_unsafe", &self.retry_unsafe)
            .field("headers", &headers)
            .field("query", &self.query.keys())
            .field("body", &self.body.keys())
            .field("cancel", &self.cancel)
            .finish_non_exhaustive()
    }
}
