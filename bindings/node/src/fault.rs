//! Errors as JSON payloads, from which JavaScript makes the exceptions.

use std::panic::{AssertUnwindSafe, catch_unwind};

use napi::bindgen_prelude::Either;
use penbox_core::Error;
use penbox_core::bindings::Language;

/// The payload of an error, as JSON text.
pub(crate) fn json(error: &Error) -> String {
    error.payload_in(Language::Node).to_json_with_curl()
}

/// The error for a panic.
fn panicked() -> Error {
    Error::internal("the SDK failed while it worked on the call")
}

/// The error for an argument that JavaScript refused itself.
pub(crate) fn argument(message: String, hint: Option<String>) -> Error {
    let error = Error::invalid_argument(message);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// The payload of the error for a setting that this binding refuses.
pub(crate) fn setting(message: &str, hint: &str) -> String {
    json(&Error::config(message).with_hint(hint.to_owned()))
}

/// Runs work on the JavaScript thread: its value, or the payload of its error. A panic becomes a payload too, for it must not
/// unwind into Node.
pub(crate) fn either<T>(work: impl FnOnce() -> Result<T, String>) -> Either<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Either::A(value),
        Ok(Err(payload)) => Either::B(payload),
        Err(_) => Either::B(json(&panicked())),
    }
}
