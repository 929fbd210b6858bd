//! The replay guard: each delivery is accepted once.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ring::digest::{SHA256, digest};

use super::base64url;
use super::claims::Claims;
use super::jws::Jws;
use super::refusal::refused;
use crate::error::{Error, Reason, Result, printable};

/// The time for which a delivery is remembered whose token has no end. A day is far beyond the repeats of a delivery: the one token
/// of Penbox whose code is public ends after 1,000 s.
const WITHOUT_END: Duration = Duration::from_secs(24 * 60 * 60);

/// The error of a store.
pub type StoreError = Box<dyn StdError + Send + Sync>;

/// A store of the deliveries that were accepted. Receivers of several processes share one, such as a table or Redis.
///
/// ```
/// use std::collections::HashSet;
/// use std::sync::Mutex;
/// use penbox::webhook::{ReplayEntry, ReplayStore, StoreError};
///
/// #[derive(Default)]
/// struct Accepted(Mutex<HashSet<String>>);
///
/// impl ReplayStore for Accepted {
///     // With Redis: SET id 1 NX EX seconds, which answers whether it was set.
///     fn add(&self, entry: &ReplayEntry<'_>) -> Result<bool, StoreError> {
///         Ok(self.0.lock().map_err(|_| "poisoned")?.insert(entry.id().to_owned()))
///     }
///     fn remove(&self, id: &str) -> Result<(), StoreError> {
///         self.0.lock().map_err(|_| "poisoned")?.remove(id);
///         Ok(())
///     }
/// }
/// # assert!(Accepted::default().add(&ReplayEntry::new("a", Default::default(), Default::default())).unwrap());
/// ```
pub trait ReplayStore: Send + Sync {
    /// Keeps an entry until its end, and returns true. Returns false where an entry of this id is kept already. Of several calls at
    /// once with one id only one may be answered true.
    ///
    /// # Errors
    /// An error refuses the delivery with the reason `replay_store`.
    fn add(&self, entry: &ReplayEntry<'_>) -> std::result::Result<bool, StoreError>;

    /// Removes an entry, so that the delivery is accepted again.
    ///
    /// # Errors
    /// An error is that of [`Verifier::forget`](super::Verifier::forget).
    fn remove(&self, id: &str) -> std::result::Result<(), StoreError>;
}

/// A delivery that was accepted, for a [`ReplayStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayEntry<'a> {
    id: &'a str,
    now: Duration,
    until: Duration,
}

impl<'a> ReplayEntry<'a> {
    /// An entry from a time to another, both since 1970; for the tests of a store.
    ///
    /// ```
    /// use std::time::Duration;
    /// use penbox::webhook::ReplayEntry;
    ///
    /// let entry = ReplayEntry::new("a", Duration::from_secs(1_000), Duration::from_secs(1_600));
    /// assert_eq!((entry.id(), entry.until()), ("a", Duration::from_secs(1_600)));
    /// assert_eq!((entry.now(), entry.lifetime()), (Duration::from_secs(1_000), Duration::from_secs(600)));
    /// ```
    pub fn new(id: &'a str, now: Duration, until: Duration) -> ReplayEntry<'a> {
        ReplayEntry { id, now, until }
    }

    /// The delivery's id: 43 letters, digits, `-` and `_`, the same for each repeat of the same token.
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// The present time since 1970, by the verifier's clock.
    pub fn now(&self) -> Duration {
        self.now
    }

    /// The time since 1970 from which on the token is refused anyway.
    pub fn until(&self) -> Duration {
        self.until
    }

    /// The time for which the entry has to be kept.
    pub fn lifetime(&self) -> Duration {
        self.until.saturating_sub(self.now)
    }
}

/// A store behind the guard.
#[derive(Clone)]
pub(super) struct Guard(pub(super) Arc<dyn ReplayStore>);

impl Guard {
    /// Accepts a verified delivery, if it was not accepted before.
    ///
    /// # Errors
    /// The reason is `replayed` or `replay_store`.
    pub(super) fn accept(&self, jws: &Jws<'_>, claims: &Claims, now: Duration) -> Result<()> {
        let (id, until) = (id(jws), end(claims, now));
        match self.0.add(&ReplayEntry::new(&id, now, until)) {
            Ok(true) => Ok(()),
            Ok(false) => Err(replayed()),
            Err(error) => Err(broken(error)),
        }
    }

    /// Forgets a delivery.
    pub(super) fn forget(&self, jws: &Jws<'_>) -> Result<()> {
        self.0.remove(&id(jws)).map_err(broken)
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}

/// The id of a delivery: the hash of what its token signs. The signature is no part of it, since an ES256 signature has a second
/// form that anybody can compute. A `jti` is part of what is signed, where there is one.
pub(super) fn id(jws: &Jws<'_>) -> String {
    base64url::encode(digest(&SHA256, jws.signed).as_ref())
}

/// The time since 1970 from which on the token is refused anyway.
pub(super) fn end(claims: &Claims, now: Duration) -> Duration {
    claims.refused_from.unwrap_or(now + WITHOUT_END)
}

/// The error of a delivery that was accepted before.
pub(super) fn replayed() -> Error {
    refused(Reason::Replayed, "the delivery was accepted before")
}

/// The error of a store that failed. The delivery may come again when the store works.
pub(super) fn broken(error: StoreError) -> Error {
    let message = format!(
        "the store of the replay guard failed: {}",
        printable(&error.to_string(), 200)
    );
    refused(Reason::ReplayStore, message)
        .with_passing(true)
        .with_repeatable(true)
        .with_source(error)
}
