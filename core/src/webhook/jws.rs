//! A signed token in its compact form (RFC 7515, section 7.1), read as strictly as the specification allows.
//!
//! The token chooses nothing: neither the algorithm, which must be one that the verifier accepts, nor the key, nor where keys come
//! from.

use super::algorithm::{Algorithm, listed};
use super::base64url;
use super::key::Key;
use super::members::{Members, WrongType};
use super::refusal::refused;
use crate::error::{Error, Reason, Result, printable};

/// The most bytes of a token: what nginx and Node accept for all headers of a request together. A token of Penbox has some 800.
pub(super) const MAX_BYTES: usize = 8 * 1024;

/// Members of a header by which a token would bring its own key, or name a place to fetch it from (RFC 7515, section 4.1), or would
/// have its payload read in another way (RFC 7797).
const FORBIDDEN: [&str; 4] = ["b64", "jku", "x5u", "jwk"];

/// A token whose form and header are right. Its signature is not verified yet.
#[derive(Debug)]
pub(super) struct Jws<'a> {
    pub(super) algorithm: Algorithm,
    /// The `kid` of the header, if it has one.
    pub(super) key_id: Option<String>,
    /// The part of the token that is signed.
    pub(super) signed: &'a [u8],
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Reads a token whose algorithm is one of these.
    ///
    /// # Errors
    /// The reason is `header`, `malformed`, `critical` or `algorithm`.
    pub(super) fn read(token: &'a [u8], accepted: &[Algorithm]) -> Result<Jws<'a>> {
        if token.len() > MAX_BYTES {
            let message = format!("the token has {} bytes, more than {MAX_BYTES}", token.len());
            return Err(refused(Reason::Header, message));
        }
        let mut parts = token.split(|byte| *byte == b'.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed("it has not three parts"));
        };
        let decoded = |part: &[u8], name: &str| match base64url::decode(part) {
            Some(bytes) if !bytes.is_empty() => Ok(bytes),
            _ => Err(malformed(&format!(
                "its {name} is not base64url without padding, or is empty"
            ))),
        };
        let head = decoded(header, "header")?;
        let payload_bytes = decoded(payload, "payload")?;
        let head = Members::read(&head)
            .map_err(|why| malformed(&format!("its header is not a JSON object: {why}")))?;
        if head.has("crit") {
            let message = "the token's header demands extensions (crit), none of which is known";
            return Err(refused(Reason::Critical, message));
        }
        if let Some(name) = FORBIDDEN.into_iter().find(|name| head.has(name)) {
            let message = format!(
                "the token's header has the member {name}, by which a token would choose how it is verified"
            );
            return Err(refused(Reason::Header, message));
        }
        let name = head.text("alg").map_err(wrong_type)?;
        let algorithm = name
            .and_then(Algorithm::named)
            .filter(|algorithm| accepted.contains(algorithm))
            .ok_or_else(|| {
                let name = name.map_or("none".to_owned(), |name| printable(name, 32));
                let accepted = listed(accepted);
                let message =
                    format!("the token's algorithm is {name}; this verifier accepts {accepted}");
                refused(Reason::Algorithm, message)
            })?;
        head.text("typ").map_err(wrong_type)?;
        let key_id = head.text("kid").map_err(wrong_type)?.map(str::to_owned);
        Ok(Jws {
            algorithm,
            key_id,
            signed: &token[..header.len() + 1 + payload.len()],
            payload: payload_bytes,
            // After the algorithm: a token of the algorithm "none" has an empty signature, and its reason is the algorithm.
            signature: decoded(signature, "signature")?,
        })
    }

    /// Reports whether a key has signed the token.
    pub(super) fn is_signed_by(&self, key: &Key) -> bool {
        key.has_signed(self.algorithm, self.signed, &self.signature)
    }

    /// The payload, which counts only after [`is_signed_by`](Jws::is_signed_by).
    pub(super) fn payload(&self) -> &[u8] {
        &self.payload
    }
}

/// The error of a token that is none.
pub(super) fn malformed(why: &str) -> Error {
    let message = format!("the token in x-pnbx-signature is malformed: {why}");
    refused(Reason::Malformed, message)
}

/// The error of a member of another type.
pub(super) fn wrong_type(WrongType(name): WrongType) -> Error {
    malformed(&format!("its member {name} has another type"))
}

#[cfg(test)]
mod tests {
    use super::super::jwk;
    use super::*;

    const ALL: &[Algorithm] = &Algorithm::ALL;
    /// RFC 7515, appendix A.2: the header {"alg":"RS256"}, the payload and the signature.
    const A2: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    /// The same appendix: the public key.
    const A2_KEY: &str = r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#;
    /// RFC 7515, appendix A.3: an ES256 token and its public key.
    const A3: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    const A3_KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    fn key(text: &str) -> Key {
        jwk::keys(text).unwrap().remove(0)
    }

