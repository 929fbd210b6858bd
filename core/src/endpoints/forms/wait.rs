//! The wait for the completion of a form.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::completion::{Completion, impossible};
use crate::call::invoke::{self, Answer};
use crate::call::operation::OperationSpec;
use crate::cancel::{CancelScope, Waiter};
use crate::error::{Error, ErrorKind, Outcome, Reason, Result, name, printable};
use crate::send::suspension::{Suspension, must_end, suspend};
use crate::send::{
    CallOptions, PreparedRequest, Received, Recorder, Sender, cancelled, json_object,
};
use crate::system;

/// The first pause between two looks; each next one is twice as long. It is also the shortest time between two looks, however
/// many hints come.
const FIRST: Duration = Duration::from_millis(250);
/// The longest pause. People take minutes to days for a form, and the API's budget is shared by all calls of the token: a hundred
/// waits take a hundred requests a minute.
const LONGEST: Duration = Duration::from_secs(60);
/// The part of a pause that is random, so that waits which began together do not look together.
const SPREAD: f64 = 0.25;
/// The time before the end of the wait at which the last look begins, so that its answer comes in time.
const LAST_LOOK: Duration = Duration::from_secs(1);

/// The wait for one form.
struct Wait<'a> {
    sender: &'a Sender,
    operation: &'static OperationSpec,
    id: &'a str,
    cancel: CancelScope,
    deadline: Option<Instant>,
    pause: Duration,
    /// The status that the last answer had; none before the first.
    status: Option<String>,
    /// The error of the last look, if it failed.
    trouble: Option<Error>,
    attempts: u32,
    /// The last look before the deadline was made.
    is_last: bool,
}

/// Waits until a form is completed, and returns what `finish` makes of the answer that says so. `request` reads the form `id`.
pub(super) async fn completion<T>(
    sender: &Sender,
    operation: &'static OperationSpec,
    id: &str,
    request: &PreparedRequest,
    options: &CallOptions,
    mut finish: impl FnMut(Received) -> Result<T>,
) -> Result<T> {
    let mut wait = Wait::new(sender, operation, id, options);
    // A call that was begun earlier has waited for a thread since then, and its deadline says so.
    let mut options = CallOptions {
        begun: None,
        ..options.clone()
    };
    let recorder = options.recorder.get_or_insert_default().clone();
    let watch = sender.state().watches.begin(id);
    loop {
        // Before the look: a hint that comes meanwhile may be about what the look has missed.
        let hinted = watch.next();
        let began = sender.runtime.now();
        let limited = wait.limited(&options);
        let look = sender.send(request, &limited, |received| {
            let now = system::date();
            match Completion::of(&received.text, &received.headers, now) {
                Completion::Reached => finish(received).map(Look::Completed),
                Completion::Open(status) => Ok(Look::Open(status)),
                Completion::Impossible(reason) => {
                    let error = impossible(id, reason);
                    Err(sender.unusable(error, &received, &received.text))
                }
            }
        });
        match look.await {
            Ok(Look::Completed(form)) => return Ok(form),
            Ok(Look::Open(status)) => wait.is_open(status, &recorder),
            Err(error) => wait.failed(error)?,
        }
        wait.pause(began, hinted).await?;
    }
}

/// The result of a look that succeeded.
enum Look<T> {
    Completed(T),
    Open(String),
}

impl<'a> Wait<'a> {
    fn new(
        sender: &'a Sender,
        operation: &'static OperationSpec,
        id: &'a str,
        options: &CallOptions,
    ) -> Self {
        let total = Some(sender.settings.limits.total);
        Wait {
            sender,
            operation,
            id,
            cancel: sender.cancel_scope(options),
            deadline: options.ends(total, || sender.runtime.now()),
            pause: FIRST,
            status: None,
            trouble: None,
            attempts: 0,
            is_last: false,
        }
    }

    /// The options of the next look, whose limit is the time that is left.
    fn limited(&self, options: &CallOptions) -> CallOptions {
        let plain = options.clone();
        match self.left() {
            // A limit of zero would end the look before it is sent, although the pause ended in time.
            Some(left) => plain.timeout(left.max(Duration::from_millis(1))),
            None => plain,
        }
    }

    /// The time that is left; none without a limit.
    fn left(&self) -> Option<Duration> {
        let now = self.sender.runtime.now();
        Some(self.deadline?.saturating_duration_since(now))
    }

    /// Records a look that found the form open.
    fn is_open(&mut self, status: String, recorder: &Recorder) {
        self.attempts += recorder.take().map_or(1, |info| info.attempts);
        self.status = Some(status);
        self.trouble = None;
    }

