//! The verifier against the sandbox's deliveries: two readings of one page of the API's documentation.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use penbox::serde_json::json;
use penbox::testing::TestClock;
use penbox::webhook::Verifier;
use penbox::{Client, ErrorKind, FormCreate};
use penbox_sandbox::{
    FormCompletion, KeySet, Replay, Sandbox, SandboxOptions, Tamper, WebhookPatch,
};

const SOON: Duration = Duration::from_secs(20);

/// A delivery as it arrived.
struct Arrived {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// An address that takes deliveries, and says 204 to each.
fn receiver() -> (String, Receiver<Arrived>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let (sender, arrived) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut lines = stream.by_ref().lines().map(Result::unwrap);
            assert_eq!(lines.next().as_deref(), Some("POST /hooks HTTP/1.1"));
            let head = lines.take_while(|line| !line.is_empty());
            let headers: Vec<(String, String)> = head
                .filter_map(|line| {
                    let (name, value) = line.split_once(": ")?;
                    Some((name.to_owned(), value.to_owned()))
                })
                .collect();
            let is_length = |name: &str| name.eq_ignore_ascii_case("content-length");
            let length = headers.iter().find(|(name, _)| is_length(name)).unwrap();
            let mut body = vec![0; length.1.parse().unwrap()];
            stream.read_exact(&mut body).unwrap();
            let answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
            stream.get_mut().write_all(answer).unwrap();
            if sender.send(Arrived { headers, body }).is_err() {
                break;
            }
        }
    });
    (url, arrived)
}

/// A sandbox, the first delivery of a form that was completed there, and where the next ones arrive.
fn delivered() -> (Sandbox, String, Receiver<Arrived>, Arrived) {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let (url, arrived) = receiver();
    let client = Client::builder()
        .token(sandbox.token())
        .base_url(sandbox.url())
        .build()
        .unwrap();
    let form = FormCreate::new("client-onboarding")
        .user(penbox::User::email("john@example.com"))
        .webhooks(json!({&url: ["responses:completed"]}));
    let form = client.forms().create(form).unwrap();
    sandbox
        .complete_form(&form.id, FormCompletion::default())
        .unwrap();
    let first = arrived.recv_timeout(SOON).unwrap();
    (sandbox, url, arrived, first)
}

/// A verifier of this address that trusts the sandbox, by a clock that is right and can be moved.
fn verifier(sandbox: &Sandbox, url: &str) -> (Verifier, TestClock) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let clock = TestClock::at(now.unwrap());
    let builder = Verifier::builder(url).clock(&clock);
    let issuer = format!("{}/", sandbox.origin());
    (builder.issuer(issuer).build().unwrap(), clock)
}

fn reason(verifier: &Verifier, arrived: &Arrived) -> Option<&'static str> {
    let unwrapped = verifier.unwrap(&arrived.headers, &arrived.body);
    unwrapped
        .err()
        .map(|error| error.reason().unwrap_or("none"))
}

#[test]
fn a_delivery_of_the_sandbox_is_verified_and_read() {
    let (sandbox, url, arrived, first) = delivered();
    let (verifier, clock) = verifier(&sandbox, &url);
    let event = verifier.unwrap(&first.headers, &first.body).unwrap();
    assert!(event.has("responses:completed"));
    let form = event.request.unwrap();
    assert_eq!(
        form.user.unwrap().email.as_deref(),
        Some("john@example.com")
    );
    // A key that the verifier has not seen yet is looked for, once half a minute has passed.
    sandbox.rotate_keys();
    let fresh = Replay {
        fresh: true,
        tamper: None,
    };
    sandbox.replay_delivery(1, fresh).unwrap();
    let second = arrived.recv_timeout(SOON).unwrap();
    assert_eq!(reason(&verifier, &second), Some("unknown_key"));
    clock.advance(Duration::from_secs(31));
    assert_eq!(reason(&verifier, &second), None);
    assert_eq!(reason(&verifier, &first), None, "the key before stays");
}

#[test]
fn each_kind_of_tampering_has_its_reason() {
    let (sandbox, url, arrived, _) = delivered();
    let (verifier, _) = verifier(&sandbox, &url);
    let kinds = [
        (Tamper::Body, "digest"),
        (Tamper::Digest, "digest"),
        (Tamper::DigestHeader, "digest"),
        (Tamper::DigestMissing, "digest_missing"),
        (Tamper::Signature, "signature"),
        (Tamper::SignatureMissing, "signature_missing"),
        (Tamper::SignatureTwice, "header"),
        (Tamper::OtherKey, "signature"),
        (Tamper::UnknownKid, "unknown_key"),
        (Tamper::Audience, "audience"),
        (Tamper::Issuer, "issuer"),
        (Tamper::Method, "method"),
        (Tamper::Expired, "expired"),
        (Tamper::NotYet, "not_yet"),
        (Tamper::ClaimType, "malformed"),
        (Tamper::AlgNone, "algorithm"),
        (Tamper::Hmac, "algorithm"),
        (Tamper::Critical, "critical"),
        (Tamper::Malformed, "malformed"),
        (Tamper::HugeHeader, "header"),
    ];
    for (kind, expected) in kinds {
        let how = Replay {
            fresh: true,
            tamper: Some(kind),
        };
        sandbox.replay_delivery(1, how).unwrap();
        let spoiled = arrived.recv_timeout(SOON).unwrap();
        assert_eq!(reason(&verifier, &spoiled), Some(expected), "{kind:?}");
    }
}

#[test]
fn a_key_set_that_is_away_can_be_asked_for_again() {
    let (sandbox, url, _, first) = delivered();
    for key_set in [
        KeySet::Error,
        KeySet::Large,
        KeySet::NoJson,
        KeySet::Redirect,
        KeySet::Empty,
    ] {
        let patch = WebhookPatch {
            key_set: Some(key_set),
            ..WebhookPatch::default()
        };
        sandbox.set_webhooks(patch).unwrap();
        let (verifier, clock) = verifier(&sandbox, &url);
        let error = verifier.unwrap(&first.headers, &first.body).unwrap_err();
        assert_ne!(error.kind(), ErrorKind::Webhook, "{key_set:?}: {error}");
        let served = WebhookPatch {
            key_set: Some(KeySet::Served),
            ..WebhookPatch::default()
        };
        sandbox.set_webhooks(served).unwrap();
        clock.advance(Duration::from_secs(1));
        assert_eq!(reason(&verifier, &first), None, "{key_set:?}");
    }
}
