//! The boundary: what every exported function runs in. Panics end here, and outputs are written here.

use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

use penbox_core::{Error as CoreError, Outcome, Result};

use crate::error::Error;
use crate::panics::{Inside, take_place};
use crate::status::Status;

/// A place for a handle that the caller owns and need not have initialised; `None` is a NULL pointer.
pub(crate) type Out<'a, T> = Option<&'a mut MaybeUninit<*mut T>>;

/// Runs a fallible call that makes a handle.
pub(crate) fn make<T>(
    out: Out<'_, T>,
    err: Out<'_, Error>,
    body: impl FnOnce() -> Result<T>,
) -> Status {
    find(out, err, || body().map(Some))
}

/// Runs a fallible call that may find nothing: then `*out` is NULL.
pub(crate) fn find<T>(
    out: Out<'_, T>,
    err: Out<'_, Error>,
    body: impl FnOnce() -> Result<Option<T>>,
) -> Status {
    let (place, result) = match out {
        Some(place) => (Some(place), caught(body)),
        None => (None, Err(CoreError::invalid_argument("out is NULL"))),
    };
    let (made, failure) = match result {
        Ok(made) => (made, None),
        Err(error) => (None, Some(error)),
    };
    if let Some(place) = place {
        place.write(made.map_or(std::ptr::null_mut(), |made| Box::into_raw(Box::new(made))));
    }
    settle(failure, err)
}

/// Runs a setter: it has no error object, the status says it all.
pub(crate) fn set(body: impl FnOnce() -> Result<()>) -> Status {
    settle(caught(body).err(), None)
}

/// Runs a function that cannot fail; `fallback` is what it gives after a panic.
pub(crate) fn read<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    caught(|| Ok(body())).unwrap_or(fallback)
}

/// Turns a panic into an error that says where it was. Its message is left out: it may quote what it stumbled over.
fn caught<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    let body = || {
        let _inside = Inside::enter();
        #[cfg(feature = "test-hooks")]
        crate::hooks::trip();
        body()
    };
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        let place = take_place().map_or_else(String::new, |place| format!(" at {place}"));
        let message = format!("the SDK failed unexpectedly (a panic{place} was caught)");
        Err(CoreError::internal(message).with_outcome(Outcome::Unknown))
    })
}

fn settle(failure: Option<CoreError>, err: Out<'_, Error>) -> Status {
    let status = failure
        .as_ref()
        .map_or(0, |failure| failure.kind() as Status);
    if let Some(place) = err {
        place.write(failure.map_or(std::ptr::null_mut(), |failure| {
            Box::into_raw(Box::new(Error::new(&failure)))
        }));
    }
    status
}
