//! The server's part of a case, and what must come of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::content::Content;
use crate::transfer::ExpectedPart;

/// One answer of the server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Headers beside `Content-Length`, and `Content-Type` where the body is `json`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as JSON.
    #[serde(default, deserialize_with = "present")]
    pub json: Option<Value>,
    /// The body letter by letter.
    #[serde(default)]
    pub text: Option<String>,
    /// The body byte by byte.
    #[serde(default)]
    pub content: Option<Content>,
    /// After how many bytes of the body the server hangs up; its length is declared all the same.
    #[serde(default)]
    pub cut_at: Option<usize>,
    /// The server never goes on: it says nothing at all, or with `cut_at` nothing more.
    #[serde(default)]
    pub hangs: bool,
    /// How long the server thinks before it answers.
    #[serde(default)]
    pub delay_ms: u64,
    /// What the case's token file holds from this answer on; an empty text: the file is gone.
    #[serde(default)]
    pub token_file: Option<String>,
    /// The path of the case's token file.
    #[serde(skip)]
    pub token_path: PathBuf,
}

/// What must come of a case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The requests, in order: no more and no fewer.
    pub requests: Vec<ExpectedRequest>,
    /// The result, where the call succeeds.
    #[serde(default, deserialize_with = "present")]
    pub result: Option<Value>,
    /// Members of the error, where it fails.
    #[serde(default)]
    pub error: Option<Map<String, Value>>,
}

/// One request as it must cross the wire.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRequest {
    /// The method.
    pub method: String,
    /// The path, percent-encoded, without the query.
    pub path: String,
    /// The query, decoded, in order.
    #[serde(default)]
    pub query: Vec<(String, String)>,
    /// Headers that must stand there exactly once with this value, or (null) not at all.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// The body; null is no body.
    #[serde(default)]
    pub json: Option<Value>,
    /// The parts of a multipart body, in order.
    #[serde(default)]
    pub multipart: Option<Vec<ExpectedPart>>,
}

impl Answer {
    /// Changes the token file, where this answer asks for that.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn change_token_file(&self) -> Result<(), String> {
        let done = match self.token_file.as_deref() {
            None => Ok(()),
            Some("") => fs::remove_file(&self.token_path),
            Some(text) => fs::write(&self.token_path, text),
        };
        done.map_err(|error| format!("the token file: {error}"))
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        match (&self.json, &self.text, &self.content) {
            (Some(json), ..) => json.to_string().into_bytes(),
            (None, Some(text), _) => text.clone().into_bytes(),
            (None, None, Some(content)) => content.0.clone(),
            (None, None, None) => Vec::new(),
        }
    }
}

/// Tells a member that is null from one that is not there.
pub(crate) fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}
