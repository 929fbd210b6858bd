//! The part of a client that its calls change.

use std::sync::Arc;
use std::time::Instant;

use super::options::CallOptions;
use super::rate_limiter::RateLimiter;
use super::retry_quota::RetryQuota;
use super::throttle::Throttle;
use super::watches::Watches;
use crate::auth::Credentials;
use crate::cache::Cache;
use crate::cancel::{CancelScope, CancelSource};
use crate::config::Settings;
use crate::stats::Registered;
use crate::transport::{self, Transport};

/// The state that calls change. A forked child begins with its own: it must not use its parent's sockets, nor wait for a lock
/// that a thread of its parent held.
pub(crate) struct State {
    pub(super) transport: Box<dyn Transport>,
    pub(super) cancel_source: Arc<CancelSource>,
    pub(crate) credentials: Credentials,
    pub(crate) retry_quota: RetryQuota,
    pub(crate) throttle: Throttle,
    pub(crate) rate_limiter: RateLimiter,
    /// The kept answers; none where the client keeps none.
    pub(crate) cache: Option<Cache>,
    pub(crate) stats: Registered,
    /// The waits for objects that change at the server.
    pub(crate) watches: Watches,
}

impl State {
    /// A state that begins at `now` by the client's clock.
    pub(super) fn new(settings: &Settings, credentials: Credentials, now: Instant) -> State {
        let credential = credentials.credential();
        let fingerprint = credential.map(|credential| credential.token.fingerprint());
        State {
            transport: transport::open(settings),
            cancel_source: Arc::default(),
            credentials,
            retry_quota: RetryQuota::full(),
            throttle: Throttle::default(),
            rate_limiter: RateLimiter::new(&settings.rates),
            cache: settings.cache_ttl.map(Cache::new),
            stats: Registered::new(fingerprint, settings.token_name.as_deref(), now),
            watches: Watches::default(),
        }
    }

    /// The cancel scope of a call with these options.
    pub(crate) fn cancel_scope(&self, options: &CallOptions) -> CancelScope {
        CancelScope::of(
            &self.cancel_source,
            options.cancel.as_ref(),
            options.interrupt_check.as_ref(),
        )
    }
}
