//! The answer of a scripted server to one request, or the failure that takes its place.

use std::fmt;
use std::io::Cursor;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use crate::error::{ErrorKind, Reason};
use crate::transport::{Body, Reply, SendState, TransportError};

/// The answer of a [`Script`](super::Script) to one request, or the failure that takes its place.
///
/// ```
/// use std::time::Duration;
/// use penbox::serde_json::json;
/// use penbox::testing::{Answer, Script};
/// use penbox::{FormCreate, Outcome};
///
/// let created = Answer::json(json!({"id": "f-1"})).with_status(201);
/// let script = Script::new().next(created.clone()).next(created.cut_short()).next(Answer::lost());
/// let client = script.client()?;
/// let create = || client.forms().create(FormCreate::new("client-onboarding"));
/// assert_eq!(create()?.id, "f-1");
/// assert_eq!(create().unwrap_err().outcome(), Outcome::Done);
/// assert_eq!(create().unwrap_err().outcome(), Outcome::Unknown);
///
/// let limited = Answer::status(429).retry_after(Duration::from_secs(600)).header("x-request-id", "req-1");
/// let script = Script::new()
///     .next(limited)
///     .next(Answer::unreachable())
///     .next(Answer::timeout())
///     .next(Answer::text(502, "<html>Bad Gateway</html>"));
/// for outcome in [Outcome::Rejected, Outcome::NotSent, Outcome::Unknown, Outcome::Unknown] {
///     // A client of its own each time: the 429 holds back those that share it.
///     let client = script.client_of(penbox::Client::builder().max_attempts(1))?;
///     let error = client.forms().create(FormCreate::new("client-onboarding")).unwrap_err();
///     assert_eq!(error.outcome(), outcome, "{error}");
/// }
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "an answer is given to a script"]
pub struct Answer(Kind);

/// The kinds of an answer.
#[derive(Clone)]
enum Kind {
    Reply(Head, Vec<u8>),
    /// No answer comes.
    Failure(Failure),
}

/// The head of an answer.
#[derive(Clone)]
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
    /// The connection breaks before the last byte of the body.
    is_cut: bool,
}

/// The failures that take the place of an answer.
#[derive(Clone, Copy, Debug)]
enum Failure {
    Unreachable,
    Lost,
    Timeout,
}

impl Answer {
    /// An answer of JSON, with the status 200.
    pub fn json(value: impl Into<Value>) -> Answer {
        Answer::text(200, value.into().to_string()).header("content-type", "application/json")
    }

    /// A list of one page, with the status 200.
    ///
    /// ```
    /// use penbox::serde_json::json;
    /// use penbox::testing::{Answer, Script};
    /// use penbox::WorkspaceList;
    ///
    /// let page = Answer::page([json!({"id": "w-1", "slug": "acme"})]);
    /// let client = Script::new().next(page).client()?;
    /// let workspaces = client.workspaces().list(WorkspaceList::default()).collect_up_to(10)?;
    /// assert_eq!(workspaces[0].slug.as_deref(), Some("acme"));
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn page(items: impl IntoIterator<Item = impl Into<Value>>) -> Answer {
        let items: Vec<Value> = items.into_iter().map(Into::into).collect();
        let count = items.len();
        let meta = json!({"current_page": 1, "total_pages": 1, "total_count": count, "page_size": count.max(1)});
        Answer::json(json!({"meta": meta, "data": items}))
    }

    /// A file, with the status 200 and its length.
    ///
    /// ```
    /// use penbox::testing::{Answer, Script};
    ///
    /// let script = Script::new().on("attachments.download", Answer::file("application/pdf", b"%PDF-1.7"));
    /// let mut bytes = Vec::new();
    /// script.client()?.attachments().download("a-1", penbox::Download::writer(&mut bytes))?;
    /// assert_eq!(bytes, b"%PDF-1.7");
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn file(media_type: &str, bytes: impl Into<Vec<u8>>) -> Answer {
        let bytes = bytes.into();
        let length = bytes.len().to_string();
        let head = Head {
            status: 200,
            headers: Vec::new(),
            is_cut: false,
        };
        Answer(Kind::Reply(head, bytes))
            .header("content-type", media_type)
            .header("content-length", &length)
    }

