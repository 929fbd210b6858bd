//! The members of errors that are numbers and flags.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use crate::error::Error;
use crate::guard;
use crate::status::Status;

/// Returns the status of the failed call, which is the number of the error's kind. Returns `PENBOX_OK` for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_status(error: Option<&Error>) -> Status {
    guard::read(0, || error.map_or(0, |error| error.status))
}

/// Returns the HTTP status of the answer. Returns 0 if the server did not answer, and for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_http_status(error: Option<&Error>) -> i32 {
    guard::read(0, || error.map_or(0, |error| error.http_status))
}

/// Returns the number of requests that the call sent or tried to send. Returns 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_attempts(error: Option<&Error>) -> u32 {
    guard::read(0, || error.map_or(0, |error| error.attempts))
}

/// Returns the wait that the server asked for, in milliseconds. Returns -1 if it asked for none, and for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_retry_after_ms(error: Option<&Error>) -> i64 {
    guard::read(-1, || error.map_or(-1, |error| error.retry_after_ms))
}

/// Returns true if the same call may succeed later and repeating it cannot act twice. Returns false if not, and for
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_retryable(error: Option<&Error>) -> bool {
    guard::read(false, || error.is_some_and(|error| error.retryable))
}

/// Frees an error with its texts. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_free(error: Option<Box<Error>>) {
    guard::read((), move || drop(error));
}
