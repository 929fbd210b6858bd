//! The pool's state, which its threads share.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::call_id::CallId;
use super::completion::Completion;
use super::schedule::{Schedule, Work};
use crate::cancel::{CancelScope, Wakeable};
use crate::error::{Error, Reason, Result};
use crate::send::Sender;

/// A bounded pool of threads. They are made on demand and end when they are idle.
#[derive(Clone)]
pub(crate) struct Pool(pub(super) Arc<Shared>);

pub(super) struct Shared {
    pub(super) idle: Duration,
    threads: Threads,
    state: Mutex<State>,
    /// Notified for each call that a waiting thread should take.
    pub(super) queued: Condvar,
    /// Notified where the timer has to look again.
    pub(super) due: Condvar,
}

/// Makes a thread of this name. Returns false if the system refuses.
type Start = dyn Fn(&Pool, String) -> bool + Send + Sync;

/// The ways to make the pool's threads.
pub(crate) struct Threads {
    pub(crate) worker: Box<Start>,
    /// Makes the timer's thread. Returns false if the system refuses.
    pub(crate) timer: fn(&Pool) -> bool,
}

pub(super) struct State {
    pub(super) schedule: Schedule,
    pub(super) threads: usize,
    pub(super) waiting: usize,
    /// The threads that were made and do not run yet. Each takes a ready call as its first.
    pub(super) starting: usize,
    /// The number of threads made so far, for their names.
    made: usize,
    pub(super) has_timer: bool,
    /// The system refused the last thread. Calls may be ready that no thread was made for.
    pub(super) was_refused: bool,
}

/// A call for the pool.
pub(crate) struct PooledCall {
    /// The number of the client, and how many of its calls run at a time.
    pub(crate) client: u64,
    pub(crate) max_workers: usize,
    /// The time at which the call ends if no thread has taken it.
    pub(crate) deadline: Option<Instant>,
    pub(crate) cancel: CancelScope,
}

impl PooledCall {
    /// A call of this client.
    pub(crate) fn of(sender: &Sender, deadline: Option<Instant>, cancel: CancelScope) -> Self {
        PooledCall {
            client: sender.number,
            max_workers: sender.settings.max_workers,
            deadline,
            cancel,
        }
    }
}

impl Pool {
    /// A pool of at most `bound` threads, without the first ones of each client, that end after `idle` without work.
    pub(crate) fn with(bound: usize, idle: Duration, threads: Threads) -> Pool {
        Pool(Arc::new(Shared {
            idle,
            threads,
            state: Mutex::new(State {
                schedule: Schedule::new(bound),
                threads: 0,
                waiting: 0,
                starting: 0,
                made: 0,
                has_timer: false,
                was_refused: false,
            }),
            queued: Condvar::new(),
            due: Condvar::new(),
        }))
    }