    /// A failure with the API's error body, whose `message` is the status's own phrase.
    pub fn status(status: u16) -> Answer {
        let phrase = StatusCode::from_u16(status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("Error");
        let body = json!({"statusCode": status, "error": phrase, "message": phrase});
        Answer::json(body).with_status(status)
    }

    /// An answer of any text.
    pub fn text(status: u16, body: impl Into<String>) -> Answer {
        let head = Head {
            status,
            headers: Vec::new(),
            is_cut: false,
        };
        Answer(Kind::Reply(head, body.into().into_bytes()))
    }

    /// An answer of so many zero bytes, with their length.
    pub(in crate::testing) fn zeros(status: u16, size: usize) -> Answer {
        Answer::text(status, "\0".repeat(size)).header("content-length", &size.to_string())
    }

    /// No connection is made: the outcome is `not_sent`.
    pub fn unreachable() -> Answer {
        Answer(Kind::Failure(Failure::Unreachable))
    }

    /// The connection breaks after the request was sent: the outcome is `unknown`.
    pub fn lost() -> Answer {
        Answer(Kind::Failure(Failure::Lost))
    }

    /// No answer comes within `attempt_timeout`: the outcome is `unknown`.
    pub fn timeout() -> Answer {
        Answer(Kind::Failure(Failure::Timeout))
    }

    /// The same answer with another status. It does nothing to a failure without an answer.
    pub fn with_status(self, status: u16) -> Answer {
        self.with_head(|head| head.status = status)
    }

    /// The same answer with one more header.
    pub fn header(self, name: &str, value: &str) -> Answer {
        let header = (name.to_owned(), value.to_owned());
        self.with_head(|head| head.headers.push(header))
    }

    /// The same answer with a `message` of the API's error body.
    ///
    /// ```
    /// use penbox::testing::{Answer, Script};
    ///
    /// let script = Script::new().next(Answer::status(422).message("the form is archived"));
    /// let error = script.client()?.forms().get("f-1").unwrap_err();
    /// assert_eq!(error.message(), "the form is archived");
    /// # Ok::<(), penbox::Error>(())
    /// ```
    pub fn message(self, text: &str) -> Answer {
        self.with_member("message", text.into())
    }

    /// The same answer with a `retryAfter` of the API's error body, in whole seconds.
    pub fn retry_after(self, wait: Duration) -> Answer {
        self.with_member("retryAfter", wait.as_secs().into())
    }

    /// The same answer, whose connection breaks within the body. A success has the outcome `done` then.
    pub fn cut_short(self) -> Answer {
        self.with_head(|head| head.is_cut = true)
    }

    fn with_head(mut self, change: impl FnOnce(&mut Head)) -> Answer {
        if let Kind::Reply(head, _) = &mut self.0 {
            change(head);
        }
        self
    }

    /// The same answer with a member of its JSON object. Another body is replaced by such an object.
    fn with_member(mut self, name: &str, value: Value) -> Answer {
        if let Kind::Reply(_, body) = &mut self.0 {
            let mut members: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
            members.insert(name.to_owned(), value);
            *body = Value::Object(members).to_string().into_bytes();
        }
        self
    }

    /// The answer as the transport gives it.
    pub(super) fn into_reply(self) -> Result<Reply, TransportError> {
        let (head, mut body) = match self.0 {
            Kind::Failure(failure) => return Err(failure.into_error()),
            Kind::Reply(head, body) => (head, body),
        };
        let mut headers = HeaderMap::new();
        for (name, value) in &head.headers {
            let (Ok(key), Ok(value)) = (
                HeaderName::from_bytes(name.as_bytes()),
                HeaderValue::from_str(value),
            ) else {
                let message = format!("the script's header {name:?} is not valid");
                return Err(TransportError::new(
                    ErrorKind::Internal,
                    message,
                    SendState::NotSent,
                ));
            };
            headers.append(key, value);
        }
        if head.is_cut {
            body.pop();
        }
        Ok(Reply {
            status: head.status,
            headers,
            body: Box::new(ScriptedBody {
                bytes: Cursor::new(body),
                is_cut: head.is_cut,
            }),
        })
    }
}

impl Failure {
    fn into_error(self) -> TransportError {
        let broken = |message, state, reason| {
            TransportError::new(ErrorKind::Connection, message, state).because(reason)
        };
        match self {
            Failure::Unreachable => broken(
                "the connection was refused",
                SendState::NotSent,
                Reason::Refused,
            ),
            Failure::Lost => broken(
                "the connection was reset before an answer came",
                SendState::MaybeSent,
                Reason::Reset,
            ),
            Failure::Timeout => TransportError::timeout("response", SendState::MaybeSent),
        }
    }
}

/// The body of a scripted answer.
struct ScriptedBody {
    bytes: Cursor<Vec<u8>>,
    is_cut: bool,
}

impl Body for ScriptedBody {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        let count = std::io::Read::read(&mut self.bytes, buffer).unwrap_or_default();
        match count == 0 && self.is_cut && !buffer.is_empty() {
            true => Err(TransportError::new(
                ErrorKind::Response,
                "the answer was cut short",
                SendState::MaybeSent,
            )
            .because(Reason::Truncated)),
            false => Ok(count),
        }
    }
}

// The status alone: a body may hold what a test copied from a contact.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Reply(head, _) => f.debug_tuple("Answer").field(&head.status).finish(),
            Kind::Failure(failure) => f.debug_tuple("Answer").field(failure).finish(),
        }
    }
}
