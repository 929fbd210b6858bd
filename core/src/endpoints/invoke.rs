//! Calls an operation: by its type from Rust, by its id from the other languages. Both build one request and send it one way.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::extract;
use super::input::{Input, check};
use super::operation::{Operation, OperationSpec, Transfer};
use super::outline::Outline;
use super::page::{Page, PageMeta};
use super::read::{self, Read};
use super::registry;
use super::request::{self, PageOf};
use crate::body::{Document, NodeKind, mismatch};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::schema::{Described, Kind};
use crate::send::{
    CallOptions, Received, Sender, Target, cut_short, ends_by_close, json_object, unusable,
};

/// The answer to an operation called by its id.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The body, checked against the operation's model.
    pub document: Document,
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// From the call to the last byte.
    pub elapsed: std::time::Duration,
    /// What a walk has to know of a page, where the answer was wanted as text.
    pub(crate) outline: Option<Outline>,
}

impl Client {
    /// Calls an operation by its id, with parameters as a JSON object that includes those of the path. A list gives one page.
    ///
    /// This is how the other languages call; it meets the typed methods before anything is sent.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for an unknown id, name or type, before anything is sent; then every other kind.
    pub fn invoke(&self, id: &str, params_json: &str, options: &CallOptions) -> Result<Answer> {
        let operation = known(id)?;
        let target = self
            .target(operation, params_json, options)
            .map_err(|error| placed(self.sender(), operation, error))?;
        let answer = fetch(self.sender(), operation, &target, options)?;
        match operation.followed {
            true => extract::follow(self.sender(), operation, answer, options),
            false => Ok(answer),
        }
    }

    fn target(
        &self,
        operation: &'static OperationSpec,
        params_json: &str,
        options: &CallOptions,
    ) -> Result<Target> {
        if operation.transfer != Transfer::None {
            return Err(Error::invalid_argument(format!(
                "{} moves a file",
                operation.id
            )));
        }
        let mut members = json_object(params_json, "parameters")?;
        let language = self.sender().settings.language;
        let path = request::take_path(operation, &mut members, language)?;
        check(&members, operation.params, true, language)?;
        let page = match operation.is_list() {
            true => Some(request::page_of(
                &members,
                self.sender().settings.page_size,
            )?),
            false => None,
        };
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        request::build(operation, &path, &members, page, options, language)
    }

    /// Names an operation, and what else the client knows, in an error that a binding found before it called.
    #[doc(hidden)]
    pub fn placed(&self, id: &str, error: Error) -> Error {
        match registry::find(id) {
            Some(operation) => placed(self.sender(), operation, error),
            None => error,
        }
    }
}

/// The operation of this id.
pub(crate) fn known(id: &str) -> Result<&'static OperationSpec> {
    registry::find(id).ok_or_else(|| {
        let ids: Vec<&str> = registry::OPERATIONS
            .iter()
            .map(|operation| operation.id)
            .collect();
        Error::invalid_argument(format!(
            "there is no operation {}",
            crate::error::printable(id, 64)
        ))
        .with_hint(format!("The operations are: {}.", ids.join(", ")))
    })
}

/// Sends a request and reads its answer.
pub(crate) fn fetch(
    sender: &Sender,
    operation: &'static OperationSpec,
    target: &Target,
    options: &CallOptions,
) -> Result<Answer> {
    sender.send(target, options, |received| {
        answer(sender, operation, received, options.as_text)
    })
}

/// Checks what was received, and indexes it unless it is wanted as text.
pub(crate) fn answer(
    sender: &Sender,
    operation: &'static OperationSpec,
    received: Received,
    as_text: bool,
) -> Result<Answer> {
    let mut received = reshaped(operation, received);
    let outline = match as_text {
        true => Outline::of(&received.text, &operation.output, operation.is_list()),
        false => None,
    };
    let text = std::mem::take(&mut received.text);
    let document = match outline {
        Some(_) => Ok(Document::unread(text)),
        None => read(operation, text, &received.headers),
    };
    let document = document.map_err(|error| sender.unusable(error, &received))?;
    let headers = received.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    Ok(Answer {
        document,
        status: received.status,
        headers: headers.collect(),
        elapsed: received.elapsed,
        outline,
    })
}

