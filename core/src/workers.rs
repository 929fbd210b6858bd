//! The threads that run the calls of asynchronous languages: Node's promises, and Python's asyncio.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::{Error, Reason, Result};
use crate::per_process::PerProcess;
use crate::system;

/// The most threads of a process: as many as a client keeps idle connections by default (`pool_size`), so that each call in
/// flight finds one to reuse.
const MOST: usize = 64;
/// The time that a thread waits for another job. Calls that follow each other reuse a thread; after a burst the stacks are
/// freed soon.
const IDLE: Duration = Duration::from_secs(10);
/// The size of a thread's stack. A TLS handshake and the deepest JSON that is accepted fit, in a debug build too.
const STACK: usize = 256 * 1024;

type Job = Box<dyn FnOnce() + Send>;

/// A bounded pool of threads. They are made on demand and end when they are idle. Jobs wait in a queue while all are busy.
///
/// Jobs block on sockets, so the pool's size follows the number of concurrent calls, not the number of cores.
///
/// ```
/// let (sender, receiver) = std::sync::mpsc::channel();
/// penbox::bindings::Workers::shared().submit(move || sender.send(6 * 7).unwrap_or_default())?;
/// assert_eq!(receiver.recv(), Ok(42));
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone)]
pub struct Workers(Arc<Pool>);

struct Pool {
    most: usize,
    idle: Duration,
    state: Mutex<State>,
    /// Notified for each job that a waiting thread should take.
    queued: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    threads: usize,
    waiting: usize,
    /// The number of threads made so far, for their names.
    made: usize,
}

impl Workers {
    /// The pool of this process: at most 64 threads, each ended after 10 s without work. A forked child inherits the memory but
    /// none of the threads, so it gets a pool of its own.
    pub fn shared() -> &'static Workers {
        static SHARED: PerProcess<Workers> = PerProcess::unmade();
        SHARED.get(|| Workers::new(MOST, IDLE))
    }

    /// A pool of at most `most` threads that end after `idle` without work.
    pub fn new(most: usize, idle: Duration) -> Workers {
        Workers(Arc::new(Pool {
            most: most.max(1),
            idle,
            state: Mutex::default(),
            queued: Condvar::new(),
        }))
    }

    /// Has a thread run `job`: a waiting one, a new one, or the first that becomes free. Returns at once.
    ///
    /// A panic of the job ends the job and nothing else.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`](crate::ErrorKind::Internal) with reason `resource` if the system gives no thread and the pool has
    /// none that could take the job. The job is then never run.
    pub fn submit(&self, job: impl FnOnce() + Send + 'static) -> Result<()> {
        self.submit_with(Box::new(job), start)
    }

    fn submit_with(&self, job: Job, start: impl FnOnce(&Workers, String) -> bool) -> Result<()> {
        let mut state = self.0.lock();
        state.queue.push_back(job);
        // A waiting thread counts for one queued job only, as several jobs may be queued before one wakes.
        if state.queue.len() <= state.waiting {
            self.0.queued.notify_one();
            return Ok(());
        }
        if state.threads == self.0.most {
            return Ok(());
        }
        // The thread is counted before it runs and started under the lock, so two callers cannot both make the last one.
        state.threads += 1;
        state.made += 1;
        if start(self, format!("penbox-worker-{}", state.made)) {
            return Ok(());
        }
        state.threads -= 1;
        // The queue is kept: a thread that is busy now takes the job next.
        if state.threads > 0 {
            return Ok(());
        }
        state.queue.pop_back();
        Err(Error::internal("the system gave no thread for the call")
            .with_reason(Reason::Resource)
            .with_hint("The process has reached a limit of threads or memory: raise it, or make fewer calls at a time."))
    }

    /// Runs jobs until none was queued for the idle time.
    fn work(&self) {
        let mut state = self.0.lock();
        loop {
            if let Some(job) = state.queue.pop_front() {
                drop(state);
                // The panic hook has reported a panic. A caller that waits for the job sees that the job's channel is dropped.
                let _ = catch_unwind(AssertUnwindSafe(job));
                state = self.0.lock();
                continue;
            }
            state.waiting += 1;
            let (woken, timeout) = self
                .0
                .queued
                .wait_timeout_while(state, self.0.idle, |state| state.queue.is_empty())
                .unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.waiting -= 1;
            if timeout.timed_out() && state.queue.is_empty() {
                state.threads -= 1;
                return;
            }
        }
    }
}

