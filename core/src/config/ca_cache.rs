//! The certificates of CA files, parsed once for all clients of a process.

use std::sync::{Arc, Mutex, Weak};

use rustls::RootCertStore;
use sha2::{Digest, Sha256};

/// A file's content, by its digest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Content([u8; 32]);

impl Content {
    /// The digest of these bytes. Files with the same bytes are one content, whatever their names.
    pub(super) fn of(bytes: &[u8]) -> Content {
        Content(Sha256::digest(bytes).into())
    }
}

/// The certificate stores that clients use. A system's bundle takes 90 kB and some time to parse. A program that makes a client
/// for each piece of work parses it once.
pub(super) struct CaCache(Mutex<Vec<(Content, Weak<RootCertStore>)>>);

impl CaCache {
    pub(super) const fn new() -> CaCache {
        CaCache(Mutex::new(Vec::new()))
    }

    /// The store of the same content that another client still uses, or a new one from `make`.
    pub(super) fn get<E>(
        &self,
        content: Content,
        make: impl FnOnce() -> Result<RootCertStore, E>,
    ) -> Result<Arc<RootCertStore>, E> {
        if let Some(store) = self.known(content) {
            return Ok(store);
        }
        let store = Arc::new(make()?);
        // Never blocks: in a forked child the lock may be held by a thread that exists in the parent only.
        if let Ok(mut stores) = self.0.try_lock() {
            stores.retain(|(_, store)| store.strong_count() > 0);
            stores.push((content, Arc::downgrade(&store)));
        }
        Ok(store)
    }

    /// The store of this content, if a client still uses it. Returns nothing where another thread holds the lock.
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
    fn the_same_content_is_one_store_while_a_client_uses_it() {
        let stores = CaCache::new();
        let (first, again, other) = (get(&stores, b"a"), get(&stores, b"a"), get(&stores, b"b"));
        assert!(Arc::ptr_eq(&first, &again));
        assert!(!Arc::ptr_eq(&first, &other));
        drop((first, again));
        let anew = get(&stores, b"a");
        assert_eq!(Arc::strong_count(&anew), 1);
        assert_eq!(
            stores.0.lock().unwrap().len(),
            2,
            "an unused store is removed"
        );
    }

    #[test]
    fn a_store_that_failed_is_not_kept() {
        let stores = CaCache::new();
        let refused = stores.get(Content::of(b"a"), || Err::<RootCertStore, _>("refused"));
        assert_eq!(refused.unwrap_err(), "refused");
        assert!(stores.0.lock().unwrap().is_empty());
    }

    #[test]
    fn a_held_lock_blocks_no_other_caller() {
        let stores = CaCache::new();
        let held = stores.0.lock().unwrap();
        let (first, again) = (get(&stores, b"a"), get(&stores, b"a"));
        assert!(!Arc::ptr_eq(&first, &again));
        drop(held);
    }
}
