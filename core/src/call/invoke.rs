//! Calls an operation, by its type from Rust and by its id from the other languages. Both build the same request and send it alike.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::cached;
use super::input::{Input, check};
use super::operation::{self, Operation, OperationSpec, Transfer};
use super::page::{Page, PageMeta};
use super::page_outline::{PageOutline, has_id};
use super::request_builder;
use super::request_builder::PageOf;
use crate::error::{Error, Result};
use crate::json::decode;
use crate::json::{Document, Node, NodeKind, mismatch, replace_lone_surrogates};
use crate::schema::{Described, Kind};
use crate::send::{
    CallOptions, PreparedRequest, Received, Recorder, ResponseInfo, Sender, cut_short,
    ends_by_close, json_object, unusable,
};

/// The answer to an operation called by its id.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The body. Its members may have other types than the operation's model.
    pub document: Document,
    /// The HTTP side, if it was asked for.
    pub response: Option<Arc<ResponseInfo>>,
    /// The outline of a page, if the answer was requested as text.
    pub(crate) page_outline: Option<PageOutline>,
}

/// Calls an operation with its parameters, those of the path included, as a JSON object. A list gives one page.
pub(crate) async fn untyped(
    sender: &Sender,
    operation: &'static OperationSpec,
    params_json: &str,
    options: &CallOptions,
) -> Result<Answer> {
    let request = request_of(sender, operation, params_json, options)
        .map_err(|error| placed(sender, operation, error))?;
    fetch(sender, operation, &request, options).await
}

/// Builds the request of an operation that is called with JSON.
pub(crate) fn request_of(
    sender: &Sender,
    operation: &'static OperationSpec,
    params_json: &str,
    options: &CallOptions,
) -> Result<PreparedRequest> {
    if operation.transfer != Transfer::None {
        return Err(Error::invalid_argument(format!(
            "{} moves a file",
            operation.id
        )));
    }
    let settings = &sender.settings;
    let mut members = json_object(params_json, "parameters")?;
    let path = request_builder::take_path(operation, &mut members, settings.language)?;
    check(&members, operation.params, true, settings.language)?;
    let page = match operation.is_list() {
        true => Some(request_builder::page_of(&members, settings.page_size)?),
        false => None,
    };
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    request_builder::build(operation, &path, &members, page, options, settings.language)
}

/// Sends a request and reads its answer.
pub(crate) async fn fetch(
    sender: &Sender,
    operation: &'static OperationSpec,
    request: &PreparedRequest,
    options: &CallOptions,
) -> Result<Answer> {
    let answer = cached::send(sender, operation, request, options, |received| {
        answer(sender, operation, received, options.as_text)
    });
    with_response(answer.await, options)
}

/// Turns a received answer into a document, with a tape unless it was requested as text.
pub(crate) fn answer(
    sender: &Sender,
    operation: &'static OperationSpec,
    received: Received,
    as_text: bool,
) -> Result<Answer> {
    let mut received = reshaped(operation, received);
    let text = std::mem::take(&mut received.text);
    let read = documented(operation, text, as_text)
        .or_else(|text| undocumented(operation, text, as_text, &received.headers));
    let (document, page_outline) =
        read.map_err(|(error, text)| sender.unusable(error, &received, &text))?;
    Ok(Answer {
        document,
        response: None,
        page_outline,
    })
}

/// A document, and the outline of one that was requested as text.
type Parsed = (Document, Option<PageOutline>);

/// Adds the HTTP side to an answer, if the call recorded it.
pub(crate) fn with_response(answer: Result<Answer>, options: &CallOptions) -> Result<Answer> {
    let mut answer = answer?;
    let recorder = options.recorder.as_ref();
    answer.response = recorder.and_then(Recorder::take).map(Arc::new);
    Ok(answer)
}

/// Parses a text all of which is as documented. Returns any other text unchanged, for [`undocumented`].
fn documented(
    operation: &'static OperationSpec,
    text: String,
    as_text: bool,
) -> Result<Parsed, String> {
    if operation.creates() && !has_id(&text) {
        return Err(text);
    }
    if !as_text {
        return Document::fitting(text, &operation.answer).map(|document| (document, None));
    }
    match PageOutline::of(&text, &operation.output, operation.is_list()) {
        Some(page_outline) => Ok((Document::unread(text), Some(page_outline))),
        None => Err(text),
    }
}

