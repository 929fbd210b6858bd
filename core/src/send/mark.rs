//! The mark by which a binding knows its own call again, where the call runs on a thread of the SDK: in a hook, or in a line of the log.

use std::any::Any;
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::mem::ManuallyDrop;
use std::pin::pin;
use std::sync::Arc;

/// The mark of a call, which the binding alone reads.
pub type CallMark = Arc<dyn Any + Send + Sync>;

/// The mark of the call that runs. None once the call's step is over, so nothing is left to be dropped.
type Current = ManuallyDrop<RefCell<Option<CallMark>>>;

thread_local! {
    static CURRENT: Current = const { ManuallyDrop::new(RefCell::new(None)) };
}

// A thread-local value with a destructor is gone when the caller's destructors run at exit: a call made there would panic.
const _: () = assert!(!std::mem::needs_drop::<Current>());

/// Restores the mark of the call around this one, in a panic too.
struct Restore(Option<CallMark>);

impl Drop for Restore {
    fn drop(&mut self) {
        replace(self.0.take());
    }
}

fn replace(mark: Option<CallMark>) -> Option<CallMark> {
    CURRENT.with(|place| place.replace(mark))
}

/// The mark of the call that runs on this thread; none for a call without one, and where no call of the pool runs.
pub fn current_mark() -> Option<CallMark> {
    CURRENT.with(|place| place.borrow().clone())
}

/// The same call, which runs under its mark.
pub(crate) async fn marked<T>(mark: Option<CallMark>, call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    poll_fn(|context| {
        let _restore = Restore(replace(mark.clone()));
        call.as_mut().poll(context)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::send::runtime::System;
    use crate::send::suspension::{Suspension, block, suspend};
    use std::time::Duration;

    fn seen() -> Option<u32> {
        current_mark().and_then(|mark| mark.downcast_ref::<u32>().copied())
    }

    #[test]
    fn a_call_has_its_mark_in_every_step_and_leaves_none() {
        let short = || Suspension::of(&System, Duration::from_millis(1), None, &Default::default());
        let inner = marked(None, async { seen() });
        let call = marked(Some(Arc::new(7_u32)), async move {
            let first = seen();
            suspend(short()).await;
            (first, inner.await, seen())
        });
        assert_eq!(block(&System, call), (Some(7), None, Some(7)));
        assert_eq!(seen(), None);
    }
}
