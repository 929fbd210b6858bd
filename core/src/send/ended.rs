//! The errors of calls that end before an attempt, or between two.

use super::suspension::must_end;
use crate::cancel::{CancelCause, CancelScope};
use crate::error::{Error, ErrorKind, Outcome, name};

/// The error of a call that was cancelled before its first attempt or between two attempts.
pub(crate) fn cancelled(cause: CancelCause) -> Error {
    match cause {
        CancelCause::Client => Error::new(ErrorKind::Closed, "the client was closed"),
        CancelCause::Call => Error::new(ErrorKind::Cancelled, "the call was cancelled"),
    }
}

/// The error of a call that was cancelled, or else whose time is over, before an attempt is sent.
pub(crate) fn over(cancel: &CancelScope) -> Error {
    cancel.cause().map_or_else(late, cancelled)
}

/// Returns the error of a call that ended while it waited for its first thread. It has read no parameter and opened no file.
pub(crate) fn over_before_start(cancel: &CancelScope) -> Option<Error> {
    (cancel.cause().is_some() || must_end()).then(|| over(cancel))
}

/// The error of a call whose time was over before it could be sent.
fn late() -> Error {
    let error = Error::new(
        ErrorKind::Timeout,
        "the time of the call was over before it could be sent",
    )
    .with_phase("total")
    .with_outcome(Outcome::NotSent);
    match must_end() {
        false => error,
        true => error.with_hint(concat!(
            "No thread was free for it: give the call more time with ",
            name!("option.timeout"),
            ", or the client more calls at a time with ",
            name!("max_workers"),
            "."
        )),
    }
}
