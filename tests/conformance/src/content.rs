//! Bytes that a case file gives.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

/// The bytes of a file or of an answer: `{"text": ".."}`, `{"base64": ".."}`, or `{"repeat": {"text": "..", "size": 300000}}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Given")]
pub struct Content(pub Vec<u8>);

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Given {
    Text(String),
    Base64(String),
    Repeat(Repeat),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repeat {
    text: String,
    size: usize,
}

impl TryFrom<Given> for Content {
    type Error = String;

    fn try_from(given: Given) -> Result<Self, String> {
        match given {
            Given::Text(text) => Ok(Self(text.into_bytes())),
            Given::Base64(text) => STANDARD
                .decode(&text)
                .map(Self)
                .map_err(|error| format!("`base64` is none: {error}")),
            Given::Repeat(Repeat { text, size }) if !text.is_empty() => {
                Ok(Self(text.bytes().cycle().take(size).collect()))
            }
            Given::Repeat(_) => Err("`repeat` of an empty text".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_given_in_three_ways() {
        for (text, bytes) in [
            (r#"{"text": "é"}"#, &b"\xc3\xa9"[..]),
            (r#"{"base64": "/wA="}"#, b"\xff\0"),
            (r#"{"repeat": {"text": "abc", "size": 5}}"#, b"abcab"),
        ] {
            let content: Content = serde_json::from_str(text).unwrap();
            assert_eq!(content.0, bytes, "{text}");
        }
        for wrong in [
            r#"{"base64": "="}"#,
            r#"{"repeat": {"text": "", "size": 5}}"#,
            r#"{"text": "a", "base64": ""}"#,
            "{}",
        ] {
            assert!(serde_json::from_str::<Content>(wrong).is_err(), "{wrong}");
        }
    }
}