    /// Has threads run a call, one step after another. Returns at once.
    ///
    /// `done` gets the result, on a thread of the pool, and must not block. A panic of the call ends the call and nothing else. Where
    /// the system gives no thread, and the client has none that could take the call, `done` gets that error on this thread: kind
    /// [`ErrorKind::Internal`](crate::ErrorKind::Internal), reason `resource`. The call is then never run.
    pub(crate) fn start<T: Send + 'static>(
        &self,
        pooled: PooledCall,
        call: impl Future<Output = Result<T>> + Send + 'static,
        done: impl FnOnce(Result<T>) + Send + 'static,
    ) {
        let completion = Completion::new(done);
        let refusal = completion.again();
        // The schedule has a view of the scope, which it may drop under the pool's lock. A cancel holds the lock of its source while
        // it takes that one, so the scope itself goes with the call.
        let (view, scope) = (pooled.cancel.view(), pooled.cancel);
        let work: Work = Box::pin(async move {
            completion.complete(call.await);
            drop(scope);
        });
        let mut state = self.lock();
        let before = state.schedule.ready();
        let id = state.schedule.submit(
            pooled.client,
            pooled.max_workers,
            work,
            pooled.deadline,
            view,
        );
        // A waiting thread counts for one ready call only, as several calls may be ready before one wakes.
        if state.schedule.ready() > before {
            if state.schedule.ready() <= state.waiting + state.starting {
                // Not under the lock, which is the first thing that the woken thread takes.
                drop(state);
                self.0.queued.notify_one();
                return;
            }
            let was_refused = state.was_refused;
            if self.staff(&mut state) {
                drop(state);
                // After a refusal the new thread may take another call.
                if was_refused {
                    self.watch(id);
                }
                return;
            }
            if !state.schedule.has_thread(id) {
                let refused = state.schedule.withdraw(id);
                drop(state);
                refusal.refuse(no_thread());
                drop(refused);
                return;
            }
        }
        drop(state);
        self.watch(id);
    }

    /// Makes a thread. Returns false if the system refuses.
    fn staff(&self, state: &mut State) -> bool {
        // The thread is counted before it runs and started under the lock, so two callers cannot both make the last one.
        state.threads += 1;
        state.made += 1;
        let is_made = (self.0.threads.worker)(self, format!("penbox-worker-{}", state.made));
        state.was_refused = !is_made;
        state.threads -= usize::from(!is_made);
        state.starting += usize::from(is_made);
        is_made
    }

    /// Finds a thread for each call that has become ready since there were `before`. Those that get none wait for one that is busy.
    pub(super) fn staff_all(&self, state: &mut State, before: usize) {
        for more in before..state.schedule.ready() {
            if more < state.waiting + state.starting {
                self.0.queued.notify_one();
            } else if !self.staff(state) {
                return;
            }
        }
    }

    /// Watches a call that waits, so that its time and its cancel end it.
    pub(super) fn watch(&self, id: CallId) {
        let Some(scope) = self.lock().schedule.scope(id) else {
            return;
        };
        // Not under the lock: a cancel holds its own lock while it takes this one.
        let registrations = scope.register(&self.waker(id, None));
        let mut state = self.lock();
        let unused = state.schedule.watch(id, registrations);
        self.look(&mut state);
        drop(state);
        drop(unused);
    }

    /// Has the timer look at the schedule again.
    pub(super) fn look(&self, state: &mut State) {
        if !state.has_timer {
            state.has_timer = (self.0.threads.timer)(self);
        }
        self.0.due.notify_one();
    }

    /// The number of threads.
    #[cfg(test)]
    pub(crate) fn threads(&self) -> usize {
        self.lock().threads
    }

    /// Reports whether the timer has its thread.
    #[cfg(test)]
    pub(crate) fn has_timer(&self) -> bool {
        self.lock().has_timer
    }

    /// The number of calls.
    #[cfg(test)]
    pub(crate) fn calls(&self) -> usize {
        self.lock().schedule.len()
    }

    /// Wakes a call: from the wait of this number, or from any where it is cancelled.
    pub(super) fn waker(&self, id: CallId, wait: Option<u64>) -> Arc<dyn Wakeable> {
        Arc::new(WakeUp {
            pool: self.clone(),
            process: std::process::id(),
            id,
            wait,
        })
    }

    /// Locks the state. No code under the lock can panic, so the state of a poisoned lock is sound.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the wait of a call in the pool.
struct WakeUp {
    pool: Pool,
    /// The process of the pool. A caller's token outlives a fork, and a thread of the parent may have held the pool's lock.
    process: u32,
    id: CallId,
    /// The number of the wait; none for any.
    wait: Option<u64>,
}

impl Wakeable for WakeUp {
    fn wake(&self) {
        if self.process != std::process::id() {
            return;
        }
        let mut state = self.pool.lock();
        state.schedule.wake(self.id, self.wait);
        self.pool.look(&mut state);
    }
}

fn no_thread() -> Error {
    Error::internal("the system gave no thread for the call")
        .with_reason(Reason::Resource)
        .with_hint("The process has reached a limit of threads or memory: raise it, or make fewer calls at a time.")
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Pool")
            .field("threads", &state.threads)
            .field("calls", &state.schedule.len())
            .finish()
    }
}
