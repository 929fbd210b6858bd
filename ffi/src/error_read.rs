//! The members of errors that are numbers and flags.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use crate::error::Error;
use crate::guard;
use crate::status::Status;

/// The call's status, which is the number of the error's kind. `PENBOX_OK` for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_status(error: Option<&Error>) -> Status {
    guard::read(0, || error.map_or(0, |error| error.status))
}

/// The HTTP status; 0 where the server did not answer.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_http_status(error: Option<&Error>) -> i32 {
    guard::read(0, || error.map_or(0, |error| error.http_status))
}

/// How many requests were sent or tried.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_attempts(error: Option<&Error>) -> u32 {
    guard::read(0, || error.map_or(0, |error| error.attempts))
}

/// How long the server asked to wait, in milliseconds; -1 where it did not.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_retry_after_ms(error: Option<&Error>) -> i64 {
    guard::read(-1, || error.map_or(-1, |error| error.retry_after_ms))
}

/// Whether the same call may succeed later and repeating it cannot act twice.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_retryable(error: Option<&Error>) -> bool {
    guard::read(false, || error.is_some_and(|error| error.retryable))
}

/// Frees an error. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_error_free(error: Option<Box<Error>>) {
    guard::read((), move || drop(error));
}
