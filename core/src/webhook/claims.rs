//! The claims of a token, checked one by one.

use std::time::Duration;

use jiff::Timestamp;

use super::jws::{malformed, wrong_type};
use super::members::Members;
use super::refusal::refused;
use crate::error::{Reason, Result, printable};

/// The most characters of a claim that a message shows. An address is longer only by mistake.
const SHOWN: usize = 200;

/// The values that the claims of a delivery must have.
#[derive(Debug)]
pub(super) struct Expected {
    /// The address of the receiver, as it was given to Penbox.
    pub(super) audience: String,
    pub(super) issuer: String,
    /// The method of the request that brings a delivery.
    pub(super) method: String,
    /// The difference of the two machines' clocks that is accepted.
    pub(super) leeway: Duration,
}

/// The claims that are used after the checks.
#[derive(Debug)]
pub(super) struct Claims {
    /// The base64 of the body's SHA-512.
    pub(super) digest: String,
    /// The time since 1970 from which on the token is refused; none for a token without an end.
    pub(super) refused_from: Option<Duration>,
}

impl Claims {
    /// Reads the payload of a token whose signature is verified, and checks all claims but the digest.
    ///
    /// # Errors
    /// The reason is `malformed`, `issuer`, `audience`, `method`, `expired`, `not_yet` or `digest_missing`.
    pub(super) fn read(payload: &[u8], expected: &Expected, now: Duration) -> Result<Claims> {
        let members = Members::read(payload)
            .map_err(|why| malformed(&format!("its payload is not a JSON object: {why}")))?;
        // All types first: a claim of another type must not depend on the claim before it.
        let text = |name| members.text(name).map_err(wrong_type);
        let number = |name| members.number(name).map_err(wrong_type);
        let (issuer, audience, method) = (text("iss")?, text("aud")?, text("method")?);
        let (digest, expires, not_before) = (text("digest")?, number("exp")?, number("nbf")?);
        number("iat")?;
        text("jti")?;
        compare(Reason::Issuer, "iss", "issuer", issuer, &expected.issuer)?;
        compare(
            Reason::Audience,
            "aud",
            "address",
            audience,
            &expected.audience,
        )?;
        compare(Reason::Method, "method", "method", method, &expected.method)?;
        let (clock, leeway) = (now.as_secs_f64(), expected.leeway.as_secs_f64());
        // The comparisons are such that no number, however odd, passes both.
        let refused_from = expires.map(|expires| expires + leeway);
        if let Some(expires) = expires
            && refused_from.is_none_or(|end| clock >= end)
        {
            let message = format!(
                "the delivery expired at {}; this machine's clock says {}",
                time(expires),
                time(clock)
            );
            return Err(refused(Reason::Expired, message));
        }
        if let Some(begin) = not_before
            && begin > clock + leeway
        {
            let message = format!(
                "the delivery is valid from {} on; this machine's clock says {}",
                time(begin),
                time(clock)
            );
            return Err(refused(Reason::NotYet, message));
        }
        let Some(digest) = digest else {
            let message = "the token has no claim digest, so it does not sign the body";
            return Err(refused(Reason::DigestMissing, message));
        };
        Ok(Claims {
            digest: digest.to_owned(),
            refused_from: refused_from
                .map(|end| Duration::try_from_secs_f64(end).unwrap_or(Duration::MAX)),
        })
    }
}

/// Compares a claim with the value that it must have. The message shows both.
fn compare(
    reason: Reason,
    claim: &str,
    noun: &str,
    found: Option<&str>,
    wanted: &str,
) -> Result<()> {
    if found == Some(wanted) {
        return Ok(());
    }
    let found = found.map_or("absent".to_owned(), |found| printable(found, SHOWN));
    let message =
        format!("the token's claim {claim} is {found}; the {noun} of this verifier is {wanted}");
    Err(refused(reason, message))
}

