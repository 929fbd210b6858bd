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

/// The HTTP status, if the server answered.
///
/// Returns 0 if the server did not answer, and for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_http_status(error: Option<&Error>) -> i32 {
    guard::read(0, || error.map_or(0, |error| error.http_status))
}

/// The number of requests that were sent or tried.
///
/// Returns 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_attempts(error: Option<&Error>) -> u32 {
    guard::read(0, || error.map_or(0, |error| error.attempts))
}

/// The wait that the server requested, from the body's `retryAfter` or the `Retry-After` header, whichever is longer.
/// It has no upper limit; zero is "at once". For a call that was refused unsent it is the time until the call may be
/// sent. In milliseconds.
///
/// Returns -1 if there is none, and for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_retry_after_ms(error: Option<&Error>) -> i64 {
    guard::read(-1, || error.map_or(-1, |error| error.retry_after_ms))
}

/// True if the same call may succeed later and repeating it cannot act twice. False for an upload whose source was read
/// and cannot be read again.
///
/// Returns false for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_retryable(error: Option<&Error>) -> bool {
    guard::read(false, || error.is_some_and(|error| error.retryable))
}

/// Frees an error with its texts. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_free(error: Option<Box<Error>>) {
    guard::read((), move || drop(error));
}
