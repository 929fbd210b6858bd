//! The admission of attempts: the client's rate limiter and its throttle decide when one may be sent.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::call::Call;
use super::ended::{cancelled, over};
use super::rate_limiter::Wait;
use super::retry;
use super::sender::Sender;
use super::state::State;
use super::suspension::{self, Suspension};
use super::throttle;
use super::throttle::Decision;
use crate::auth::Credential;
use crate::error::{Error, ErrorKind, Outcome, Reason, Result, name};

/// The time after which a call looks again that waits for its turn, and has no deadline. Its turn ends the wait, so any long time will do.
const NEXT_LOOK: Duration = Duration::from_secs(3600);

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
    sender: &'a Sender,
    call: &'a Call<'a>,
    state: &'a State,
    /// The attempt is the throttle's probe.
    is_probe: bool,
}

impl WaitCause {
    /// The error of a call that would have to wait for so long.
    fn refusal(self, wait: Duration) -> Error {
        let error = Error::new(ErrorKind::RateLimit, self.message())
            .with_hint(self.hint())
            .with_retry_after(Some(wait))
            .with_outcome(Outcome::NotSent);
        match self {
            WaitCause::RateLimit => error,
            WaitCause::RetryAfter | WaitCause::Probe => error.with_reason(Reason::Paused),
        }
    }
}

impl Sender {
    /// Waits until attempt `number`, counted from 1, may be sent. Fails at once where that is longer than the call accepts.
    ///
    /// After each wait both the limiter and the throttle decide anew: another call may have met a 429 meanwhile. `server_wait_so_far` is the
    /// time that the call has already waited before this attempt because of a `Retry-After`.
    pub(crate) async fn admit<'a>(
        &'a self,
        call: &'a Call<'a>,
        number: u32,
        mut server_wait_so_far: Duration,
    ) -> Result<Permit<'a>> {
        // The caller's own code has run, where the call waited for its source: it may have forked.
        let mut state = self.state_of(call);
        // A call that waited for a thread was made before it came here. A further attempt asks anew, after those who wait already.
        let made = call.options.begun.filter(|_| number == 1);
        let mut turn = state
            .rate_limiter
            .turn(made.unwrap_or_else(|| self.runtime.now()));
        let mut spread = None;
        let mut has_waited = false;
        loop {
            let now = self.runtime.now();
            // The interrupt check of a wait is the caller's own code, and may have forked: the child asks its own limiter and throttle.
            if std::mem::replace(&mut has_waited, true) && !std::ptr::eq(self.state_of(call), state)
            {
                state = self.state_of(call);
                turn = state.rate_limiter.turn(now);
            }
            if suspension::must_end() || call.left(now).is_some_and(|left| left.is_zero()) {
                let is_cancelled = call.context.cancel.cause().is_some();
                let turn_at = turn.earliest(now).filter(|_| !is_cancelled);
                return Err(match turn_at.filter(|at| *at > now) {
                    Some(at) => WaitCause::RateLimit.refusal(at - now),
                    None => over(&call.context.cancel),
                });
            }
            if let Err(wait) = turn.take(now) {
                self.await_slot(call, wait).await?;
                continue;
            }
            let decision = state.throttle.decide(now);
            let permit = |is_probe| {
                if state.rate_limiter.is_limited() {
                    call.hold_slot_of(state);
                }
                Permit {
                    sender: self,
                    call,
                    state,
                    is_probe,
                }
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

    /// Suspends the call for a time. Returns whether it was cancelled. With `of_token` the wait belongs to the token, and ends with it.
    pub(super) async fn pause(&self, call: &Call<'_>, wait: Duration, of_token: bool) -> bool {
        let cancel = &call.context.cancel;
        let awaited = of_token.then(|| self.state_of(call).credentials.await_change());
        let started = self.runtime.now();
        suspension::suspend(Suspension {
            awaited,
            ..Suspension::of(&*self.runtime, wait, call.deadline, cancel)
        })
        .await;
        self.count_wait(call, started);
        cancel.cause().is_some()
    }

    /// Waits for a slot of the rate limiter. Fails at once where the call's time is over before it can have one. No setting but the
    /// call's own time bounds this wait.
    async fn await_slot(&self, call: &Call<'_>, wait: Wait) -> Result<()> {
        let now = self.runtime.now();
        let least = wait.earliest.saturating_duration_since(now);
        if call.left(now).is_some_and(|left| least >= left) {
            return Err(WaitCause::RateLimit.refusal(least));
        }
        let until = wait.until.unwrap_or(now + NEXT_LOOK);
        let until = call.deadline.map_or(until, |deadline| deadline.min(until));
        let cancel = &call.context.cancel;
        suspension::suspend(Suspension {
            until,
            deadline: call.deadline,
            cancel: cancel.clone(),
            awaited: Some(wait.called),
            queue: Some(wait.place),
        })
        .await;
        self.count_wait(call, now);
        match cancel.cause() {
            None => Ok(()),
            Some(cause) => Err(cancelled(cause)),
        }
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
        // Several waits before one attempt are one wait to the caller. The spread of its own wait comes on top.
        let is_too_long_in_all = cause == WaitCause::RetryAfter && {
            *server_wait_so_far = server_wait_so_far.saturating_add(wait);
            *server_wait_so_far > longest + retry::spread(longest)
        };
        let is_too_long = wait > longest || is_too_long_in_all;
        if late || is_too_long {
            return Err(cause.refusal(wait));
        }
        match self.pause(call, wait, true).await {
            false => Ok(()),
            true => Err(call
                .context
                .cancel
                .cause()
                .map_or_else(|| Error::internal("a sleep ended for no reason"), cancelled)),
        }
    }

    /// Gives the slot of a call's attempt back, if it has one: the server has counted the request, if it ever will.
    pub(super) fn free_slot(&self, call: &Call<'_>) {
        if !call.has_slot() {
            return;
        }
        let state = self.state_of(call);
        if call.take_slot_of(state) {
            state.rate_limiter.answered(self.runtime.now());
        }
    }
}

impl Permit<'_> {
    /// Records the end of the attempt. A 429 that names a time begins the throttle's wait.
    ///
    /// The wait belongs to the token: a 429 to one that was replaced meanwhile says nothing of the present one.
    pub(crate) fn complete(self, error: Option<&Error>, credential: &Arc<Credential>) {
        let Some(error) = error else {
            return;
        };
        let now = self.sender.runtime.now();
        let state = self.sender.state_of(self.call);
        // This holds for a time that this call itself does not wait for, too: the server would refuse the next calls again.
        if let Some(retry_after) = throttling_wait(error) {
            let longest = self.call.policy.longest_wait;
            // No call waits longer than it accepts, so those who wait are spread over a tenth of that at most.
            let spread = retry::spread(retry_after.min(longest)).min(longest);
            let until = now + retry_after.min(throttle::LONGEST);
            state
                .credentials
                .if_current(credential, || state.throttle.begin(until, spread));
        }
        if error.outcome() == Outcome::NotSent && self.call.take_slot_of(state) {
            state.rate_limiter.unused();
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
        self.sender.free_slot(self.call);
        // A child that was forked amid the attempt has a throttle of its own, and a thread of the parent may hold this one's lock.
        if self.is_probe && std::ptr::eq(self.sender.state_of(self.call), self.state) {
            self.state.throttle.end_probe();
        }
    }
}