/// A time since 1970 as a date, or as the number that it is.
fn time(seconds: f64) -> String {
    // A cast keeps what it can of a number that is no time.
    match Timestamp::from_second(seconds as i64) {
        Ok(time) => time.to_string(),
        Err(_) => seconds.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: u64 = 1_772_323_200;

    fn expected() -> Expected {
        Expected {
            audience: "https://example.com/hooks/penbox".to_owned(),
            issuer: "https://connect.penbox.io/".to_owned(),
            method: "POST".to_owned(),
            leeway: Duration::from_secs(60),
        }
    }

    fn good() -> Value {
        json!({
            "iss": "https://connect.penbox.io/", "aud": "https://example.com/hooks/penbox", "method": "POST",
            "digest": "abc", "exp": NOW + 1000, "nbf": NOW, "iat": NOW, "jti": "1", "more": [1],
        })
    }

    fn read(claims: &Value) -> Result<Claims> {
        let now = Duration::from_secs(NOW);
        Claims::read(claims.to_string().as_bytes(), &expected(), now)
    }

    fn with(name: &str, value: Value) -> Option<&'static str> {
        let mut claims = good();
        match value {
            // Here null stands for "absent": that null is another type has a test of its own.
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value,
        }
        read(&claims).err().map(|error| error.reason().unwrap())
    }

    #[test]
    fn each_claim_is_compared_exactly() {
        let claims = read(&good()).unwrap();
        assert_eq!(claims.digest, "abc");
        assert_eq!(claims.refused_from, Some(Duration::from_secs(NOW + 1060)));
        for (name, reason, values) in [
            (
                "iss",
                "issuer",
                ["https://connect.penbox.io", "HTTPS://connect.penbox.io/"],
            ),
            (
                "aud",
                "audience",
                [
                    "https://example.com/hooks/penbox/",
                    "http://example.com/hooks/penbox",
                ],
            ),
            ("method", "method", ["post", "PUT"]),
        ] {
            assert_eq!(with(name, Value::Null), Some(reason), "{name}");
            assert_eq!(with(name, "".into()), Some(reason), "{name}");
            for value in values {
                assert_eq!(with(name, value.into()), Some(reason), "{value}");
            }
        }
        assert_eq!(with("digest", Value::Null), Some("digest_missing"));
        for name in ["exp", "nbf", "iat", "jti", "more"] {
            assert_eq!(with(name, Value::Null), None, "{name}");
        }
    }

    #[test]
    fn both_addresses_are_shown() {
        let mut claims = good();
        claims["aud"] = "http://internal:8080/hooks\u{202e}".into();
        let error = read(&claims).unwrap_err();
        assert!(
            error
                .message()
                .contains("http://internal:8080/hooks\\u{202e};"),
            "{error}"
        );
        assert!(
            error.message().contains("https://example.com/hooks/penbox"),
            "{error}"
        );
    }

    #[test]
    fn times_are_compared_with_the_leeway() {
        for (name, value, reason) in [
            ("exp", json!(NOW - 59), None),
            ("exp", json!(NOW - 60), Some("expired")),
            ("exp", json!(NOW as f64 - 59.5), None),
            ("exp", json!(-1e300), Some("expired")),
            ("exp", json!(0), Some("expired")),
            ("exp", json!(1e300), None),
            ("nbf", json!(NOW + 60), None),
            ("nbf", json!(NOW + 61), Some("not_yet")),
            ("nbf", json!(1e300), Some("not_yet")),
            ("nbf", json!(-1e300), None),
        ] {
            assert_eq!(with(name, value.clone()), reason, "{name} {value}");
        }
    }

    #[test]
    fn a_claim_of_another_type_is_a_failure_and_never_absent() {
        for name in ["iss", "aud", "method", "digest", "jti"] {
            for value in [json!(1), json!([good()[name]]), json!({}), json!(true)] {
                assert_eq!(
                    with(name, value.clone()),
                    Some("malformed"),
                    "{name} {value}"
                );
            }
        }
        for name in ["exp", "nbf", "iat"] {
            for value in [json!("1772323200"), json!([NOW]), json!(false)] {
                assert_eq!(
                    with(name, value.clone()),
                    Some("malformed"),
                    "{name} {value}"
                );
            }
        }
        for name in ["iss", "aud", "method", "digest", "jti", "exp", "nbf", "iat"] {
            let mut claims = good();
            claims[name] = Value::Null;
            assert_eq!(
                read(&claims).unwrap_err().reason(),
                Some("malformed"),
                "{name}"
            );
        }
        for payload in ["", "[]", "7", r#"{"iss":"a","iss":"a"}"#] {
            let read = Claims::read(payload.as_bytes(), &expected(), Duration::ZERO);
            assert_eq!(read.unwrap_err().reason(), Some("malformed"), "{payload}");
        }
    }
}
