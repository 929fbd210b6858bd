//! The resolver: host names, their addresses, and a short cache.

use std::collections::HashMap;
use std::io::Error as IoError;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::cancel::{CancelScope, Waiter};
use crate::error::{ErrorKind, Reason};
use crate::system;

use super::error::{SendState, TransportError};

/// The age up to which found addresses are used. The system does not say how long they hold. Within 30 s a burst of new
/// connections needs one look-up; a longer time would keep callers at a server that has moved. Kept connections need no look-up.
const FRESH: Duration = Duration::from_secs(30);
/// The age at which a look-up counts as hung. It cannot be interrupted, so it is left to itself, and the next caller begins
/// another. A shorter time starts more threads for a slow server of names, a longer one keeps more callers at a look-up that hangs.
const HUNG: Duration = Duration::from_secs(5);
/// The stack of a look-up's thread. It runs `getaddrinfo` and little else, so it does not need the 2 MiB that Rust gives a thread.
const STACK: usize = 128 * 1024;

/// The result of a look-up, shared by all who wait for it.
type Found = Result<Arc<[SocketAddr]>, Arc<IoError>>;

/// The resolver of a client. Callers who need a name at the same time share one look-up.
#[derive(Debug, Default)]
pub(super) struct HostResolver(Arc<Mutex<HashMap<(String, u16), DnsCacheEntry>>>);

/// The entry of a host and a port.
#[derive(Debug)]
enum DnsCacheEntry {
    /// A look-up in progress, its start, and those who wait for it.
    LookUp(Instant, Vec<Arc<Waiter<Found>>>),
    /// Addresses, and the time at which they were found.
    Found(Instant, Arc<[SocketAddr]>),
}

impl HostResolver {
    /// Returns the addresses of a host, at the latest at `until`. A host that is an address needs no look-up.
    pub(super) fn find(
        &self,
        host: &str,
        port: u16,
        until: Instant,
        cancel: &CancelScope,
    ) -> Result<Arc<[SocketAddr]>, TransportError> {
        // The system's look-up and `IpAddr` know no brackets, which a URL puts around an IPv6 address.
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Arc::new([SocketAddr::new(address, port)]));
        }
        let key = (bare.to_owned(), port);
        let waiter = match self.look_up(&key)? {
            LookUp::Cached(addresses) => return Ok(addresses),
            LookUp::Waiting(waiter) => waiter,
        };
        match cancel.wait(&waiter, until) {
            Some(Ok(addresses)) => Ok(addresses),
            Some(Err(error)) => Err(unknown(&error)),
            None => Err(TransportError::timeout("resolve", SendState::NotSent)),
        }
    }

    /// Forgets the addresses of a name, after none of them answered. A look-up in progress goes on.
    pub(super) fn forget(&self, host: &str, port: u16) {
        lock(&self.0).retain(|(name, at), entry| {
            (name.as_str(), *at) != (host, port) || matches!(entry, DnsCacheEntry::LookUp(..))
        });
    }

    /// Finds a name in the cache, joins a look-up in progress, or begins one.
    fn look_up(&self, key: &(String, u16)) -> Result<LookUp, TransportError> {
        let mut names = lock(&self.0);
        match names.get_mut(key) {
            Some(DnsCacheEntry::Found(when, addresses)) if system::since(*when) < FRESH => {
                return Ok(LookUp::Cached(Arc::clone(addresses)));
            }
            Some(DnsCacheEntry::LookUp(when, waiting)) if system::since(*when) < HUNG => {
                let waiter = Waiter::new();
                waiting.push(Arc::clone(&waiter));
                return Ok(LookUp::Waiting(waiter));
            }
            _ => {}
        }
        let waiter = Waiter::new();
        let (all, wanted) = (Arc::clone(&self.0), key.clone());
        // The lock is held until the entry is in its place. A look-up that ended before would be taken for one in progress.
        let begun = system::spawn("penbox-resolve", STACK, move || resolve(&all, wanted));
        if let Err(error) = begun {
            return Err(no_thread(error));
        }
        names.insert(
            key.clone(),
            DnsCacheEntry::LookUp(system::now(), vec![Arc::clone(&waiter)]),
        );
        Ok(LookUp::Waiting(waiter))
    }
}

/// The state of a name for one caller.
enum LookUp {
    /// The addresses, fresh enough to be used.
    Cached(Arc<[SocketAddr]>),
    /// A look-up in progress, which notifies the waiter.
    Waiting(Arc<Waiter<Found>>),
}

