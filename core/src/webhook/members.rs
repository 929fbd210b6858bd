//! The members of a JSON object in a token. Each name occurs once.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;

/// The members of a JSON object. A name that occurs twice is an error: of two readers one could take the first and one the last.
pub(super) struct Members(BTreeMap<String, Value>);

/// The value of a member has another type than it must have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WrongType(pub(super) &'static str);

impl Members {
    /// Reads a text that holds one object and nothing else. The message says what is wrong with it.
    pub(super) fn read(text: &[u8]) -> Result<Members, String> {
        serde_json::from_slice(text).map_err(|error| error.to_string())
    }

    /// Reports whether there is a member of this name, whatever its value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The text of a member; none where there is no such member. null is a value of another type.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<&str>, WrongType> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(WrongType(name)),
        }
    }

    /// The number of a member; none where there is no such member.
    pub(super) fn number(&self, name: &'static str) -> Result<Option<f64>, WrongType> {
        match self.0.get(name) {
            None => Ok(None),
            Some(value) => value.as_f64().map(Some).ok_or(WrongType(name)),
        }
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OnceEach;
        impl<'de> Visitor<'de> for OnceEach {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member occurs twice"));
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(OnceEach)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_of_another_type_is_not_an_absent_one() {
        let members = Members::read(br#"{"a":"x","n":1.5,"z":null,"l":["x"]}"#).unwrap();
        assert_eq!(members.text("a"), Ok(Some("x")));
        assert_eq!(members.number("n"), Ok(Some(1.5)));
        assert_eq!(
            (members.text("b"), members.number("b")),
            (Ok(None), Ok(None))
        );
        for name in ["n", "z", "l"] {
            assert_eq!(members.text(name), Err(WrongType(name)));
        }
        for name in ["a", "z", "l"] {
            assert_eq!(members.number(name), Err(WrongType(name)));
        }
        assert!(members.has("z") && !members.has("y"));
    }

    #[test]
    fn a_name_that_occurs_twice_and_what_is_no_object_are_refused() {
        for text in [
            r#"{"alg":"RS256","alg":"RS256"}"#,
            r#"{"alg":"RS256","\u0061lg":"none"}"#,
            r#"["alg"]"#,
            r#""alg""#,
            r#"{} {}"#,
            r#"{"a":1e999}"#,
            r#"{"a":1,}"#,
            "{\"a\":\"\u{1}\"}",
            "",
        ] {
            assert!(Members::read(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Members::read(b"{\"a\":\"\xff\"}").is_err());
        assert!(Members::read(&b"[".repeat(100_000)).is_err());
    }
}
