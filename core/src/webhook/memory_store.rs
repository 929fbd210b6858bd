//! The store of a replay guard in the process's memory.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::replay::{ReplayEntry, ReplayStore, StoreError};
use crate::per_process::PerProcess;

/// The most entries of a store by default: one a second for 18 hours. They take some 15 MB.
const CAPACITY: usize = 65_536;

/// A store of accepted deliveries in the process's memory, bounded. It knows nothing of other processes, and a restart or a fork
/// empties it.
///
/// A full store drops the entry that ends first. Only verified deliveries are in it, so nobody else can fill it.
pub struct MemoryStore {
    capacity: usize,
    /// A forked child has its own: a thread that it does not have may hold the lock.
    entries: PerProcess<Mutex<Entries>>,
}

#[derive(Default)]
struct Entries {
    ends: HashMap<String, Duration>,
    /// The ids by their end, so that the first to end is found.
    order: BTreeSet<(Duration, String)>,
}

impl MemoryStore {
    /// A store of at most so many entries; at least one.
    ///
    /// ```
    /// use std::time::Duration;
    /// use penbox::webhook::{MemoryStore, ReplayEntry, ReplayStore};
    ///
    /// let store = MemoryStore::with_capacity(1_000);
    /// let entry = ReplayEntry::new("a", Duration::ZERO, Duration::from_secs(60));
    /// assert!(store.add(&entry)?);
    /// assert!(!store.add(&entry)?);
    /// assert_eq!(store.len(), 1);
    /// # Ok::<(), penbox::webhook::StoreError>(())
    /// ```
    pub fn with_capacity(capacity: usize) -> MemoryStore {
        MemoryStore {
            capacity: capacity.max(1),
            entries: PerProcess::new(Mutex::default()),
        }
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.lock().ends.len()
    }

    /// Reports whether the store has no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        let entries = self.entries.get(Mutex::default);
        entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    /// A store of at most 65,536 entries.
    fn default() -> MemoryStore {
        MemoryStore::with_capacity(CAPACITY)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

impl Entries {
    fn remove(&mut self, id: &str) {
        if let Some(pair) = self.ends.remove_entry(id) {
            self.order.remove(&(pair.1, pair.0));
        }
    }
}

impl ReplayStore for MemoryStore {
    fn add(&self, entry: &ReplayEntry<'_>) -> Result<bool, StoreError> {
        let mut entries = self.lock();
        while let Some((end, _)) = entries.order.first() {
            let has_ended = *end <= entry.now();
            if !has_ended
                && (entries.ends.len() < self.capacity || entries.ends.contains_key(entry.id()))
            {
                break;
            }
            if let Some((_, id)) = entries.order.pop_first() {
                entries.ends.remove(&id);
            }
        }
        if entries.ends.contains_key(entry.id()) {
            return Ok(false);
        }
        let id = entry.id().to_owned();
        entries.order.insert((entry.until(), id.clone()));
        entries.ends.insert(id, entry.until());
        Ok(true)
    }

    fn remove(&self, id: &str) -> Result<(), StoreError> {
        self.lock().remove(id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn add(store: &MemoryStore, id: &str, now: u64, until: u64) -> bool {
        let [now, until] = [now, until].map(Duration::from_secs);
        store.add(&ReplayEntry::new(id, now, until)).unwrap()
    }

    #[test]
    fn an_entry_is_kept_until_its_end() {
        let store = MemoryStore::default();
        assert!(store.is_empty());
        assert!(add(&store, "a", 0, 10));
        assert!(!add(&store, "a", 9, 10));
        assert!(add(&store, "a", 10, 20), "its token has expired meanwhile");
        store.remove("a").unwrap();
        store.remove("b").unwrap();
        assert!(add(&store, "a", 11, 20));
        assert_eq!(store.len(), 1);
        assert!(add(&store, "b", 20, 30));
        assert_eq!(store.len(), 1, "what has ended is dropped");
    }

    #[test]
    fn a_full_store_drops_what_ends_first() {
        let store = MemoryStore::with_capacity(2);
        assert!(add(&store, "late", 0, 100) && add(&store, "soon", 0, 50));
        assert!(!add(&store, "soon", 0, 50), "a repeat drops nothing");
        assert!(add(&store, "later", 0, 200));
        assert_eq!(store.len(), 2);
        assert!(!add(&store, "late", 0, 100) && !add(&store, "later", 0, 200));
        for id in 0..10_000 {
            add(&store, &id.to_string(), 0, 300 + id);
        }
        let entries = store.lock();
        assert_eq!((entries.ends.len(), entries.order.len()), (2, 2));
    }

    #[test]
    fn of_many_at_once_one_is_accepted() {
        let (store, accepted) = (MemoryStore::default(), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for id in 0..1_000 {
                        let is_new = add(&store, &id.to_string(), 0, 60);
                        accepted.fetch_add(usize::from(is_new), Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(accepted.into_inner(), 1_000);
    }
}
