//! Keys in JSON (RFC 7517): one key, or a set of them.

use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::base64url;
use super::key::{Key, Material, P256_BYTES};

/// The keys of a JSON text: the members of a set's `keys`, or one key. Keys for other purposes, of other types and for other
/// algorithms are left out, as RFC 7517, section 5, says. None where the text is neither.
pub(super) fn keys(text: &str) -> Option<Vec<Key>> {
    let Ok(Value::Object(object)) = serde_json::from_str(text) else {
        return None;
    };
    match object.get("keys") {
        Some(Value::Array(keys)) => Some(keys.iter().filter_map(key).collect()),
        None if object.contains_key("kty") => {
            Some(key(&Value::Object(object)).into_iter().collect())
        }
        _ => None,
    }
}

/// One key; none where a verifier has no use for it.
fn key(value: &Value) -> Option<Key> {
    let object = value.as_object()?;
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    if text("use").is_some_and(|purpose| purpose != "sig") || !may_verify(object) {
        return None;
    }
    let algorithm = match text("alg") {
        Some(name) => Some(Algorithm::named(name)?),
        None => None,
    };
    let number = |name: &str| base64url::decode(text(name)?.as_bytes());
    let material = match text("kty")? {
        "RSA" => Material::rsa(&number("n")?, &number("e")?)?,
        "EC" if text("crv") == Some("P-256") => {
            let mut point = Vec::with_capacity(P256_BYTES);
            // The mark of an uncompressed point (SEC 1, section 2.3.3).
            point.push(4);
            point.extend(number("x")?);
            point.extend(number("y")?);
            Material::p256(&point)?
        }
        // "oct" is a shared secret: a set that anybody can read has none.
        _ => return None,
    };
    Some(Key {
        id: text("kid").map(str::to_owned),
        algorithm,
        material,
    })
}

/// Reports whether a key may be used to verify: it says so, or says nothing.
fn may_verify(object: &Map<String, Value>) -> bool {
    match object.get("key_ops") {
        Some(Value::Array(uses)) => uses.iter().any(|each| each == "verify"),
        other => other.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_set_gives_the_keys_that_can_verify() {
        let n = "t".repeat(342) + "Q";
        let x = "A".repeat(42) + "E";
        let rsa = json!({"kty": "RSA", "n": n, "e": "AQAB", "kid": "a"});
        let with = |name: &str, value: Value| {
            let mut key = rsa.clone();
            key[name] = value;
            key
        };
        let ec = json!({"kty": "EC", "crv": "P-256", "x": x, "y": x});
        let read = |keys: Vec<Value>| super::keys(&json!({"keys": keys}).to_string()).unwrap();
        let found = read(vec![
            rsa.clone(),
            with("use", "sig".into()),
            with("use", "enc".into()),
            with("alg", "RS512".into()),
            with("alg", "HS256".into()),
            with("key_ops", json!(["verify"])),
            with("key_ops", json!(["sign"])),
            with("key_ops", "verify".into()),
            with("n", "t".into()),
            with("n", "==".into()),
            with("kty", "oct".into()),
            json!({"kty": "oct", "k": "c2VjcmV0"}),
            ec.clone(),
            json!("x"),
        ]);
        assert_eq!(found.len(), 5, "{found:?}");
        assert!(found[..4].iter().all(|key| key.id.as_deref() == Some("a")));
        assert_eq!(found[2].algorithm, Some(Algorithm::Rs512));
        assert!(matches!(&found[4].material, Material::P256(point) if point.len() == 65));
        assert_eq!(super::keys(&ec.to_string()).unwrap().len(), 1);
        assert_eq!(super::keys(r#"{"keys":[]}"#), Some(Vec::new()));
        for text in [
            "",
            "[]",
            "{}",
            "<html>",
            r#"{"keys":{}}"#,
            r#"{"keys":null}"#,
        ] {
            assert_eq!(super::keys(text), None, "{text}");
        }
    }
}