    /// The reason that a token is refused for.
    fn reason(token: &str) -> Option<&'static str> {
        Jws::read(token.as_bytes(), ALL).unwrap_err().reason()
    }

    /// A token of this header.
    fn with_header(header: &str) -> String {
        format!("{}.e30.c2lnbmVk", base64url::encode(header.as_bytes()))
    }

    #[test]
    fn the_example_of_rfc_7515_a_2_is_verified() {
        let jws = Jws::read(A2.as_bytes(), ALL).unwrap();
        assert_eq!((jws.algorithm, &jws.key_id), (Algorithm::Rs256, &None));
        assert!(jws.is_signed_by(&key(A2_KEY)));
        assert!(jws.payload().starts_with(b"{\"iss\":\"joe\",\r\n"));
        assert!(!jws.is_signed_by(&key(A3_KEY)));
    }

    #[test]
    fn the_example_of_rfc_7515_a_3_is_verified() {
        let jws = Jws::read(A3.as_bytes(), ALL).unwrap();
        assert!(jws.is_signed_by(&key(A3_KEY)));
        assert!(!jws.is_signed_by(&key(A2_KEY)));
    }

    #[test]
    fn no_change_of_the_examples_is_verified() {
        let (mut tried, mut verified) = (0, 0);
        for (token, key) in [(A2, key(A2_KEY)), (A3, key(A3_KEY))] {
            for at in 0..token.len() {
                for other in *b"A-._=9" {
                    let mut changed = token.as_bytes().to_vec();
                    if std::mem::replace(&mut changed[at], other) == other {
                        continue;
                    }
                    tried += 1;
                    let jws = Jws::read(&changed, ALL);
                    verified += usize::from(jws.is_ok_and(|jws| jws.is_signed_by(&key)));
                }
            }
        }
        assert!(tried > 3_000, "{tried}");
        assert_eq!(verified, 0);
    }

    #[test]
    fn a_token_has_three_parts_of_base64url() {
        let [head, payload, signature] = A2.split('.').collect::<Vec<_>>()[..] else {
            panic!("three parts");
        };
        for token in [
            "",
            "..",
            head,
            &format!("{head}.{payload}"),
            &format!("{head}.{payload}."),
            &format!("{head}..{signature}"),
            &format!(".{payload}.{signature}"),
            &format!("{A2}."),
            &format!("{A2}.e30"),
            &format!("{A2}="),
            &format!(" {A2}"),
            &format!("{A2}\n"),
            &format!("{head}=.{payload}.{signature}"),
            &A2.replace('-', "+").replace('_', "/"),
        ] {
            assert_eq!(reason(token), Some("malformed"), "{token}");
        }
    }

    #[test]
    fn a_header_that_would_choose_is_refused() {
        for (header, expected) in [
            (r#"{"alg":"none"}"#, "algorithm"),
            (r#"{"alg":"HS256"}"#, "algorithm"),
            (r#"{"alg":"rs256"}"#, "algorithm"),
            (r#"{"alg":"PS256"}"#, "algorithm"),
            (r#"{"typ":"JWT"}"#, "algorithm"),
            (r#"{"alg":"RS256","crit":["exp"]}"#, "critical"),
            (r#"{"alg":"RS256","crit":[]}"#, "critical"),
            (r#"{"alg":"RS256","b64":true}"#, "header"),
            (r#"{"alg":"RS256","jku":"https://a.example/k"}"#, "header"),
            (r#"{"alg":"RS256","x5u":"https://a.example/k"}"#, "header"),
            (r#"{"alg":"RS256","jwk":{}}"#, "header"),
            (r#"{"alg":"RS256","alg":"RS256"}"#, "malformed"),
            (r#"{"alg":["RS256"]}"#, "malformed"),
            (r#"{"alg":null}"#, "malformed"),
            (r#"{"alg":"RS256","kid":7}"#, "malformed"),
            (r#"{"alg":"RS256","typ":null}"#, "malformed"),
            (r#"["RS256"]"#, "malformed"),
            ("RS256", "malformed"),
        ] {
            assert_eq!(reason(&with_header(header)), Some(expected), "{header}");
        }
        let good = with_header(r#"{"alg":"RS256","kid":"a","typ":"JWT","cty":"x"}"#);
        assert_eq!(
            Jws::read(good.as_bytes(), ALL).unwrap().key_id.as_deref(),
            Some("a")
        );
        assert!(Jws::read(good.as_bytes(), &[Algorithm::Es256]).is_err());
        // The classic of a token without a signature.
        let unsigned = format!("{}.e30.", base64url::encode(br#"{"alg":"none"}"#));
        assert_eq!(reason(&unsigned), Some("algorithm"));
    }

    #[test]
    fn a_token_has_8_kib_at_most() {
        let of = |bytes: usize| {
            let token = with_header(r#"{"alg":"RS256"}"#);
            token.clone() + &"A".repeat(bytes - token.len())
        };
        assert!(Jws::read(of(MAX_BYTES).as_bytes(), ALL).is_ok());
        assert_eq!(reason(&of(MAX_BYTES + 4)), Some("header"));
        assert_eq!(reason(&".".repeat(100_000)), Some("header"));
    }
}
