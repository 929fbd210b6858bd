//! The points at which a call waits for time to pass. The call suspends there, and whoever drives it decides how the time passes:
//! a blocking caller sleeps on its own thread, the pool gives the thread to another call.
//!
//! The loop of a call is an `async fn`, of which the compiler makes the resumable state. Only waits for time are `.await`ed: sockets
//! block, so no event loop is needed.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::runtime::Runtime;
use crate::cancel::{CancelScope, StepAside, Waiter};

/// The wait of a suspended call.
pub(crate) struct Suspension {
    /// The time at which the call goes on.
    pub(crate) until: Instant,
    /// The call's own deadline: a call that waits longer for a thread ends.
    pub(crate) deadline: Option<Instant>,
    /// The scope that ends the wait earlier.
    pub(crate) cancel: CancelScope,
    /// A value from another call that ends the wait earlier, too.
    pub(crate) awaited: Option<Arc<Waiter<()>>>,
    /// The queue in which the call has a place, if it waits in one.
    pub(crate) queue: Option<Arc<dyn StepAside>>,
}

/// The wait of a call that has just suspended on this thread.
type Suspended = ManuallyDrop<RefCell<Option<Suspension>>>;

thread_local! {
    // `poll` returns to the driver on the same thread, which takes the wait at once. So nothing is ever left here to be dropped.
    static SUSPENDED: Suspended = const { ManuallyDrop::new(RefCell::new(None)) };
    /// The call is polled to end, and must send nothing: its time is over, and no thread was free for it.
    static MUST_END: Cell<bool> = const { Cell::new(false) };
}

// A thread-local value with a destructor is gone when the caller's destructors run at exit: a call made there would panic.
const _: () = assert!(!std::mem::needs_drop::<Suspended>());

/// The future of one wait: pending once.
struct Wait(Option<Suspension>);

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.0.take() {
            None => Poll::Ready(()),
            suspension => {
                SUSPENDED.with(|place| *place.borrow_mut() = suspension);
                Poll::Pending
            }
        }
    }
}

/// Suspends the call.
pub(crate) async fn suspend(suspension: Suspension) {
    Wait(Some(suspension)).await;
}

/// The result of one step of a call.
pub(crate) enum Step<T> {
    /// The call has ended.
    Ended(T),
    /// The call waits.
    Suspended(Suspension),
}

/// Restores the flag of the call around this one: a caller's own code may call from within a call.
struct Restore(bool);

impl Drop for Restore {
    fn drop(&mut self) {
        MUST_END.set(self.0);
    }
}

/// Runs a call up to its next wait or its end. With `must_end` it sends nothing more.
pub(crate) fn step<T>(
    call: Pin<&mut (impl Future<Output = T> + ?Sized)>,
    must_end: bool,
) -> Step<T> {
    let _restore = Restore(MUST_END.replace(must_end));
    match call.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Step::Ended(result),
        Poll::Pending => match SUSPENDED.with(|place| place.borrow_mut().take()) {
            Some(suspension) => Step::Suspended(suspension),
            None => unreachable!("a call waits in `suspend` only"),
        },
    }
}

/// Runs a call to its end on this thread.
pub(crate) fn block<T>(runtime: &dyn Runtime, call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    loop {
        match step(call.as_mut(), false) {
            Step::Ended(result) => return result,
            Step::Suspended(suspension) => suspension.sleep(runtime),
        }
    }
}

impl Suspension {
    /// A wait of so long.
    pub(crate) fn of(
        runtime: &dyn Runtime,
        wait: Duration,
        deadline: Option<Instant>,
        cancel: &CancelScope,
    ) -> Suspension {
        Suspension {
            until: runtime.now() + wait,
            deadline,
            cancel: cancel.clone(),
            awaited: None,
            queue: None,
        }
    }

    /// Waits on this thread.
    pub(crate) fn sleep(self, runtime: &dyn Runtime) {
        match &self.awaited {
            Some(awaited) => runtime.wait(awaited, self.until, &self.cancel),
            None => {
                let wait = self.until.saturating_duration_since(runtime.now());
                runtime.sleep(wait, &self.cancel);
            }
        }
    }
}

/// Reports whether the call that runs on this thread must end without another request.
pub(crate) fn must_end() -> bool {
    MUST_END.get()
}
