use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

/// Keys of the sandbox for tests, published with it; `ring` makes none itself.
const DER: [&[u8]; 3] = [
    include_bytes!("keys/sandbox-test-1.pk8"),
    include_bytes!("keys/sandbox-test-2.pk8"),
    include_bytes!("keys/sandbox-test-3.pk8"),
];

/// Parsing checks the primes, which costs more than a signature does: once a process.
static PAIRS: LazyLock<Vec<RsaKeyPair>> = LazyLock::new(|| {
    let pair = |der: &&[u8]| RsaKeyPair::from_pkcs8(der).ok();
    DER.iter().filter_map(pair).collect()
});

/// The key that signs, and the one before it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Keys {
    current: usize,
    previous: Option<usize>,
}

impl Keys {
    /// The next key signs. The one before stays in the key set, for what it signed is still on its way.
    pub(crate) fn rotate(&mut self) {
        self.previous = Some(self.current);
        self.current = (self.current + 1) % DER.len();
    }

    pub(crate) fn kid(self) -> String {
        kid(self.current)
    }

    /// The key set as `/.well-known/jwks.json` shows it, the key that signs first.
    pub(crate) fn set(self) -> Value {
        let shown = std::iter::once(self.current).chain(self.previous);
        json!({ "keys": shown.filter_map(public).collect::<Vec<_>>() })
    }

    /// The public key as the key set has it: what a confused verifier would take for an HMAC's secret.
    pub(crate) fn public_text(self) -> String {
        self.set()["keys"][0].to_string()
    }

    /// The RS256 signature of the key that signs or, with `other`, of the next key.
    pub(crate) fn sign(self, message: &[u8], other: bool) -> Vec<u8> {
        let index = (self.current + usize::from(other)) % DER.len();
        let Some(pair) = PAIRS.get(index) else {
            return Vec::new();
        };
        let mut signature = vec![0; pair.public().modulus_len()];
        let signed = pair.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            message,
            &mut signature,
        );
        signed.map_or_else(|_| Vec::new(), |()| signature)
    }
}

fn kid(index: usize) -> String {
    format!("sandbox-test-{}", index + 1)
}

fn public(index: usize) -> Option<Value> {
    let key = PublicKeyComponents::<Vec<u8>>::from(PAIRS.get(index)?.public());
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    Some(json!({
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": kid(index),
        "n": text(&key.n),
        "e": text(&key.e),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read() {
        assert_eq!(PAIRS.len(), DER.len());
    }
}
