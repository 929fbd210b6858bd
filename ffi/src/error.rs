//! Errors: what went wrong, as plain members.

use std::ffi::CString;

use penbox_core::Error as CoreError;
use penbox_core::bindings::Language;

use crate::status::Status;

/// Why a call failed, what became of the request, and what to do next. It never holds the token.
pub struct Error {
    pub(crate) status: Status,
    pub(crate) http_status: i32,
    pub(crate) attempts: u32,
    pub(crate) retry_after_ms: i64,
    pub(crate) retryable: bool,
    pub(crate) texts: Texts,
}

/// The members that are text.
pub(crate) struct Texts {
    pub(crate) kind: CString,
    pub(crate) message: CString,
    pub(crate) outcome: CString,
    pub(crate) occurred_at: CString,
    pub(crate) text: CString,
    pub(crate) support_report: CString,
    pub(crate) json: CString,
    pub(crate) hint: Option<CString>,
    pub(crate) reason: Option<CString>,
    pub(crate) phase: Option<CString>,
    pub(crate) title: Option<CString>,
    pub(crate) body: Option<CString>,
    pub(crate) operation: Option<CString>,
    pub(crate) method: Option<CString>,
    pub(crate) path: Option<CString>,
    pub(crate) request_id: Option<CString>,
}

impl Error {
    pub(crate) fn new(error: &CoreError) -> Error {
        let payload = error.payload_in(Language::C);
        Error {
            status: payload.code,
            http_status: payload.http_status.map_or(0, i32::from),
            attempts: payload.attempts,
            retry_after_ms: payload
                .retry_after_ms
                .map_or(-1, |wait| i64::try_from(wait).unwrap_or(i64::MAX)),
            retryable: payload.retryable,
            texts: Texts {
                kind: string(payload.kind),
                message: string(&payload.message),
                outcome: string(payload.outcome),
                occurred_at: string(&payload.occurred_at),
                text: string(&payload.text),
                support_report: string(&payload.support_report),
                json: string(&payload.to_json()),
                hint: payload.hint.as_deref().map(string),
                reason: payload.reason.map(string),
                phase: payload.phase.map(string),
                title: payload.title.map(string),
                body: payload.body.map(string),
                operation: payload.operation.map(string),
                method: payload.method.map(string),
                path: payload.path.map(string),
                request_id: payload.request_id.map(string),
            },
        }
    }
}

/// A C string. A NUL character, which only a server's body can hold, becomes U+FFFD rather than an end.
fn string(text: &str) -> CString {
    CString::new(text)
        .or_else(|_| CString::new(text.replace('\0', "\u{fffd}")))
        .unwrap_or_default()
}
