//! Waiting for an extraction: there is no status and no event for it, so it is asked for until its results are there.

use std::time::{Duration, Instant};

use super::invoke;
use super::operation::OperationSpec;
use crate::cancel::CancelScope;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::send::{CallOptions, Sender, cancelled};

/// The first pause between two questions; each next one is twice as long, up to the longest.
const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(4);

/// The clock of one wait.
pub(crate) struct Poll<'a> {
    sender: &'a Sender,
    operation: &'static OperationSpec,
    cancel: CancelScope,
    deadline: Instant,
    pause: Duration,
}

impl<'a> Poll<'a> {
    /// Starts now: the deadline is the call's own limit, or the client's.
    pub(crate) fn new(
        sender: &'a Sender,
        operation: &'static OperationSpec,
        options: &CallOptions,
    ) -> Self {
        let limit = options.timeout.unwrap_or(sender.settings.limits.total);
        Poll {
            sender,
            operation,
            cancel: sender.cancel_scope(options),
            deadline: sender.runtime.now() + limit,
            pause: FIRST,
        }
    }

    /// What is left for the next request.
    pub(crate) fn options(&self, options: &CallOptions) -> CallOptions {
        let left = self
            .deadline
            .saturating_duration_since(self.sender.runtime.now());
        // What the call adds to its own request means nothing to the questions.
        let own = CallOptions {
            query: serde_json::Map::new(),
            body: serde_json::Map::new(),
            ..options.clone()
        };
        own.timeout(left.max(Duration::from_millis(1)))
    }

    /// Pauses before the next question about `id`, or says that the time is up.
    pub(crate) fn pause(&mut self, id: &str) -> Result<()> {
        let until = self.sender.runtime.now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST);
        if until >= self.deadline {
            let message = format!(
                "the extraction {} has no results yet",
                crate::error::printable(id, 64)
            );
            let error = Error::new(ErrorKind::Timeout, message)
                .with_phase("total")
                .with_hint(
                    "It goes on: ask for it again by its id, with document_intelligence.get.",
                )
                .with_outcome(Outcome::Done);
            return Err(invoke::placed(self.sender, self.operation, error));
        }
        let wait = until.saturating_duration_since(self.sender.runtime.now());
        self.sender.runtime.sleep(wait, &self.cancel);
        match self.cancel.cause() {
            None => Ok(()),
            Some(by) => {
                let error = cancelled(by).with_outcome(Outcome::Done);
                Err(invoke::placed(self.sender, self.operation, error))
            }
        }
    }

    /// An error of a question, which stays named after it: the job itself was made.
    pub(crate) fn asked<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| error.with_outcome(Outcome::Done))
    }
}
