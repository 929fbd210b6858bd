//! The admission of attempts: the client's rate limiter and its throttle decide when one may be sent.

use std::time::{Duration, Instant};

use super::call::Call;
use super::ended::{cancelled, over};
use super::retry;
use super::runtime::Runtime;
use super::sender::Sender;
use super::state::State;
use super::suspension::{self, Suspension};
use super::throttle;
use super::throttle::Decision;
use crate::error::{Error, ErrorKind, Outcome, Reason, Result, name};

/// The reason why an attempt has to wait.
#[derive(Clone, Copy, PartialEq)]
enum WaitCause {
    /// The client's own rate limit is used up. The caller set it, so only the caller's `timeout` bounds the wait.
    RateLimit,
    /// A 429, perhaps to another call, named a time to wait.
    RetryAfter,
    /// That time is over, and this call waits for the probe or for its part of the spread.
    Probe,
}

impl WaitCause {
    fn message(self) -> &'static str {
        match self {
            WaitCause::RateLimit => {
                concat!("the ", name!("rate_limit"), " of this client is used up")
            }
            WaitCause::RetryAfter => {
                "the server asked this client, by a 429 to another call, to wait"
            }
            WaitCause::Probe => "this client's calls go on one by one after a 429",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            WaitCause::RateLimit => {
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
            WaitCause::RetryAfter | WaitCause::Probe => {
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

/// The permit to send one attempt. Its drop frees the slot and ends the probe, in a panic too.
pub(crate) struct Permit<'a> {
    state: &'a State,
    runtime: &'a dyn Runtime,
    longest_wait: Duration,
    /// The attempt is the throttle's probe.
    is_probe: bool,
    /// The attempt holds a slot of the rate limiter.
    has_slot: bool,
}

impl Sender {
    /// Waits until attempt `number`, counted from 1, may be sent. Fails at once where that is longer than the call accepts.
    ///
    /// After each wait both the limiter and the throttle decide anew: another call may have met a 429 meanwhile. `server_wait_so_far` is the
    /// time that the call has already waited before this attempt because of a `Retry-After`.
    pub(crate) async fn admit<'a>(
        &'a self,
        call: &Call<'a>,
        number: u32,
        mut server_wait_so_far: Duration,
    ) -> Result<Permit<'a>> {
        // Before the first attempt none of the caller's own code has run.
        let state = match number {
            1 => call.state,
            _ => self.state_of(call),
        };
        let mut spread = None;
        loop {
            let now = self.runtime.now();
            if suspension::must_end() || call.left(now).is_some_and(|left| left.is_zero()) {
                return Err(over(&call.context.cancel));
            }
            if let Err(until) = state.rate_limiter.take(now) {
                self.await_turn(call, until, WaitCause::RateLimit, &mut server_wait_so_far)
                    .await?;
                continue;
            }
            let decision = state.throttle.decide(now);
            let permit = |is_probe| Permit {
                state,
                runtime: &*self.runtime,
                longest_wait: call.policy.longest_wait,
                is_probe,
                has_slot: true,
            };
            match (decision, spread) {
                (Decision::Go, None) => return Ok(permit(false)),
                (Decision::Probe, _) => return Ok(permit(true)),
                // A call that waits for the throttle must not hold a slot that another could use.
                _ => state.rate_limiter.unused(),
            }
            match decision {
                Decision::Wait(until) => {
                    self.await_turn(call, until, WaitCause::RetryAfter, &mut server_wait_so_far)
                        .await?
                }
                Decision::AwaitProbe(until, longest) => {
                    spread = Some(longest);
                    self.await_turn(call, until, WaitCause::Probe, &mut server_wait_so_far)
                        .await?;
                }
                // The probe has returned. Whoever waited for it spreads out once, and is then sent without another wait.
                Decision::Go | Decision::Probe => {
                    let longest = spread.take().unwrap_or_default();
                    let until = now + longest.mul_f64(self.runtime.random());
                    self.await_turn(call, until, WaitCause::Probe, &mut server_wait_so_far)
                        .await?;
                }
            }
        }
    }

    /// Suspends the call for a time. Returns whether it was cancelled.
    pub(super) async fn pause(&self, call: &Call<'_>, wait: Duration) -> bool {
        let cancel = &call.context.cancel;
        let runtime = &*self.runtime;
        suspension::suspend(Suspension::of(runtime, wait, call.deadline, cancel)).await;
        cancel.cause().is_some()
    }

    /// Waits until a moment. Fails at once where that is later than the call accepts.
    async fn await_turn(
        &self,
        call: &Call<'_>,
        until: Instant,
        cause: WaitCause,
        server_wait_so_far: &mut Duration,
    ) -> Result<()> {
        let now = self.runtime.now();
        let wait = until.saturating_duration_since(now);
        let late = call.left(now).is_some_and(|left| wait >= left);
        let longest = call.policy.longest_wait;
        let is_too_long = match cause {
            WaitCause::RateLimit => false,
            WaitCause::Probe => wait > longest,
            // Several waits before one attempt are one wait to the caller. The spread of its own wait comes on top.
            WaitCause::RetryAfter => {
                *server_wait_so_far = server_wait_so_far.saturating_add(wait);
                wait > longest || *server_wait_so_far > longest + retry::spread(longest)
            }
        };
        if late || is_too_long {
            let error = Error::new(ErrorKind::RateLimit, cause.message())
                .with_hint(cause.hint())
                .with_retry_after(Some(wait))
                .with_outcome(Outcome::NotSent);
            return Err(match cause {
                WaitCause::RateLimit => error,
                WaitCause::RetryAfter | WaitCause::Probe => error.with_reason(Reason::Paused),
            });
        }
        match self.pause(call, wait).await {
            false => Ok(()),
            true => Err(call
                .context
                .cancel
                .cause()
                .map_or_else(|| Error::internal("a sleep ended for no reason"), cancelled)),
        }
    }
}

impl Permit<'_> {
    /// Records the end of the attempt. A 429 that names a time begins the throttle's wait.
    pub(crate) fn complete(mut self, error: Option<&Error>) {
        let now = self.runtime.now();
        // This holds for a time that this call itself does not wait for, too: the server would refuse the next calls again.
        if let Some(retry_after) = error.and_then(throttling_wait) {
            // No call waits longer than it accepts, so those who wait are spread over a tenth of that at most.
            let accepted = retry_after.min(self.longest_wait);
            let spread = retry::spread(accepted).min(self.longest_wait);
            let until = now + retry_after.min(throttle::LONGEST);
            self.state.throttle.begin(until, spread);
        }
        if error.is_some_and(|error| error.outcome() == Outcome::NotSent) {
            self.state.rate_limiter.unused();
            self.has_slot = false;
        }
    }
}

/// The time that the whole client has to wait. A 429 concerns the token, any other status only the one call.
fn throttling_wait(error: &Error) -> Option<Duration> {
    let retry_after = error.retry_after();
    retry_after.filter(|_| error.kind() == ErrorKind::RateLimit)
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.has_slot {
            self.state.rate_limiter.answered(self.runtime.now());
        }
        if self.is_probe {
            self.state.throttle.end_probe();
        }
    }
}
