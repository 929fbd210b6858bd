//! The usage of all clients of a process, by token.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, Weak};
use std::time::Instant;

use http::HeaderMap;
use jiff::Timestamp;
use slab::Slab;

use super::counters::Counters;
use super::notices::Notice;
use super::snapshot::Stats;
use crate::auth::Token;
use crate::per_process::PerProcess;
use crate::system;

/// The most tokens whose dropped clients are remembered. A program that makes a client for each of many tokens must not grow for ever;
/// the token that was used least recently is forgotten.
const MOST_TOKENS: usize = 1_000;

/// The clients of this process, and the counts of those that were dropped or have another token now.
#[derive(Default)]
struct Registry {
    clients: Slab<Client>,
    past: BTreeMap<Option<String>, Stats>,
}

/// A client's counters for the token that it has now.
struct Client {
    fingerprint: Option<String>,
    token_name: Option<String>,
    counters: Weak<Counters>,
}

/// A forked child has its own: it begins at zero, and waits for no lock of its parent.
static REGISTRY: PerProcess<Mutex<Registry>> = PerProcess::unmade();

fn registry() -> MutexGuard<'static, Registry> {
    let registry = REGISTRY.get(Mutex::default);
    registry.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The counters of a client, which are part of their token's as long as the process runs.
///
/// A call counts under the token that the client has at that moment. So what a call counts after the client's token was replaced
/// amid it, is the new token's.
pub(crate) struct Registered {
    counted: RwLock<Counted>,
    key: usize,
}

/// The counts of a client.
struct Counted {
    counters: Arc<Counters>,
    /// Those of the tokens that it had before.
    earlier: Option<Stats>,
}

/// The counters of a client while one event is counted. They must be let go before the caller's own code runs, such as a hook or a
/// logger: it may replace the token, which waits for them.
pub(crate) struct Counting<'a>(RwLockReadGuard<'a, Counted>);

impl Deref for Counting<'_> {
    type Target = Counters;

    fn deref(&self) -> &Counters {
        &self.0.counters
    }
}

impl Registered {
    /// Counters that begin at zero. The fingerprint is none while no token is known.
    pub(crate) fn new(
        fingerprint: Option<String>,
        token_name: Option<&str>,
        now: Instant,
    ) -> Registered {
        let counters = Arc::new(Counters::new(now));
        let client = Client {
            fingerprint,
            token_name: token_name.map(str::to_owned),
            counters: Arc::downgrade(&counters),
        };
        Registered {
            key: registry().clients.insert(client),
            counted: RwLock::new(Counted {
                counters,
                earlier: None,
            }),
        }
    }

    /// The counters for what happens now.
    pub(crate) fn counters(&self) -> Counting<'_> {
        Counting(self.counted.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts for another token from here on. What was counted before any token was known is this one's, too.
    pub(crate) fn follow(&self, fingerprint: String) {
        let mut counted = self.counted.write().unwrap_or_else(PoisonError::into_inner);
        let mut registry = registry();
        let Some(client) = registry.clients.get_mut(self.key) else {
            return;
        };
        let Some(before) = client.fingerprint.replace(fingerprint) else {
            return;
        };
        let next = Arc::new(counted.counters.next());
        client.counters = Arc::downgrade(&next);
        let past = Stats {
            token_fingerprint: Some(before),
            unusual: Vec::new(),
            ..client.stats(&counted.counters)
        };
        counted.counters = next;
        match &mut counted.earlier {
            Some(earlier) => earlier.add(past.clone()),
            none => *none = Some(past.clone()),
        }
        registry.keep(past);
    }

    /// Keeps the notice that an answer has of the end of its operation, and logs the first one of each operation in a process.
    pub(crate) fn note_deprecation(
        &self,
        operation: &'static str,
        token: &Token,
        headers: &HeaderMap,
    ) {
        if let Some(notice) = Notice::of(token, headers) {
            self.counters().deprecate(operation, notice.clone());
            notice.report(operation);
        }
    }

    /// The counts of the client at this moment, under all tokens that it has had.
    pub(crate) fn snapshot(&self, now: Instant) -> Stats {
        let counted = self.counted.read().unwrap_or_else(PoisonError::into_inner);
        let present = counted.counters.snapshot(now);
        match &counted.earlier {
            None => present,
            Some(earlier) => {
                let mut all = earlier.clone();
                all.add(present);
                Stats { clients: 1, ..all }
            }
        }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let counted = self
            .counted
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let mut registry = registry();
        if let Some(client) = registry.clients.try_remove(self.key) {
            let past = client.stats(&counted.counters);
            registry.keep(Stats {
                unusual: Vec::new(),
                ..past
            });
        }
    }
}

impl Registry {
    /// Keeps the counts of a client that was dropped, or has another token now.
    fn keep(&mut self, stats: Stats) {
        // A client that was made and never used leaves nothing.
        if stats.calls > 0 {
            merge(&mut self.past, stats);
        }
        if self.past.len() > MOST_TOKENS {
            let oldest = self.past.iter().min_by_key(|(_, stats)| stats.last_used);
            if let Some(fingerprint) = oldest.map(|(fingerprint, _)| fingerprint.clone()) {
                self.past.remove(&fingerprint);
            }
        }
    }
}

impl Client {
    fn stats(&self, counters: &Counters) -> Stats {
        Stats {
            token_fingerprint: self.fingerprint.clone(),
            token_name: self.token_name.clone(),
            ..counters.snapshot(system::now())
        }
    }
}

/// Adds a client's counts to those of its token.
fn merge(all: &mut BTreeMap<Option<String>, Stats>, stats: Stats) {
    match all.get_mut(&stats.token_fingerprint) {
        Some(known) => known.add(stats),
        None => {
            all.insert(stats.token_fingerprint.clone(), stats);
        }
    }
}

/// The usage of all clients of this process, those that were dropped included: one entry a token, the one used last first. Of tokens
/// without a client left, the last thousand are known. A client whose token was replaced counts for both: until then for the old one,
/// from then on for the new one. Calls that never got a token are in an entry without a fingerprint.
///
/// ```
/// for token in penbox::process_stats() {
///     println!("{:?} {:?}: {} calls", token.token_fingerprint, token.token_name, token.calls);
/// }
/// ```
pub fn process_stats() -> Vec<Stats> {
    let registry = registry();
    let mut all = registry.past.clone();
    for (_, client) in &registry.clients {
        if let Some(counters) = client.counters.upgrade() {
            let stats = client.stats(&counters);
            // A client that nobody has called, and that has no token yet, has nothing to say.
            if stats.token_fingerprint.is_some() || stats.calls > 0 {
                merge(&mut all, stats);
            }
        }
    }
    drop(registry);
    let mut all: Vec<Stats> = all.into_values().collect();
    all.sort_by_key(|stats| std::cmp::Reverse(stats.last_used.unwrap_or(Timestamp::MIN)));
    all
}
