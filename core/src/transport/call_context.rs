//! What the connection under a call has to know of it.

use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::auth::SECRET;
use crate::cancel::{CancelCause, CancelScope};
use crate::error::ErrorKind;
use crate::system;

use http::HeaderValue;

use super::echo::{self, Echo};
use super::error::TransportError;

/// How far a call may reach: what ends it early, and its limit for a name, and again for a connection.
#[derive(Debug, Default)]
pub(crate) struct CallContext {
    pub(crate) cancel: CancelScope,
    pub(crate) connect: Duration,
    /// An answer said two things of its length: who knows what follows it on the connection.
    is_spoiled: AtomicBool,
    /// When it was asked last.
    asked: Mutex<Option<Instant>>,
    credential: Mutex<Credential>,
}

/// The token of a call, on its way to the wire.
#[derive(Debug, Default)]
struct Credential {
    /// The header's value, until a head has taken it.
    pending: Option<HeaderValue>,
    /// The same, kept for answers that repeat it.
    sent: Option<HeaderValue>,
    echo: Echo,
}

/// What a thread has of the call that runs on it. `Entered` puts back what was there, so nothing is left to be dropped.
type Current = ManuallyDrop<RefCell<Option<Arc<CallContext>>>>;

thread_local! {
    // The HTTP library hands a connection nothing of the request it carries, and does all its work on the caller's thread.
    static CURRENT: Current = const { ManuallyDrop::new(RefCell::new(None)) };
}

// A thread-local value with a destructor is gone when destructors of the caller's run, such as those of pthread keys and,
// in the main thread, atexit handlers: whoever asks for it then panics.
const _: () = assert!(!std::mem::needs_drop::<Current>());

/// Until it is dropped, a call's reach is that of its thread.
pub(super) struct Entered(Option<Arc<CallContext>>);

impl CallContext {
    pub(crate) fn new(cancel: CancelScope, connect: Duration) -> CallContext {
        CallContext {
            cancel,
            connect,
            is_spoiled: AtomicBool::new(false),
            asked: Mutex::new(None),
            credential: Mutex::default(),
        }
    }

    /// The next head of this call carries this value as its `Authorization`.
    pub(super) fn authorize(&self, value: HeaderValue) {
        let mut credential = self.credential();
        credential.sent = Some(value.clone());
        credential.pending = Some(value);
    }

    /// The value that a head is still to carry.
    pub(super) fn take_authorization(&self) -> Option<HeaderValue> {
        self.credential().pending.take()
    }

    /// Hides the token in bytes of an answer, where somebody prints them.
    pub(super) fn hide_token(&self, bytes: &mut [u8]) {
        if !echo::is_printed() {
            return;
        }
        let Credential { sent, echo, .. } = &mut *self.credential();
        let secret = sent
            .as_ref()
            .and_then(|value| value.as_bytes().get(SECRET..));
        if let Some(secret) = secret {
            echo.mask(secret, bytes);
        }
    }

    fn credential(&self) -> MutexGuard<'_, Credential> {
        self.credential
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks whoever can only be asked, but not for every piece of what keeps coming. Whether the call is ended.
    pub(super) fn ask_now_and_then(&self) -> bool {
        let Some(pause) = self.cancel.slice() else {
            return false;
        };
        let now = system::now();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.is_some_and(|last| now < last + pause) {
            return false;
        }
        *asked = Some(now);
        drop(asked);
        self.cancel.check_interrupt()
    }

    /// The connection is not to be used again.
    pub(super) fn spoil(&self) {
        self.is_spoiled.store(true, Ordering::Relaxed);
    }

    /// Whether it is to be closed; asked when it is given back.
    pub(super) fn take_spoiled(&self) -> bool {
        self.is_spoiled.swap(false, Ordering::Relaxed)
    }

    pub(super) fn enter(self: &Arc<Self>) -> Entered {
        Entered(CURRENT.with(|current| current.replace(Some(Arc::clone(self)))))
    }

    /// That of the call which runs on this thread.
    pub(super) fn current() -> Arc<CallContext> {
        CURRENT
            .with(|current| current.borrow().clone())
            .unwrap_or_default()
    }

    /// A fault as it is told: where the call was ended, that is its reason.
    pub(crate) fn attribute(&self, fault: TransportError) -> TransportError {
        let (kind, message) = match self.cancel.cause() {
            None => return fault,
            Some(CancelCause::Client) => (ErrorKind::Closed, "the client was closed"),
            Some(CancelCause::Call) => (ErrorKind::Cancelled, "the call was cancelled"),
        };
        TransportError::new(kind, message, fault.reached)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let before = self.0.take();
        CURRENT.with(|current| current.replace(before));
    }
}
