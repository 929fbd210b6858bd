//! The members of errors that are text. Each belongs to the error and is NULL for NULL.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use std::ffi::{CStr, c_char};

use crate::error::{Error, Texts};
use crate::guard;

/// The error's kind, for a program to branch on: `rate_limit`, `not_found`, ... It is the same in every language.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_kind(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.kind))
}

/// The server's own message where there is one, else the SDK's. It has at most 512 characters; control characters are
/// escaped.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_message(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.message))
}

/// Advice on what to do next, where there is any.
///
/// Returns NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_hint(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.hint.as_deref())
}

/// The effect that the call may have had on the server: `not_sent`, `rejected` (it did not act), `unknown` (it may have
/// acted) or `done` (it acted, and its answer was lost).
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_outcome(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.outcome))
}

/// A finer cause within the kind: `dns`, `refused`, `truncated`, `decode`, `paused`, ... The page on errors lists them
/// all; more may be added, so match with a fallback.
///
/// Returns NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_reason(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.reason.as_deref())
}

/// The limit that passed, for a timeout: `resolve`, `connect`, `send`, `response`, `body` or `total`.
///
/// Returns NULL for other kinds than `PENBOX_ERROR_TIMEOUT`.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_phase(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.phase.as_deref())
}

/// The `error` member of the API's error body: the reason phrase, such as `Too Many Requests`.
///
/// Returns NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_title(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.title.as_deref())
}

/// The answer's body as text, at most 64 KiB, with the client's token blanked should the server echo it. It may hold
/// personal data.
///
/// Returns NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_body(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.body.as_deref())
}

/// The operation's id, such as `forms.create`.
///
/// Returns NULL if the error is not one of an operation.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_operation(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.operation.as_deref())
}

/// The HTTP method.
///
/// Returns NULL if the error is not one of an operation.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_method(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.method.as_deref())
}

/// The path template, such as `/forms/{id}`: never the path with its values. Of a request of your own it is the path
/// that was given, without its query.
///
/// Returns NULL if the error is not one of an operation.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_path(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.path.as_deref())
}

/// The id that the server gave the request in `x-request-id`, if it did (inferred: no such header is documented).
///
/// Returns NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_request_id(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.request_id.as_deref())
}

/// The time of the error, ISO 8601 in UTC.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_occurred_at(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.occurred_at))
}

/// Returns the whole error on one line, for logs: message, facts and hint.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_text(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.text))
}

/// Returns every member as one JSON object, for structured logs.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_json(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.json))
}

/// The text that Penbox's support asks for: endpoint, time, messages and the token's name, never the token.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_support_report(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.support_report))
}

/// The failed call as a line for a shell: `curl` with the method, the whole address and the headers. The token is
/// `$PENBOX_API_TOKEN`, and a body is read from `body.json` (an upload's file from `FILE`), since bodies hold contacts.
/// The address has its query, which may name a contact. Extra headers of the call are left out. Absent where no request
/// was made.
///
/// Returns NULL if no request was made. It is no part of `penbox_error_json`, which programs log.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_curl(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.curl.as_deref())
}

/// Returns a text of an error, or NULL for one that it does not have, and for NULL.
fn text<'e>(
    error: Option<&'e Error>,
    member: impl FnOnce(&'e Texts) -> Option<&'e CStr>,
) -> *const c_char {
    guard::read(std::ptr::null(), || {
        error
            .and_then(|error| member(&error.texts))
            .map_or(std::ptr::null(), CStr::as_ptr)
    })
}
