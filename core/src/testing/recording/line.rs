//! One line of a recording: a request and its answer.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the format. A file of another version is refused.
pub(super) const VERSION: u32 = 1;

/// One line of a recording: a request and its answer, without tokens and contact data.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Line {
    /// The version of the format.
    pub(super) recording: u32,
    /// The operation's id, as errors name it.
    pub(super) operation: String,
    pub(super) method: String,
    /// The path below the base URL, with its values: ids and slugs.
    pub(super) path: String,
    /// The query parameters, decoded, in the order in which they were sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) query: Vec<(String, String)>,
    /// The JSON body of the request; absent where there was none, and for an upload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) request: Option<Value>,
    pub(super) answer: Recorded,
}

/// A recorded answer.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Recorded {
    pub(super) status: u16,
    /// The headers that a client reads, in lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) headers: Vec<(String, String)>,
    #[serde(flatten)]
    pub(super) body: RecordedBody,
}

/// The body of a recorded answer.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RecordedBody {
    /// JSON.
    Json(Value),
    /// The size of a file, whose bytes are not kept. It is played as so many zero bytes.
    File(u64),
    /// Any other text is not kept: only the length is.
    Text(u64),
}
