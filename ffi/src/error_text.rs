//! The members of errors that are text. They belong to the error, and are NULL for NULL.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use std::ffi::{CStr, c_char};

use crate::error::{Error, Texts};
use crate::guard;

/// The kind's name: `rate_limit` for `PENBOX_ERROR_RATE_LIMIT`.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_kind(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.kind))
}

/// The server's own message where there is one, else the SDK's.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_message(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.message))
}

/// What to do next. NULL where there is no advice.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_hint(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.hint.as_deref())
}

/// Whether the request may have had an effect: `not_sent`, `rejected` (the server did not act), `unknown` (it may have acted)
/// or `done` (it acted, and its answer was lost).
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_outcome(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.outcome))
}

/// A finer cause within the kind: `dns`, `refused`, `decode`, `pagination_loop`, ... NULL where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_reason(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.reason.as_deref())
}

/// Which limit passed, for `PENBOX_ERROR_TIMEOUT`: `resolve`, `connect`, `send`, `response`, `body` or `total`. Else NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_phase(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.phase.as_deref())
}

/// The `error` member of the API's error body, such as `Too Many Requests`. NULL where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_title(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.title.as_deref())
}

/// The answer's body as text, at most 64 KiB. NULL where there was none.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_body(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.body.as_deref())
}

/// The operation's id, such as `forms.create`. NULL outside of operations.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_operation(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.operation.as_deref())
}

/// The HTTP method. NULL outside of operations.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_method(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.method.as_deref())
}

/// The path template, such as `/forms/{id}`: never the path with its values. NULL outside of operations.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_path(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.path.as_deref())
}

/// The id that the server gave the request in `x-request-id` (inferred: no such header is documented). NULL where it did not.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_request_id(error: Option<&Error>) -> *const c_char {
    text(error, |texts| texts.request_id.as_deref())
}

/// When it happened, ISO 8601 in UTC.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_occurred_at(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.occurred_at))
}

/// The whole error on one line: message, facts and hint. For logs.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_text(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.text))
}

/// Every member as one JSON object. For structured logs.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_json(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.json))
}

/// The text that Penbox's support asks for: endpoint, time, messages and the token's name, never the token.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_support_report(error: Option<&Error>) -> *const c_char {
    text(error, |texts| Some(&texts.support_report))
}

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
