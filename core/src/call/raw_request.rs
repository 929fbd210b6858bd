//! Requests that no operation of this SDK makes, through the same send path.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};

use super::invoke::{self, Answer};
use super::loss_check;
use super::request_builder::Query;
use crate::error::{Error, Result, printable};
use crate::json::raw::Json;
use crate::json::{Document, replace_lone_surrogates};
use crate::send::{
    CallOptions, JSON, Method, PreparedRequest, Received, ResponseInfo, Safety, Sender, cut_short,
    ends_by_close,
};

/// The name of such calls, where operations have their id.
pub(crate) const REQUEST: &str = "request";
/// The path template of such calls, whose paths are the caller's.
const TEMPLATE: &str = "/{path}";
/// The methods that may be sent. Others do not belong to an API of resources.
const METHODS: [Method; 6] = [
    Method::Get,
    Method::Head,
    Method::Post,
    Method::Put,
    Method::Patch,
    Method::Delete,
];
/// The most bytes of a path. Servers refuse longer ones with 414 (RFC 9110, section 15.5.15).
const MAX_PATH: usize = 4096;
/// The characters of a path that are percent-encoded: those that no URL may hold (RFC 3986, appendix A). A `%` stays: the caller
/// has encoded what follows.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The parts of a request besides its method and its path. See [`Client::request`](crate::Client::request).
///
/// ```
/// use penbox::RequestOptions;
/// use penbox::serde_json::json;
///
/// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
/// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
/// let parts = RequestOptions::new().body(json!({"flow": {"slug": "client-onboarding"}}));
/// client.request("POST", "/forms", parts)?;
///
/// let parts = RequestOptions::new().query("page[size]", 5).header("X-Trace", "t-1").safe(true);
/// let forms = client.request("GET", "/forms", parts)?.to_value();
/// assert_eq!(forms["data"].as_array().map(Vec::len), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "each method returns the parts; nothing is sent before they are given to a client"]
pub struct RequestOptions {
    pub(crate) query: Map<String, Value>,
    pub(crate) body: Option<Value>,
    pub(crate) safe: Option<bool>,
    pub(crate) headers: Vec<(String, String)>,
}

impl RequestOptions {
    /// A request without a query and a body.
    pub fn new() -> RequestOptions {
        RequestOptions::default()
    }

    /// Adds a query parameter. An object is sent in brackets (`user[email]=..`), a list as repeated pairs.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.query.insert(name.into(), value.into());
        self
    }

    /// Sets the body, which is sent as JSON.
    pub fn body(mut self, body: impl Into<Value>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// States whether the request may be sent twice without acting twice. Unless it is stated, GET and HEAD are safe and all other
    /// methods are not.
    pub fn safe(mut self, safe: bool) -> Self {
        self.safe = Some(safe);
        self
    }

    /// Adds a header. Those that the client sets itself (`Authorization`, `Content-Type`, ...) are refused.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Reads the parts from a JSON object: `query`, `body`, `safe`, `headers`. The bindings call it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) where a name is unknown or a value has the wrong type.
    #[doc(hidden)]
    pub fn from_json(json: &str) -> Result<RequestOptions> {
        let mut parts = RequestOptions::new();
        for (name, value) in crate::send::json_object(json, "parameters")? {
            let wrong = |wanted: &str| {
                let name = printable(&name, 64);
                Error::invalid_argument(format!("the parameter {name} must be {wanted}"))
            };
            match (name.as_str(), value) {
                ("query" | "body" | "safe" | "headers", Value::Null) => {}
                ("query", Value::Object(query)) => parts.query = query,
                ("query", _) => return Err(wrong("an object")),
                ("body", body) => parts.body = Some(body),
                ("safe", Value::Bool(safe)) => parts.safe = Some(safe),
                ("safe", _) => return Err(wrong("true or false")),
                ("headers", Value::Object(headers)) => {
                    for (name, value) in headers {
                        let Value::String(value) = value else {
                            return Err(wrong("an object of texts"));
                        };
                        parts = parts.header(name, value);
                    }
                }
                ("headers", _) => return Err(wrong("an object of texts")),
                _ => {
                    let message = format!("there is no parameter {}", printable(&name, 64));
                    return Err(Error::invalid_argument(message)
                        .with_hint("The parameters here are: query, body, safe, headers."));
                }
            }
        }
        Ok(parts)
    }
}

