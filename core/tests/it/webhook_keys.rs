//! The issuer's keys over real sockets: when they are fetched, how long they count, and what is no key set.

use std::sync::Barrier;
use std::time::Duration;

use penbox::serde_json::json;
use penbox::testing::TestClock;
use penbox::webhook::{Verifier, VerifierBuilder};
use penbox::{Client, ErrorKind};

use super::common::{Server, Step, json};
use super::issuer::{BODY, Delivery, NOW, URL, claims, good, key_set, public, token};

pub(crate) fn verifier(server: &Server, clock: &TestClock) -> VerifierBuilder {
    let algorithms = ["RS256", "ES256"];
    Verifier::builder(URL)
        .keys_url(server.url())
        .algorithms(algorithms)
        .clock(clock)
}

/// A good delivery whose token names a key of its own.
fn by(kid: &str, algorithm: &str) -> Delivery {
    // It lives as long as the tests need.
    let mut claims = claims(BODY.as_bytes());
    claims["exp"] = json!(NOW + 1_000_000);
    let signature = token(&json!({"alg": algorithm, "kid": kid}), &claims);
    Delivery {
        signature,
        ..good()
    }
}

pub(crate) fn clock() -> TestClock {
    TestClock::at(Duration::from_secs(NOW))
}

pub(crate) fn only(key: &str) -> Step {
    json("200 OK", &json!({"keys": [public(key)]}).to_string())
}

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn keys_are_fetched_once_without_a_token_and_again_after_ten_minutes() {
    let server = Server::start(vec![only("rsa"), only("rsa")]);
    let clock = clock();
    let network = Client::builder()
        .token(super::common::TOKEN)
        .user_agent_suffix("crm/1");
    let verifier = verifier(&server, &clock).network(network).build().unwrap();
    assert!(
        server.requests().is_empty(),
        "making a verifier sends nothing"
    );
    for _ in 0..100 {
        assert_eq!(by("rsa", "RS256").refused(&verifier), None);
    }
    let [request] = &server.requests()[..] else {
        panic!("one request");
    };
    assert!(request.starts_with("GET /v1 HTTP/1.1\r\n"), "{request}");
    let head = request.to_lowercase();
    assert!(
        !head.contains("authorization") && !head.contains("pnbx_"),
        "{head}"
    );
    assert!(
        head.contains("user-agent: penbox-rust/") && head.contains(" crm/1\r\n"),
        "{head}"
    );
    clock.advance(10 * MINUTE - Duration::from_millis(1));
    assert_eq!(by("rsa", "RS256").refused(&verifier), None);
    assert_eq!(server.requests().len(), 1);
    clock.advance(Duration::from_millis(1));
    for _ in 0..100 {
        assert_eq!(by("rsa", "RS256").refused(&verifier.clone()), None);
    }
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_key_that_is_new_is_found_by_one_request() {
    let server = Server::start(vec![only("rsa"), json("200 OK", &key_set())]);
    let clock = clock();
    let verifier = verifier(&server, &clock).build().unwrap();
    assert_eq!(by("rsa", "RS256").refused(&verifier), None);
    assert_eq!(
        by("ec", "ES256").refused(&verifier),
        Some("unknown_key"),
        "within 30 s of the last request"
    );
    clock.advance(Duration::from_secs(30));
    assert_eq!(by("ec", "ES256").refused(&verifier), None);
    assert_eq!(by("rsa", "RS256").refused(&verifier), None);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_key_without_a_name_is_found_by_one_request() {
    let mut other = public("rsa");
    other["n"] = other["n"]
        .as_str()
        .unwrap()
        .replacen("ofgW", "ofgX", 1)
        .into();
    let other = json("200 OK", &json!({"keys": [other]}).to_string());
    let server = Server::start(vec![other.clone(), only("rsa"), other]);
    let clock = clock();
    let verifier = verifier(&server, &clock).build().unwrap();
    let signature = token(&json!({"alg": "RS256"}), &claims(BODY.as_bytes()));
    let delivery = Delivery {
        signature,
        ..good()
    };
    for _ in 0..20 {
        assert_eq!(
            delivery.refused(&verifier),
            Some("signature"),
            "within 30 s"
        );
    }
    assert_eq!(server.requests().len(), 1);
    clock.advance(Duration::from_secs(30));
    assert_eq!(delivery.refused(&verifier), None);
    clock.advance(Duration::from_secs(30));
    assert_eq!(delivery.refused(&verifier), None);
    assert_eq!(server.requests().len(), 2);
    // A token that names its key, and was not signed by it, is forged: no newer set can change that.
    let header = json!({"alg": "RS256", "kid": "rsa"}).to_string();
    let signature = super::issuer::sign(&header, "{}", "none") + "AAAA";
    let forged = Delivery {
        signature,
        ..delivery
    };
    assert_eq!(forged.refused(&verifier), Some("signature"));
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn ten_thousand_random_kids_cost_one_request_in_thirty_seconds() {
    let server = Server::start(vec![only("rsa"), only("rsa"), only("rsa")]);
    let clock = clock();
    let verifier = verifier(&server, &clock).build().unwrap();
    assert_eq!(by("rsa", "RS256").refused(&verifier), None);
    clock.advance(Duration::from_secs(30));
    // The tokens are no good otherwise either: that must not matter.
    let (claims, base) = (json!({}), good());
    for number in 0..10_000 {
        let header = json!({"alg": "RS256", "kid": format!("kid-{number}")}).to_string();
        let signature = super::issuer::sign(&header, &claims.to_string(), "none") + "AAAA";
        let delivery = Delivery {
            signature,
            ..base.clone()
        };
        assert_eq!(delivery.refused(&verifier), Some("unknown_key"));
    }
    assert_eq!(server.requests().len(), 2);
    println!("unknown keys: 10000 of 10000 refused by 1 request in 30 s");
    clock.advance(Duration::from_secs(30));
    assert_eq!(by("kid", "RS256").refused(&verifier), Some("unknown_key"));
    assert_eq!(server.requests().len(), 3);
    // Good deliveries have gone on all the while.
    assert_eq!(by("rsa", "RS256").refused(&verifier), None);
}

#[test]
fn threads_that_need_keys_share_one_request() {
    let server = Server::start(vec![only("rsa"), json("200 OK", &key_set())]);
    let clock = clock();
    let verifier = verifier(&server, &clock).build().unwrap();
    for (kid, algorithm) in [("rsa", "RS256"), ("ec", "ES256")] {
        let (start, delivery) = (Barrier::new(16), by(kid, algorithm));
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    start.wait();
                    assert_eq!(delivery.refused(&verifier), None, "{kid}");
                });
            }
        });
        clock.advance(Duration::from_secs(30));
    }
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn the_old_keys_count_while_the_issuer_is_away_up_to_a_day() {
    let away = json("503 Service Unavailable", "{}");
    let script = [vec![only("rsa")], vec![away; 4], vec![only("rsa")]].concat();
    let server = Server::start(script);
    let clock = clock();
    let verifier = verifier(&server, &clock).build().unwrap();
    assert_eq!(by("rsa", "RS256").refused(&verifier), None);
    clock.advance(10 * MINUTE);
    for _ in 0..50 {
        assert_eq!(by("rsa", "RS256").refused(&verifier), None);
    }
    assert_eq!(
        server.requests().len(),
        2,
        "a failed request is not repeated within 30 s"
    );
    // A key that is not known may exist: the delivery is to come again.
    let unknown = by("ec", "ES256");
    let refusal = || {
        verifier
            .verify(&unknown.headers(), &unknown.body)
            .unwrap_err()
    };
    let error = refusal();
    assert_eq!(
        (error.kind(), error.http_status(), error.retryable()),
        (ErrorKind::Server, Some(503), true)
    );
    assert_eq!(server.requests().len(), 2);
    clock.advance(Duration::from_secs(30));
    assert_eq!(refusal().kind(), ErrorKind::Server);
    assert_eq!(server.requests().len(), 3);
    clock.advance(23 * 60 * MINUTE);
    assert_eq!(by("rsa", "RS256").refused(&verifier), None);
    clock.advance(60 * MINUTE);
    let withdrawn = by("rsa", "RS256");
    let error = verifier
        .verify(&withdrawn.headers(), &withdrawn.body)
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.http_status()),
        (ErrorKind::Server, Some(503))
    );
    clock.advance(Duration::from_secs(1));
    assert_eq!(
        by("rsa", "RS256").refused(&verifier),
        None,
        "the issuer is back"
    );
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn without_any_keys_a_request_is_made_once_a_second() {
    let gone = json("404 Not Found", "{}");
    let server = Server::start(vec![gone.clone(), gone, only("rsa")]);
    let clock = clock();
    let verifier = verifier(&server, &clock).build().unwrap();
    let delivery = good();
    for requests in 1..=2 {
        for _ in 0..20 {
            let error = verifier
                .verify(&delivery.headers(), &delivery.body)
                .unwrap_err();
            assert_eq!(
                (error.kind(), error.http_status()),
                (ErrorKind::NotFound, Some(404))
            );
            assert!(
                error
                    .message()
                    .starts_with("the keys of the issuer could not be read: "),
                "{error}"
            );
        }
        assert_eq!(server.requests().len(), requests);
        clock.advance(Duration::from_secs(1));
    }
    assert_eq!(delivery.refused(&verifier), None);
}

#[test]
fn an_issuer_that_hangs_ends_with_the_limit() {
    let server = Server::start(vec![Step::Hang]);
    let verifier = verifier(&server, &clock())
        .timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let delivery = good();
    let error = verifier
        .verify(&delivery.headers(), &delivery.body)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.retryable(), "{error}");
}
