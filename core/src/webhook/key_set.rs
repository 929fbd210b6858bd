//! The keys of an issuer, and the ones among them that may have signed a token.

use super::jws::Jws;
use super::key::{Key, Material};
use super::refusal::refused;
use crate::error::{Error, Reason, printable};

/// The keys of an issuer.
#[derive(Debug, Default)]
pub(super) struct KeySet(Vec<Key>);

/// The reason for which no key of a set verifies a token.
#[derive(Debug)]
pub(super) enum NotVerified {
    /// The set has no key of the token's name, or the token names none. A newer set may have the key.
    Unknown(Error),
    /// A newer set would not help.
    Refused(Error),
}

impl KeySet {
    /// A set of these keys.
    pub(super) fn new(keys: Vec<Key>) -> KeySet {
        KeySet(keys)
    }

    /// Reports whether the set has no key.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bits of the first RSA key that has too few.
    pub(super) fn weak_bits(&self) -> Option<usize> {
        self.0.iter().find_map(|key| match key.material {
            Material::Weak(bits) => Some(bits),
            _ => None,
        })
    }

    /// Verifies the signature of a token by the key that the token names. A key without a name may stand for each.
    pub(super) fn verify(&self, jws: &Jws<'_>) -> std::result::Result<(), NotVerified> {
        let named = |key: &&Key| match (&key.id, &jws.key_id) {
            (Some(own), Some(wanted)) => own == wanted,
            _ => true,
        };
        let mut named = self.0.iter().filter(named).peekable();
        if named.peek().is_none() {
            let message = match &jws.key_id {
                Some(id) => format!("the issuer has no key of the name {}", printable(id, 64)),
                None => "the issuer has no key".to_owned(),
            };
            return Err(NotVerified::Unknown(refused(Reason::UnknownKey, message)));
        }
        let refuse = |reason, message: String| Err(NotVerified::Refused(refused(reason, message)));
        let mut fitting = named.filter(|key| key.is_for(jws.algorithm)).peekable();
        if fitting.peek().is_none() {
            let algorithm = jws.algorithm.name();
            let message = format!("the token's algorithm is {algorithm}, which its key is not for");
            return refuse(Reason::Algorithm, message);
        }
        let (mut weakest, mut is_weak, mut is_named) = (None, true, true);
        for key in fitting {
            is_named &= key.id.is_some() && jws.key_id.is_some();
            match key.material {
                Material::Weak(bits) => weakest = Some(bits),
                _ if jws.is_signed_by(key) => return Ok(()),
                _ => is_weak = false,
            }
        }
        match weakest {
            Some(bits) if is_weak => refuse(Reason::WeakKey, weak(bits)),
            _ => {
                let message = "the token was not signed by a key of the issuer";
                let error = refused(Reason::Signature, message);
                Err(match is_named {
                    true => NotVerified::Refused(error),
                    false => NotVerified::Unknown(error),
                })
            }
        }
    }
}

/// The message for an RSA key of too few bits.
pub(super) fn weak(bits: usize) -> String {
    format!("the key has {bits} bits, and RSA needs 2048")
}
