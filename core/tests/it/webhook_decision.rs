//! The verifier for languages with an event loop: what it decides at once, and what it leaves until keys were fetched.

use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use penbox::bindings::{Step as Act, Undecided};
use penbox::webhook::Verifier;

use super::common::Server;
use super::issuer::{BODY, URL, good, pinned};
use super::webhook_keys::{clock, only, verifier};

fn headers() -> Vec<(String, String)> {
    let delivery = good();
    let pairs = delivery.headers();
    let pairs = pairs.into_iter();
    pairs
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect()
}

/// The reason of a step; `ok` if it succeeded, `keys` if it needs keys first.
fn made(verifier: &Verifier, act: Act) -> String {
    match verifier.decide(act, &headers(), BODY.as_bytes()) {
        Ok(decision) => {
            assert_eq!(decision.id.len(), 43);
            assert_eq!(decision.document.is_some(), act == Act::Unwrap);
            "ok".to_owned()
        }
        Err(Undecided::NeedsKeys) => "keys".to_owned(),
        Err(Undecided::Failed(error)) => error.reason().unwrap_or_default().to_owned(),
    }
}

#[test]
fn with_pinned_keys_each_step_is_made_at_once() {
    let verifier = pinned().remember_deliveries().build().unwrap();
    let made = [
        Act::Verify,
        Act::Unwrap,
        Act::Unwrap,
        Act::Forget,
        Act::Unwrap,
    ]
    .map(|act| made(&verifier, act));
    assert_eq!(made, ["ok", "ok", "replayed", "ok", "ok"]);
}

#[test]
fn a_step_waits_for_no_keys_and_is_made_once_they_were_fetched() {
    let server = Server::start(vec![only("rsa")]);
    let verifier = verifier(&server, &clock())
        .remember_deliveries()
        .build()
        .unwrap();
    for act in [Act::Verify, Act::Unwrap, Act::Forget] {
        assert_eq!(made(&verifier, act), "keys");
    }
    assert!(server.requests().is_empty());
    let (sender, ended) = channel();
    let (text, body) = (headers(), BODY.as_bytes().to_vec());
    let done = move |end| sender.send(end).unwrap();
    verifier
        .fetch_keys_for(Act::Unwrap, text, body, done)
        .unwrap();
    ended.recv().unwrap().unwrap();
    // The fetch itself has accepted nothing.
    let made = [Act::Unwrap, Act::Unwrap].map(|act| made(&verifier, act));
    assert_eq!(made, ["ok", "replayed"]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn those_who_wait_for_keys_share_the_failure() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    // Longer than the time after which a request may follow a failed one.
    let verifier = Verifier::builder(URL)
        .keys_url(format!("http://{address}/keys.json"))
        .timeout(Duration::from_secs(2))
        .build()
        .unwrap();
    let waiting: Vec<_> = (0..8)
        .map(|_| {
            let verifier = verifier.clone();
            thread::spawn(move || verifier.verify(&headers(), BODY.as_bytes()).unwrap_err())
        })
        .collect();
    for thread in waiting {
        assert!(thread.join().unwrap().retryable());
    }
    silent.set_nonblocking(true).unwrap();
    let connections = std::iter::from_fn(|| silent.accept().ok()).count();
    assert_eq!(connections, 1);
}
