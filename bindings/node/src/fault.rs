//! Errors as data: JavaScript makes the exception.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::bindgen_prelude::Either;
use penbox_core::bindings::Language;
use penbox_core::{Error, Outcome};

/// An error's payload as JSON text.
pub(crate) fn json(error: &Error) -> String {
    error.payload_in(Language::Node).to_json()
}

/// What a panic is to the caller.
fn panicked() -> Error {
    Error::internal("the SDK failed while it worked on the call")
}

/// The payload of a panic on a worker thread: the request may have been sent.
pub(crate) fn panicked_in_flight() -> String {
    json(&panicked().with_outcome(Outcome::Unknown))
}

/// The error for an argument that was refused in JavaScript, in words of this language.
pub(crate) fn argument(message: String, hint: Option<String>) -> Error {
    let error = Error::invalid_argument(message);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// The payload of a refused setting, in words of this language.
pub(crate) fn setting(message: &str, hint: &str) -> String {
    json(&Error::config(message).with_hint(hint.to_owned()))
}

/// The value, or the payload of the error or of a panic: nothing unwinds into Node.
pub(crate) fn either<T>(work: impl FnOnce() -> Result<T, String>) -> Either<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Either::A(value),
        Ok(Err(payload)) => Either::B(payload),
        Err(_) => Either::B(json(&panicked())),
    }
}