    /// Records a look that failed, where a later one may succeed.
    ///
    /// # Errors
    /// The error ends the wait.
    fn failed(&mut self, error: Error) -> Result<()> {
        self.attempts += error.attempts();
        let was_seen = self.status.is_some();
        let is_gone = matches!(error.http_status(), Some(404 | 410));
        if was_seen && is_gone {
            let mut gone = impossible(self.id, Reason::FormDeleted);
            if let Some(headers) = error.headers() {
                gone = gone.with_headers(headers.clone());
            }
            let gone = gone
                .with_status(error.http_status().unwrap_or_default(), None)
                .with_body(error.body().map(str::to_owned))
                .with_request_id(error.request_id().map(str::to_owned))
                .with_outcome(error.outcome());
            return Err(self.placed(gone));
        }
        // A server that has never answered is more likely at another address than away.
        let is_known = was_seen || matches!(error.kind(), ErrorKind::RateLimit | ErrorKind::Server);
        let is_late = error
            .retry_after()
            .zip(self.left())
            .is_some_and(|(wait, left)| wait >= left);
        if !is_known || is_late || !error.is_passing() {
            return Err(error.with_attempts(self.attempts));
        }
        self.trouble = Some(error);
        Ok(())
    }

    /// Pauses before the next look, at the longest until a hint. `began` is the time of the last look.
    ///
    /// # Errors
    /// The time is over, or the wait was cancelled.
    async fn pause(&mut self, began: Instant, hinted: Arc<Waiter<()>>) -> Result<()> {
        let now = self.sender.runtime.now();
        let spread = self.pause.mul_f64(SPREAD * self.sender.runtime.random());
        let asked = self.trouble.as_ref().and_then(Error::retry_after);
        let mut pause = (self.pause - spread).max(asked.unwrap_or_default());
        self.pause = (self.pause * 2).min(LONGEST);
        if let Some(left) = self.left().filter(|left| pause >= *left) {
            // The last look is made shortly before the end. After it only a hint brings another one.
            let reserve = LAST_LOOK.min(left / 4);
            pause = match std::mem::replace(&mut self.is_last, true) {
                false => left - reserve,
                true => left,
            };
        }
        let until = now + pause;
        self.suspend(until, Some(hinted)).await?;
        if self.sender.runtime.now() < until {
            // A hint ended the pause. The server may know of it a moment later than whoever sent it.
            self.pause = FIRST;
            self.suspend(began + FIRST, None).await?;
        }
        Ok(())
    }

    /// Suspends the call until a time, or a hint.
    async fn suspend(&self, until: Instant, awaited: Option<Arc<Waiter<()>>>) -> Result<()> {
        let runtime = &*self.sender.runtime;
        let wait = until.saturating_duration_since(runtime.now());
        if !wait.is_zero() {
            suspend(Suspension {
                awaited,
                ..Suspension::of(runtime, wait, self.deadline, &self.cancel)
            })
            .await;
        }
        if let Some(by) = self.cancel.cause() {
            return Err(self.placed(cancelled(by).with_outcome(self.outcome())));
        }
        let is_over = must_end() || self.left().is_some_and(|left| left.is_zero());
        match is_over {
            true => Err(self.over()),
            false => Ok(()),
        }
    }

    /// The error of a wait whose time is over.
    fn over(&self) -> Error {
        let id = printable(self.id, 64);
        let seen = match &self.status {
            Some(status) => format!("its status is {status}"),
            None => "its status could not be read".to_owned(),
        };
        let trouble = match &self.trouble {
            Some(trouble) => format!("; the last look failed: {}", trouble.template()),
            None => String::new(),
        };
        let message = format!("the form {id} was not completed in time ({seen}{trouble})");
        let error = Error::new(ErrorKind::Timeout, message)
            .with_phase("total")
            .with_hint(concat!(
                "People take their time: wait again, or longer with ",
                name!("option.timeout"),
                ", or have a webhook tell of it and look then."
            ))
            .with_outcome(self.outcome())
            .with_repeatable(true);
        self.placed(error)
    }

    /// The outcome of a wait that ends between two looks: that of the last look. A look that failed between others tells nothing.
    fn outcome(&self) -> Outcome {
        match (&self.status, &self.trouble) {
            (None, Some(trouble)) => trouble.outcome(),
            _ => Outcome::Done,
        }
    }

    fn placed(&self, error: Error) -> Error {
        invoke::placed(self.sender, self.operation, error).with_attempts(self.attempts)
    }
}

/// Waits until a form is completed, with a document instead of the model.
pub(crate) async fn await_completion(
    sender: &Sender,
    operation: &'static OperationSpec,
    params_json: &str,
    options: &CallOptions,
) -> Result<Answer> {
    let request = invoke::request_of(sender, operation, params_json, options)
        .map_err(|error| invoke::placed(sender, operation, error))?;
    let members = json_object(params_json, "parameters")?;
    let id = members.get("id").and_then(serde_json::Value::as_str);
    let id = id.unwrap_or_default();
    let finish = |received| invoke::answer(sender, operation, received, options.as_text);
    let answer = completion(sender, operation, id, &request, options, finish).await;
    invoke::with_response(answer, options)
}
