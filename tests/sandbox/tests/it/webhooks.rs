//! Webhooks as a receiver meets them, verified by the keys that the sandbox serves.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use penbox_sandbox::{
    Clock, DeliveryState, FormCompletion, Replay, SandboxOptions, Tamper, WebhookPatch,
};
use serde_json::{Value, json};

use crate::receiver::{Receiver, Reply};
use crate::support::{Bench, bench};
use crate::verified::{key_set, part, verify};

const LONG: Duration = Duration::from_secs(60);

fn good() -> Receiver {
    Receiver::start(|_, _| Reply::Status(200))
}

fn create(bench: &Bench, url: &str, events: &[&str]) -> Value {
    bench.form(&json!({"flow": {"slug": "client-onboarding"}, "webhooks": {url: events}}))
}

#[test]
fn events_of_a_form_are_signed_and_delivered() {
    let (bench, receiver) = (bench(), good());
    let all = [
        "requests:created",
        "requests:updated",
        "responses:completed",
    ];
    let form = create(&bench, &receiver.url, &all);
    let id = form["id"].as_str().unwrap();
    let first = receiver.next();
    assert_eq!(first.head, "POST /hook HTTP/1.1");
    let body = verify(&bench, &receiver.url, &first).unwrap();
    assert_eq!(body["events"], json!(["requests:created"]));
    assert_eq!(body["data"], json!({"type": "requests", "id": id}));
    assert_eq!(body["request"], form, "the same object as the API gives");

    assert_eq!(
        bench
            .patch(&format!("/forms/{id}"), &json!({"archived": true}))
            .status,
        200
    );
    let body = verify(&bench, &receiver.url, &receiver.next()).unwrap();
    assert_eq!(
        body["events"],
        json!(["requests:updated", "requests:archived"])
    );
    bench.patch(&format!("/forms/{id}"), &json!({"archived": false}));
    let body = verify(&bench, &receiver.url, &receiver.next()).unwrap();
    assert_eq!(
        body["events"],
        json!(["requests:updated", "requests:unarchived"])
    );

    let done = bench
        .sandbox
        .complete_form(id, FormCompletion::default())
        .unwrap();
    let bodies: Vec<_> = [receiver.next(), receiver.next()]
        .iter()
        .map(|one| verify(&bench, &receiver.url, one).unwrap())
        .collect();
    let answered = bodies
        .iter()
        .find(|body| body["data"]["type"] == "responses")
        .unwrap();
    assert_eq!(
        answered["events"],
        json!(["responses:created", "responses:completed"])
    );
    assert_eq!(answered["data"]["id"], done.response_id.as_str());
    assert_eq!(answered["request"]["status"], "completed");
}

#[test]
fn only_what_was_subscribed_is_sent() {
    let (bench, receiver) = (bench(), good());
    let form = create(&bench, &receiver.url, &["responses:completed"]);
    let id = form["id"].as_str().unwrap();
    bench.patch(&format!("/forms/{id}"), &json!({"archived": true}));
    let declined = FormCompletion {
        declined: true,
        ..FormCompletion::default()
    };
    bench.sandbox.complete_form(id, declined).unwrap();
    assert!(bench.sandbox.deliveries().is_empty());
}

#[test]
fn a_delivery_that_fails_is_repeated_by_the_clock() {
    let clock = Clock::manual(1_800_000_000_000);
    let bench = Bench::with(SandboxOptions::default().clock(clock.clone()));
    let receiver = Receiver::start(|number, _| Reply::Status(if number < 2 { 503 } else { 204 }));
    create(&bench, &receiver.url, &["requests:created"]);
    let mut bodies = vec![receiver.next().body];
    for pause in [1, 4] {
        // Due at once only when the clock says so.
        let begun = Instant::now();
        let due = loop {
            assert!(begun.elapsed() < LONG, "no repeat is planned");
            let delivery = bench.sandbox.deliveries().remove(0);
            if let Some(at) = delivery.next_attempt_at {
                break at.parse::<jiff::Timestamp>().unwrap();
            }
        };
        assert_eq!(due.as_millisecond(), clock.unix_millis() + pause * 1000);
        assert!(receiver.rest().is_empty());
        clock.advance(Duration::from_secs(pause.unsigned_abs()));
        bodies.push(receiver.next().body);
    }
    assert!(bench.sandbox.wait_delivered(LONG));
    let delivery = bench.sandbox.deliveries().remove(0);
    let statuses: Vec<_> = delivery.attempts.iter().map(|one| one.status).collect();
    assert_eq!(statuses, [Some(503), Some(503), Some(204)]);
    assert_eq!(delivery.state, DeliveryState::Delivered);
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    let tokens: Vec<_> = delivery
        .attempts
        .iter()
        .map(|one| &one.headers[2].1)
        .collect();
    assert!(
        tokens[0] != tokens[1] && tokens[1] != tokens[2],
        "each is signed anew"
    );
}

