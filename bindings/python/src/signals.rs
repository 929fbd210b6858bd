//! Signals that arrive while a call waits, such as Ctrl-C. Python's handlers run then, and an exception of theirs ends the call.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use penbox_core::CallOptions;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use penbox_core::bindings::system;

/// The least time between two checks for signals on a thread, for each takes the GIL. The core runs the check every 50 ms while a
/// call waits, and oftener while bytes pass: a little less than 50 keeps each of the former and skips most of the latter.
const PACE: Duration = Duration::from_millis(45);

thread_local! {
    /// The process in which this thread was looked at, and true if it was the main thread there. A forked child has another
    /// main thread.
    static IS_MAIN: Cell<Option<(u32, bool)>> = const { Cell::new(None) };
    /// The time of this thread's last check for signals.
    static LAST_LOOK: Cell<Option<Instant>> = const { Cell::new(None) };
    /// The exception that a handler raised during the call of this thread.
    static RAISED: RefCell<Option<PyErr>> = const { RefCell::new(None) };
}

/// The options with the interrupt check, for a call of this thread. Python runs handlers on the main thread only, so on any
/// other the options stay as they are.
pub(crate) fn with_interrupt_check(py: Python<'_>, options: CallOptions) -> PyResult<CallOptions> {
    Ok(match enter(py)? {
        true => options.interrupt_check(check_interrupt),
        false => options,
    })
}

/// The options with the interrupt check, for calls of any thread. Each thread calls `enter` before its call.
pub(crate) fn with_interrupt_check_on_any_thread(options: CallOptions) -> CallOptions {
    options.interrupt_check(check_interrupt)
}

/// Prepares this thread for a call. True if it is the main thread.
pub(crate) fn enter(py: Python<'_>) -> PyResult<bool> {
    // The interpreter has just checked for signals itself, before it called this module.
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

/// Keeps an exception of a hook that must end the call, such as KeyboardInterrupt.
pub(crate) fn keep(error: PyErr) {
    RAISED.set(Some(error));
}

/// Takes the exception that a handler raised during the call, if one did.
pub(crate) fn raised() -> Option<PyErr> {
    RAISED.take()
}

/// Runs the handlers of signals that have arrived. True if one raised an exception, which ends this thread's call.
pub(crate) fn check_interrupt() -> bool {
    // A prefetching thread of the core's runs no handlers: it must not take the GIL for nothing.
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
