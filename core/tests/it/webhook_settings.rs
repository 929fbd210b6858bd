//! The settings of a verifier.

use std::time::Duration;

use penbox::ErrorKind;
use penbox::webhook::Verifier;

use super::issuer::{URL, clock, good, pinned, public};

#[test]
fn keys_are_pinned_as_pem_jwk_or_a_set() {
    let rsa = public("rsa").to_string();
    let builder = |keys: &str| Verifier::builder(URL).keys(keys).clock(&clock()).build();
    assert_eq!(good().refused(&builder(&rsa).unwrap()), None);
    assert_eq!(good().refused(&builder(PEM).unwrap()), None);
    let mut weak = public("rsa");
    // The first 1,008 bits of the modulus.
    weak["n"] = weak["n"].as_str().unwrap()[..168].into();
    let error = builder(&weak.to_string()).unwrap_err();
    assert_eq!(
        (error.kind(), error.reason()),
        (ErrorKind::Config, Some("weak_key"))
    );
    assert_eq!(
        builder(&public("ec").to_string()).unwrap_err().reason(),
        Some("algorithm")
    );
    for none in [
        "",
        "{}",
        "x",
        r#"{"keys":[]}"#,
        r#"{"kty":"oct","k":"AAAA"}"#,
    ] {
        assert_eq!(
            builder(none).unwrap_err().kind(),
            ErrorKind::Config,
            "{none}"
        );
    }
}

#[test]
fn settings_that_cannot_be_are_refused() {
    for (builder, said) in [
        (Verifier::builder("/hooks/penbox"), "https://"),
        (Verifier::builder(""), "https://"),
        (pinned().method(""), "method"),
        (pinned().method("PO ST"), "method"),
        (pinned().algorithms(["none"]), "RS256, RS384, RS512, ES256"),
        (pinned().algorithms(Vec::<String>::new()), "algorithms"),
        (pinned().leeway(Duration::from_secs(86_401)), "leeway"),
        (
            Verifier::builder(URL).timeout(Duration::ZERO),
            "the verifier's timeout must be",
        ),
        (
            Verifier::builder(URL).keys_url("https://user@a.example/"),
            "the address of the keys",
        ),
        (
            Verifier::builder(URL).keys_url("ftp://a.example/keys"),
            "the address of the keys",
        ),
        (Verifier::builder(URL).issuer(""), "the address of the keys"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains(said), "{error}");
    }
}

/// The RSA key of RFC 7515, appendix A.2, as `openssl pkey -pubout` writes it.
const PEM: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAofgWCuLjybRlzo0tZWJj
NiuSfb4p4fAkd/wWJcyQoTbji9k0l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEz
P1Pt0Bm4d4QlL+yRT+SFd2lZS+pCgNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo
9wGzjb/7OMg0LOL+bSf63kpaSHSXndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTB
EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxX
FvUK+DWNmoudF8NAco9/h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXp
oQIDAQAB
-----END PUBLIC KEY-----
";
