//! Deliveries of webhooks, right and wrong, with pinned keys.

use std::time::Duration;

use penbox::bindings::NodeKind;
use penbox::serde_json::json;
use penbox::webhook::{EventName, Verifier};
use penbox::{ErrorKind, Outcome};

use super::issuer::{
    BODY, Delivery, ISSUER, NOW, URL, claims, clock, delivery, good, pinned, public, read, sign,
    token,
};

/// A delivery whose token has this header and good claims.
fn with_header(header: &str, algorithm: &str) -> Delivery {
    let signature = sign(header, &claims(BODY.as_bytes()).to_string(), algorithm);
    Delivery {
        signature,
        ..good()
    }
}

#[test]
fn a_delivery_is_an_event() {
    let verifier = pinned().build().unwrap();
    let delivery = good();
    let event = verifier
        .unwrap(&delivery.headers(), &delivery.body)
        .unwrap();
    let names = [EventName::ResponsesUpdated, EventName::ResponsesCompleted];
    assert_eq!(event.events.as_deref(), Some(&names[..]));
    let data = event.data.unwrap();
    assert_eq!(
        (data.id.as_deref(), data.type_.as_deref()),
        (Some("r-1"), Some("responses"))
    );
    let form = event.request.unwrap();
    assert_eq!(
        (&*form.id, form.extra("new").unwrap().as_str()),
        ("f-1", "7")
    );
    // It may come again, and in any map of headers.
    let mut headers = http::HeaderMap::new();
    for (name, value) in delivery.headers() {
        let name: http::HeaderName = name.parse().unwrap();
        headers.insert(name, value.parse().unwrap());
    }
    assert!(verifier.verify(&headers, &delivery.body).is_ok());
}

