//! The issuer's keys as they were last fetched.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::clock::Clock;
use super::key_fetch;
use super::key_set::KeySet;
use crate::cancel::InterruptCheck;
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::per_process::PerProcess;

/// The age from which on keys are fetched anew. A key that the issuer has withdrawn counts for so long; the clients of jose and
/// Nimbus take the same time.
const FRESH: Duration = Duration::from_secs(10 * 60);
/// The age up to which keys count while the issuer cannot be reached. An outage must not stop deliveries, but who keeps a receiver
/// from the issuer must not make a withdrawn key count for ever.
const USABLE: Duration = Duration::from_secs(24 * 60 * 60);
/// The time between two requests for keys. Anybody can send a token that names an unknown key, so such a token must not cost a
/// request each; jose takes the same time.
const PAUSE: Duration = Duration::from_secs(30);
/// The same while there are no keys at all: each delivery fails until a request succeeds.
const PAUSE_WITHOUT_KEYS: Duration = Duration::from_secs(1);
/// The time between two interrupt checks of a thread that waits for another's request, as long as in a wait of a call.
const CHECK_INTERVAL: Duration = Duration::from_millis(50);

/// The keys of an issuer, fetched when they are needed.
pub(super) struct KeyCache {
    settings: Settings,
    clock: Arc<dyn Clock>,
    /// For interpreters, which report their signals only on request.
    interrupt_check: Option<InterruptCheck>,
    /// A forked child begins without keys: a thread that it does not have may hold the lock.
    shared: PerProcess<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Notified when a request has ended.
    ended: Condvar,
}

#[derive(Default)]
struct State {
    /// The keys, and the time at which they were fetched.
    keys: Option<(Arc<KeySet>, Instant)>,
    /// The time at which the last request began.
    requested: Option<Instant>,
    /// The error of the last request, if it failed.
    failure: Option<Error>,
    is_fetching: bool,
}

impl State {
    /// The keys, if they are not older than this.
    fn keys(&self, now: Instant, age: Duration) -> Option<Arc<KeySet>> {
        let (keys, fetched) = self.keys.as_ref()?;
        (now.saturating_duration_since(*fetched) < age).then(|| Arc::clone(keys))
    }

    /// Reports whether the last request is long enough ago for another.
    fn may_fetch(&self, now: Instant) -> bool {
        let pause = match self.keys(now, USABLE) {
            Some(_) => PAUSE,
            None => PAUSE_WITHOUT_KEYS,
        };
        let passed = |requested| now.saturating_duration_since(requested) >= pause;
        self.requested.is_none_or(passed)
    }

    /// The error of the last request, for one more caller.
    fn failed(&self) -> Error {
        match &self.failure {
            Some(error) => error.again(),
            None => Error::internal("the keys were lost"),
        }
    }
}

impl KeyCache {
    /// A cache of the keys at the settings' address. It fetches nothing yet.
    pub(super) fn new(
        settings: Settings,
        clock: Arc<dyn Clock>,
        interrupt_check: Option<InterruptCheck>,
    ) -> KeyCache {
        KeyCache {
            settings,
            clock,
            interrupt_check,
            shared: PerProcess::new(Shared::default()),
        }
    }

    /// The keys as they are known. The first caller fetches them, and so does one that finds them too old; of others only those
    /// wait for it who have no keys at all.
    pub(super) fn keys(&self) -> Result<Arc<KeySet>> {
        let shared = self.shared.get(Shared::default);
        let mut state = shared.lock();
        loop {
            let now = self.clock.now();
            if let Some(keys) = state.keys(now, FRESH) {
                return Ok(keys);
            }
            let may_fetch = state.may_fetch(now);
            match state.keys(now, USABLE) {
                Some(keys) if state.is_fetching || !may_fetch => return Ok(keys),
                None if state.is_fetching => {
                    state = self.wait(shared, state)?;
                    // Those who waited share the failure. Else each would make the next request, one after the other.
                    if state.keys.is_none() && state.failure.is_some() {
                        return Err(state.failed());
                    }
                }
                None if !may_fetch => return Err(state.failed()),
                old => {
                    return match (self.fetch(shared, state), old) {
                        (Err(_), Some(old)) => Ok(old),
                        (fetched, _) => fetched,
                    };
                }
            }
        }
    }

