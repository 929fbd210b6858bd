//! The end of the interpreter. Before 3.14 Python unwinds every thread but the last as soon as it wants the GIL back; where
//! that happens in Python code that Rust called, the process aborts. So at exit nothing calls Python anew, and what does is
//! waited for.

use std::cell::Cell;
use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pyo3::prelude::*;

use crate::system;

/// How long the end waits for calls of Python, which may wait for anything.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long calls of Python are held up at the end. A process that still lives then has exit handlers, and one of them may
/// wait for the thread.
const HELD: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(1);

/// When the end began.
static ENDING: OnceLock<Instant> = OnceLock::new();
/// How many threads call Python, and below that the process they belong to: a forked child has none of them.
static CALLING: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// Whether this thread ends the interpreter: handlers that it still runs may do anything.
    static ENDS: Cell<bool> = const { Cell::new(false) };
}

/// Calls Python from a thread that waits for the core.
pub(crate) fn attached<T>(call: impl FnOnce(Python<'_>) -> T) -> T {
    let _calling = Calling::begin();
    Python::attach(call)
}

/// Sees to it that the interpreter's end is not missed.
pub(crate) fn watch(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let ends = wrap_pyfunction!(ends, module)?;
    let atexit = module.py().import("atexit")?;
    atexit.call_method1("register", (ends,)).map(drop)
}

/// The interpreter ends: no thread begins to call Python, and those that do are waited for.
#[pyfunction]
fn ends(py: Python<'_>) {
    ENDS.set(true);
    let limit = *ENDING.get_or_init(system::now) + PATIENCE;
    py.detach(|| {
        while Calling::count() > 0 && system::now() < limit {
            thread::sleep(LOOK);
        }
    });
}

/// A thread that calls Python.
struct Calling;

impl Calling {
    fn begin() -> Calling {
        let calling = Calling::one();
        // The end begins before it counts: who was not counted sees that here.
        match ENDING.get() {
            Some(began) if !ENDS.get() => {
                drop(calling);
                thread::sleep((*began + HELD).saturating_duration_since(system::now()));
                Calling::one()
            }
            _ => calling,
        }
    }

    fn one() -> Calling {
        Calling::change(|count| count + 1);
        Calling
    }

    fn count() -> u32 {
        Calling::change(|count| count)
    }

    fn change(to: impl Fn(u32) -> u32) -> u32 {
        let process = process::id();
        let next = |before: u64| {
            let [count, of] = [(before >> 32) as u32, before as u32];
            to(if of == process { count } else { 0 })
        };
        let set = |before: u64| Some((u64::from(next(before)) << 32) | u64::from(process));
        match CALLING.fetch_update(Ordering::SeqCst, Ordering::SeqCst, set) {
            Ok(before) | Err(before) => next(before),
        }
    }
}

impl Drop for Calling {
    fn drop(&mut self) {
        Calling::change(|count| count.saturating_sub(1));
    }
}