/// The text as a document of the promised shape, or why it is none.
fn read(operation: &'static OperationSpec, text: String, headers: &HeaderMap) -> Result<Document> {
    let text = match Document::fitting(text, &operation.answer) {
        Ok(document) => return Ok(document),
        Err(text) => text,
    };
    let document = Document::of(text).map_err(|(text, error)| not_json(&text, headers, &error))?;
    match misfit(operation, &document) {
        None => Ok(document),
        Some(place) => Err(misshapen(&place)),
    }
}

/// Calls an operation by its type.
pub(crate) fn typed<O: Operation>(
    sender: &Sender,
    path: &[&str],
    params: O::Params,
    options: &CallOptions,
) -> Result<O::Output>
where
    O::Output: DeserializeOwned + Read,
{
    let operation = registry::of::<O>();
    let members = params.into_map();
    let language = sender.settings.language;
    let target = check(&members, operation.params, false, language)
        .and_then(|()| request::build(operation, path, &members, None, options, language))
        .map_err(|error| placed(sender, operation, error))?;
    sender.send(&target, options, |received| {
        decode(sender, operation, received)
    })
}

/// Fetches one page of a list by its type.
pub(crate) fn typed_page<T: DeserializeOwned + Described + Read>(
    sender: &Sender,
    operation: &'static OperationSpec,
    members: &Map<String, Value>,
    page: PageOf,
    options: &CallOptions,
) -> Result<Page<T>> {
    let language = sender.settings.language;
    let target = request::build(operation, &[], members, Some(page), options, language)
        .map_err(|error| placed(sender, operation, error))?;
    sender.send(&target, options, |received| {
        decode(sender, operation, received)
    })
}

/// Names the operation in an error found before sending, or after its answers were good.
pub(crate) fn placed(sender: &Sender, operation: &'static OperationSpec, error: Error) -> Error {
    error
        .at(operation.id, operation.method.name(), operation.path)
        .by(
            &sender.settings.user_agent,
            sender.settings.token_name.as_deref(),
        )
}

pub(crate) fn decode<T: DeserializeOwned + Read>(
    sender: &Sender,
    operation: &'static OperationSpec,
    received: Received,
) -> Result<T> {
    let mut received = reshaped(operation, received);
    let text = Arc::new(std::mem::take(&mut received.text));
    read::from_text(&text).map_err(|error| {
        let reason = match Document::parse(text.to_string()) {
            Err(error) => not_json(&text, &received.headers, &error),
            Ok(document) => match misfit(operation, &document) {
                Some(place) => misshapen(&place),
                None => unusable(format!("the answer cannot be decoded: {error}")),
            },
        };
        sender.unusable(reason, &received)
    })
}

/// The answer in the shape of the operation's model. What is not JSON stays, and is judged where it is decoded.
fn reshaped(operation: &'static OperationSpec, mut received: Received) -> Received {
    let Some(reshape) = operation.reshape else {
        return received;
    };
    if let Ok(value) = serde_json::from_str(&received.text) {
        received.text = reshape(value).to_string();
    }
    received
}

/// Where a document is not what the operation promises.
pub(crate) fn misfit(operation: &'static OperationSpec, document: &Document) -> Option<String> {
    let root = document.root();
    if !operation.is_list() {
        return mismatch(root, &operation.output);
    }
    if root.kind() == NodeKind::Array {
        return mismatch(root, &Kind::List(&operation.output));
    }
    let Some(data) = root.get("data") else {
        return Some("expected a list at $.data, found nothing".to_owned());
    };
    let meta = root.get("meta").filter(|meta| !meta.is_null());
    mismatch(data, &Kind::List(&operation.output)).or_else(|| {
        mismatch(meta?, &Kind::Model(PageMeta::MODEL)).map(|place| format!("{place} of meta"))
    })
}

fn misshapen(place: &str) -> Error {
    unusable(format!(
        "the answer has another shape than documented: {place}"
    ))
}

fn not_json(text: &str, headers: &HeaderMap, error: &serde_json::Error) -> Error {
    let text = text.trim_start();
    if text.is_empty() {
        return unusable("the answer is empty");
    }
    if error.is_eof() && ends_by_close(headers) {
        return cut_short();
    }
    if text.starts_with('<') {
        return unusable("the answer is a web page, not JSON");
    }
    unusable(format!(
        "the answer is not valid JSON (line {}, column {})",
        error.line(),
        error.column()
    ))
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.document.text())
    }
}
