//! The replay guard of a verifier.

use std::time::Duration;

use penbox::webhook::{MemoryStore, ReplayEntry, ReplayStore, StoreError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use penbox::serde_json::json;

use super::issuer::{BODY, Delivery, claims, good, pinned, token};

#[test]
fn with_a_guard_a_delivery_is_accepted_once() {
    let verifier = pinned().remember_deliveries().build().unwrap();
    let delivery = good();
    assert_eq!(delivery.refused(&verifier), None);
    assert_eq!(delivery.refused(&verifier), Some("replayed"));
    assert!(
        verifier.verify(&delivery.headers(), &delivery.body).is_ok(),
        "only unwrap counts"
    );
    verifier.forget(&delivery.headers()).unwrap();
    assert_eq!(delivery.refused(&verifier), None);
    // What is refused for another reason is not remembered.
    let mut other = claims(BODY.as_bytes());
    other["jti"] = "d-2".into();
    let other = super::issuer::delivery(&other, BODY.as_bytes());
    let spoiled = Delivery {
        body: b"x".to_vec(),
        ..other.clone()
    };
    assert_eq!(spoiled.refused(&verifier), Some("digest"));
    assert_eq!(other.refused(&verifier), None);
    // Nobody else makes the guard forget.
    let end = delivery.signature.rfind('.').unwrap();
    let forged = format!("{}.AAAA", &delivery.signature[..end]);
    let error = verifier
        .forget(&[("x-pnbx-signature", forged)])
        .unwrap_err();
    assert_eq!(error.reason(), Some("signature"));
    assert_eq!(delivery.refused(&verifier), Some("replayed"));
    assert!(pinned().build().unwrap().forget(&[("a", "b")]).is_ok());
}

#[test]
fn of_many_threads_with_one_delivery_one_is_accepted() {
    let verifier = pinned()
        .remember_deliveries_in(MemoryStore::with_capacity(10))
        .build()
        .unwrap();
    let accepted = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| good().refused(&verifier)))
            .collect();
        let results = threads.into_iter().map(|thread| thread.join().unwrap());
        results.filter(Option::is_none).count()
    });
    assert_eq!(accepted, 1);
}

/// A store that is away.
struct Away;

impl ReplayStore for Away {
    fn add(&self, entry: &ReplayEntry<'_>) -> Result<bool, StoreError> {
        assert_eq!(
            (entry.id().len(), entry.lifetime()),
            (43, Duration::from_secs(1060))
        );
        Err("connection refused".into())
    }

    fn remove(&self, _: &str) -> Result<(), StoreError> {
        Err("connection refused".into())
    }
}

#[test]
fn a_store_that_fails_refuses_and_the_delivery_may_come_again() {
    let verifier = pinned().remember_deliveries_in(Away).build().unwrap();
    let delivery = good();
    for error in [
        verifier
            .unwrap(&delivery.headers(), &delivery.body)
            .unwrap_err(),
        verifier.forget(&delivery.headers()).unwrap_err(),
    ] {
        assert_eq!(error.reason(), Some("replay_store"));
        assert!(
            error.retryable() && error.message().contains("connection refused"),
            "{error}"
        );
    }
}

/// The order of the group of P-256 (SEC 2, section 2.4.2).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
    0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The other signature of the same key over the same text: anybody can subtract the second number from the order.
fn other_form(signature: &str) -> String {
    let (text, signature) = signature.rsplit_once('.').unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut borrow = 0;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER).rev() {
        let difference = i16::from(order) - i16::from(*byte) - borrow;
        borrow = i16::from(difference < 0);
        *byte = difference.rem_euclid(256) as u8;
    }
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(bytes))
}

#[test]
fn another_signature_of_the_same_text_is_the_same_delivery() {
    let verifier = pinned().algorithms(["ES256"]);
    let verifier = verifier.remember_deliveries().build().unwrap();
    let signature = token(
        &json!({"alg": "ES256", "kid": "ec"}),
        &claims(BODY.as_bytes()),
    );
    let delivery = Delivery {
        signature,
        ..good()
    };
    let other = Delivery {
        signature: other_form(&delivery.signature),
        ..good()
    };
    assert_ne!(delivery.signature, other.signature);
    assert!(
        verifier.verify(&other.headers(), &other.body).is_ok(),
        "it is a good signature, too"
    );
    assert_eq!(delivery.refused(&verifier), None);
    assert_eq!(other.refused(&verifier), Some("replayed"));
}