    /// The keys that [`keys`](KeyCache::keys) would give without a request and without a wait.
    pub(super) fn known(&self) -> Option<Arc<KeySet>> {
        let state = self.shared.get(Shared::default).lock();
        let now = self.clock.now();
        let is_kept = |_: &Arc<KeySet>| state.is_fetching || !state.may_fetch(now);
        let old = || state.keys(now, USABLE).filter(is_kept);
        state.keys(now, FRESH).or_else(old)
    }

    /// Reports whether [`newer_than`](KeyCache::newer_than) would have no newer keys, without a request and without a wait.
    pub(super) fn is_newest(&self, known: &Arc<KeySet>) -> bool {
        let state = self.shared.get(Shared::default).lock();
        let is_last = (state.keys.as_ref()).is_some_and(|(keys, _)| Arc::ptr_eq(keys, known));
        let may_change = state.is_fetching || state.may_fetch(self.clock.now());
        is_last && !may_change && state.failure.is_none()
    }

    /// The keys that were fetched after these, for a token whose key is not among them. None where they were requested so short a
    /// time ago that they are not requested again.
    pub(super) fn newer_than(&self, known: &Arc<KeySet>) -> Result<Option<Arc<KeySet>>> {
        let shared = self.shared.get(Shared::default);
        let mut state = shared.lock();
        loop {
            let now = self.clock.now();
            match &state.keys {
                Some((keys, _)) if !Arc::ptr_eq(keys, known) => return Ok(Some(Arc::clone(keys))),
                _ if state.is_fetching => state = self.wait(shared, state)?,
                _ if state.may_fetch(now) => return self.fetch(shared, state).map(Some),
                // The key may exist, but the issuer could not be asked.
                _ if state.failure.is_some() => return Err(state.failed()),
                _ => return Ok(None),
            }
        }
    }

    /// Fetches the keys. The lock is free meanwhile.
    fn fetch(&self, shared: &Shared, mut state: MutexGuard<'_, State>) -> Result<Arc<KeySet>> {
        state.is_fetching = true;
        let before = state.requested.replace(self.clock.now());
        drop(state);
        let flight = Flight(shared);
        let fetched = key_fetch::fetch(&self.settings, self.interrupt_check.as_ref()).map(Arc::new);
        let mut state = flight.0.lock();
        match &fetched {
            Ok(keys) => {
                state.keys = Some((Arc::clone(keys), self.clock.now()));
                state.failure = None;
            }
            // An interrupt ends the wait of one thread, and says nothing of the issuer: the next one asks.
            Err(error) if error.kind() == ErrorKind::Cancelled => state.requested = before,
            Err(error) => state.failure = Some(error.again()),
        }
        fetched
    }

    /// Waits for the end of the request that another thread makes. The limits of that request bound the wait.
    ///
    /// # Errors
    /// The kind is `cancelled` where an interrupt ended the wait.
    fn wait<'a>(
        &self,
        shared: &'a Shared,
        mut state: MutexGuard<'a, State>,
    ) -> Result<MutexGuard<'a, State>> {
        let Some(check) = &self.interrupt_check else {
            let ended = shared.ended.wait(state);
            return Ok(ended.unwrap_or_else(PoisonError::into_inner));
        };
        while state.is_fetching {
            let waited = shared.ended.wait_timeout(state, CHECK_INTERVAL);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            // The check runs the caller's code, which may come back here: the lock must be free.
            drop(state);
            if check() {
                return Err(Error::new(
                    ErrorKind::Cancelled,
                    "the wait for the issuer's keys was interrupted",
                ));
            }
            state = shared.lock();
        }
        Ok(state)
    }
}

/// A request for keys. However it ends, those who wait for it go on.
struct Flight<'a>(&'a Shared);

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.0.lock().is_fetching = false;
        self.0.ended.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyCache")
            .field(&self.settings.base_url.as_str())
            .finish()
    }
}
