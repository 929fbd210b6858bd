//! The headers of a request.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};

use super::options::CallOptions;
use super::request::PreparedRequest;
use crate::auth::Token;
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result, name};
use crate::headers::Headers;

/// The headers of a request: the caller's extra ones and the client's own.
pub(crate) fn of(
    settings: &Settings,
    token: &Token,
    target: &PreparedRequest,
    options: &CallOptions,
) -> Result<HeaderMap> {
    let mut headers = HeaderMap::with_capacity(8);
    for (name, value) in &options.headers {
        let (name, value) = valid_header(name, value)?;
        headers.append(name, value);
    }
    headers.insert(AUTHORIZATION, token.header());
    headers.insert(ACCEPT, HeaderValue::from_static(target.accept));
    let agent = HeaderValue::from_str(&settings.user_agent).map_err(|_| {
        Error::config(concat!(
            "the setting ",
            name!("user_agent_suffix"),
            " holds a character that no header may hold"
        ))
    })?;
    headers.insert(USER_AGENT, agent);
    if target.body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(headers)
}

/// The text of a header from a server. Many send names as raw UTF-8, which `HeaderValue::to_str` refuses; bytes that are no UTF-8 are
/// ISO-8859-1, as browsers read them.
pub(crate) fn text(value: &HeaderValue) -> Cow<'_, str> {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.into(),
        Err(_) => value.as_bytes().iter().copied().map(char::from).collect(),
    }
}

/// The headers of an answer for a caller: texts, in which the token is blanked.
pub(super) fn shown(token: &Token, headers: &HeaderMap) -> Headers {
    let pairs = headers.iter();
    let shown = pairs.map(|(name, value)| (name.as_str().to_owned(), token.blank(&text(value))));
    shown.collect()
}

/// Headers that a caller must not set. They name the server, carry the token, frame the message or decide how the answer is
/// read: a second value would contradict what the client sends and expects.
const RESERVED: &[&str] = &[
    "accept",
    "authorization",
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "accept-encoding",
    "user-agent",
    "expect",
    "upgrade",
    "te",
    "trailer",
    "proxy-authorization",
    "cookie",
];

/// Validates an extra header of a call or of a hook. The error repeats no value, which may be a secret.
pub(super) fn valid_header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue)> {
    let refuse = |what: &str| {
        Error::new(
            ErrorKind::InvalidArgument,
            format!("an extra header {what}"),
        )
    };
    let parsed = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| refuse("has a name that is not valid"))?;
    if RESERVED.contains(&parsed.as_str()) {
        return Err(refuse(&format!(
            "must not be {}: the client sets it",
            parsed.as_str()
        )));
    }
    let value = HeaderValue::from_str(value)
        .map_err(|_| refuse("holds a character that no header may hold"))?;
    Ok((parsed, value))
}
