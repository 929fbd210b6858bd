//! The members of errors that are text. Each belongs to the error and is NULL for NULL.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use std::ffi::{CStr, c_char};

use crate::error::{Error, Texts};
use crate::guard;

/// Returns the name of the kind: `rate_limit` for `PENBOX_ERROR_RATE_LIMIT`.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_kind(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.kind))
}

/// Returns the server's message, or the SDK's own if the server sent none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_message(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.message))
}

/// Returns advice for the next step, or NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_hint(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.hint.as_deref())
}

/// Returns the outcome of the request, which says if it may have had an effect: `not_sent`, `rejected` (the server did
/// not act), `unknown` (it may have acted) or `done` (it acted, and its answer was lost).
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_outcome(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.outcome))
}

/// Returns a finer cause within the kind, such as `dns`, `refused`, `decode` or `pagination_loop`. Returns NULL if
/// there is none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_reason(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.reason.as_deref())
}

/// Returns the phase whose time limit passed, for `PENBOX_ERROR_TIMEOUT`: `resolve`, `connect`, `send`, `response`,
/// `body` or `total`. Returns NULL for other kinds.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_phase(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.phase.as_deref())
}

/// Returns the `error` member of the API's error body, such as `Too Many Requests`. Returns NULL if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_title(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.title.as_deref())
}

/// Returns the body of the answer as text, at most 64 KiB. Returns NULL if there was none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_body(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.body.as_deref())
}

/// Returns the id of the operation, such as `forms.create`. Returns NULL if the error is not one of an operation.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_operation(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.operation.as_deref())
}

/// Returns the HTTP method. Returns NULL if the error is not one of an operation.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_method(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.method.as_deref())
}

/// Returns the path template, such as `/forms/{id}`, and never the path with its values. Returns NULL if the error is
/// not one of an operation.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_path(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.path.as_deref())
}

/// Returns the id that the server gave the request in `x-request-id` (inferred: no such header is documented). Returns
/// NULL if it gave none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_request_id(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.request_id.as_deref())
}

/// Returns the time of the error, ISO 8601 in UTC.
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

/// Returns a report for Penbox's support: endpoint, time, messages and the token's name, never the token.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_support_report(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.support_report))
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
