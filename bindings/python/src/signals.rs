//! Signals that come while a call waits: Python's handlers run then, and what they raise ends the call. Ctrl-C is one of them.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use penbox_core::CallOptions;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::system;

/// How long a thread waits at most before it looks for signals, and at least: it has to take the GIL for it.
const PACE: Duration = Duration::from_millis(45);

thread_local! {
    /// Whether this is the main thread, as it was found in a process: a forked child has another.
    static IS_MAIN: Cell<Option<(u32, bool)>> = const { Cell::new(None) };
    static LAST_LOOK: Cell<Option<Instant>> = const { Cell::new(None) };
    /// What a handler raised during the call of this thread.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// These options for a call of this thread. Only the main thread is sent signals, and only it looks for them.
pub(crate) fn with_interrupt_check(py: Python<'_>, options: CallOptions) -> PyResult<CallOptions> {
    Ok(match enter(py)? {
        true => options.ask(check_interrupt),
        false => options,
    })
}

/// These options for calls of any thread, each of which enters before its call.
pub(crate) fn with_interrupt_check_on_any_thread(options: CallOptions) -> CallOptions {
    options.ask(check_interrupt)
}

/// Before a call of this thread; whether it is the main one.
pub(crate) fn enter(py: Python<'_>) -> PyResult<bool> {
    // Python itself has just looked.
    LAST_LOOK.set(Some(system::now()));
    let process = std::process::id();
    if let Some((_, is_main)) = IS_MAIN.get().filter(|(found_in, _)| *found_in == process) {
        return Ok(is_main);
    }
    static THREADING: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let threading = THREADING
        .get_or_try_init(py, || py.import("threading").map(Bound::unbind))?
        .bind(py);
    let current = threading.call_method0(intern!(py, "get_ident"))?;
    let main = threading.call_method0(intern!(py, "main_thread"))?;
    let is_main = main.getattr(intern!(py, "ident"))?.eq(current)?;
    IS_MAIN.set(Some((process, is_main)));
    Ok(is_main)
}

/// What a handler raised since; None where the call is to go on.
pub(crate) fn raised() -> Option<PyErr> {
    RAISED.take()
}

/// Whether a handler wants this thread's call to end.
fn check_interrupt() -> bool {
    // A thread of the core's own, which fetches ahead, is no thread of Python's.
    if !IS_MAIN.get().is_some_and(|(_, is_main)| is_main) {
        return false;
    }
    let now = system::now();
    if LAST_LOOK.get().is_some_and(|last| now - last < PACE) {
        return false;
    }
    LAST_LOOK.set(Some(now));
    match Python::attach(|py| py.check_signals()) {
        Ok(()) => false,
        Err(error) => {
            RAISED.set(Some(error));
            true
        }
    }
}
