//! The end of the interpreter. Before 3.14 Python unwinds every other thread that takes the GIL while the interpreter ends. Where
//! Rust called the Python code that does so, the process aborts. So at exit no thread begins to call Python, and the end waits
//! for the threads that do.

use std::cell::Cell;
use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pyo3::prelude::*;

use penbox_core::bindings::system;

/// The longest wait of the end for calls of Python. A caller's file object or callback may wait for anything, so it is bounded:
/// half a second is long for a read or a write, and short for whoever pressed Ctrl-C.
const PATIENCE: Duration = Duration::from_millis(500);
/// The time from the end's begin until a new call of Python goes on after all. It is twice `PATIENCE`, so that a process that
/// only waited has ended by then. One that still lives runs exit handlers, and a handler may wait for this thread.
const HELD: Duration = Duration::from_secs(1);
/// The pause between two looks at the count, and so the most by which the looks delay the end.
const LOOK: Duration = Duration::from_millis(1);

/// The time at which the end began.
static ENDING: OnceLock<Instant> = OnceLock::new();
/// The number of threads that call Python in the upper 32 bits, their process in the lower 32. A forked child has none of
/// its parent's threads, so a count with another process's number is void.
static CALLING: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// True on the thread that ends the interpreter. The exit handlers that it runs may make calls of their own, which must
    /// not wait for its end.
    static ENDS: Cell<bool> = const { Cell::new(false) };
}

/// Calls Python from a thread that waits for the core, and counts as such meanwhile.
pub(crate) fn attached<T>(call: impl FnOnce(Python<'_>) -> T) -> T {
    let _calling = Calling::begin();
    Python::attach(call)
}

/// Registers the exit handler of this module with `atexit`.
pub(crate) fn watch(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let ends = wrap_pyfunction!(ends, module)?;
    let atexit = module.py().import("atexit")?;
    atexit.call_method1("register", (ends,)).map(drop)
}

/// The exit handler. From here on no thread begins to call Python, and those that do are waited for.
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

/// The mark of a thread that calls Python: it counts until this is dropped.
struct Calling;

impl Calling {
    fn begin() -> Calling {
        let calling = Calling::one();
        // The end sets its time before it reads the count. So a thread that it did not count sees the time here.
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
        // Sequentially consistent: with a weaker order the end could read the old count while this thread reads no time yet.
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
