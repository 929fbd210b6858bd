//! Tokens that end calls.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use penbox_core::CancelToken;

use crate::guard;

/// Ends calls from another thread: one token for any number of calls. Any number of threads may use one at the same time.
pub struct Cancel(pub(crate) CancelToken);

/// A token that was not triggered. Calls get it by `penbox_options_set_cancel`. NULL only without memory.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_cancel_new() -> Option<Box<Cancel>> {
    guard::read(None, || Some(Box::new(Cancel(CancelToken::new()))))
}

/// Another handle of the same token, for a thread or a module that frees its own. NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_cancel_clone(cancel: Option<&Cancel>) -> Option<Box<Cancel>> {
    guard::read(None, || Some(Box::new(Cancel(cancel?.0.clone()))))
}

/// Ends every call that has this token, and those that are begun with it from now on: with `PENBOX_ERROR_CANCELLED`, and the
/// outcome that is known by then. Other calls of the same client go on. From any thread, but not from a signal handler. NULL is
/// fine, and so is a second time; a token stays triggered.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_cancel_trigger(cancel: Option<&Cancel>) {
    guard::read((), || {
        if let Some(cancel) = cancel {
            cancel.0.cancel();
        }
    });
}

/// Whether it was triggered. false for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_cancel_is_triggered(cancel: Option<&Cancel>) -> bool {
    guard::read(false, || {
        cancel.is_some_and(|cancel| cancel.0.is_cancelled())
    })
}

/// Frees a handle. Calls and options that have the token keep it. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_cancel_free(cancel: Option<Box<Cancel>>) {
    guard::read((), move || drop(cancel));
}
