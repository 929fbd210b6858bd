//! What the server does, step by step.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// One step of a script.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Reads a whole request.
    Request,
    /// Reads this many bytes.
    Read(usize),
    /// Answers as a server in good health.
    Healthy,
    /// Answers with a head and a body.
    Reply(Box<Reply>),
    /// Sends bytes as they stand.
    Send(Box<Send>),
    /// Waits.
    WaitMs(u64),
    /// Sends nothing and reads nothing any more, until the client goes away or the case is over.
    Stall,
    /// Leads the connection on to the place that the CONNECT before it names, and answers that it does.
    Tunnel,
    /// Says in TLS that no more comes, and leaves the connection open.
    CloseNotify,
    /// Closes the connection.
    Fin,
    /// Resets the connection.
    Rst,
    /// Sends no more, and reads on.
    HalfClose,
}

/// An answer with a head.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The status code, whatever it is.
    pub status: u16,
    /// Headers besides `Content-Length`, which is there unless the framing is told here or by `framing`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as JSON.
    #[serde(default)]
    pub json: Option<Value>,
    /// The body as text.
    #[serde(default)]
    pub text: Option<String>,
    /// The body in gzip.
    #[serde(default)]
    pub gzip: Option<Repeat>,
    /// How the body's end is told.
    #[serde(default)]
    pub framing: Framing,
    /// Bytes of a slice; without it all goes at once.
    #[serde(default)]
    pub slice: Option<usize>,
    /// The pause after each slice.
    #[serde(default)]
    pub every_ms: u64,
}

/// How the end of a body is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// By `Content-Length`.
    #[default]
    Length,
    /// By chunks.
    Chunked,
    /// By what the headers of the case say, or by the close.
    Untold,
}

/// Bytes as they stand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// A text, with its `${VARIABLES}` filled in.
    #[serde(default)]
    pub text: Option<String>,
    /// Two hexadecimal digits a byte.
    #[serde(default)]
    pub hex: Option<String>,
    /// A text again and again.
    #[serde(default)]
    pub repeat: Option<Repeat>,
    /// This many header lines.
    #[serde(default)]
    pub headers: Option<usize>,
    /// Bytes of a slice; without it all goes at once.
    #[serde(default)]
    pub slice: Option<usize>,
    /// The pause after each slice.
    #[serde(default)]
    pub every_ms: u64,
}

/// A text again and again.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// The text.
    pub text: String,
    /// How often; without it there is no end.
    #[serde(default)]
    pub times: Option<usize>,
}