#[test]
fn what_is_unknown_or_of_another_type_in_a_body_spoils_nothing() {
    let verifier = pinned().build().unwrap();
    let body = br#"{"events":["forms:sealed",7],"data":"x","form":{"id":"f-1"}}"#;
    let delivery = delivery(&claims(body), body);
    let event = verifier.unwrap(&delivery.headers(), body);
    let event = event.unwrap();
    assert!(event.data.is_none() && event.request.is_none());
    assert_eq!(event.extra("form").unwrap().as_str(), r#"{"id":"f-1"}"#);
    for body in [&b"[]"[..], b"7", b"{", b"", b"\xff\xfe", b"\"x\""] {
        let delivery = super::issuer::delivery(&claims(body), body);
        assert_eq!(delivery.refused(&verifier), Some("decode"), "{body:?}");
    }
}

#[test]
fn deliveries_that_other_libraries_signed_are_verified() {
    let mut verified = 0;
    for file in ["pyjwt.json", "jose.json"] {
        let made = read(file);
        assert_eq!(
            (&made["url"], &made["issuer"], &made["now"]),
            (&json!(URL), &json!(ISSUER), &json!(NOW))
        );
        for each in made["deliveries"].as_array().unwrap() {
            let text = |name: &str| each[name].as_str().unwrap().to_owned();
            let delivery = Delivery {
                signature: text("signature"),
                digest: text("digest"),
                body: text("body").into_bytes(),
            };
            let name = text("algorithm");
            let only = pinned().algorithms([&name]).build().unwrap();
            assert_eq!(delivery.refused(&only), None, "{file} {name}");
            let others = ["RS256", "RS384", "RS512", "ES256"]
                .into_iter()
                .filter(|other| *other != name);
            let others = pinned().algorithms(others).build().unwrap();
            assert_eq!(
                delivery.refused(&others),
                Some("algorithm"),
                "{file} {name}"
            );
            verified += 1;
        }
    }
    println!("deliveries of other libraries: {verified} of 16 verified");
    assert_eq!(verified, 16);
}

#[test]
fn each_bad_delivery_has_a_reason_of_its_own() {
    let verifier = pinned().build().unwrap();
    let (body, base) = (BODY.as_bytes(), good());
    let with = |name: &str, value: penbox::serde_json::Value| {
        let mut claims = claims(body);
        claims[name] = value;
        delivery(&claims, body)
    };
    let spaced = BODY.replace(',', ", ");
    let forged = sign(r#"{"alg":"RS256","kid":"rsa"}"#, "{}", "none") + "AAAA";
    for (case, delivery, reason) in [
        (
            "written again",
            Delivery {
                body: spaced.into_bytes(),
                ..base.clone()
            },
            "digest",
        ),
        (
            "another body",
            Delivery {
                body: b"{}".to_vec(),
                ..base.clone()
            },
            "digest",
        ),
        (
            "another digest",
            Delivery {
                digest: format!("SHA-512={}", "A".repeat(88)),
                ..base.clone()
            },
            "digest",
        ),
        (
            "no digest",
            Delivery {
                digest: String::new(),
                ..base.clone()
            },
            "digest_missing",
        ),
        (
            "no signature",
            Delivery {
                signature: String::new(),
                ..base.clone()
            },
            "signature_missing",
        ),
        (
            "another address",
            with("aud", "https://example.com/hooks/penbox/".into()),
            "audience",
        ),
        ("addresses", with("aud", json!([URL])), "malformed"),
        (
            "another issuer",
            with("iss", "https://connect.penbox.io".into()),
            "issuer",
        ),
        ("another method", with("method", "post".into()), "method"),
        ("expired", with("exp", json!(NOW - 60)), "expired"),
        ("not yet", with("nbf", json!(NOW + 61)), "not_yet"),
        ("no number", with("exp", "soon".into()), "malformed"),
        (
            "unsigned",
            with_header(r#"{"alg":"none"}"#, "none"),
            "algorithm",
        ),
        (
            "shared secret",
            with_header(r#"{"alg":"HS256","kid":"rsa"}"#, "HS256"),
            "algorithm",
        ),
        (
            "shared secret as RS256",
            with_header(r#"{"alg":"RS256","kid":"rsa"}"#, "HS256"),
            "signature",
        ),
        (
            "another hash",
            with_header(r#"{"alg":"RS256","kid":"rsa"}"#, "RS512"),
            "signature",
        ),
        (
            "forged",
            Delivery {
                signature: forged,
                ..base.clone()
            },
            "signature",
        ),
        (
            "unknown key",
            with_header(r#"{"alg":"RS256","kid":"other"}"#, "RS256"),
            "unknown_key",
        ),
        (
            "another case",
            with_header(r#"{"alg":"RS256","kid":"RSA"}"#, "RS256"),
            "unknown_key",
        ),
        (
            "key of another type",
            with_header(r#"{"alg":"RS256","kid":"ec"}"#, "RS256"),
            "algorithm",
        ),
        (
            "critical",
            with_header(r#"{"alg":"RS256","crit":["b64"],"b64":false}"#, "RS256"),
            "critical",
        ),
        (
            "own key",
            with_header(r#"{"alg":"RS256","jwk":{}}"#, "RS256"),
            "header",
        ),
        (
            "member twice",
            with_header(r#"{"alg":"RS256","kid":"rsa","kid":"rsa"}"#, "RS256"),
            "malformed",
        ),
        (
            "huge",
            Delivery {
                signature: "A".repeat(10_000_000),
                ..base.clone()
            },
            "header",
        ),
        (
            "two of them",
            Delivery {
                signature: format!("{0}, {0}", base.signature),
                ..base.clone()
            },
            "header",
        ),
        (
            "no token",
            Delivery {
                signature: "Bearer x".to_owned(),
                ..base.clone()
            },
            "malformed",
        ),
    ] {
        assert_eq!(delivery.refused(&verifier), Some(reason), "{case}");
        let error = verifier
            .verify(&delivery.headers(), &delivery.body)
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Webhook, Outcome::NotSent),
            "{case}"
        );
        assert!(
            error.hint().is_some() && !error.retryable(),
            "{case}: {error}"
        );
    }
    assert_eq!(base.refused(&verifier), None);
    let headers = [base.headers()[1], base.headers()[2], base.headers()[2]];
    assert_eq!(
        verifier.verify(&headers, body).unwrap_err().reason(),
        Some("header")
    );
    let put = pinned().method("PUT").build().unwrap();
    assert_eq!(base.refused(&put), Some("method"));
}

#[test]
fn the_message_of_another_address_shows_both() {
    let verifier =
        Verifier::builder("http://10.0.0.7:8080/hooks/penbox").keys(super::issuer::key_set());
    let verifier = verifier.clock(&clock()).build().unwrap();
    let error = verifier
        .verify(&good().headers(), BODY.as_bytes())
        .unwrap_err();
    assert_eq!(error.reason(), Some("audience"));
    for address in [URL, "http://10.0.0.7:8080/hooks/penbox"] {
        assert!(error.message().contains(address), "{error}");
    }
}

#[test]
fn a_token_without_a_kid_is_verified_by_a_key_that_fits() {
    let verifier = pinned().algorithms(["RS256", "ES256"]).build().unwrap();
    for algorithm in ["RS256", "ES256"] {
        let signature = token(&json!({"alg": algorithm}), &claims(BODY.as_bytes()));
        let delivery = Delivery {
            signature,
            ..good()
        };
        assert_eq!(delivery.refused(&verifier), None, "{algorithm}");
    }
    // Another key of the same type without a name does not stand in the way.
    let mut other = public("rsa");
    other["n"] = other["n"]
        .as_str()
        .unwrap()
        .replacen("ofgW", "ofgX", 1)
        .into();
    other.as_object_mut().unwrap().remove("kid");
    let set = |keys: &[&penbox::serde_json::Value]| {
        let keys = json!({"keys": keys}).to_string();
        Verifier::builder(URL)
            .keys(keys)
            .clock(&clock())
            .build()
            .unwrap()
    };
    assert_eq!(good().refused(&set(&[&other, &public("rsa")])), None);
    assert_eq!(good().refused(&set(&[&other])), Some("signature"));
}

#[test]
fn a_clock_that_is_off_is_accepted_within_the_leeway() {
    let clock = clock();
    let verifier = Verifier::builder(URL)
        .keys(super::issuer::key_set())
        .clock(&clock);
    let strict = verifier.clone().leeway(Duration::ZERO).build().unwrap();
    let verifier = verifier.build().unwrap();
    let refused = || [&strict, &verifier].map(|each| good().refused(each));
    assert_eq!(refused(), [None, None]);
    clock.advance(Duration::from_secs(1000));
    assert_eq!(refused(), [Some("expired"), None]);
    clock.advance(Duration::from_secs(60));
    assert_eq!(refused(), [Some("expired"), Some("expired")]);
}

#[test]
fn a_binding_reads_what_a_model_reads() {
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(200), "]".repeat(200));
    let bodies: [&[u8]; 10] = [
        deep.as_bytes(),
        BODY.as_bytes(),
        b" {} ",
        b"{\"events\": 5, \"data\": \"\\ud800\"}",
        b"[]",
        b"\"a\"",
        b"{\"a\": 1} {}",
        b"",
        b"{\"a\": \"\xff\"}",
        b"{\"a\": ",
    ];
    for body in bodies {
        let delivery = super::issuer::delivery(&claims(body), body);
        let guarded = || pinned().remember_deliveries().build().unwrap();
        let (verifier, other) = (guarded(), guarded());
        let refused = delivery.refused(&other);
        for expected in [refused, refused.or(Some("replayed"))] {
            let read = verifier.unwrap_document(&delivery.headers(), body);
            let reason = read.as_ref().err().and_then(penbox::Error::reason);
            assert_eq!(reason, expected, "{}", String::from_utf8_lossy(body));
            if let Ok(document) = read {
                assert_eq!(document.root().kind(), NodeKind::Object);
            }
        }
    }
}
