//! The threads of the pool.

use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{MutexGuard, PoisonError};

use super::schedule::Running;
use super::shared::{Pool, State};
use crate::send::runtime::System;
use crate::send::suspension::{self, Step, Suspension};
use crate::system;

/// The size of a thread's stack. A TLS handshake and the deepest JSON that is accepted fit, below the frames of the call itself. In
/// a debug build such a JSON alone takes 210 KiB, and the call 40 KiB.
pub(super) const STACK: usize = if cfg!(debug_assertions) { 512 } else { 256 } * 1024;

/// The pool and the client of the call that runs on this thread. None once the call's step is over, so nothing is left to be dropped.
type Current = ManuallyDrop<RefCell<Option<(Pool, u64)>>>;

thread_local! {
    static CURRENT: Current = const { ManuallyDrop::new(RefCell::new(None)) };
}

// A thread-local value with a destructor is gone when the caller's destructors run at exit: a call made there would panic.
const _: () = assert!(!std::mem::needs_drop::<Current>());

/// Starts a thread. Returns false if the system refuses.
pub(crate) fn start(pool: &Pool, name: String) -> bool {
    let pool = pool.clone();
    system::spawn(&name, STACK, move || pool.work()).is_ok()
}

/// Runs what waits for the caller's own code, such as a stream that the caller reads. Meanwhile the call counts to its client's bound
/// no more: calls that wait for each other's streams would otherwise wait for ever.
pub fn blocking<T>(wait: impl FnOnce() -> T) -> T {
    let current = CURRENT.with(|current| current.borrow().clone());
    let Some((pool, client)) = current else {
        return wait();
    };
    let mut state = pool.lock();
    let before = state.schedule.ready();
    state.schedule.begin_block(client);
    pool.staff_all(&mut state, before);
    drop(state);
    let _end = EndBlock(&pool, client);
    wait()
}

/// The end of such a wait, in a panic too.
struct EndBlock<'a>(&'a Pool, u64);

impl Drop for EndBlock<'_> {
    fn drop(&mut self) {
        self.0.lock().schedule.end_block(self.1);
    }
}

impl Pool {
    /// Runs calls until none was ready for the idle time.
    fn work(&self) {
        let mut state = self.lock();
        state.starting -= 1;
        loop {
            if let Some(running) = state.schedule.next() {
                drop(state);
                let current = Some((self.clone(), running.client));
                CURRENT.with(|place| place.replace(current));
                state = self.run(running, false);
                CURRENT.with(|place| place.take());
                continue;
            }
            state.waiting += 1;
            let (woken, timeout) = self
                .0
                .queued
                .wait_timeout_while(state, self.0.idle, |state| state.schedule.ready() == 0)
                .unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.waiting -= 1;
            if timeout.timed_out() && state.schedule.ready() == 0 {
                state.threads -= 1;
                return;
            }
        }
    }

    /// Runs a call up to its next wait or its end, and takes the lock again.
    pub(super) fn run(&self, running: Running, must_end: bool) -> MutexGuard<'_, State> {
        let Running {
            id,
            mut work,
            registrations,
            ..
        } = running;
        // A cancel from now on reaches the call by its sockets.
        drop(registrations);
        loop {
            // The panic hook has reported a panic. The call's completion is dropped with it, and reports it to the caller.
            let step = catch_unwind(AssertUnwindSafe(|| {
                suspension::step(work.as_mut(), must_end)
            }));
            let Ok(Step::Suspended(suspension)) = step else {
                // The caller's own destructors may run here, and must not meet the pool's lock.
                drop(work);
                let mut state = self.lock();
                let before = state.schedule.ready();
                state.schedule.finish(id);
                // The system may have refused the timer its thread before.
                if !state.has_timer && state.schedule.next_due().is_some() {
                    self.look(&mut state);
                }
                self.staff_rest(&mut state, before, must_end);
                return state;
            };
            let mut state = self.lock();
            self.look(&mut state);
            if state.has_timer {
                let Suspension {
                    until,
                    deadline,
                    cancel,
                    awaited,
                    queue,
                } = suspension;
                let before = state.schedule.ready();
                // The call has the scope, too, so this is not its last drop. It must not be: see `start`.
                let view = cancel.view();
                let wait = state.schedule.park(id, work, until, deadline, view);
                state.schedule.stands_in(id, queue);
                self.staff_rest(&mut state, before, must_end);
                drop(state);
                drop(cancel);
                self.watch(id);
                if let Some(awaited) = awaited {
                    awaited.wake_with(self.waker(id, Some(wait)));
                }
                return self.lock();
            }
            // The system gave no thread for the timer, so this one waits.
            drop(state);
            suspension.sleep(&System);
        }
    }

    /// Finds threads for the calls that became ready by the end of a step. The thread that made it takes one of them itself, unless
    /// it is the timer's.
    fn staff_rest(&self, state: &mut State, before: usize, is_timer: bool) {
        self.staff_all(state, before + usize::from(!is_timer));
    }
}

#[cfg(test)]
mod tests {
    use crate::json::Document;
    use crate::system;

    #[test]
    fn the_deepest_json_fits_the_stack() {
        let (sender, result) = std::sync::mpsc::channel();
        let parse = move || {
            for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
                let text = format!("{}1{}", open.repeat(127), close.repeat(127));
                let document = Document::parse(text.clone()).is_ok();
                let value: serde_json::Value = serde_json::from_str(&text).unwrap();
                sender
                    .send((document, serde_json::to_string(&value).unwrap() == text))
                    .unwrap();
                let refused = Document::parse(open.repeat(100_000)).is_err();
                sender.send((refused, true)).unwrap();
            }
        };
        system::spawn("penbox-deepest", super::STACK, parse).unwrap();
        assert_eq!(result.iter().collect::<Vec<_>>(), [(true, true); 4]);
    }
}
