//! Polls an extraction until its results are there. The API documents no status and no event for it.

use std::time::{Duration, Instant};

use crate::call::invoke;
use crate::call::operation::OperationSpec;
use crate::cancel::CancelScope;
use crate::error::{Error, ErrorKind, Outcome, Result, name};
use crate::send::suspension::{Suspension, suspend};
use crate::send::{CallOptions, Sender, cancelled};

/// The first pause between two requests; each next one is twice as long. The documentation says that results come at once or take
/// a few seconds, so the pauses start well below a second.
const FIRST: Duration = Duration::from_millis(250);
/// The longest pause. Results are found at most so late, and a job of a minute is read 19 times.
const LONGEST: Duration = Duration::from_secs(4);

/// The poll of one job: its deadline and its next pause.
pub(crate) struct Poll<'a> {
    sender: &'a Sender,
    operation: &'static OperationSpec,
    cancel: CancelScope,
    deadline: Option<Instant>,
    pause: Duration,
}

impl<'a> Poll<'a> {
    /// Starts the poll. Its deadline is the call's own time limit, or else the client's.
    pub(crate) fn new(
        sender: &'a Sender,
        operation: &'static OperationSpec,
        options: &CallOptions,
    ) -> Self {
        let total = Some(sender.settings.limits.total);
        Poll {
            sender,
            operation,
            cancel: sender.cancel_scope(options),
            deadline: options.ends(total, || sender.runtime.now()),
            pause: FIRST,
        }
    }

    /// Returns the options of the next request, whose time limit is the time that is left.
    pub(crate) fn options(&self, options: &CallOptions) -> CallOptions {
        // The extra parameters of the call belong to the request that makes the job, not to those that read it.
        let plain = CallOptions {
            query: serde_json::Map::new(),
            body: serde_json::Map::new(),
            begun: None,
            ..options.clone()
        };
        let Some(deadline) = self.deadline else {
            return plain;
        };
        let left = deadline.saturating_duration_since(self.sender.runtime.now());
        // A limit of zero would end the request before it is sent, although the pause ended in time.
        plain.timeout(left.max(Duration::from_millis(1)))
    }

    /// Pauses before the next request for `id`.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] where the pause would pass the deadline, or the cancellation that ended it. The outcome of both is
    /// `Done`: the job was made.
    pub(crate) async fn pause(&mut self, id: &str) -> Result<()> {
        let until = self.sender.runtime.now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST);
        if self.deadline.is_some_and(|deadline| until >= deadline) {
            let message = format!(
                "the extraction {} has no results yet",
                crate::error::printable(id, 64)
            );
            let error = Error::new(ErrorKind::Timeout, message)
                .with_phase("total")
                .with_hint(concat!(
                    "It goes on: ask for it again by its id, with ",
                    name!("operation.document_intelligence.get"),
                    "."
                ))
                .with_outcome(Outcome::Done);
            return Err(invoke::placed(self.sender, self.operation, error));
        }
        let pause = until.saturating_duration_since(self.sender.runtime.now());
        let runtime = &*self.sender.runtime;
        suspend(Suspension::of(runtime, pause, self.deadline, &self.cancel)).await;
        match self.cancel.cause() {
            None => Ok(()),
            Some(by) => {
                let error = cancelled(by).with_outcome(Outcome::Done);
                Err(invoke::placed(self.sender, self.operation, error))
            }
        }
    }
}

/// The error of a request for the job. Its outcome is `Done`, because the job was made; it keeps the name of the operation that failed.
pub(super) fn made(error: Error) -> Error {
    error.with_outcome(Outcome::Done)
}
