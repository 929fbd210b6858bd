//! The attempts of one call: the first, and those that the policy allows after a failure.

use std::time::Duration;

use super::authorization::Refusal;
use super::call::Call;
use super::ended::cancelled;
use super::request::{PreparedRequest, Safety};
use super::retry::Next;
use super::sender::Sender;
use super::{passed_limit, suspension};
use crate::cancel::CancelCause;
use crate::error::{CurlBody, CurlRequest, Error, ErrorKind, Outcome, Result};

/// The part of a call that an attempt makes anew.
pub(crate) trait Attempt {
    /// The result of the call.
    type Output;
    /// Waits for what the caller gives to the attempt. Before the admission: who waits for a source holds no slot of the rate limit.
    fn prepare(&mut self) -> Result<()> {
        Ok(())
    }
    /// Opens the caller's file. After the admission: who waits for a turn holds no descriptor.
    fn open(&mut self) -> Result<()> {
        Ok(())
    }
    /// Makes one attempt.
    fn run(&mut self) -> Result<Self::Output>;
    /// Goes back to the beginning for another attempt; false where that is impossible, as with a stream that was read.
    fn rewind(&mut self) -> bool;
    /// Returns the caller's source to where it stood before the call. Called once, after the call has failed. False where that
    /// is impossible: the same call cannot be made again with this source.
    fn give_back(&mut self) -> bool {
        true
    }
}

/// An attempt without a file: it can be repeated as it is.
pub(crate) struct JsonAttempt<F>(pub(crate) F);

impl<T, F: FnMut() -> Result<T>> Attempt for JsonAttempt<F> {
    type Output = T;

    fn run(&mut self) -> Result<T> {
        (self.0)()
    }

    fn rewind(&mut self) -> bool {
        true
    }
}

/// Reports whether the server has accepted the token of an attempt: its answer was good, even if it cannot be used.
fn is_accepted<T>(result: &Result<T>) -> bool {
    match result {
        Ok(_) => true,
        Err(error) => error
            .http_status()
            .is_some_and(|status| (200..=299).contains(&status)),
    }
}

/// Reports whether a failed attempt may have changed something on the server.
fn may_have_acted(target: &PreparedRequest, outcome: Outcome) -> bool {
    target.safety != Safety::Safe && matches!(outcome, Outcome::Unknown | Outcome::Done)
}

impl Sender {
    /// Attempts a call until it succeeds or may not be repeated, or until its attempts, its time or the client's quota run out.
    pub(crate) async fn attempt<A: Attempt>(
        &self,
        call: &Call<'_>,
        mut attempt: A,
    ) -> Result<A::Output> {
        self.begin_call(call);
        let result = self.attempts(call, &mut attempt).await;
        let result = result.map_err(|error| {
            let error = error.with_request(self.curl_request(call.target));
            match attempt.give_back() {
                true => error,
                false => without_source(error),
            }
        });
        self.end_call(call, result.as_ref().err());
        result
    }

    /// A request, for its curl line.
    pub(crate) fn curl_request(&self, target: &PreparedRequest) -> CurlRequest {
        let body = match (&target.body, target.method.has_body()) {
            (Some(_), _) => CurlBody::Json,
            // An upload's body is its stream, which is no part of the prepared request.
            (None, true) => CurlBody::Form,
            (None, false) => CurlBody::None,
        };
        let url = self.url_of(target);
        // A call that is refused since its address holds the token has a line as well.
        let url = self.token().map_or(url.clone(), |token| token.blank(&url));
        CurlRequest {
            method: target.method.name(),
            url,
            accept: target.accept,
            body,
        }
    }

