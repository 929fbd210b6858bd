//! The facts of an error.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;

use super::curl_request::CurlRequest;
use super::kind::ErrorKind;
use super::names::Text;
use super::outcome::Outcome;
use super::reason::Reason;
use super::text::without_tokens;
use crate::headers::Headers;
use crate::system;

/// The facts of an error.
#[derive(Clone)]
pub(super) struct Facts {
    pub(super) kind: ErrorKind,
    /// The server's message or the SDK's, printable already.
    pub(super) message: Text,
    /// The error's own hint, which comes before that of its kind.
    pub(super) hint: Option<Text>,
    /// The hint of the kind, for an error without a hint of its own. It is made when it is first read.
    pub(super) usual_hint: OnceLock<Option<Text>>,
    pub(super) reason: Option<Reason>,
    /// The limit that passed, for a timeout.
    pub(super) phase: Option<&'static str>,
    /// The status of the answer; none where no head was received.
    pub(super) http_status: Option<u16>,
    /// The `error` member of the API's error body.
    pub(super) title: Option<String>,
    /// The answer's body, without the token and cut to [`MAX_BODY`](super::MAX_BODY).
    pub(super) body: Option<String>,
    /// The answer's headers, without the token.
    pub(super) headers: Option<Headers>,
    pub(super) operation: Option<&'static str>,
    pub(super) method: Option<&'static str>,
    /// The path's template: its values may name a contact.
    pub(super) path: Option<Cow<'static, str>>,
    /// The request, for its curl line; none for an error without one.
    pub(super) request: Option<Arc<CurlRequest>>,
    /// The number of requests that were sent or tried.
    pub(super) attempts: u32,
    /// The wait that the server requested.
    pub(super) retry_after: Option<Duration>,
    pub(super) outcome: Outcome,
    /// A repeat cannot act twice, by the operation's safety.
    pub(super) repeatable: bool,
    /// Set where the kind alone does not say whether a later call may succeed.
    pub(super) passing: Option<bool>,
    /// The server's id of the request, from its answer.
    pub(super) request_id: Option<String>,
    pub(super) occurred_at: Timestamp,
    pub(super) token_name: Option<String>,
    /// The client's `User-Agent`.
    pub(super) agent: Option<String>,
    /// Shared, since an error can be copied and a source cannot.
    pub(super) source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Facts {
    /// Those of a request that was not sent: its kind and its message alone.
    pub(super) fn of(kind: ErrorKind, message: String) -> Facts {
        Facts {
            kind,
            message: Text::of(without_tokens(message)),
            hint: None,
            usual_hint: OnceLock::new(),
            reason: None,
            phase: None,
            http_status: None,
            title: None,
            body: None,
            headers: None,
            operation: None,
            method: None,
            path: None,
            request: None,
            attempts: 0,
            retry_after: None,
            outcome: Outcome::NotSent,
            repeatable: false,
            passing: None,
            request_id: None,
            occurred_at: system::date(),
            token_name: None,
            agent: None,
            source: None,
        }
    }
}
