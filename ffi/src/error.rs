//! The error of a call, with its members as C reads them.

use std::ffi::CString;

use penbox_core::Error as CoreError;
use penbox_core::bindings::Language;

use crate::status::Status;

/// The error of a call that failed: its cause, the outcome of the request, and advice. It never holds the token.
pub struct Error {
    /// The number of the kind.
    pub(crate) status: Status,
    /// The HTTP status, or 0 without an answer.
    pub(crate) http_status: i32,
    /// The number of requests that were tried.
    pub(crate) attempts: u32,
    /// The server's `Retry-After` in milliseconds, or -1 without one.
    pub(crate) retry_after_ms: i64,
    /// True if a later call may succeed and cannot act twice.
    pub(crate) retryable: bool,
    pub(crate) texts: Texts,
}

/// The members that are text, as C strings: they are made once and keep their addresses as long as the error.
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
    pub(crate) curl: Option<CString>,
    /// The headers of the answer, by their names in lower case.
    pub(crate) headers: Vec<(CString, CString)>,
}

impl Error {
    /// Copies an error of the core. Texts name settings and options as C does.
    pub(crate) fn new(error: &CoreError) -> Error {
        let mut payload = error.payload_in(Language::C);
        // Its JSON is written to logs, and a header may be a cookie.
        let headers = payload.headers.take();
        Error {
            status: payload.code,
            // C has no optional numbers. No HTTP status is 0, and no wait is negative.
            http_status: payload.http_status.map_or(0, i32::from),
            attempts: payload.attempts,
            // A wait beyond i64 becomes the longest one, for -1 means that there is none.
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
                curl: payload.curl.as_deref().map(string),
                headers: headers
                    .iter()
                    .flatten()
                    .map(|(name, value)| (string(name), string(value)))
                    .collect(),
            },
        }
    }
}

/// Makes a C string. A NUL character, which only a server's body can hold, becomes U+FFFD: it would cut the text short.
fn string(text: &str) -> CString {
    CString::new(text)
        .or_else(|_| CString::new(text.replace('\0', "\u{fffd}")))
        .unwrap_or_default()
}
