//! The pool: the threads that run the calls of asynchronous languages, Node's promises and Python's asyncio, and that fetch pages
//! ahead.
//!
//! Calls block on sockets, so the number of threads follows the number of calls, not of cores. A call that only waits for a time
//! holds no thread. Each client has a bound of its own, so that one cannot hold another's calls up.

mod call_id;
mod completion;
mod schedule;
mod shared;
mod shares;
pub(crate) mod timer;
pub(crate) mod worker;

use std::time::Duration;

use crate::auth::Environment;
use crate::per_process::PerProcess;
#[cfg(any(test, fuzzing))]
pub(crate) use call_id::CallId;
#[cfg(any(test, fuzzing))]
pub(crate) use schedule::{Running, Schedule, Work};
#[cfg(test)]
pub(crate) use shared::Threads;
#[cfg(not(test))]
use shared::Threads;
pub(crate) use shared::{Pool, PooledCall};
pub use worker::blocking;

/// The threads of a process by default, without the first eight of each client. A thread costs its stack of 256 KiB, of which the
/// system gives what is touched, and a limit of threads that other parts of the process need, too: many systems give a process
/// some thousands.
const BOUND: usize = 1_024;
/// The environment variable that sets another number.
const VARIABLE: &str = "PENBOX_MAX_THREADS";
/// The time that a thread waits for another call. Calls that follow each other reuse a thread; after a burst the stacks are
/// freed soon.
const IDLE: Duration = Duration::from_secs(10);

impl Pool {
    /// The pool of this process. A forked child inherits the memory but none of the threads, so it gets a pool of its own.
    pub(crate) fn shared() -> &'static Pool {
        static SHARED: PerProcess<Pool> = PerProcess::unmade();
        SHARED.get(|| {
            let given = Environment::of_process_alone(VARIABLE);
            let bound = given.as_ref().and_then(|text| text.parse().ok());
            if given.is_some() && bound.is_none() {
                log::warn!("{VARIABLE} is not a whole number, and does not count");
            }
            Pool::new(bound.unwrap_or(BOUND), IDLE)
        })
    }

    /// A pool of at most `bound` threads, without the first ones of each client, that end after `idle` without work.
    pub(crate) fn new(bound: usize, idle: Duration) -> Pool {
        let threads = Threads {
            worker: Box::new(worker::start),
            timer: timer::start,
        };
        Pool::with(bound, idle, threads)
    }
}
