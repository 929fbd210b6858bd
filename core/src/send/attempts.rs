//! One call, as many attempts as it may make.

use std::time::Duration;

use super::call::{Call, cancelled};
use super::request::{PreparedRequest, Safety};
use super::retry::Next;
use super::sender::Sender;
use crate::cancel::CancelCause;
use crate::error::{Error, Outcome, Result};

/// Something that can be attempted.
pub(crate) trait Attempt {
    /// What it gives.
    type Given;
    /// One attempt.
    fn run(&mut self) -> Result<Self::Given>;
    /// Makes ready for another; false where there can be none.
    fn rewind(&mut self) -> bool;
    /// The call has failed: gives back what the caller lent to it as it was. False where that cannot be, so that the same call
    /// cannot be made again.
    fn give_back(&mut self) -> bool {
        true
    }
}

/// An attempt that can be repeated as it is.
pub(crate) struct JsonAttempt<F>(pub(crate) F);

impl<T, F: FnMut() -> Result<T>> Attempt for JsonAttempt<F> {
    type Given = T;

    fn run(&mut self) -> Result<T> {
        (self.0)()
    }

    fn rewind(&mut self) -> bool {
        true
    }
}

/// Whether a failed attempt may have changed something.
fn may_have_acted(target: &PreparedRequest, outcome: Outcome) -> bool {
    target.safety != Safety::Safe && matches!(outcome, Outcome::Unknown | Outcome::Done)
}

impl Sender {
    /// Attempts a call until it succeeds, may not be repeated, or its attempts, time or the client's quota are used up.
    pub(crate) fn attempt<A: Attempt>(&self, call: &Call<'_>, mut attempt: A) -> Result<A::Given> {
        let result = self.attempts(call, &mut attempt);
        result.map_err(|error| match attempt.give_back() {
            true => error,
            false => without_source(error),
        })
    }

    fn attempts<A: Attempt>(&self, call: &Call<'_>, attempt: &mut A) -> Result<A::Given> {
        let mut number = 1;
        let mut cost = 0;
        let mut doubt = None;
        let mut caused = Duration::ZERO;
        loop {
            let admitted = match self.admit(call, caused) {
                Ok(admitted) => admitted,
                Err(error) => return Err(self.told(error, call.target, number, doubt)),
            };
            let writing = match call.target.safety {
                Safety::Safe => None,
                _ => Some(self.writes.begin()),
            };
            let result = attempt.run();
            if let Some(writing) = writing {
                let outcome = result.as_ref().err().map(Error::outcome);
                writing.end(!matches!(
                    outcome,
                    Some(Outcome::NotSent | Outcome::Rejected)
                ));
            }
            admitted.complete(result.as_ref().err());
            let error = match result {
                Ok(given) => {
                    self.state().retry_quota.give(cost);
                    return Ok(given);
                }
                Err(error) => self.told(error, call.target, number, doubt),
            };
            let left = call.left(self.runtime.now());
            let next = call
                .policy
                .next(&error, number, left, self.runtime.random());
            let Next::After(wait) = next else {
                return Err(error);
            };
            // The quota last: nothing is taken for an attempt that is not made.
            let taken = match attempt.rewind() {
                true => self.state().retry_quota.take(error.kind()),
                false => None,
            };
            let Some(taken) = taken else {
                return Err(error);
            };
            if self.runtime.sleep(wait, &call.context.cancel) {
                return Err(self.cancelled(call, error));
            }
            cost = taken;
            number += 1;
            caused = error.retry_after().unwrap_or_default();
            doubt = Some(error.outcome()).filter(|outcome| may_have_acted(call.target, *outcome));
        }
    }

    /// An attempt's error with all that is known of the call.
    /// `doubt`: an earlier attempt may have acted, and so the call may have, whatever became of this one.
    fn told(
        &self,
        error: Error,
        target: &PreparedRequest,
        attempts: u32,
        doubt: Option<Outcome>,
    ) -> Error {
        // What was refused before anything was tried stays at no attempt.
        let attempts = match error.attempts() {
            0 => attempts - 1,
            _ => attempts,
        };
        let error = self.placed(error, target).with_attempts(attempts);
        match doubt {
            Some(outcome) if !may_have_acted(target, error.outcome()) => {
                error.with_outcome(outcome)
            }
            _ => error,
        }
    }

    /// The call was ended between two attempts: what became of the last one is still to be said.
    fn cancelled(&self, call: &Call<'_>, last: Error) -> Error {
        let outcome = match last.outcome() {
            Outcome::Rejected => Outcome::NotSent,
            outcome => outcome,
        };
        let by = call.context.cancel.cause().unwrap_or(CancelCause::Call);
        let error = cancelled(by)
            .with_outcome(outcome)
            .with_attempts(last.attempts());
        self.placed(error, call.target)
    }

    /// Names the operation in an error.
    pub(crate) fn placed(&self, error: Error, target: &PreparedRequest) -> Error {
        error
            .at(target.operation, target.method.name(), target.path)
            .by(
                &self.settings.user_agent,
                self.settings.token_name.as_deref(),
            )
            .with_repeatable(target.safety != Safety::Unsafe)
    }
}

/// The error of a call that used up its source: the same call cannot be made again.
fn without_source(error: Error) -> Error {
    let next = "The source was read and cannot go back to its beginning: open it anew before the call is made again.";
    let hint = match error.hint() {
        Some(hint) => format!("{hint} {next}"),
        None => next.to_owned(),
    };
    error.with_hint(hint).with_passing(false)
}
