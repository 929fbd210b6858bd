//! Host names and their addresses.

use std::collections::HashMap;
use std::io::Error as IoError;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::cancel::{CancelScope, Waiter};
use crate::error::{ErrorKind, Reason};
use crate::system;

use super::error::{SendState, TransportError};

/// How long found addresses are used. A connection that is kept needs none.
const FRESH: Duration = Duration::from_secs(30);
/// A look-up that takes longer is left to itself, and the next caller begins another.
const HUNG: Duration = Duration::from_secs(5);
const STACK: usize = 128 * 1024;

type Found = Result<Arc<[SocketAddr]>, Arc<IoError>>;

/// Looks names up, each once for all who ask meanwhile, and remembers them for a while.
#[derive(Debug, Default)]
pub(super) struct HostResolver(Arc<Mutex<HashMap<(String, u16), DnsCacheEntry>>>);

#[derive(Debug)]
enum DnsCacheEntry {
    LookUp(Instant, Vec<Arc<Waiter<Found>>>),
    Found(Instant, Arc<[SocketAddr]>),
}

impl HostResolver {
    /// The addresses of a host, until a moment. An address needs no look-up.
    pub(super) fn find(
        &self,
        host: &str,
        port: u16,
        until: Instant,
        cancel: &CancelScope,
    ) -> Result<Arc<[SocketAddr]>, TransportError> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Arc::new([SocketAddr::new(address, port)]));
        }
        let key = (bare.to_owned(), port);
        let bell = match self.ask(&key)? {
            LookUp::DnsCacheEntry(addresses) => return Ok(addresses),
            LookUp::Waiting(bell) => bell,
        };
        match cancel.wait(&bell, until) {
            Some(Ok(addresses)) => Ok(addresses),
            Some(Err(error)) => Err(unknown(&error)),
            None => Err(TransportError::timeout("resolve", SendState::NotSent)),
        }
    }

    /// Forgets a name none of whose addresses answers.
    pub(super) fn forget(&self, host: &str, port: u16) {
        lock(&self.0).retain(|(name, at), known| {
            (name.as_str(), *at) != (host, port) || matches!(known, DnsCacheEntry::LookUp(..))
        });
    }

    fn ask(&self, key: &(String, u16)) -> Result<LookUp, TransportError> {
        let mut names = lock(&self.0);
        match names.get_mut(key) {
            Some(DnsCacheEntry::Found(when, addresses)) if system::since(*when) < FRESH => {
                return Ok(LookUp::DnsCacheEntry(Arc::clone(addresses)));
            }
            Some(DnsCacheEntry::LookUp(when, waiting)) if system::since(*when) < HUNG => {
                let bell = Waiter::new();
                waiting.push(Arc::clone(&bell));
                return Ok(LookUp::Waiting(bell));
            }
            _ => {}
        }
        let bell = Waiter::new();
        let (all, asked) = (Arc::clone(&self.0), key.clone());
        let begun = system::spawn("penbox-resolve", STACK, move || look_up(&all, asked));
        if let Err(error) = begun {
            return Err(no_thread(error));
        }
        names.insert(
            key.clone(),
            DnsCacheEntry::LookUp(system::now(), vec![Arc::clone(&bell)]),
        );
        Ok(LookUp::Waiting(bell))
    }
}

enum LookUp {
    DnsCacheEntry(Arc<[SocketAddr]>),
    Waiting(Arc<Waiter<Found>>),
}

/// Asks the system, which may take long and cannot be interrupted, and tells all who wait.
fn look_up(names: &Mutex<HashMap<(String, u16), DnsCacheEntry>>, key: (String, u16)) {
    let found = (key.0.as_str(), key.1).to_socket_addrs();
    let found: Found = match found {
        Ok(addresses) => Ok(addresses.collect()),
        Err(error) => Err(Arc::new(error)),
    };
    let found = found.and_then(|addresses| match addresses.is_empty() {
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
        Err(_) => names.remove(&key),
    };
    if let Some(DnsCacheEntry::LookUp(_, waiting)) = before {
        waiting.iter().for_each(|bell| bell.notify(found.clone()));
    }
}

fn unknown(error: &IoError) -> TransportError {
    // The library gives the system's words only: a name without an address of a family that is spoken here stays one.
    let words = error.to_string();
    let is_lasting = ["family", "No address"]
        .iter()
        .any(|part| words.contains(part));
    let fault = TransportError::new(
        ErrorKind::Connection,
        "the host name could not be resolved",
        SendState::NotSent,
    )
    .because(Reason::Dns)
    .from(IoError::other(words));
    match is_lasting {
        true => fault.passing(false),
        false => fault,
    }
}

fn no_thread(error: IoError) -> TransportError {
    TransportError::new(
        ErrorKind::Internal,
        format!("the system gave no thread for the name look-up: {error}"),
        SendState::NotSent,
    )
    .because(Reason::Resource)
    .from(error)
}

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
    fn those_who_wait_for_one_look_up_are_all_told() {
        let names = HostResolver::default();
        let key = ("somewhere".to_owned(), 80);
        let asked = DnsCacheEntry::LookUp(Instant::now(), Vec::new());
        lock(&names.0).insert(key.clone(), asked);
        std::thread::scope(|scope| {
            let find = || names.find("somewhere", 80, soon(), &CancelScope::default());
            let waiting = [scope.spawn(find), scope.spawn(find)];
            let both = || matches!(&lock(&names.0)[&key], DnsCacheEntry::LookUp(_, bells) if bells.len() == 2);
            while !both() {
                std::thread::yield_now();
            }
            // A label this long fails without a query.
            let long = ("a".repeat(70), 80);
            let mut all = lock(&names.0);
            let asked = all.remove(&key).unwrap();
            all.insert(long.clone(), asked);
            drop(all);
            look_up(&names.0, long);
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
    fn a_wait_for_a_name_ends_with_its_time_or_the_call() {
        let names = HostResolver::default();
        let asked = DnsCacheEntry::LookUp(Instant::now(), Vec::new());
        lock(&names.0).insert(("somewhere".to_owned(), 80), asked);
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