/// Resolves a name by the system, and notifies all who wait for it. This may take long and cannot be interrupted, so it has a thread
/// of its own.
fn resolve(names: &Mutex<HashMap<(String, u16), DnsCacheEntry>>, key: (String, u16)) {
    let found = (key.0.as_str(), key.1).to_socket_addrs();
    let found: Found = match found {
        Ok(addresses) => Ok(addresses.collect()),
        Err(error) => Err(Arc::new(error)),
    };
    let found = found.and_then(|addresses| match addresses.is_empty() {
        // In words by which `unknown` finds that the failure lasts.
        true => Err(Arc::new(IoError::other(
            "No address associated with the name",
        ))),
        false => Ok(addresses),
    });
    let mut names = lock(names);
    let before = match &found {
        Ok(addresses) => names.insert(
            key,
            DnsCacheEntry::Found(system::now(), Arc::clone(addresses)),
        ),
        // A failure is not kept, so the next caller begins a new look-up.
        Err(_) => names.remove(&key),
    };
    if let Some(DnsCacheEntry::LookUp(_, waiting)) = before {
        waiting
            .iter()
            .for_each(|waiter| waiter.notify(found.clone()));
    }
}

/// The error of a name that could not be resolved.
fn unknown(error: &IoError) -> TransportError {
    // The standard library gives the system's message only, and no code. A name that has no address of a family that this host has
    // will not get one soon; a failure of any other kind may pass.
    let words = error.to_string();
    let is_lasting = ["family", "No address"]
        .iter()
        .any(|part| words.contains(part));
    let error = TransportError::new(
        ErrorKind::Connection,
        "the host name could not be resolved",
        SendState::NotSent,
    )
    .because(Reason::Dns)
    .from(IoError::other(words));
    match is_lasting {
        true => error.passing(false),
        false => error,
    }
}

/// The error of a look-up for which the system gave no thread.
fn no_thread(error: IoError) -> TransportError {
    TransportError::new(
        ErrorKind::Internal,
        format!("the system gave no thread for the name look-up: {error}"),
        SendState::NotSent,
    )
    .because(Reason::Resource)
    .from(error)
}

/// Locks a mutex. The cache is whole after each step, so a panic of another thread does not matter.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    #[test]
    fn an_address_is_not_looked_up() {
        let names = HostResolver::default();
        let of = |host: &str| {
            names
                .find(host, 80, soon(), &CancelScope::default())
                .unwrap()[0]
        };
        assert_eq!(of("127.0.0.1").to_string(), "127.0.0.1:80");
        assert_eq!(of("[::1]").to_string(), "[::1]:80");
        assert!(lock(&names.0).is_empty());
    }

    #[test]
    fn a_name_is_looked_up_once() {
        let names = HostResolver::default();
        let find = || names.find("localhost", 80, soon(), &CancelScope::default());
        let first = find().unwrap();
        assert!(Arc::ptr_eq(&first, &find().unwrap()));
        names.forget("localhost", 81);
        assert!(Arc::ptr_eq(&first, &find().unwrap()));
        names.forget("localhost", 80);
        assert!(!Arc::ptr_eq(&first, &find().unwrap()));
    }

    #[test]
    fn all_who_wait_for_one_look_up_are_notified() {
        let names = HostResolver::default();
        let key = ("somewhere".to_owned(), 80);
        let pending = DnsCacheEntry::LookUp(Instant::now(), Vec::new());
        lock(&names.0).insert(key.clone(), pending);
        std::thread::scope(|scope| {
            let find = || names.find("somewhere", 80, soon(), &CancelScope::default());
            let waiting = [scope.spawn(find), scope.spawn(find)];
            let both = || matches!(&lock(&names.0)[&key], DnsCacheEntry::LookUp(_, waiters) if waiters.len() == 2);
            while !both() {
                std::thread::yield_now();
            }
            // A label this long fails without a query.
            let long = ("a".repeat(70), 80);
            let mut all = lock(&names.0);
            let pending = all.remove(&key).unwrap();
            all.insert(long.clone(), pending);
            drop(all);
            resolve(&names.0, long);
            for waiter in waiting {
                assert_eq!(
                    waiter.join().unwrap().unwrap_err().reason,
                    Some(Reason::Dns)
                );
            }
        });
        assert!(lock(&names.0).is_empty(), "a failure is not remembered");
    }

    #[test]
    fn a_wait_for_a_name_ends_with_its_time_or_a_cancel() {
        let names = HostResolver::default();
        let pending = DnsCacheEntry::LookUp(Instant::now(), Vec::new());
        lock(&names.0).insert(("somewhere".to_owned(), 80), pending);
        let until = Instant::now() + Duration::from_millis(20);
        let late = names.find("somewhere", 80, until, &CancelScope::default());
        assert_eq!(late.unwrap_err().phase, Some("resolve"));

        let token = crate::CancelToken::new();
        let cancel = CancelScope {
            call: Some(Arc::clone(token.cancel_source())),
            ..CancelScope::default()
        };
        let far = Instant::now() + Duration::from_secs(60);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| names.find("somewhere", 80, far, &cancel));
            token.cancel();
            assert!(waiting.join().unwrap().is_err());
        });
    }
}
