//! The early end of what is under way: a call's, or a whole client's.

mod scope;
mod token;
mod waiter;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use slab::Slab;

pub(crate) use scope::{EndedBy, Endings, Question};
pub use token::CancelToken;
pub(crate) use waiter::Bell;

/// What can be woken out of a wait.
pub(crate) trait Wake: Send + Sync {
    /// Makes the wait end at once. It must not block, and it is called with the ending locked.
    fn wake(&self);
}

/// Comes once and for all, and wakes whoever waits.
#[derive(Default)]
pub(crate) struct Ending {
    ended: AtomicBool,
    waiting: Mutex<Slab<Arc<dyn Wake>>>,
}

/// A wait that an ending knows of, until it is dropped.
pub(crate) struct Held {
    ending: Arc<Ending>,
    place: usize,
}

impl Ending {
    /// Ends. Whether it was the first time.
    pub(crate) fn end(&self) -> bool {
        let waiting = self.waiting();
        let first = !self.ended.swap(true, Ordering::SeqCst);
        // Under the lock: what was let go of by then is not harmed.
        for (_, wait) in &*waiting {
            wait.wake();
        }
        first
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Has a wait woken by the end, which may be now.
    pub(crate) fn hold(self: &Arc<Self>, wait: Arc<dyn Wake>) -> Held {
        let mut waiting = self.waiting();
        if self.is_ended() {
            wait.wake();
        }
        Held {
            place: waiting.insert(wait),
            ending: Arc::clone(self),
        }
    }

    /// One that comes with this one, as long as it is held, or alone.
    pub(crate) fn branch(self: &Arc<Self>) -> (Arc<Ending>, Held) {
        let branch = Arc::new(Ending::default());
        let held = self.hold(Arc::clone(&branch) as Arc<dyn Wake>);
        (branch, held)
    }

    fn waiting(&self) -> MutexGuard<'_, Slab<Arc<dyn Wake>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Ending {
    fn wake(&self) {
        self.end();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.ending.waiting().try_remove(self.place);
    }
}

impl fmt::Debug for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ending").field(&self.is_ended()).finish()
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}
