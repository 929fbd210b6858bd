//! An issuer of webhook deliveries: it signs what a test wants, right or wrong, by the keys of RFC 7515.

use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use penbox::serde_json::{self, Value, json};
use penbox::testing::TestClock;
use penbox::webhook::{Verifier, VerifierBuilder};
use ring::digest::{SHA512, digest};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, KeyPairComponents, PublicKeyComponents};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512,
};

pub(crate) const URL: &str = "https://example.com/hooks/penbox";
pub(crate) const ISSUER: &str = "https://connect.penbox.io/";
/// 1 March 2026, when the deliveries of the tests are made.
pub(crate) const NOW: u64 = 1_772_323_200;
pub(crate) const BODY: &str = r#"{"events":["responses:updated","responses:completed"],"data":{"type":"responses","id":"r-1"},"request":{"id":"f-1","status":"completed","new":7}}"#;

static KEYS: LazyLock<Value> = LazyLock::new(|| read("keys.json"));
static RSA: LazyLock<KeyPair> = LazyLock::new(|| {
    let number = |name: &str| {
        URL_SAFE_NO_PAD
            .decode(KEYS["rsa"][name].as_str().unwrap())
            .unwrap()
    };
    let public_key = PublicKeyComponents {
        n: number("n"),
        e: number("e"),
    };
    KeyPair::from_components(&KeyPairComponents {
        public_key,
        d: number("d"),
        p: number("p"),
        q: number("q"),
        dP: number("dp"),
        dQ: number("dq"),
        qInv: number("qi"),
    })
    .unwrap()
});

/// A file of deliveries or keys.
pub(crate) fn read(name: &str) -> Value {
    let path = format!("{}/tests/deliveries/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The public part of a key.
pub(crate) fn public(name: &str) -> Value {
    let mut key = KEYS[name].clone();
    for private in ["d", "p", "q", "dp", "dq", "qi"] {
        key.as_object_mut().unwrap().remove(private);
    }
    key
}

/// The key set of the issuer: both keys.
pub(crate) fn key_set() -> String {
    json!({"keys": [public("rsa"), public("ec")]}).to_string()
}

/// A delivery: what a receiver gets of it.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) signature: String,
    pub(crate) digest: String,
    pub(crate) body: Vec<u8>,
}

impl Delivery {
    pub(crate) fn headers(&self) -> [(&str, &str); 3] {
        [
            ("Content-Type", "application/json"),
            ("Digest", &self.digest),
            ("X-Pnbx-Signature", &self.signature),
        ]
    }

    /// The reason for which a verifier refuses it; none if it does not.
    pub(crate) fn refused(&self, verifier: &Verifier) -> Option<&'static str> {
        let error = verifier.unwrap(&self.headers(), &self.body).err()?;
        Some(error.reason().unwrap_or("no reason"))
    }
}

pub(crate) fn digest_of(body: &[u8]) -> String {
    STANDARD.encode(digest(&SHA512, body))
}

/// The claims of a delivery of this body.
pub(crate) fn claims(body: &[u8]) -> Value {
    json!({
        "iss": ISSUER, "aud": URL, "method": "POST", "digest": digest_of(body),
        "iat": NOW, "nbf": NOW, "exp": NOW + 1000, "jti": "d-1",
    })
}

/// A token of this header and these claims, signed by the algorithm that the header names.
pub(crate) fn token(header: &Value, claims: &Value) -> String {
    sign(
        &header.to_string(),
        &claims.to_string(),
        header["alg"].as_str().unwrap_or("RS256"),
    )
}

/// A token of these texts, signed by an algorithm whatever the header says.
pub(crate) fn sign(header: &str, claims: &str, algorithm: &str) -> String {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let text = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(claims.as_bytes())
    );
    let random = SystemRandom::new();
    let rsa = |padding| {
        let mut signature = vec![0; RSA.public().modulus_len()];
        RSA.sign(padding, &random, text.as_bytes(), &mut signature)
            .unwrap();
        signature
    };
    let signature = match algorithm {
        "RS256" => rsa(&RSA_PKCS1_SHA256),
        "RS384" => rsa(&RSA_PKCS1_SHA384),
        "RS512" => rsa(&RSA_PKCS1_SHA512),
        "ES256" => {
            let number = |name: &str| {
                URL_SAFE_NO_PAD
                    .decode(KEYS["ec"][name].as_str().unwrap())
                    .unwrap()
            };
            let point = [vec![4], number("x"), number("y")].concat();
            let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let pair = EcdsaKeyPair::from_private_key_and_public_key(
                algorithm,
                &number("d"),
                &point,
                &random,
            );
            pair.unwrap()
                .sign(&random, text.as_bytes())
                .unwrap()
                .as_ref()
                .to_vec()
        }
        // The attack of CVE-2016-10555: the public key as a shared secret.
        "HS256" => {
            let secret = public("rsa").to_string();
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
        }
        _ => Vec::new(),
    };
    format!("{text}.{}", encode(&signature))
}

/// A delivery of these claims and this body.
pub(crate) fn delivery(claims: &Value, body: &[u8]) -> Delivery {
    Delivery {
        signature: token(&json!({"alg": "RS256", "typ": "JWT", "kid": "rsa"}), claims),
        digest: format!("SHA-512={}", digest_of(body)),
        body: body.to_vec(),
    }
}

/// The delivery that all verifiers accept.
pub(crate) fn good() -> Delivery {
    delivery(&claims(BODY.as_bytes()), BODY.as_bytes())
}

pub(crate) fn clock() -> TestClock {
    TestClock::at(Duration::from_secs(NOW))
}

/// A verifier with pinned keys, whose clock stands at the time of the deliveries.
pub(crate) fn pinned() -> VerifierBuilder {
    Verifier::builder(URL).keys(key_set()).clock(&clock())
}