/// Sends a request and reads its answer as JSON. An answer without a body is null.
pub(crate) async fn send(
    sender: &Sender,
    method: &str,
    path: &str,
    parts: RequestOptions,
    options: &CallOptions,
) -> Result<Answer> {
    let shown = |error: Error| named(sender, method, path, error);
    let options = &options.with(CallOptions {
        headers: parts.headers.clone(),
        ..CallOptions::new()
    });
    let request = prepare(method, path, &parts, options, sender).map_err(shown)?;
    let answer = sender.send(&request, options, |received| {
        answer(sender, &request, received)
    });
    invoke::with_response(answer.await, options).map_err(shown)
}

/// The same for Rust.
pub(crate) async fn typed(
    sender: &Sender,
    method: &str,
    path: &str,
    parts: RequestOptions,
    options: &CallOptions,
) -> Result<Json> {
    let answer = send(sender, method, path, parts, options).await?;
    // The caller's own recorder, from which the answer has its copy.
    if let (Some(recorder), Some(info)) = (&options.recorder, &answer.response) {
        recorder.put(ResponseInfo::clone(info));
    }
    let text = answer.document.text().trim().to_owned();
    Ok(Json::of_valid(text.into()))
}

/// Names the request in an error: its method, and its path as it was given, without the query and the token.
pub(crate) fn named(sender: &Sender, method: &str, path: &str, error: Error) -> Error {
    let method = method_of(method).map_or("", Method::name);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    // An absolute address may hold a login.
    let path = match path.contains("://") || path.starts_with("//") {
        true => String::new(),
        false => printable(&sender.without_token(path), 200),
    };
    error
        .with_message(|message| sender.without_token(message))
        .at(REQUEST, method, path)
        .by(
            &sender.settings.user_agent,
            sender.settings.token_name.as_deref(),
        )
}

/// Validates a request and builds it.
fn prepare(
    method: &str,
    path: &str,
    parts: &RequestOptions,
    options: &CallOptions,
    sender: &Sender,
) -> Result<PreparedRequest> {
    options.judge()?;
    let language = sender.settings.language;
    let Some(method) = method_of(method) else {
        let names = METHODS.map(Method::name).join(", ");
        return Err(Error::invalid_argument(format!(
            "there is no method {}",
            printable(method, 32)
        ))
        .with_hint(format!("The methods are: {names}.")));
    };
    let path = valid_path(path, sender.settings.base_url.as_str())?;
    loss_check::check_request(&parts.query, parts.body.as_ref(), options, language)?;
    let mut query = Query::new(path);
    for (name, value) in parts.query.iter().chain(&options.query) {
        query.value(name, value);
    }
    let body = body_of(parts.body.as_ref(), &options.body)?;
    if body.is_some() && !method.has_body() {
        return Err(
            Error::invalid_argument(format!("{} sends no body", method.name()))
                .with_hint("Give the values as query parameters, or use another method."),
        );
    }
    let is_safe = parts.safe.unwrap_or(!method.acts());
    Ok(PreparedRequest {
        operation: REQUEST,
        method,
        path: TEMPLATE,
        safety: match is_safe {
            true => Safety::Safe,
            false => Safety::Unsafe,
        },
        path_and_query: query.into_url(),
        body: body.map(|body| body.to_string().into()),
        form: Vec::new(),
        accept: JSON,
        skip_data: false,
    })
}

/// The method of this name, whatever its case.
fn method_of(name: &str) -> Option<Method> {
    let mut all = METHODS.into_iter();
    all.find(|method| method.name().eq_ignore_ascii_case(name))
}

