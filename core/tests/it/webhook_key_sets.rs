//! Addresses of keys, and what is found there.

use penbox::serde_json::json;
use penbox::webhook::Verifier;
use penbox::{Client, ErrorKind};

use super::common::{Server, Step, answer, json};
use super::issuer::{BODY, ISSUER, URL, claims, good, public};
use super::webhook_keys::{clock, only, verifier};

#[test]
fn what_is_no_key_set_has_a_reason_of_its_own() {
    let elsewhere = "location: https://elsewhere.example/keys\r\n";
    for (step, kind, reason) in [
        (
            json("200 OK", "<html>"),
            ErrorKind::Response,
            Some("decode"),
        ),
        (
            json("200 OK", r#"{"keys":"x"}"#),
            ErrorKind::Response,
            Some("decode"),
        ),
        (
            json("200 OK", r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#),
            ErrorKind::Response,
            Some("decode"),
        ),
        (
            answer("200 OK", "", b"\xff\xfe{}"),
            ErrorKind::Response,
            Some("decode"),
        ),
        (
            json("200 OK", &" ".repeat(10_000_000)),
            ErrorKind::Response,
            Some("too_large"),
        ),
        (
            answer("302 Found", elsewhere, b""),
            ErrorKind::Response,
            Some("redirect"),
        ),
        (
            answer("301 Moved Permanently", elsewhere, b""),
            ErrorKind::Response,
            Some("redirect"),
        ),
        (
            json("403 Forbidden", "{}"),
            ErrorKind::PermissionDenied,
            None,
        ),
        (
            Step::AnswerAndClose(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec()),
            ErrorKind::Response,
            Some("truncated"),
        ),
        (
            Step::AnswerAndClose(Vec::new()),
            ErrorKind::Connection,
            Some("closed"),
        ),
        (
            Step::AnswerAndClose(b"SSH-2.0\r\n\r\n".to_vec()),
            ErrorKind::Response,
            Some("protocol"),
        ),
    ] {
        let server = Server::start(vec![step]);
        let verifier = verifier(&server, &clock()).build().unwrap();
        let delivery = good();
        let error = verifier
            .verify(&delivery.headers(), &delivery.body)
            .unwrap_err();
        assert_eq!((error.kind(), error.reason()), (kind, reason), "{error}");
        assert_eq!(error.attempts(), 1);
        assert!(error.hint().is_some(), "{error}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn a_set_of_weak_keys_is_named() {
    let mut weak = public("rsa");
    weak["n"] = weak["n"].as_str().unwrap()[..168].into();
    let server = Server::start(vec![json("200 OK", &json!({"keys": [weak]}).to_string())]);
    let verifier = verifier(&server, &clock()).build().unwrap();
    assert_eq!(good().refused(&verifier), Some("weak_key"));
}

#[test]
fn keys_on_plain_http_are_refused_but_for_loopback() {
    for url in [
        "http://keys.example/a",
        "http://10.0.0.1/a",
        "http://127.0.0.1.example/a",
    ] {
        for builder in [
            Verifier::builder(URL).keys_url(url),
            Verifier::builder(URL).issuer(url),
            Verifier::builder(URL)
                .keys_url(url)
                .network(Client::builder().allow_insecure_http(true)),
        ] {
            let error = builder.build().unwrap_err();
            assert_eq!(
                (error.kind(), error.reason()),
                (ErrorKind::Config, Some("insecure_http")),
                "{error}"
            );
        }
    }
    for url in [
        "http://127.0.0.1:9/a",
        "http://localhost/a",
        "http://[::1]:9/a",
        "https://keys.example/a",
    ] {
        assert!(
            Verifier::builder(URL).keys_url(url).build().is_ok(),
            "{url}"
        );
    }
}

#[test]
fn the_keys_stand_below_the_issuer_by_default() {
    let server = Server::start(vec![only("rsa"), only("rsa")]);
    let base = server.url();
    for issuer in [format!("{base}/"), base] {
        let mut claims = claims(BODY.as_bytes());
        claims["iss"] = issuer.clone().into();
        let delivery = super::issuer::delivery(&claims, BODY.as_bytes());
        let builder = Verifier::builder(URL).issuer(&issuer).clock(&clock());
        assert_eq!(delivery.refused(&builder.build().unwrap()), None);
        assert_ne!(issuer, ISSUER);
    }
    for request in server.requests() {
        assert!(
            request.starts_with("GET /v1/.well-known/jwks.json HTTP/1.1\r\n"),
            "{request}"
        );
    }
}
