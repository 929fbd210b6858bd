//! The usage of all clients of a process, by token.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use jiff::Timestamp;
use slab::Slab;

use super::counters::Counters;
use super::snapshot::Stats;
use crate::per_process::PerProcess;
use crate::system;

/// The most tokens whose dropped clients are remembered. A program that makes a client for each of many tokens must not grow for ever;
/// the token that was used least recently is forgotten.
const MOST_TOKENS: usize = 1_000;

/// The clients of this process, and the counts of those that were dropped.
#[derive(Default)]
struct Registry {
    clients: Slab<Client>,
    dropped: BTreeMap<String, Stats>,
}

/// A client's counters.
struct Client {
    fingerprint: String,
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
pub(crate) struct Registered {
    counters: Arc<Counters>,
    key: usize,
}

impl Registered {
    /// Counters that begin at zero.
    pub(crate) fn new(fingerprint: String, token_name: Option<&str>, now: Instant) -> Registered {
        let counters = Arc::new(Counters::new(now));
        let client = Client {
            fingerprint,
            token_name: token_name.map(str::to_owned),
            counters: Arc::downgrade(&counters),
        };
        Registered {
            key: registry().clients.insert(client),
            counters,
        }
    }
}

impl std::ops::Deref for Registered {
    type Target = Counters;

    fn deref(&self) -> &Counters {
        &self.counters
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let mut registry = registry();
        let Some(client) = registry.clients.try_remove(self.key) else {
            return;
        };
        let stats = Stats {
            unusual: Vec::new(),
            ..client.stats(&self.counters)
        };
        // A client that was made and never used leaves nothing.
        if stats.calls > 0 {
            merge(&mut registry.dropped, stats);
        }
        if registry.dropped.len() > MOST_TOKENS {
            let dropped = registry.dropped.iter();
            let oldest = dropped.min_by_key(|(_, stats)| stats.last_used);
            if let Some(fingerprint) = oldest.map(|(fingerprint, _)| fingerprint.clone()) {
                registry.dropped.remove(&fingerprint);
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
fn merge(all: &mut BTreeMap<String, Stats>, stats: Stats) {
    match all.get_mut(&stats.token_fingerprint) {
        Some(known) => known.add(stats),
        None => {
            all.insert(stats.token_fingerprint.clone(), stats);
        }
    }
}

/// The usage of all clients of this process, those that were dropped included: one entry a token, the one used last first. Of tokens
/// without a client left, the last thousand are known.
///
/// ```
/// for token in penbox::process_stats() {
///     println!("{} {:?}: {} calls", token.token_fingerprint, token.token_name, token.calls);
/// }
/// ```
pub fn process_stats() -> Vec<Stats> {
    let registry = registry();
    let mut all = registry.dropped.clone();
    for (_, client) in &registry.clients {
        if let Some(counters) = client.counters.upgrade() {
            merge(&mut all, client.stats(&counters));
        }
    }
    drop(registry);
    let mut all: Vec<Stats> = all.into_values().collect();
    all.sort_by_key(|stats| std::cmp::Reverse(stats.last_used.unwrap_or(Timestamp::MIN)));
    all
}
