//! The checks of a webhook, by the keys that the sandbox serves.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA512, digest};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::Value;

use crate::receiver::Received;
use crate::support::Bench;

/// A part of a token.
pub(crate) fn part(text: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

/// The key set that the sandbox serves.
pub(crate) fn key_set(bench: &Bench) -> Value {
    bench
        .send("GET", "/.well-known/jwks.json", &[], b"")
        .good(200)
}

/// The checks of the reference, in their order; the first that fails is named.
pub(crate) fn verify(bench: &Bench, url: &str, received: &Received) -> Result<Value, &'static str> {
    let hash = STANDARD.encode(digest(&SHA512, &received.body));
    let [token] = received.all("x-pnbx-signature")[..] else {
        return Err("one signature");
    };
    if received.all("digest") != [format!("SHA-512={hash}")] {
        return Err("digest header");
    }
    let parts: Vec<_> = token.split('.').collect();
    let [head, claims, signature] = parts[..] else {
        return Err("parts");
    };
    if head.len() > 8192 {
        return Err("size");
    }
    let (header, claims) = (part(head), part(claims));
    if header["alg"] != "RS256" || !header["crit"].is_null() {
        return Err("header");
    }
    let keys = key_set(bench);
    let keys = keys["keys"].as_array().unwrap();
    let key = keys.iter().find(|key| key["kid"] == header["kid"]);
    let key = key.ok_or("unknown key")?;
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let (n, e) = (bytes("n"), bytes("e"));
    let message = token.rsplit_once('.').unwrap().0;
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    RsaPublicKeyComponents { n, e }
        .verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signature)
        .map_err(|_| "signature")?;
    let now = jiff::Timestamp::now().as_second();
    for (right, name) in [
        (claims["digest"] == hash, "digest"),
        (
            claims["iss"] == format!("{}/", bench.sandbox.origin()),
            "issuer",
        ),
        (
            claims["exp"].as_i64().is_some_and(|exp| exp > now),
            "expired",
        ),
        (
            claims["nbf"].as_i64().is_none_or(|nbf| nbf <= now),
            "not yet",
        ),
        (claims["aud"] == url, "audience"),
        (claims["method"] == "POST", "method"),
    ] {
        if !right {
            return Err(name);
        }
    }
    Ok(serde_json::from_slice(&received.body).unwrap())
}
