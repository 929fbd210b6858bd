//! The keys that a verifier trusts: pinned ones, or those of the issuer.

use std::sync::Arc;

use super::jws::Jws;
use super::key_cache::KeyCache;
use super::key_set::{KeySet, NotVerified};
use crate::error::Result;

/// The keys that a verifier trusts.
#[derive(Debug)]
pub(super) enum Keys {
    /// Keys that were given to the verifier. Nothing is fetched.
    Pinned(Arc<KeySet>),
    /// The issuer's keys.
    Fetched(Box<KeyCache>),
}

impl Keys {
    /// Fetches the keys, if they are to be fetched and are not known.
    ///
    /// # Errors
    /// The error is that of the request.
    pub(super) fn prepare(&self) -> Result<()> {
        match self {
            Keys::Pinned(_) => Ok(()),
            Keys::Fetched(cache) => cache.keys().map(drop),
        }
    }

    /// Verifies the signature of a token.
    ///
    /// # Errors
    /// The reason is `unknown_key`, `weak_key`, `algorithm` or `signature`; where the keys could not be fetched, the error is that of
    /// the request.
    pub(super) fn verify(&self, jws: &Jws<'_>) -> Result<()> {
        let cache = match self {
            Keys::Pinned(keys) => return decided(keys.verify(jws)),
            Keys::Fetched(cache) => cache,
        };
        let keys = cache.keys()?;
        let unknown = match keys.verify(jws) {
            Err(NotVerified::Unknown(error)) => error,
            other => return decided(other),
        };
        match cache.newer_than(&keys)? {
            Some(newer) => decided(newer.verify(jws)),
            None => Err(unknown),
        }
    }

    /// Verifies the signature of a token by the keys as they are known. None where [`verify`](Keys::verify) would send a request, or
    /// wait for one.
    pub(super) fn verify_known(&self, jws: &Jws<'_>) -> Option<Result<()>> {
        let cache = match self {
            Keys::Pinned(keys) => return Some(decided(keys.verify(jws))),
            Keys::Fetched(cache) => cache,
        };
        let keys = cache.known()?;
        match keys.verify(jws) {
            Err(NotVerified::Unknown(_)) if !cache.is_newest(&keys) => None,
            other => Some(decided(other)),
        }
    }
}

/// The result, where no newer keys are looked for.
fn decided(result: std::result::Result<(), NotVerified>) -> Result<()> {
    result.map_err(|not| match not {
        NotVerified::Unknown(error) | NotVerified::Refused(error) => error,
    })
}
