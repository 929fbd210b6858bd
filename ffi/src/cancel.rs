//! Tokens that cancel calls.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use penbox_core::CancelToken;

use crate::guard;

/// A token that cancels calls from another thread. Any number of calls may have one token, and any number of threads
/// may use it at the same time.
pub struct Cancel(pub(crate) CancelToken);

/// Makes a token that is not triggered. `penbox_options_set_cancel` gives it to a call. Returns NULL only if there is
/// no memory.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_cancel_new() -> Option<Box<Cancel>> {
    guard::read(None, || Some(Box::new(Cancel(CancelToken::new()))))
}

/// Makes another handle of the same token, for a thread or a module that frees its own. Returns NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_cancel_clone(cancel: Option<&Cancel>) -> Option<Box<Cancel>> {
    guard::read(None, || Some(Box::new(Cancel(cancel?.0.clone()))))
}

/// Cancels every call that has this token, and every later call that gets it. Each ends with `PENBOX_ERROR_CANCELLED`
/// and the outcome that is known by then. Other calls of the same client go on. A token stays triggered. Any thread may
/// call this, but a signal handler may not. NULL does nothing, and repeating it is harmless.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_cancel_trigger(cancel: Option<&Cancel>) {
    guard::read((), || {
        if let Some(cancel) = cancel {
            cancel.0.cancel();
        }
    });
}

/// Returns true if the token was triggered, and false if not or for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_cancel_is_triggered(cancel: Option<&Cancel>) -> bool {
    guard::read(false, || {
        cancel.is_some_and(|cancel| cancel.0.is_cancelled())
    })
}

/// Frees a handle. Calls and options that have the token keep it. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_cancel_free(cancel: Option<Box<Cancel>>) {
    guard::read((), move || drop(cancel));
}
