//! The error of an answer whose status is not 2xx.

use http::HeaderMap;
use http::header::LOCATION;

use crate::auth::Token;
use crate::error::{Error, ErrorKind, MAX_BODY, MAX_MESSAGE, Outcome, Reason};
use crate::system;
use crate::transport::Reply;

use super::error_body::ErrorBody;
use super::{headers, retry_after};

/// Makes the error of an answer whose status is not 2xx. At most `limit` bytes of its body are read.
pub(crate) fn failure(token: &Token, reply: &mut Reply, limit: usize) -> Error {
    let status = reply.status;
    let kind = ErrorKind::of_status(status);
    let body = ErrorBody::read(&mut *reply.body, limit);
    let title = body.title.as_deref();
    let message = match (kind, body.message.as_deref().or(title)) {
        (ErrorKind::Response, _) if (300..=399).contains(&status) => {
            redirect(token, &reply.headers)
        }
        (ErrorKind::Response, _) => format!("the server answered with the status {status}"),
        (_, Some(text)) => token.shown(text, MAX_MESSAGE),
        (_, None) => format!("the server answered with the status {}", phrase(status)),
    };
    let mut error = Error::new(kind, message)
        .with_status(status, title.map(|title| token.shown(title, 128)))
        .with_outcome(Outcome::of_status(status))
        .with_retry_after(retry_after::wait(
            &reply.headers,
            body.retry_after,
            system::date(),
        ))
        .with_request_id(request_id(token, &reply.headers))
        .with_headers(headers::shown(token, &reply.headers))
        .with_attempts(1);
    if kind == ErrorKind::Response {
        let redirected = (300..=399).contains(&status);
        error = error.with_reason(if redirected {
            Reason::Redirect
        } else {
            Reason::Protocol
        });
    }
    with_masked_body(token, error, &body.beginning)
}

/// Adds the beginning of the answer's body to an error, as much as an error keeps.
pub(crate) fn with_body(token: &Token, error: Error, reply: &mut Reply) -> Error {
    let body = ErrorBody::read(&mut *reply.body, MAX_BODY);
    with_masked_body(token, error, &body.beginning)
}

/// Adds a body to an error. A token that the server repeats in it is masked.
fn with_masked_body(token: &Token, error: Error, body: &[u8]) -> Error {
    match body.is_empty() {
        true => error,
        false => error.with_body(token.blank(&String::from_utf8_lossy(body))),
    }
}

/// The message for a redirect. It names the target without its query and its login, which may hold secrets.
fn redirect(token: &Token, headers: &HeaderMap) -> String {
    let target = headers
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("nowhere");
    let target = target.split(['?', '#']).next().unwrap_or_default();
    // The part before an @ may be a user name and a password.
    let target = target.rsplit('@').next().unwrap_or_default();
    format!(
        "the server redirects to {}, which is not followed",
        token.shown(target, 200)
    )
}

/// The status with its standard reason phrase, if it has one. The server's own phrase is not shown: it may be any text.
fn phrase(status: u16) -> String {
    match http::StatusCode::from_u16(status)
        .ok()
        .and_then(|code| code.canonical_reason())
    {
        Some(reason) => format!("{status} {reason}"),
        None => status.to_string(),
    }
}

/// The id that the server gave the request. The documentation names no such header, so the usual one is read.
pub(crate) fn request_id(token: &Token, headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-request-id")?.to_str().ok()?;
    (!id.is_empty()).then(|| token.shown(id, 128))
}
