//! The checks of a whole request before its first attempt: its head is not too large, and the token is in no other place than its
//! header.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::options::CallOptions;
use super::request::PreparedRequest;
use crate::auth::Token;
use crate::config::Settings;
use crate::error::{Error, Result, name, printable};

/// The most bytes of a head. Servers that accept more than usual stop there: AWS's load balancers take 64 KiB in all, where nginx and
/// Node take 8 to 16 KiB by default. A larger head is a mistake, which no server would name.
pub(super) const MAX_HEAD: usize = 64 * 1024;
/// More bytes than the headers take that are alike in every request, the values of the token and the `User-Agent` aside.
const FIXED_HEADERS: usize = 384;

/// Checks a request with its options. Returns a size that its head does not exceed.
pub(super) fn check(
    settings: &Settings,
    token: &Token,
    target: &PreparedRequest,
    options: &CallOptions,
) -> Result<usize> {
    if let Some(place) = place_of_token(token, target, options) {
        let message = format!(
            "{place} holds this client's token, which is sent in no other place than the Authorization header"
        );
        return Err(Error::invalid_argument(message)
            .with_hint("Leave the token out: the client sends it with every request."));
    }
    let extra = options.headers.iter();
    let extra: usize = extra
        .map(|(name, value)| name.len() + value.len() + 4)
        .sum();
    // The address is in the first line, and its host in a header.
    let size = settings.base_url.as_str().len() * 2
        + target.path_and_query.len()
        + token.header().len()
        + settings.user_agent.len()
        + extra
        + FIXED_HEADERS;
    match size <= MAX_HEAD {
        true => Ok(size),
        false => Err(too_large(target.path_and_query.len(), extra, options)),
    }
}

/// The error of a head that is too large. It names the part that takes most of it.
fn too_large(path_and_query: usize, extra: usize, options: &CallOptions) -> Error {
    if path_and_query >= extra {
        let message = format!(
            "the path and the query have {path_and_query} bytes, which do not fit into the {MAX_HEAD} bytes of a request's head"
        );
        return Error::invalid_argument(message).with_hint(concat!(
            "Give fewer values in one call, and the others in further calls. What ",
            name!("option.query"),
            " adds counts, too."
        ));
    }
    let sizes = options.headers.iter();
    let sizes = sizes.map(|(name, value)| (name.len() + value.len(), name));
    let message = match sizes.max() {
        Some((size, name)) if size >= extra / 2 => format!(
            "the extra header {} has {size} bytes, which do not fit into the {MAX_HEAD} bytes of a request's head",
            printable(name, 80)
        ),
        _ => format!(
            "the {} extra headers have {extra} bytes, which do not fit into the {MAX_HEAD} bytes of a request's head",
            options.headers.len()
        ),
    };
    Error::invalid_argument(message).with_hint(concat!(
        "Give less in ",
        name!("option.headers"),
        ": many servers take no more than 8 KiB."
    ))
}

/// The part of a request that holds the token, if one does.
fn place_of_token(
    token: &Token,
    target: &PreparedRequest,
    options: &CallOptions,
) -> Option<String> {
    for (name, value) in &options.headers {
        if token.is_in(name) {
            return Some("the name of an extra header".to_owned());
        }
        if token.is_in(value) {
            return Some(format!("the extra header {}", token.shown(name, 80)));
        }
    }
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    if token.is_in(&decoded(&target.path_and_query)) {
        let (_, query) = target.path_and_query.split_once('?').unwrap_or_default();
        let holds = |pair: &&str| token.is_in(&decoded(pair));
        return Some(match query.split('&').find(holds) {
            None => "the path".to_owned(),
            Some(pair) => {
                let name = decoded(pair.split('=').next().unwrap_or_default());
                format!("the parameter {}", token.shown(&name, 80))
            }
        });
    }
    let holds = |(_, value): &&(String, String)| token.is_in(value);
    if let Some((name, _)) = target.form.iter().find(holds) {
        return Some(format!("the parameter {name}"));
    }
    let body = std::str::from_utf8(target.body.as_deref()?).ok()?;
    if !token.is_in(body) {
        return None;
    }
    let mut path = Vec::new();
    let found = serde_json::from_str(body).is_ok_and(|body| find(token, &body, &mut path));
    Some(match found {
        true => format!("the parameter {}", token.shown(&path.join("."), 80)),
        false => "the body".to_owned(),
    })
}

/// Finds the token in a value, and leaves the path to it in `path`.
fn find(token: &Token, value: &Value, path: &mut Vec<String>) -> bool {
    let mut step = |name: String, value: &Value| {
        let is_name = token.is_in(&name);
        path.push(name);
        let found = is_name || find(token, value, path);
        if !found {
            path.pop();
        }
        found
    };
    match value {
        Value::String(text) => token.is_in(text),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .any(|(at, item)| step(at.to_string(), item)),
        Value::Object(members) => members
            .iter()
            .any(|(name, member)| step(name.clone(), member)),
        _ => false,
    }
}
