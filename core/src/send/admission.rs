//! Whether, and when, an attempt may be sent: the client's pause and its budget.

use std::time::{Duration, Instant};

use super::call::{Call, cancelled};
use super::retry;
use super::runtime::Runtime;
use super::sender::{Sender, State};
use super::throttle;
use super::throttle::Decision;
use crate::error::{Error, ErrorKind, Outcome, Reason, Result, name};

/// Why an attempt is not sent yet.
#[derive(Clone, Copy, PartialEq)]
enum WaitCause {
    /// The client's own budget is used up: the caller set it, so only the caller's `timeout` bounds the wait.
    UsedUp,
    /// A 429, perhaps to another call, named a time.
    Asked,
    /// That time is over, and calls go on one by one.
    Others,
}

impl WaitCause {
    fn message(self) -> &'static str {
        match self {
            WaitCause::UsedUp => concat!("the ", name!("rate_limit"), " of this client is used up"),
            WaitCause::Asked => "the server asked this client, by a 429 to another call, to wait",
            WaitCause::Others => "this client's calls go on one by one after a 429",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            WaitCause::UsedUp => {
                concat!(
                    "Give the call more time with ",
                    name!("option.timeout"),
                    ", or the client more requests with ",
                    name!("rate_limit"),
                    "; ",
                    name!("max_retry_wait"),
                    " does not bound this wait."
                )
            }
            WaitCause::Asked | WaitCause::Others => {
                concat!(
                    "Wait for ",
                    name!("error.retry_after"),
                    " before the next call, or accept a longer wait with ",
                    name!("max_retry_wait"),
                    " and, for the whole call, ",
                    name!("option.timeout"),
                    "."
                )
            }
        }
    }
}

/// The leave to send one attempt. Whatever becomes of it is told.
pub(crate) struct Permit<'a> {
    state: &'a State,
    runtime: &'a dyn Runtime,
    longest_wait: Duration,
    /// It finds out for all who wait.
    is_probe: bool,
    /// It has a place in the budget.
    has_place: bool,
}

impl Sender {
    /// Waits until an attempt may be sent, or refuses where that is longer than the call accepts. After each wait everything is
    /// asked anew: another call may have been told to wait meanwhile. `caused`: how long the call has already waited before this
    /// attempt because a server asked for it.
    pub(crate) fn admit(&self, call: &Call<'_>, mut caused: Duration) -> Result<Permit<'_>> {
        let state = self.state();
        let mut spread = None;
        loop {
            let now = self.runtime.now();
            if let Err(until) = state.rate_limiter.take(now) {
                self.await_turn(call, until, WaitCause::UsedUp, &mut caused)?;
                continue;
            }
            let turn = state.throttle.decide(now);
            let admitted = |is_probe| Permit {
                state,
                runtime: &*self.runtime,
                longest_wait: call.policy.longest_wait,
                is_probe,
                has_place: true,
            };
            match (turn, spread) {
                (Decision::Go, None) => return Ok(admitted(false)),
                (Decision::Probe, _) => return Ok(admitted(true)),
                _ => state.rate_limiter.unused(),
            }
            match turn {
                Decision::Asked(until) => {
                    self.await_turn(call, until, WaitCause::Asked, &mut caused)?
                }
                Decision::Others(until, by) => {
                    spread = Some(by);
                    self.await_turn(call, until, WaitCause::Others, &mut caused)?;
                }
                Decision::Go | Decision::Probe => {
                    let by = spread.take().unwrap_or_default();
                    let until = now + by.mul_f64(self.runtime.random());
                    self.await_turn(call, until, WaitCause::Others, &mut caused)?;
                }
            }
        }
    }

    /// Waits, if that is not longer than the call accepts.
    fn await_turn(
        &self,
        call: &Call<'_>,
        until: Instant,
        reason: WaitCause,
        caused: &mut Duration,
    ) -> Result<()> {
        let now = self.runtime.now();
        let wait = until.saturating_duration_since(now);
        let late = call.left(now).is_some_and(|left| wait >= left);
        let longest = call.policy.longest_wait;
        let is_too_long = match reason {
            WaitCause::UsedUp => false,
            WaitCause::Others => wait > longest,
            // Several waits before one attempt are one wait to the caller, with what its own was spread by.
            WaitCause::Asked => {
                *caused = caused.saturating_add(wait);
                wait > longest || *caused > longest + retry::spread(longest)
            }
        };
        if late || is_too_long {
            let error = Error::new(ErrorKind::RateLimit, reason.message())
                .with_hint(reason.hint())
                .with_retry_after(Some(wait))
                .with_outcome(Outcome::NotSent);
            return Err(match reason {
                WaitCause::UsedUp => error,
                WaitCause::Asked | WaitCause::Others => error.with_reason(Reason::Paused),
            });
        }
        match self.runtime.sleep(wait, &call.context.cancel) {
            false => Ok(()),
            true => Err(call
                .context
                .cancel
                .cause()
                .map_or_else(|| Error::internal("a rest ended for no reason"), cancelled)),
        }
    }
}

impl Permit<'_> {
    /// The attempt came back.
    pub(crate) fn complete(mut self, error: Option<&Error>) {
        let now = self.runtime.now();
        // Also a time that this call does not wait for: none of the next ones is to be refused by the server again.
        if let Some(asked) = error.and_then(asked_wait) {
            // Nobody waits longer than that for it, so there is no larger herd to spread.
            let herd = asked.min(self.longest_wait);
            let spread = retry::spread(herd).min(self.longest_wait);
            let until = now + asked.min(throttle::LONGEST);
            self.state.throttle.begin(until, spread);
        }
        if error.is_some_and(|error| error.outcome() == Outcome::NotSent) {
            self.state.rate_limiter.unused();
            self.has_place = false;
        }
    }
}

/// How long everyone is to wait: a 429 speaks to the token, any other status of the one call.
fn asked_wait(error: &Error) -> Option<Duration> {
    let asked = error.retry_after();
    asked.filter(|_| error.kind() == ErrorKind::RateLimit)
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.has_place {
            self.state.rate_limiter.answered(self.runtime.now());
        }
        if self.is_probe {
            self.state.throttle.over();
        }
    }
}
