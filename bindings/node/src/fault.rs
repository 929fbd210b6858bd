//! Errors as data: JavaScript makes the exception.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::bindgen_prelude::Either;
use penbox_core::{Client, Error, Outcome};
use serde_json::Value;

/// An error's payload as JSON text.
pub(crate) fn json(error: &Error) -> String {
    error.payload().to_json()
}

/// What a panic is to the caller.
fn panicked() -> Error {
    Error::internal("the SDK failed while it worked on the call")
}

/// The payload of a panic on a worker thread: the request may have been sent.
pub(crate) fn panicked_in_flight() -> String {
    let error = panicked();
    let mut payload = error.payload();
    let unknown = Outcome::Unknown.name();
    for text in [&mut payload.text, &mut payload.support_report] {
        *text = text.replace(payload.outcome, unknown);
    }
    payload.outcome = unknown;
    payload.to_json()
}

/// The payload of a refused setting, in words of this language.
pub(crate) fn setting(message: &str, hint: &str) -> String {
    let Err(error) = Client::builder().set("token", Value::Null).build() else {
        return json(&panicked());
    };
    let mut payload = error.payload();
    let text = payload.text.replace(payload.message, message);
    payload.text = match payload.hint {
        Some(old) => text.replace(old, hint),
        None => format!("{text}. {hint}"),
    };
    payload.support_report = payload.support_report.replace(payload.message, message);
    payload.message = message;
    payload.hint = Some(hint);
    payload.to_json()
}

/// The value, or the payload of the error or of a panic: nothing unwinds into Node.
pub(crate) fn either<T>(work: impl FnOnce() -> Result<T, String>) -> Either<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Either::A(value),
        Ok(Err(payload)) => Either::B(payload),
        Err(_) => Either::B(json(&panicked())),
    }
}