    /// The loop of attempts. Each passes the admission, counts as a write where it may change something, and is followed by the
    /// policy's decision.
    async fn attempts<A: Attempt>(&self, call: &Call<'_>, attempt: &mut A) -> Result<A::Output> {
        let mut number = 1;
        // The attempts that a new token has caused: they are not taken from the call's own number.
        let mut renewals = 0;
        let mut cost = 0;
        let mut doubt = None;
        let mut server_wait_so_far = Duration::ZERO;
        loop {
            // A call that has to end waits for nothing more.
            let is_told = !suspension::must_end();
            let prepared = match is_told {
                true => attempt.prepare(),
                false => Ok(()),
            };
            let known = match prepared {
                Ok(()) => self.first_token(call).await,
                Err(error) => Err(error),
            };
            // The hook comes before the admission, too: it may call this client, and so must hold nothing that such a call waits for.
            let known = known.and_then(|known| {
                is_told
                    .then(|| self.before_attempt(call, number, &known.token))
                    .transpose()?;
                Ok(known)
            });
            let known = match known {
                Ok(known) => known,
                Err(error) => return Err(self.with_history(error, call, number, doubt)),
            };
            let admitted = self.admit_with_token(call, known, number, server_wait_so_far);
            let (permit, credential) = match admitted.await {
                Ok(admitted) => admitted,
                Err(error) => {
                    let error = self.with_history(error, call, number, doubt);
                    if is_told {
                        self.held_back(call, number, &error);
                    }
                    return Err(error);
                }
            };
            let observed = self.begin_attempt();
            let writing = match call.target.safety {
                Safety::Safe => None,
                _ => Some(self.writes.begin()),
            };
            let result = attempt.open().and_then(|()| attempt.run());
            // A write that was not sent, or that the server rejected, moved nothing. Every other one counts as done.
            if let Some(writing) = writing {
                let outcome = result.as_ref().err().map(Error::outcome);
                writing.end(!matches!(
                    outcome,
                    Some(Outcome::NotSent | Outcome::Rejected)
                ));
            }
            permit.complete(result.as_ref().err(), &credential);
            if is_accepted(&result) {
                credential.accepted();
            }
            self.end_attempt(call, number, observed, result.as_ref().err());
            let error = match result {
                Ok(output) => {
                    self.state_of(call).retry_quota.give(cost);
                    if let Some(recorder) = &call.options.recorder {
                        recorder.end(number, self.runtime.now());
                    }
                    return Ok(output);
                }
                Err(error) => self.with_history(error, call, number, doubt),
            };
            let refusal = self.after_refusal(call, &credential, error, renewals == 0);
            let error = match refusal.await {
                // The server did nothing, so this holds for what may act twice, too.
                Refusal::Renewed(error) if attempt.rewind() => {
                    self.before_retry(call, number, Duration::ZERO, &error);
                    renewals += 1;
                    number += 1;
                    continue;
                }
                Refusal::Renewed(error) | Refusal::Stands(error) => error,
            };
            let left = call.left(self.runtime.now());
            let next = call
                .policy
                .next(&error, number - renewals, left, self.runtime.random());
            let Next::After(wait) = next else {
                return Err(error);
            };
            // The quota comes last, so that an attempt that is not made costs nothing.
            let taken = match attempt.rewind() {
                true => self.state_of(call).retry_quota.take(error.kind()),
                false => None,
            };
            let Some(taken) = taken else {
                return Err(error);
            };
            self.before_retry(call, number, wait, &error);
            let of_token = error.kind() == ErrorKind::RateLimit;
            if self.pause(call, wait, of_token).await {
                return Err(self.cancelled(call, error));
            }
            cost = taken;
            number += 1;
            server_wait_so_far = error.retry_after().unwrap_or_default();
            doubt = Some(error.outcome()).filter(|outcome| may_have_acted(call.target, *outcome));
        }
    }

    /// Adds the operation, the number of attempts, the outcome of the whole call and the limit that passed to an attempt's error.
    ///
    /// `doubt` is the outcome of an earlier attempt that may have acted: then the call may have acted, even where this attempt
    /// provably did not.
    fn with_history(
        &self,
        error: Error,
        call: &Call<'_>,
        attempts: u32,
        doubt: Option<Outcome>,
    ) -> Error {
        let target = call.target;
        // Zero attempts: the error was raised before this attempt was sent, so this one does not count.
        let attempts = match error.attempts() {
            0 => attempts - 1,
            _ => attempts,
        };
        let error = passed_limit::named(error, call, &self.settings, self.runtime.now());
        let error = self.with_operation(error, target).with_attempts(attempts);
        match doubt {
            Some(outcome) if !may_have_acted(target, error.outcome()) => {
                error.with_outcome(outcome)
            }
            _ => error,
        }
    }

    /// The error of a call that was cancelled between two attempts. It keeps the outcome of the last attempt, which the caller
    /// still needs to know.
    pub(super) fn cancelled(&self, call: &Call<'_>, last: Error) -> Error {
        let outcome = match last.outcome() {
            // The server refused the last attempt, and no other was sent. `rejected` is for an error that carries the server's
            // answer, which this one does not.
            Outcome::Rejected => Outcome::NotSent,
            outcome => outcome,
        };
        let cause = call.context.cancel.cause().unwrap_or(CancelCause::Call);
        let error = cancelled(cause)
            .with_outcome(outcome)
            .with_attempts(last.attempts());
        self.with_operation(error, call.target)
    }

    /// Adds the operation, the client and the operation's safety to an error.
    pub(crate) fn with_operation(&self, error: Error, target: &PreparedRequest) -> Error {
        error
            .at(target.operation, target.method.name(), target.path)
            .by(
                &self.settings.user_agent,
                self.settings.token_name.as_deref(),
            )
            .with_repeatable(target.safety != Safety::Unsafe)
    }
}

/// The error of a call whose source is used up: the same call cannot be made again.
fn without_source(error: Error) -> Error {
    let next = "The source was read and cannot go back to its beginning: open it anew before the call is made again.";
    error.with_further_hint(next).with_passing(false)
}
