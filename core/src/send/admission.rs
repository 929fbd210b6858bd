//! Whether, and when, an attempt may be sent: the client's pause and its budget.

use std::time::{Duration, Instant};

use super::pause::Turn;
use super::retry;
use super::sender::{Sender, State};
use super::trying::{Call, ended};
use super::world::World;
use crate::error::{Error, ErrorKind, Outcome, Result};

const USED_UP: &str = "the rate_limit of this client is used up";
const ASKED: &str = "the server asked this client, by a 429 to another call, to wait";
const OTHERS: &str = "this client's calls go on one by one after a 429";

/// The leave to send one attempt. Whatever becomes of it is told.
pub(super) struct Admitted<'a> {
    state: &'a State,
    world: &'a dyn World,
    longest_wait: Duration,
    /// It finds out for all who wait.
    is_probe: bool,
    /// It has a place in the budget.
    has_place: bool,
}

impl Sender {
    /// Waits until an attempt may be sent, or refuses where that is longer than the call accepts. After each wait everything is
    /// asked anew: another call may have been told to wait meanwhile.
    pub(super) fn admit(&self, call: &Call<'_>) -> Result<Admitted<'_>> {
        let state = self.state();
        let mut spread = None;
        loop {
            let now = self.world.now();
            if let Err(until) = state.budget.take(now) {
                self.await_turn(call, until, USED_UP)?;
                continue;
            }
            let turn = state.pause.turn(now);
            let admitted = |is_probe| Admitted {
                state,
                world: &*self.world,
                longest_wait: call.policy.longest_wait,
                is_probe,
                has_place: true,
            };
            match (turn, spread) {
                (Turn::Go, None) => return Ok(admitted(false)),
                (Turn::Probe, _) => return Ok(admitted(true)),
                _ => state.budget.unused(),
            }
            match turn {
                Turn::Asked(until) => self.await_turn(call, until, ASKED)?,
                Turn::Others(until, by) => {
                    spread = Some(by);
                    self.await_turn(call, until, OTHERS)?;
                }
                Turn::Go | Turn::Probe => {
                    let by = spread.take().unwrap_or_default();
                    let until = now + by.mul_f64(self.world.chance());
                    self.await_turn(call, until, OTHERS)?;
                }
            }
        }
    }

    /// Waits, if that is not longer than the call accepts.
    fn await_turn(&self, call: &Call<'_>, until: Instant, why: &str) -> Result<()> {
        let now = self.world.now();
        let wait = until.saturating_duration_since(now);
        let late = call.left(now).is_some_and(|left| wait >= left);
        if late || wait > call.policy.longest_wait {
            let error = Error::new(ErrorKind::RateLimit, why)
                .with_retry_after(Some(wait))
                .with_outcome(Outcome::NotSent);
            return Err(error);
        }
        match self.world.rest(wait, &call.reach.endings) {
            false => Ok(()),
            true => Err(call
                .reach
                .endings
                .ended()
                .map_or_else(|| Error::internal("a rest ended for no reason"), ended)),
        }
    }
}

impl Admitted<'_> {
    /// The attempt came back.
    pub(super) fn came(mut self, error: Option<&Error>) {
        let now = self.world.now();
        if let Some(asked) = error.and_then(|error| self.asks_for_quiet(error)) {
            self.state.pause.begin(now + asked, retry::spread(asked));
        }
        if error.is_some_and(|error| error.outcome() == Outcome::NotSent) {
            self.state.budget.unused();
            self.has_place = false;
        }
    }

    /// How long everyone is to wait. A time that no call would wait for stops nobody: each is told anew.
    fn asks_for_quiet(&self, error: &Error) -> Option<Duration> {
        let asked = error.retry_after();
        asked.filter(|asked| error.kind() == ErrorKind::RateLimit && *asked <= self.longest_wait)
    }
}

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        if self.has_place {
            self.state.budget.answered(self.world.now());
        }
        if self.is_probe {
            self.state.pause.over();
        }
    }
}
