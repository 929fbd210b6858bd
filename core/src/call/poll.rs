//! Waiting for an extraction: there is no status and no event for it, so it is asked for until its results are there.

use std::time::{Duration, Instant};

use super::invoke::{self, Answer};
use super::operation::OperationSpec;
use super::request_builder;
use crate::cancel::CancelScope;
use crate::endpoints::document_intelligence::{Extraction, Get};
use crate::endpoints::registry;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::json::{Node, NodeKind};
use crate::send::{CallOptions, Sender, cancelled};
use crate::system;

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
            deadline: system::now() + limit,
            pause: FIRST,
        }
    }

    /// What is left for the next request.
    pub(crate) fn options(&self, options: &CallOptions) -> CallOptions {
        let left = self.deadline.saturating_duration_since(system::now());
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
        let until = system::now() + self.pause;
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
        self.cancel
            .sleep(until.saturating_duration_since(system::now()));
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

/// Waits for the results of a job that was just made, by documents.
pub(crate) fn follow(
    sender: &Sender,
    operation: &'static OperationSpec,
    mut answer: Answer,
    options: &CallOptions,
) -> Result<Answer> {
    let mut wait = Poll::new(sender, operation, options);
    let id = answer.document.root().get("id").and_then(Node::as_str);
    let id = id.unwrap_or_default().to_owned();
    while !is_done(answer.document.root()) {
        wait.pause(&id)?;
        let options = wait.options(options);
        let get = registry::of::<Get>();
        let language = sender.settings.language;
        let target = request_builder::build(
            get,
            &[&id],
            &serde_json::Map::new(),
            None,
            &options,
            language,
        );
        answer =
            wait.asked(target.and_then(|target| invoke::fetch(sender, get, &target, &options)))?;
    }
    Ok(answer)
}

/// Whether the results are there (inferred: some member is not null). What is no object is there unless it is null or empty.
fn is_done(job: Node<'_>) -> bool {
    job.get("results")
        .is_some_and(|results| match results.kind() {
            NodeKind::Null => false,
            NodeKind::Object => results.members().any(|(_, value)| !value.is_null()),
            NodeKind::Array => !results.is_empty(),
            _ => true,
        })
}

/// The same of the typed model.
pub(crate) fn is_ready(job: &Extraction) -> bool {
    if let Some(results) = job.extra("results") {
        return results.as_str() != "[]";
    }
    job.results.as_ref().is_some_and(|results| {
        results.fields.is_some()
            || results.validation.is_some()
            || results.document_type.is_some()
            || results.extras().any(|(_, value)| value.as_str() != "null")
    })
}
