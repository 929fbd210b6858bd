use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ring::{digest, hmac};
use serde_json::{Value, json};

use super::keys::Keys;
use super::tamper::Tamper;
use crate::ids;

/// Seconds that a signature holds: what Penbox's own helper package does (inferred).
const LIFETIME: i64 = 1000;
/// Larger than a reader of tokens should allow.
const HUGE: usize = 9 * 1024;

/// A request that is ready to be sent.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Signs a body for an address, and spoils of it what was asked for.
pub(crate) fn sign(
    keys: Keys,
    issuer: &str,
    url: &str,
    body: &[u8],
    now: Timestamp,
    tamper: Option<Tamper>,
) -> Signed {
    let is = |kind| tamper == Some(kind);
    let right = sha512(body);
    let wrong = sha512(b"another body");
    let token = token(keys, &claims(issuer, url, &right, now, tamper), tamper);
    let mut headers = vec![(
        "Content-Type".to_owned(),
        "application/json; charset=utf-8".to_owned(),
    )];
    if !is(Tamper::DigestMissing) {
        let shown = if is(Tamper::DigestHeader) {
            wrong
        } else {
            right
        };
        headers.push(("Digest".to_owned(), format!("SHA-512={shown}")));
    }
    let copies = match tamper {
        Some(Tamper::SignatureMissing) => 0,
        Some(Tamper::SignatureTwice) => 2,
        _ => 1,
    };
    let header = ("x-pnbx-signature".to_owned(), token);
    headers.extend(std::iter::repeat_n(header, copies));
    let mut body = body.to_vec();
    if is(Tamper::Body) {
        // Still JSON, so that only the digest can tell.
        body.push(b' ');
    }
    Signed { headers, body }
}

fn claims(issuer: &str, url: &str, digest: &str, now: Timestamp, tamper: Option<Tamper>) -> Value {
    let now = now.as_second();
    let mut claims = json!({
        "iss": issuer,
        "aud": url,
        "method": "POST",
        "digest": digest,
        "iat": now,
        "exp": now.saturating_add(LIFETIME),
        "jti": ids::uuid(),
    });
    match tamper {
        Some(Tamper::Digest) => claims["digest"] = sha512(b"another body").into(),
        Some(Tamper::Audience) => claims["aud"] = format!("{url}/other").into(),
        Some(Tamper::Issuer) => claims["iss"] = "https://issuer.invalid/".into(),
        Some(Tamper::Method) => claims["method"] = "PUT".into(),
        Some(Tamper::Expired) => claims["exp"] = now.saturating_sub(3600).into(),
        Some(Tamper::NotYet) => claims["nbf"] = now.saturating_add(3600).into(),
        Some(Tamper::ClaimType) => claims["exp"] = "tomorrow".into(),
        _ => {}
    }
    claims
}

fn token(keys: Keys, claims: &Value, tamper: Option<Tamper>) -> String {
    let mut header = json!({"alg": "RS256", "typ": "JWT", "kid": keys.kid()});
    match tamper {
        Some(Tamper::AlgNone) => header["alg"] = "none".into(),
        Some(Tamper::Hmac) => header["alg"] = "HS256".into(),
        Some(Tamper::UnknownKid) => header["kid"] = "sandbox-unknown".into(),
        Some(Tamper::HugeHeader) => header["pad"] = "x".repeat(HUGE).into(),
        Some(Tamper::Critical) => {
            header["crit"] = json!(["sandbox"]);
            header["sandbox"] = true.into();
        }
        _ => {}
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&header), part(claims));
    let signature = match tamper {
        Some(Tamper::Malformed) => return message,
        Some(Tamper::AlgNone) => Vec::new(),
        Some(Tamper::Hmac) => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, keys.public_text().as_bytes());
            hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
        }
        _ => keys.sign(message.as_bytes(), tamper == Some(Tamper::OtherKey)),
    };
    let mut signature = signature;
    if tamper == Some(Tamper::Signature)
        && let Some(first) = signature.first_mut()
    {
        *first ^= 1;
    }
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn sha512(body: &[u8]) -> String {
    STANDARD.encode(digest::digest(&digest::SHA512, body))
}
