//! The early end of what is under way: a call's, or a whole client's.

mod scope;
mod token;
mod waiter;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use slab::Slab;

pub(crate) use scope::{CancelCause, CancelScope, InterruptCheck};
pub use token::CancelToken;
pub(crate) use waiter::Waiter;

/// What can be woken out of a wait.
pub(crate) trait Wakeable: Send + Sync {
    /// Makes the wait end at once. It must not block, and it is called with the ending locked.
    fn wake(&self);
}

/// Comes once and for all, and wakes whoever waits.
#[derive(Default)]
pub(crate) struct CancelSource {
    cancelled: AtomicBool,
    waiting: Mutex<Slab<Arc<dyn Wakeable>>>,
}

/// A wait that an ending knows of, until it is dropped.
pub(crate) struct Registration {
    cancel_source: Arc<CancelSource>,
    place: usize,
}

impl CancelSource {
    /// Ends. Whether it was the first time.
    pub(crate) fn cancel(&self) -> bool {
        let waiting = self.waiting();
        let first = !self.cancelled.swap(true, Ordering::SeqCst);
        // Under the lock: what was let go of by then is not harmed.
        for (_, wait) in &*waiting {
            wait.wake();
        }
        first
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    /// Has a wait woken by the end, which may be now.
    pub(crate) fn register(self: &Arc<Self>, wait: Arc<dyn Wakeable>) -> Registration {
        let mut waiting = self.waiting();
        if self.is_cancelled() {
            wait.wake();
        }
        Registration {
            place: waiting.insert(wait),
            cancel_source: Arc::clone(self),
        }
    }

    /// One that comes with this one, as long as it is held, or alone.
    pub(crate) fn branch(self: &Arc<Self>) -> (Arc<CancelSource>, Registration) {
        let branch = Arc::new(CancelSource::default());
        let held = self.register(Arc::clone(&branch) as Arc<dyn Wakeable>);
        (branch, held)
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
        self.cancel_source.waiting().try_remove(self.place);
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