/// The body with the extra members of the call's options.
fn body_of(body: Option<&Value>, extra: &Map<String, Value>) -> Result<Option<Value>> {
    match body.filter(|body| !body.is_null()) {
        body if extra.is_empty() => Ok(body.cloned()),
        None => Ok(Some(Value::Object(extra.clone()))),
        Some(Value::Object(members)) => {
            let mut members = members.clone();
            members.extend(extra.clone());
            Ok(Some(Value::Object(members)))
        }
        Some(_) => Err(Error::invalid_argument(
            "the body is no object, so it takes no extra members",
        )),
    }
}

/// Validates a path and encodes the characters that no URL may hold. The result begins with a slash.
///
/// The token is sent to the base URL's own resources alone, so whatever a parser may read as another origin is refused, and so is a
/// path that a server may resolve to another one than the caller wrote.
fn valid_path(path: &str, base_url: &str) -> Result<String> {
    let refuse = |what: &str, hint: &str| {
        Err(Error::invalid_argument(format!("the path {what}")).with_hint(hint.to_owned()))
    };
    const RELATIVE: &str =
        "Give the path below the base URL, such as /requests/8b0f3a52; the client adds the rest.";
    let trimmed = path.strip_prefix('/').unwrap_or(path);
    let first = trimmed.split('/').next().unwrap_or_default();
    if path.trim().is_empty() || trimmed.is_empty() {
        return refuse("is empty", RELATIVE);
    }
    if path
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() && c != ' ')
    {
        return refuse("contains a control character or a line break", RELATIVE);
    }
    if path.contains('\\') {
        return refuse("contains a backslash", RELATIVE);
    }
    if first.contains(':') || path.starts_with("//") || path.contains("://") {
        return refuse("is absolute", RELATIVE);
    }
    if path.contains(['?', '#']) {
        return refuse(
            "contains a query or a fragment",
            "Give the query as query parameters, and leave the fragment out. A ? or # within a value is written as %3F or %23.",
        );
    }
    if !has_whole_escapes(path) {
        return refuse(
            "contains a % that is no escape",
            "Percent-encode the values of the path: a % is written as %25.",
        );
    }
    let decoded = percent_decode_str(trimmed).decode_utf8_lossy();
    let is_dots = |part: &str| matches!(part, "." | "..");
    if decoded.split(['/', '\\']).any(is_dots) || decoded.chars().any(char::is_control) {
        return refuse(
            "contains a . or .. segment, or a control character",
            RELATIVE,
        );
    }
    if trimmed.split('/').any(|segment| segment.trim().is_empty()) {
        return refuse(
            "has an empty segment",
            "A value of the path may be missing: the request would reach another resource.",
        );
    }
    let version = base_url.rsplit('/').next().unwrap_or_default();
    let is_version = version.strip_prefix('v').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    });
    if is_version && first == version {
        return refuse(
            &format!("begins with /{version}, which the base URL ends with"),
            RELATIVE,
        );
    }
    let mut valid = String::with_capacity(trimmed.len() + 1);
    valid.push('/');
    valid.extend(utf8_percent_encode(trimmed, ENCODED));
    match valid.len() <= MAX_PATH {
        true => Ok(valid),
        false => refuse("is longer than 4096 bytes", RELATIVE),
    }
}

/// Reports whether each `%` begins an escape.
fn has_whole_escapes(path: &str) -> bool {
    path.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// The answer as JSON, or null where there is none.
fn answer(sender: &Sender, request: &PreparedRequest, received: Received) -> Result<Answer> {
    let is_empty = received.text.trim().is_empty();
    let has_none = request.method == Method::Head || matches!(received.status, 204 | 205);
    // Where only the close marks the end, an answer that was lost looks the same.
    if is_empty && !has_none && ends_by_close(&received.headers) {
        return Err(sender.unusable(cut_short(), &received, ""));
    }
    let mut text = match is_empty {
        true => "null".to_owned(),
        false => received.text.clone(),
    };
    replace_lone_surrogates(&mut text);
    let document = Document::of(text).map_err(|(text, error)| {
        let error = invoke::not_json(&text, &received.headers, &error);
        sender.unusable(error, &received, &text)
    })?;
    Ok(Answer::of(document))
}

#[cfg(test)]
mod tests;
