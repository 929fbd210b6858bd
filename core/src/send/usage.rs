//! The usage of a client at one moment: its counters, its pause and the rest of its rates.

use super::sender::Sender;
use crate::stats::{RateLeft, Stats};

impl Sender {
    /// The usage of this client and its clones in this process.
    pub(crate) fn stats(&self) -> Stats {
        let (state, now) = (self.state(), self.runtime.now());
        let rates = state.rate_limiter.left(now).into_iter();
        let mut stats = state.stats.snapshot(now);
        stats.token_fingerprint = self.token().map(|token| token.fingerprint());
        stats.token_name = self.settings.token_name.clone();
        stats.paused_for = state.throttle.left(now);
        stats.rate_left = rates
            .map(|(rate, left)| RateLeft {
                requests: rate.requests as u64,
                window: rate.window,
                left: left as u64,
            })
            .collect();
        stats
    }
}