/// Parses a text that is not all as documented, or returns the error and the text.
#[cold]
fn undocumented(
    operation: &'static OperationSpec,
    mut text: String,
    as_text: bool,
    headers: &HeaderMap,
) -> Result<Parsed, (Error, String)> {
    if replace_lone_surrogates(&mut text) {
        match documented(operation, text, as_text) {
            Ok(parsed) => return Ok(parsed),
            Err(same) => text = same,
        }
    }
    let document =
        Document::of(text).map_err(|(text, error)| (not_json(&text, headers, &error), text))?;
    match accept(operation, &document) {
        Ok(()) => Ok((document, None)),
        Err(error) => Err((error, document.text().to_owned())),
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
    O::Output: DeserializeOwned + decode::Read,
{
    let operation = operation::spec::<O>();
    let members = params.into_map();
    let language = sender.settings.language;
    let request = check(&members, operation.params, false, language)
        .and_then(|()| request_builder::build(operation, path, &members, None, options, language))
        .map_err(|error| placed(sender, operation, error))?;
    sender.block(cached::send(
        sender,
        operation,
        &request,
        options,
        |received| decode(sender, operation, received),
    ))
}

/// Fetches one page of a list by its type.
pub(crate) async fn typed_page<T: DeserializeOwned + Described + decode::Read>(
    sender: &Sender,
    operation: &'static OperationSpec,
    members: &Map<String, Value>,
    page: PageOf,
    options: &CallOptions,
) -> Result<Page<T>> {
    let language = sender.settings.language;
    let request = request_builder::build(operation, &[], members, Some(page), options, language)
        .map_err(|error| placed(sender, operation, error))?;
    cached::send(sender, operation, &request, options, |received| {
        decode(sender, operation, received)
    })
    .await
}

/// Names the operation in an error that no request of its own has: one found before sending, or after a good answer.
pub(crate) fn placed(sender: &Sender, operation: &'static OperationSpec, error: Error) -> Error {
    error
        // A name that the caller gave may be the token, put in a wrong place.
        .with_message(|message| sender.without_token(message))
        .at(operation.id, operation.method.name(), operation.path)
        .by(
            &sender.settings.user_agent,
            sender.settings.token_name.as_deref(),
        )
}

/// Decodes an answer as its model: strictly in one pass, and leniently only where that finds a misfit.
pub(crate) fn decode<T: decode::Read>(
    sender: &Sender,
    operation: &'static OperationSpec,
    received: Received,
) -> Result<T> {
    let mut received = reshaped(operation, received);
    let mut text = Arc::new(std::mem::take(&mut received.text));
    if (!operation.creates() || has_id(&text))
        && let Some(value) = decode::strictly(&mut text)
    {
        return Ok(value);
    }
    if let Some(text) = Arc::get_mut(&mut text) {
        replace_lone_surrogates(text);
    }
    validated(operation, &text, &received.headers)
        .and_then(|()| {
            decode::leniently(&text).ok_or_else(|| unusable("the answer cannot be decoded"))
        })
        .map_err(|error| sender.unusable(error, &received, &text))
}

/// Validates a text that is not all as documented.
#[cold]
fn validated(operation: &'static OperationSpec, text: &str, headers: &HeaderMap) -> Result<()> {
    let document =
        Document::of(text.to_owned()).map_err(|(text, error)| not_json(&text, headers, &error))?;
    accept(operation, &document)
}

/// Brings an answer into the shape of the operation's model. Text that is not JSON stays, and fails where it is decoded.
fn reshaped(operation: &'static OperationSpec, mut received: Received) -> Received {
    let Some(reshape) = operation.reshape else {
        return received;
    };
    if let Some(text) = reshape(&received.text) {
        received.text = text;
    }
    received
}

/// Accepts JSON of which not all is as documented, because some documented shapes are inferred. The log names the first mismatch.
///
/// # Errors
/// The answer is not the object or list that is documented, or a created object has no id.
fn accept(operation: &'static OperationSpec, document: &Document) -> Result<()> {
    if let Some(place) = unusable_place(operation, document.root()) {
        return Err(misshapen(&place));
    }
    if let Some(place) = first_mismatch(operation, document) {
        // The place without the value: values are personal data, and logs are kept.
        log::warn!(
            "{}: the answer has another shape than documented, which reads as absent: {place}",
            operation.id
        );
    }
    Ok(())
}

/// Returns the place at which an answer is unusable; none where it can be used.
fn unusable_place(operation: &'static OperationSpec, root: Node<'_>) -> Option<String> {
    if operation.is_list() {
        let list = match root.kind() {
            NodeKind::Object => root.get("data"),
            _ => Some(root),
        };
        return match list.map(Node::kind) {
            Some(NodeKind::Array) => None,
            // Some servers send null for a list without items.
            Some(NodeKind::Null) if root.kind() == NodeKind::Object => None,
            Some(_) => Some("expected a list at $.data".to_owned()),
            None => Some("expected a list at $.data, found nothing".to_owned()),
        };
    }
    let wanted = match operation.output {
        Kind::List(_) => NodeKind::Array,
        _ => NodeKind::Object,
    };
    if root.kind() != wanted {
        return Some(format!("expected {} at $", operation.output.wanted()));
    }
    let id = root.get("id").map(|id| (id.kind(), id.as_str()));
    match id {
        _ if !operation.creates() => None,
        None | Some((_, Some(""))) => Some("expected text at $.id, found nothing".to_owned()),
        Some((_, Some(_))) => None,
        Some((_, None)) => Some("expected text at $.id".to_owned()),
    }
}

/// Returns the first place at which a document is not as documented.
pub(super) fn first_mismatch(
    operation: &'static OperationSpec,
    document: &Document,
) -> Option<String> {
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
    .with_hint(
        "The API itself answered, in another shape than documented; the answer is in this error's body. After a create look there for what was made before creating it again, and send the support report to Penbox.",
    )
}

pub(super) fn not_json(text: &str, headers: &HeaderMap, error: &serde_json::Error) -> Error {
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

impl Answer {
    /// An answer whose shape nobody knows.
    pub(super) fn of(document: Document) -> Answer {
        Answer {
            document,
            response: None,
            page_outline: None,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.document.text())
    }
}