#[test]
fn repeats_end_and_a_redirect_is_not_followed() {
    let bench = bench();
    let receiver = Receiver::start(|_, _| Reply::Status(307));
    let patch = r#"{"attempts":3,"backoff_ms":1}"#;
    let set = bench.steer("PUT", "/webhooks", patch).good(200);
    assert_eq!(
        (&set["attempts"], &set["paused"]),
        (&json!(3), &json!(false))
    );
    create(&bench, &receiver.url, &["requests:created"]);
    assert!(bench.sandbox.wait_delivered(LONG));
    assert_eq!(receiver.rest().len(), 3);
    let list = bench.steer("GET", "/webhooks/deliveries", "").good(200);
    assert_eq!(list["deliveries"][0]["state"], "failed");
    assert_eq!(list["deliveries"][0]["attempts"][2]["status"], 307);
    bench
        .steer("PUT", "/webhooks", r#"{"attempts":0}"#)
        .is_bad("attempts must be from 1 to 100");
}

#[test]
fn each_kind_of_tampering_is_seen_where_it_was_made() {
    let (bench, receiver) = (bench(), good());
    create(&bench, &receiver.url, &["requests:created"]);
    let first = receiver.next();
    assert!(verify(&bench, &receiver.url, &first).is_ok());
    assert!(bench.sandbox.wait_delivered(LONG));
    for (tamper, problem) in [
        (Tamper::Body, "digest header"),
        (Tamper::Digest, "digest"),
        (Tamper::DigestHeader, "digest header"),
        (Tamper::DigestMissing, "digest header"),
        (Tamper::Signature, "signature"),
        (Tamper::SignatureMissing, "one signature"),
        (Tamper::SignatureTwice, "one signature"),
        (Tamper::OtherKey, "signature"),
        (Tamper::UnknownKid, "unknown key"),
        (Tamper::Audience, "audience"),
        (Tamper::Issuer, "issuer"),
        (Tamper::Method, "method"),
        (Tamper::Expired, "expired"),
        (Tamper::NotYet, "not yet"),
        (Tamper::ClaimType, "expired"),
        (Tamper::AlgNone, "header"),
        (Tamper::Hmac, "header"),
        (Tamper::Critical, "header"),
        (Tamper::Malformed, "parts"),
        (Tamper::HugeHeader, "size"),
    ] {
        let name = serde_json::to_value(tamper).unwrap();
        let body = json!({"tamper": name}).to_string();
        let path = "/webhooks/deliveries/1/replay";
        let replayed = bench.steer("POST", path, &body).good(201);
        assert_eq!(replayed["replay_of"], 1);
        let found = verify(&bench, &receiver.url, &receiver.next());
        assert_eq!(found.unwrap_err(), problem, "{name}");
    }
    // As recorded: the very same bytes, which only a memory can refuse.
    bench.sandbox.replay_delivery(1, Replay::default()).unwrap();
    let again = receiver.next();
    assert_eq!((&again.headers, &again.body), (&first.headers, &first.body));
    let fresh = Replay {
        fresh: true,
        ..Replay::default()
    };
    bench.sandbox.replay_delivery(1, fresh).unwrap();
    let anew = receiver.next();
    assert!(anew.headers != first.headers && verify(&bench, &receiver.url, &anew).is_ok());
    assert_eq!(
        bench
            .steer("POST", "/webhooks/deliveries/99/replay", "")
            .status,
        404
    );
}

#[test]
fn keys_rotate_and_the_one_before_stays() {
    let (bench, receiver) = (bench(), good());
    create(&bench, &receiver.url, &["requests:created"]);
    let old = receiver.next();
    let kid = bench.steer("POST", "/webhooks/rotate", "").good(200)["kid"].clone();
    assert_eq!(kid, "sandbox-test-2");
    create(&bench, &receiver.url, &["requests:created"]);
    let new = receiver.next();
    assert_eq!(
        part(new.all("x-pnbx-signature")[0].split('.').next().unwrap())["kid"],
        kid
    );
    for one in [&old, &new] {
        assert!(verify(&bench, &receiver.url, one).is_ok());
    }
    bench.sandbox.rotate_keys();
    assert_eq!(
        verify(&bench, &receiver.url, &old).unwrap_err(),
        "unknown key"
    );
    bench.sandbox.reset();
    assert_eq!(key_set(&bench)["keys"].as_array().unwrap().len(), 1);
}

#[test]
fn the_key_set_can_be_away() {
    let bench = bench();
    let get = |how: &str| {
        bench
            .steer("PUT", "/webhooks", &json!({"key_set": how}).to_string())
            .good(200);
        bench.send("GET", "/.well-known/jwks.json", &[], b"")
    };
    assert_eq!(get("error").status, 500);
    assert!(get("large").bytes.len() > 10_000_000);
    assert!(serde_json::from_str::<Value>(&get("no_json").text).is_err());
    assert_eq!(get("empty").json(), json!({"keys": []}));
    let served = get("served");
    // Followed by this client: the redirect leads to the same keys.
    assert_eq!(get("redirect").text, served.text);
    bench
        .steer("PUT", "/webhooks", r#"{"key_set":"hang"}"#)
        .good(200);
    let address = bench.sandbox.origin().replace("http://", "");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    let request = b"GET /.well-known/jwks.json HTTP/1.1\r\nHost: a\r\n\r\n";
    std::io::Write::write_all(&mut stream, request).unwrap();
    assert!(
        std::io::Read::read(&mut stream, &mut [0]).is_err(),
        "no answer"
    );
}

#[test]
fn deliveries_wait_while_paused() {
    let (bench, receiver) = (bench(), good());
    bench
        .steer("PUT", "/webhooks", r#"{"paused":true}"#)
        .good(200);
    create(&bench, &receiver.url, &["requests:created"]);
    assert!(!bench.sandbox.wait_delivered(Duration::from_millis(50)));
    assert!(receiver.rest().is_empty());
    bench
        .steer("PUT", "/webhooks", r#"{"paused":false}"#)
        .good(200);
    assert!(bench.sandbox.wait_delivered(LONG));
    assert_eq!(receiver.rest().len(), 1);
}

#[test]
fn other_hosts_get_nothing_unless_asked_for() {
    let bench = bench();
    create(&bench, "https://example.com/hook", &["requests:created"]);
    let delivery = bench.sandbox.deliveries().remove(0);
    assert_eq!(delivery.state, DeliveryState::Refused);
    assert_eq!(
        delivery.refusal.as_deref(),
        Some("example.com is not a loopback host; the flag --webhooks-anywhere allows it")
    );
    assert!(delivery.attempts.is_empty());
}

#[test]
fn a_receiver_that_hangs_holds_up_neither_answers_nor_the_end() {
    let bench = bench();
    let receiver = Receiver::start(|_, _| Reply::Hang);
    let begun = Instant::now();
    for _ in 0..10 {
        create(&bench, &receiver.url, &["requests:created"]);
    }
    receiver.next();
    drop(bench);
    // The receiver's own limit would be ten seconds.
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn a_thousand_deliveries_arrive_through_errors() {
    const FORMS: usize = 1000;
    let bench = bench();
    // By number: a fifth is refused, reset or left without an answer. Repeats have other numbers.
    let receiver = Receiver::start(|number, _| match number % 25 {
        1 | 9 => Reply::Status(500),
        5 | 14 => Reply::Cut,
        20 => Reply::Hang,
        _ => Reply::Status(200),
    });
    let patch = WebhookPatch {
        attempts: Some(20),
        backoff_ms: Some(1),
        timeout_ms: Some(300),
        ..WebhookPatch::default()
    };
    bench.sandbox.set_webhooks(patch).unwrap();
    let forms: Vec<_> = (0..FORMS)
        .map(|_| create(&bench, &receiver.url, &["requests:created"]))
        .collect();
    assert!(bench.sandbox.wait_delivered(LONG));
    let mut came: HashMap<String, usize> = HashMap::new();
    for received in receiver.rest() {
        let body: Value = serde_json::from_slice(&received.body).unwrap();
        *came
            .entry(body["data"]["id"].as_str().unwrap().to_owned())
            .or_default() += 1;
    }
    let deliveries = bench.sandbox.deliveries();
    let delivered = deliveries
        .iter()
        .filter(|one| one.state == DeliveryState::Delivered);
    let attempts: usize = deliveries.iter().map(|one| one.attempts.len()).sum();
    println!(
        "deliveries: {} of {FORMS}, {attempts} attempts",
        delivered.clone().count()
    );
    assert_eq!(delivered.count(), FORMS);
    assert!(
        forms
            .iter()
            .all(|form| came.contains_key(form["id"].as_str().unwrap()))
    );
    assert!(attempts > FORMS + FORMS / 10);
}
