//! The caller's functions that remember which deliveries were accepted.

#![expect(unsafe_code, reason = "functions, pointers and text of C")]

use std::ffi::{CString, c_char, c_void};
use std::sync::Arc;
use std::time::Duration;

use penbox_core::webhook::{ReplayEntry, ReplayStore, StoreError};

use crate::owned::Owned;
use crate::reason;

/// A function that keeps the id of an accepted delivery for `lifetime_ms`, and returns 1. It returns 0 where the id is
/// kept already: the delivery is then refused as `replayed`. Of several calls at once with one id only one may return 1,
/// so it looks and keeps in one step: Redis's `SET id 1 NX PX lifetime_ms`, or an `INSERT` into a table whose column is
/// unique. Any other number is a failure: the delivery is refused with the reason `replay_store`, and the error is
/// retryable. It is -n for a text of n bytes in `reason`, which has room for `size` (1,024) and of which the error's
/// message has 200 characters, and others for none.
///
/// `id` has 43 letters, digits, `-` and `_`, and ends when the function returns. `user` is the pointer that was passed
/// with the function.
///
/// It runs on the thread of the call, on several at once where several threads verify. The library holds no lock
/// meanwhile. It may call the library, and free the verifier. It may neither throw nor `longjmp`.
pub type ReplayAdd = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        id: *const c_char,
        lifetime_ms: u64,
        reason: *mut c_char,
        size: usize,
    ) -> i64,
>;

/// A function that removes an id, so that the delivery is accepted again, and returns 0, also where there is no such id.
/// Any other number is a failure, as for `penbox_replay_add`, whose rules hold.
pub type ReplayRemove = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        id: *const c_char,
        reason: *mut c_char,
        size: usize,
    ) -> i64,
>;

/// A function that frees the `user` pointer of a store, once neither settings nor a verifier nor a running call has it
/// any more. It may run on any thread that frees the last of them.
pub type ReplayFree = Option<unsafe extern "C" fn(user: *mut c_void)>;

/// `ReplayAdd` without its `Option`.
type Add = unsafe extern "C" fn(*mut c_void, *const c_char, u64, *mut c_char, usize) -> i64;
/// `ReplayRemove` without its `Option`.
type Remove = unsafe extern "C" fn(*mut c_void, *const c_char, *mut c_char, usize) -> i64;

/// A store that calls functions of C.
#[derive(Clone)]
pub(crate) struct CallbackStore {
    add: Add,
    remove: Remove,
    owned: Arc<Owned>,
}

impl CallbackStore {
    /// Makes a store. Calls nothing yet.
    ///
    /// # Safety
    /// Both functions keep the rules of their types, and take this pointer, on any thread.
    pub(crate) unsafe fn new(add: Add, remove: Remove, owned: Owned) -> CallbackStore {
        CallbackStore {
            add,
            remove,
            owned: Arc::new(owned),
        }
    }
}

impl ReplayStore for CallbackStore {
    fn add(&self, entry: &ReplayEntry<'_>) -> Result<bool, StoreError> {
        let lifetime = milliseconds(entry.lifetime());
        let (result, failure) = run(entry.id(), |id, reason, size| {
            // SAFETY: the caller of `new` promised it; the rest lives until the function returns.
            unsafe { (self.add)(self.owned.user, id, lifetime, reason, size) }
        })?;
        match result {
            0 | 1 => Ok(result == 1),
            _ => Err(failure.into()),
        }
    }

    fn remove(&self, id: &str) -> Result<(), StoreError> {
        let (result, failure) = run(id, |id, reason, size| {
            // SAFETY: as in `add`.
            unsafe { (self.remove)(self.owned.user, id, reason, size) }
        })?;
        match result {
            0 => Ok(()),
            _ => Err(failure.into()),
        }
    }
}

/// Makes the id's text and the room for a reason. Returns what the function returned, with the text of its failure.
fn run(
    id: &str,
    call: impl FnOnce(*const c_char, *mut c_char, usize) -> i64,
) -> Result<(i64, String), StoreError> {
    let id = CString::new(id)?;
    let mut room = [0; reason::ROOM];
    let result = call(id.as_ptr(), room.as_mut_ptr().cast(), room.len());
    Ok((result, reason::read(result, &room)))
}

/// A time in milliseconds, rounded up: an entry that ended too early would accept a repeat.
fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
