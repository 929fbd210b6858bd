//! What files of CAs held, once for all clients of a process.

use std::sync::{Arc, Mutex, Weak};

use rustls::RootCertStore;
use sha2::{Digest, Sha256};

/// A file's content, by its digest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Content([u8; 32]);

impl Content {
    pub(super) fn of(bytes: &[u8]) -> Content {
        Content(Sha256::digest(bytes).into())
    }
}

/// The stores that clients have. A system's bundle takes 90 kB and a while to judge: whoever makes a client for each piece of
/// work has it once.
pub(super) struct CaCache(Mutex<Vec<(Content, Weak<RootCertStore>)>>);

impl CaCache {
    pub(super) const fn new() -> CaCache {
        CaCache(Mutex::new(Vec::new()))
    }

    /// What a client that is still there has of the same content, or what `make` makes of it.
    pub(super) fn get<E>(
        &self,
        content: Content,
        make: impl FnOnce() -> Result<RootCertStore, E>,
    ) -> Result<Arc<RootCertStore>, E> {
        if let Some(store) = self.known(content) {
            return Ok(store);
        }
        let store = Arc::new(make()?);
        // Never waited for: in a forked child the lock may be held by a thread it does not have.
        if let Ok(mut stores) = self.0.try_lock() {
            stores.retain(|(_, store)| store.strong_count() > 0);
            stores.push((content, Arc::downgrade(&store)));
        }
        Ok(store)
    }

    fn known(&self, content: Content) -> Option<Arc<RootCertStore>> {
        let stores = self.0.try_lock().ok()?;
        let mut same = stores.iter().filter(|(other, _)| *other == content);
        same.find_map(|(_, store)| store.upgrade())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn get(stores: &CaCache, bytes: &[u8]) -> Arc<RootCertStore> {
        let made = || Ok::<_, Infallible>(RootCertStore::empty());
        stores.get(Content::of(bytes), made).unwrap()
    }

    #[test]
    fn the_same_content_is_one_store_while_somebody_has_it() {
        let stores = CaCache::new();
        let (first, again, other) = (get(&stores, b"a"), get(&stores, b"a"), get(&stores, b"b"));
        assert!(Arc::ptr_eq(&first, &again));
        assert!(!Arc::ptr_eq(&first, &other));
        drop((first, again));
        let anew = get(&stores, b"a");
        assert_eq!(Arc::strong_count(&anew), 1);
        assert_eq!(stores.0.lock().unwrap().len(), 2, "nobody's is forgotten");
    }

    #[test]
    fn what_cannot_be_used_is_not_kept() {
        let stores = CaCache::new();
        let refused = stores.get(Content::of(b"a"), || Err::<RootCertStore, _>("refused"));
        assert_eq!(refused.unwrap_err(), "refused");
        assert!(stores.0.lock().unwrap().is_empty());
    }

    #[test]
    fn nobody_waits_for_another_thread() {
        let stores = CaCache::new();
        let held = stores.0.lock().unwrap();
        let (first, again) = (get(&stores, b"a"), get(&stores, b"a"));
        assert!(!Arc::ptr_eq(&first, &again));
        drop(held);
    }
}