impl Pool {
    /// Locks the state. No code under the lock can panic, so the state of a poisoned lock is sound.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts a thread. Returns false if the system refuses.
fn start(workers: &Workers, name: String) -> bool {
    let workers = workers.clone();
    system::spawn(&name, STACK, move || workers.work()).is_ok()
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.0.lock();
        f.debug_struct("Workers")
            .field("most", &self.0.most)
            .field("threads", &state.threads)
            .field("queued", &state.queue.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::BTreeSet;
    use std::sync::Barrier;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::thread;

    use super::*;
    use crate::json::Document;

    const LONG: Duration = Duration::from_secs(600);
    /// The timeout of a receiver, far longer than any test takes: only a failure waits for it.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// Sends the name of its thread when the thread ends.
    struct Farewell(Cell<Option<Sender<String>>>);

    impl Drop for Farewell {
        fn drop(&mut self) {
            if let Some(sender) = self.0.take() {
                let _ = sender.send(name());
            }
        }
    }

    thread_local! {
        static FAREWELL: Farewell = const { Farewell(Cell::new(None)) };
    }

    fn name() -> String {
        thread::current().name().unwrap_or_default().to_owned()
    }

    fn take<T>(receiver: &Receiver<T>, count: usize) -> Vec<T> {
        (0..count)
            .map(|_| receiver.recv_timeout(PATIENCE).unwrap())
            .collect()
    }

    #[test]
    fn jobs_run_at_the_same_time_on_named_threads() {
        let workers = Workers::new(3, LONG);
        let meeting = Arc::new(Barrier::new(3));
        let (sender, names) = channel();
        for _ in 0..3 {
            let (meeting, sender) = (meeting.clone(), sender.clone());
            workers
                .submit(move || {
                    meeting.wait();
                    sender.send(name()).unwrap();
                })
                .unwrap();
        }
        let names: BTreeSet<String> = take(&names, 3).into_iter().collect();
        assert_eq!(names.len(), 3);
        assert!(names.iter().all(|name| name.starts_with("penbox-worker-")));
    }

    #[test]
    fn more_jobs_than_threads_wait_in_order() {
        let workers = Workers::new(1, LONG);
        let (go, gate) = channel::<()>();
        let (sender, order) = channel();
        workers.submit(move || gate.recv().unwrap()).unwrap();
        for number in 0..20 {
            let sender = sender.clone();
            workers
                .submit(move || sender.send(number).unwrap())
                .unwrap();
        }
        assert!(order.try_recv().is_err(), "one thread, and it is held");
        go.send(()).unwrap();
        assert_eq!(take(&order, 20), (0..20).collect::<Vec<_>>());
        assert_eq!(workers.0.lock().made, 1);
    }

    #[test]
    fn an_idle_thread_is_used_again() {
        let workers = Workers::new(8, LONG);
        let (sender, names) = channel();
        for _ in 0..10 {
            let sender = sender.clone();
            workers
                .submit(move || sender.send(name()).unwrap())
                .unwrap();
            take(&names, 1);
            while workers.0.lock().waiting == 0 {
                thread::yield_now();
            }
        }
        assert_eq!(workers.0.lock().made, 1);
    }

    #[test]
    fn idle_threads_end_and_later_jobs_get_new_ones() {
        let workers = Workers::new(2, Duration::ZERO);
        for round in 1..=3 {
            let (sender, ended) = channel();
            workers
                .submit(move || FAREWELL.with(|farewell| farewell.0.set(Some(sender))))
                .unwrap();
            assert_eq!(take(&ended, 1), [format!("penbox-worker-{round}")]);
            assert_eq!(workers.0.lock().threads, 0);
        }
    }

    #[test]
    fn a_panic_ends_its_job_only() {
        let workers = Workers::new(1, LONG);
        let (sender, names) = channel();
        for turn in 0..3 {
            let sender = sender.clone();
            workers
                .submit(move || {
                    sender.send(name()).unwrap();
                    assert_eq!(turn, 2, "this panic is part of the test");
                })
                .unwrap();
        }
        assert_eq!(take(&names, 3), ["penbox-worker-1"; 3]);
    }

    #[test]
    fn without_any_thread_the_job_is_refused_and_never_run() {
        let workers = Workers::new(2, LONG);
        let (sender, ran) = channel();
        let late = sender.clone();
        let error = workers
            .submit_with(Box::new(move || late.send(1).unwrap()), |_, _| false)
            .unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Internal);
        assert_eq!(error.reason(), Some("resource"));
        assert_eq!(error.outcome(), crate::Outcome::NotSent);
        workers.submit(move || sender.send(2).unwrap()).unwrap();
        assert_eq!(take(&ran, 1), [2]);
        assert!(ran.recv_timeout(PATIENCE).is_err(), "no sender is left");
    }

    #[test]
    fn with_a_thread_left_the_job_waits_for_it() {
        let workers = Workers::new(2, LONG);
        let (go, gate) = channel::<()>();
        let (sender, ran) = channel();
        workers.submit(move || gate.recv().unwrap()).unwrap();
        workers
            .submit_with(Box::new(move || sender.send(name()).unwrap()), |_, _| false)
            .unwrap();
        go.send(()).unwrap();
        assert_eq!(take(&ran, 1), ["penbox-worker-1"]);
    }

    #[test]
    fn a_process_has_one_pool() {
        let shared = Arc::as_ptr(&Workers::shared().0);
        assert_eq!(Arc::as_ptr(&Workers::shared().0), shared);
    }

    #[test]
    fn the_deepest_json_fits_the_stack() {
        let (sender, result) = channel();
        Workers::new(1, LONG)
            .submit(move || {
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
            })
            .unwrap();
        assert_eq!(take(&result, 4), [(true, true); 4]);
    }
}
