//! A request that a scripted server received.

use std::fmt;

use http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request that a [`Script`](super::Script) received. It never holds the token.
///
/// ```
/// use penbox::serde_json::json;
/// use penbox::testing::{Answer, Script};
/// use penbox::{FormList, FormUpdate};
///
/// let script = Script::new()
///     .on("forms.list", Answer::page([json!({"id": "f-1"})]))
///     .on("forms.update", Answer::json(json!({"id": "f-1"})));
/// let client = script.client()?;
/// let form = client.forms().list(FormList::default().completed(true)).next().unwrap()?;
/// client.forms().update(&form.id, FormUpdate::default().archived(true))?;
///
/// let [list, update] = &script.requests()[..] else { panic!("two requests") };
/// assert_eq!(list.operation(), Some("forms.list"));
/// assert_eq!(list.query("completed").as_deref(), Some("true"));
/// assert_eq!((update.method(), update.path()), ("PATCH", "/forms/f-1"));
/// assert_eq!(update.json(), json!({"archived": true}));
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone)]
pub struct SentRequest {
    pub(super) operation: Option<&'static str>,
    pub(super) method: String,
    /// Path and query, below the base URL.
    pub(super) path_and_query: String,
    /// The headers without `Authorization`.
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl SentRequest {
    /// The operation's id, such as `forms.create`. An extraction that is waited for is made by `document_intelligence.create`.
    pub fn operation(&self) -> Option<&'static str> {
        self.operation
    }

    /// The HTTP method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path below the base URL, as it was sent: `/forms/f-1`.
    pub fn path(&self) -> &str {
        self.path_and_query.split('?').next().unwrap_or_default()
    }

    /// The value of a query parameter, decoded: `completed`, `page[size]`.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.path_and_query.split_once('?')?;
        let decoded = |text: &str| {
            let text = text.replace('+', " ");
            percent_decode_str(&text).decode_utf8_lossy().into_owned()
        };
        query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(key) == name).then(|| decoded(value))
        })
    }

    /// The value of a header; none for `Authorization`.
    ///
    /// ```
    /// use penbox::testing::{Answer, Script};
    /// use penbox::{CallOptions, FormCount};
    ///
    /// let script = Script::new().next(Answer::status(404));
    /// let client = script.client()?.with_options(CallOptions::new().header("x-trace", "t-1"));
    /// let _ = client.forms().count(FormCount::default());
    /// assert_eq!(script.requests()[0].header("X-Trace"), Some("t-1"));
    /// assert_eq!(script.requests()[0].header("Authorization"), None);
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body; empty where there is none. That of an upload is a multipart form.
    ///
    /// ```
    /// use penbox::Upload;
    /// use penbox::serde_json::json;
    /// use penbox::testing::{Answer, Script};
    ///
    /// let script = Script::new().on("attachments.upload", Answer::json(json!({"id": "a-1"})));
    /// script.client()?.attachments().upload(Upload::bytes(b"hello", "note.txt"))?;
    /// let body = script.requests()[0].body().to_vec();
    /// assert!(body.windows(5).any(|part| part == b"hello"));
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as JSON; null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

// Neither the query nor the body: both may name a contact.
impl fmt::Debug for SentRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path())
    }
}
