//! The kept answers of one client, and the requests in flight for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::flight::{Flight, Landing};
use super::kept_answer::KeptAnswer;
use super::key::Key;
use super::stats::CacheStats;
use crate::error::Error;

/// The most bytes of kept answers. A page of 100 templates has some 100 KB, so it holds the lists of a large workspace many times.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// The most kept answers: those of 300 templates with their options and steps. It also bounds the search for the oldest one.
const MOST_ENTRIES: usize = 1024;

/// The result of a look into the cache.
pub(crate) enum Found<'c> {
    /// An answer that is still good.
    Kept(Arc<KeptAnswer>),
    /// Another call's request for it is in flight.
    InFlight(Arc<Flight>),
    /// No answer: this call makes the request for all.
    Nothing(Lead<'c>),
}

/// The kept answers of a client in one process.
pub(crate) struct Cache {
    ttl: Duration,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    kept: HashMap<Key, Entry>,
    flights: HashMap<Key, Arc<Flight>>,
    bytes: usize,
    /// Counts the uses: the entry with the lowest number was used longest ago.
    uses: u64,
    /// Counts the times that the cache was emptied. An answer to a request from before is not kept.
    emptied: u64,
    is_closed: bool,
    hits: u64,
    misses: u64,
}

struct Entry {
    answer: Arc<KeptAnswer>,
    size: usize,
    used: u64,
}

impl Entries {
    fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.kept.remove(key) {
            self.bytes -= entry.size;
        }
    }

    fn retain(&mut self, mut keep: impl FnMut(&Key, &Entry) -> bool) {
        let bytes = &mut self.bytes;
        self.kept.retain(|key, entry| {
            let keeps = keep(key, entry);
            if !keeps {
                *bytes -= entry.size;
            }
            keeps
        });
    }

    /// Removes the entry that was used longest ago.
    fn evict(&mut self) {
        let oldest = self.kept.iter().min_by_key(|(_, entry)| entry.used);
        if let Some(key) = oldest.map(|(key, _)| key.clone()) {
            self.remove(&key);
        }
    }
}

impl Cache {
    /// An empty cache whose answers are good for so long.
    pub(crate) fn new(ttl: Duration) -> Cache {
        Cache {
            ttl,
            entries: Mutex::default(),
        }
    }

    /// Looks for an answer. Where there is none, the first call becomes the one that requests it.
    pub(crate) fn look(&self, key: &Key, now: Instant) -> Found<'_> {
        let mut entries = self.lock();
        entries.uses += 1;
        let uses = entries.uses;
        let ttl = self.ttl;
        let is_good = |entry: &Entry| now.saturating_duration_since(entry.answer.received) < ttl;
        match entries.kept.get_mut(key) {
            Some(entry) if is_good(entry) => {
                entry.used = uses;
                let answer = Arc::clone(&entry.answer);
                entries.hits += 1;
                return Found::Kept(answer);
            }
            Some(_) => entries.remove(key),
            None => {}
        }
        if let Some(flight) = entries.flights.get(key) {
            return Found::InFlight(Arc::clone(flight));
        }
        let flight = Arc::<Flight>::default();
        entries.flights.insert(key.clone(), Arc::clone(&flight));
        Found::Nothing(self.lead(&mut entries, key, flight))
    }

    /// A request that is made although the cache may have an answer. Nobody waits for it, and its answer replaces the kept one.
    pub(crate) fn refresh(&self, key: &Key) -> Lead<'_> {
        self.lead(&mut self.lock(), key, Arc::default())
    }

    fn lead(&self, entries: &mut Entries, key: &Key, flight: Arc<Flight>) -> Lead<'_> {
        entries.misses += 1;
        Lead {
            cache: self,
            key: key.clone(),
            flight,
            process: std::process::id(),
            emptied: entries.emptied,
            is_over: false,
        }
    }

    /// Counts a call that had the answer of another call's request.
    pub(crate) fn shared(&self) {
        self.lock().hits += 1;
    }

    /// Forgets every answer. A request in flight goes on for those who wait for it already, and its answer is not kept.
    pub(crate) fn clear(&self) {
        let mut entries = self.lock();
        entries.emptied += 1;
        entries.bytes = 0;
        let kept = std::mem::take(&mut entries.kept);
        entries.flights.clear();
        // Some megabytes are freed without the lock.
        drop(entries);
        drop(kept);
    }

    /// Empties the cache for good.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.clear();
    }

    /// The numbers so far.
    pub(crate) fn stats(&self) -> CacheStats {
        let entries = self.lock();
        CacheStats {
            hits: entries.hits,
            misses: entries.misses,
            entries: entries.kept.len() as u64,
            bytes: entries.bytes as u64,
        }
    }

    /// Keeps an answer. Those that are too old, and as many of the others as the limits demand, make room for it.
    fn keep(&self, entries: &mut Entries, key: &Key, answer: Arc<KeptAnswer>) {
        let size = answer.size() + key.size();
        if size > MOST_BYTES {
            return;
        }
        let (ttl, now) = (self.ttl, answer.received);
        // A page is never older than the one before it: an item that moved back between the two would be on neither.
        entries.retain(|other, entry| {
            let age = now.saturating_duration_since(entry.answer.received);
            other != key && age < ttl && !other.follows(key)
        });
        while entries.kept.len() >= MOST_ENTRIES || entries.bytes + size > MOST_BYTES {
            entries.evict();
        }
        entries.uses += 1;
        let used = entries.uses;
        entries.bytes += size;
        entries
            .kept
            .insert(key.clone(), Entry { answer, size, used });
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one request for an answer that several calls may wait for. Its drop without an end leaves it to the next of them.
pub(crate) struct Lead<'c> {
    cache: &'c Cache,
    key: Key,
    flight: Arc<Flight>,
    /// The process that makes the request. In a forked child nobody waits, and the locks may be held for ever.
    process: u32,
    /// The times that the cache had been emptied when the request began.
    emptied: u64,
    is_over: bool,
}

impl Lead<'_> {
    /// Ends the request with its answer. `keeps` is false for one that is not good for later calls.
    pub(crate) fn answered(mut self, answer: KeptAnswer, keeps: bool) {
        let answer = Arc::new(answer);
        self.end(
            Some((&answer, keeps)),
            Landing::Answered(Arc::clone(&answer)),
        );
    }

    /// Ends the request with its error.
    pub(crate) fn failed(mut self, error: &Error) {
        self.end(None, Landing::Failed(error.again()));
    }

    fn end(&mut self, answer: Option<(&Arc<KeptAnswer>, bool)>, landing: Landing) {
        if std::mem::replace(&mut self.is_over, true) || self.process != std::process::id() {
            return;
        }
        let mut entries = self.cache.lock();
        let flying = entries.flights.get(&self.key);
        if flying.is_some_and(|flight| Arc::ptr_eq(flight, &self.flight)) {
            entries.flights.remove(&self.key);
        }
        if let Some((answer, true)) = answer
            && !entries.is_closed
            && entries.emptied == self.emptied
        {
            self.cache.keep(&mut entries, &self.key, Arc::clone(answer));
        }
        drop(entries);
        self.flight.land(landing);
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        self.end(None, Landing::Left);
    }
}

#[cfg(test)]
mod tests;
