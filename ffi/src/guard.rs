//! The boundary around every exported function: it catches panics and writes the outputs.

use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

use penbox_core::{Error as CoreError, Outcome, Result};

use crate::error::Error;
use crate::panics::{Inside, take_location};
use crate::status::Status;

/// A variable of the caller's for a handle. It need not be initialised. `None` is a NULL pointer.
pub(crate) type Out<'a, T> = Option<&'a mut MaybeUninit<*mut T>>;

/// Runs a fallible call and writes its handle to `out`, and its error to `err`. A NULL `out` is an error before `body`
/// runs.
pub(crate) fn make<T>(
    out: Out<'_, T>,
    err: Out<'_, Error>,
    body: impl FnOnce() -> Result<T>,
) -> Status {
    find(out, err, || body().map(Some))
}

/// Runs a fallible call that may have no result, as [`make`] does. Without a result `*out` is NULL.
pub(crate) fn find<T>(
    out: Out<'_, T>,
    err: Out<'_, Error>,
    body: impl FnOnce() -> Result<Option<T>>,
) -> Status {
    // Nothing is sent for a result that could not be returned.
    let (place, result) = match out {
        Some(place) => (Some(place), catch(body)),
        None => (None, Err(CoreError::invalid_argument("out is NULL"))),
    };
    let (made, failure) = match result {
        Ok(made) => (made, None),
        Err(error) => (None, Some(error)),
    };
    if let Some(place) = place {
        place.write(made.map_or(std::ptr::null_mut(), |made| Box::into_raw(Box::new(made))));
    }
    report(failure, err)
}

/// Runs a setter. A setter has no `err`, so its status is all that it reports.
pub(crate) fn set(body: impl FnOnce() -> Result<()>) -> Status {
    report(catch(body).err(), None)
}

/// Runs a fallible call without a result, and writes its error to `err`.
pub(crate) fn run(err: Out<'_, Error>, body: impl FnOnce() -> Result<()>) -> Status {
    report(catch(body).err(), err)
}

/// Runs a function that cannot fail. Returns `fallback` after a panic.
pub(crate) fn read<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    catch(|| Ok(body())).unwrap_or(fallback)
}

/// Runs `body` and turns a panic into an error of the kind `internal` that names the panic's location. The panic's
/// message is left out: it may quote data of the caller's.
fn catch<T>(body: impl FnOnce() -> Result<T>) -> Result<T> {
    let body = || {
        // From here on the hook recognises a panic as one of the SDK, and does not print it.
        let _inside = Inside::enter();
        #[cfg(feature = "test-hooks")]
        crate::hooks::panic_if_armed();
        body()
    };
    // A panic leaves nothing half done that a later call reads: locks are taken over though they are poisoned.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| {
        let place = take_location().map_or_else(String::new, |place| format!(" at {place}"));
        let message = format!("the SDK failed unexpectedly (a panic{place} was caught)");
        // Nobody knows how far the call went: it may have been sent.
        Err(CoreError::internal(message).with_outcome(Outcome::Unknown))
    })
}

/// Writes a failure to `err`, or NULL without one. Returns the status.
fn report(failure: Option<CoreError>, err: Out<'_, Error>) -> Status {
    // The statuses of C are the numbers of the core's kinds, and 0 is PENBOX_OK.
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
