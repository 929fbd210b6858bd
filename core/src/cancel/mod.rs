//! Cancelling: one call, the calls of a token, or all calls of a client.

mod scope;
mod step_aside;
mod token;
mod waiter;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use slab::Slab;

pub(crate) use scope::{CancelCause, CancelScope, InterruptCheck, Registrations};
pub(crate) use step_aside::StepAside;
pub use token::CancelToken;
pub(crate) use waiter::Waiter;

/// A wait that another thread can end.
pub(crate) trait Wakeable: Send + Sync {
    /// Ends the wait at once. It must not block: it is called under the lock of the cancel source.
    fn wake(&self);
}

/// A cancel source. It is cancelled once and for all, and then wakes all registered waits.
#[derive(Default)]
pub(crate) struct CancelSource {
    cancelled: AtomicBool,
    waiting: Mutex<Slab<Arc<dyn Wakeable>>>,
}

/// The registration of a wait with a cancel source. Its drop removes it.
pub(crate) struct Registration {
    cancel_source: Arc<CancelSource>,
    key: usize,
}

impl CancelSource {
    /// Cancels. Returns whether this was the first time.
    pub(crate) fn cancel(&self) -> bool {
        let waiting = self.waiting();
        let first = !self.cancelled.swap(true, Ordering::SeqCst);
        // Under the lock, so that a wait whose registration was dropped is never woken: its socket may belong to another call.
        for (_, wait) in &*waiting {
            wait.wake();
        }
        first
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    /// Registers a wait. It is woken by the cancel, or at once where that has happened.
    pub(crate) fn register(self: &Arc<Self>, wait: Arc<dyn Wakeable>) -> Registration {
        let mut waiting = self.waiting();
        if self.is_cancelled() {
            wait.wake();
        }
        Registration {
            key: waiting.insert(wait),
            cancel_source: Arc::clone(self),
        }
    }

    /// A source that is cancelled with this one, as long as the registration is held, and can be cancelled alone.
    pub(crate) fn branch(self: &Arc<Self>) -> (Arc<CancelSource>, Registration) {
        let branch = Arc::new(CancelSource::default());
        let registration = self.register(Arc::clone(&branch) as Arc<dyn Wakeable>);
        (branch, registration)
    }

    fn waiting(&self) -> MutexGuard<'_, Slab<Arc<dyn Wakeable>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wakeable for CancelSource {
    fn wake(&self) {
        self.cancel();
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.cancel_source.waiting().try_remove(self.key);
    }
}

impl fmt::Debug for CancelSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CancelSource")
            .field(&self.is_cancelled())
            .finish()
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Registration")
    }
}
