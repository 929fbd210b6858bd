//! The digest of a body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA512, digest};
use subtle::ConstantTimeEq as _;

use super::refusal::refused;
use super::reserialised;
use crate::error::{Reason, Result};

/// The beginning of the header's value, as the API's page writes it.
const PREFIX: &[u8] = b"SHA-512=";

/// The base64 of a body's SHA-512.
fn of(body: &[u8]) -> String {
    STANDARD.encode(digest(&SHA512, body))
}

/// Compares in a time that does not depend on where the two differ.
fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// Checks a body against the token's claim and the header.
///
/// # Errors
/// The reason is `digest_missing` or `digest`.
pub(super) fn check(body: &[u8], claim: &str, header: &[u8]) -> Result<()> {
    let Some(header) = header.strip_prefix(PREFIX) else {
        let message = "the header Digest does not begin with SHA-512=";
        return Err(refused(Reason::DigestMissing, message));
    };
    let found = of(body);
    if !same(found.as_bytes(), claim.as_bytes()) {
        return Err(refused(Reason::Digest, cause(body, claim)));
    }
    if !same(found.as_bytes(), header) {
        let message =
            "the body is the one that was signed, but the header Digest has another digest";
        return Err(refused(Reason::Digest, message));
    }
    Ok(())
}

/// The message for a body that is not the signed one, with the cause where it can be seen.
fn cause(body: &[u8], claim: &str) -> String {
    let is_signed = |other: &[u8]| same(of(other).as_bytes(), claim.as_bytes());
    if body.is_empty() {
        return "the body is empty, and a body that is not was signed: something has read it before".to_owned();
    }
    match reserialised::origins(body)
        .iter()
        .any(|origin| is_signed(origin))
    {
        true => {
            "the body was parsed and written again: as compact JSON it is the one that was signed"
                .to_owned()
        }
        false => "the body is not the one that was signed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The SHA-512 of "abc" (FIPS 180-4, appendix C.1).
    const ABC: &str =
        "3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==";

    #[test]
    fn a_body_has_the_digest_of_the_claim_and_the_header() {
        let header = format!("SHA-512={ABC}");
        assert!(check(b"abc", ABC, header.as_bytes()).is_ok());
        let reason = |body: &[u8], claim: &str, header: &str| {
            check(body, claim, header.as_bytes()).unwrap_err().reason()
        };
        let other = of(b"abd");
        for (body, claim, header, expected) in [
            ("abd", ABC, header.clone(), "digest"),
            ("abc", &other, header.clone(), "digest"),
            ("abc", "", header.clone(), "digest"),
            ("abc", &ABC[..87], header.clone(), "digest"),
            ("abc", ABC, format!("SHA-512={other}"), "digest"),
            ("abc", ABC, "SHA-512=".to_owned(), "digest"),
            ("abc", ABC, format!("{header} "), "digest"),
            ("abc", ABC, ABC.to_owned(), "digest_missing"),
            ("abc", ABC, format!("SHA-256={ABC}"), "digest_missing"),
            ("abc", ABC, String::new(), "digest_missing"),
        ] {
            assert_eq!(
                reason(body.as_bytes(), claim, &header),
                Some(expected),
                "{header}"
            );
        }
    }

    #[test]
    fn a_body_that_was_written_again_is_named_as_such() {
        let signed = br#"{"events":["responses:completed"],"data":{"id":"\u00e9 \ud83d\ude00","url":"https:\/\/a.example"}}"#;
        let plain =
            r#"{"events":["responses:completed"],"data":{"id":"é 😀","url":"https://a.example"}}"#;
        let message = |signed: &[u8], found: &[u8]| {
            let claim = of(signed);
            let error = check(found, &claim, b"SHA-512=").unwrap_err();
            assert_eq!(error.reason(), Some("digest"));
            error.message().to_owned()
        };
        let written = "parsed and written again";
        let pretty = plain
            .replace(',', ",\n  ")
            .replace(':', ": ")
            .replace("responses: ", "responses:")
            .replace("https: ", "https:");
        // Python's json.dumps writes ", " and ": ", and escapes what is not ASCII.
        let of_python = pretty
            .replace(",\n  ", ", ")
            .replace('é', "\\u00e9")
            .replace('😀', "\\ud83d\\ude00");
        for found in [pretty.as_str(), &of_python, &format!("{plain}\n")] {
            assert!(
                message(plain.as_bytes(), found.as_bytes()).contains(written),
                "{found}"
            );
        }
        let spaced = String::from_utf8_lossy(signed).replace(",\"", ", \"");
        assert!(message(signed, spaced.as_bytes()).contains(written));
        assert!(message(plain.as_bytes(), b"").contains("empty"));
        assert!(message(plain.as_bytes(), b"{}").contains("is not the one"));
        assert!(message(plain.as_bytes(), b"\xff\xfe{").contains("is not the one"));
    }
}
