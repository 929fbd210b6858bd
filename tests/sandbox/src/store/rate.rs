use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// A limit of requests per token in a sliding window. The reference has no numbers, so none is set by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Requests allowed in a window; 0 refuses all.
    pub requests: usize,
    /// Length of the window in milliseconds.
    pub window_ms: u64,
    /// Seconds named in `retryAfter` and `Retry-After`; without it, the time until a request is allowed again, rounded up.
    #[serde(default)]
    pub retry_after: Option<u64>,
}

/// Counts requests by token.
#[derive(Default)]
pub(crate) struct RateGate {
    limit: Option<RateLimit>,
    /// Moments in microseconds of the requests let through, oldest first.
    seen: HashMap<String, VecDeque<i64>>,
}

impl RateGate {
    /// A new limit starts with nothing counted.
    pub(crate) fn set(&mut self, limit: Option<RateLimit>) {
        self.limit = limit;
        self.seen.clear();
    }

    /// Counts a request of `token` or refuses it; refused ones do not count.
    pub(crate) fn pass(&mut self, token: &str, now: Timestamp) -> Result<(), ApiError> {
        let Some(limit) = self.limit else {
            return Ok(());
        };
        let now = now.as_microsecond();
        let window = i64::try_from(limit.window_ms.saturating_mul(1000)).unwrap_or(i64::MAX);
        let seen = self.seen.entry(token.to_owned()).or_default();
        while seen
            .front()
            .is_some_and(|&at| at.saturating_add(window) <= now)
        {
            seen.pop_front();
        }
        if seen.len() < limit.requests {
            seen.push_back(now);
            return Ok(());
        }
        let wait = seen
            .front()
            .map_or(window, |&at| at.saturating_add(window).saturating_sub(now));
        let seconds = u64::try_from(wait).unwrap_or(0).div_ceil(1_000_000).max(1);
        Err(ApiError::rate_limited(limit.retry_after.unwrap_or(seconds)))
    }
}
