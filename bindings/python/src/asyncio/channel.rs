//! Messages to an event loop. The first of a batch wakes the loop, which takes all that are there by then.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use penbox_core::Error;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::errors::exception;
use crate::exit;

/// A message, made on a thread of the SDK. The loop's thread runs it.
pub(crate) type Message = Box<dyn FnOnce(Python<'_>) -> PyResult<()> + Send>;

thread_local! {
    /// The channel of the loop that ran last on this thread. It lives as long as calls hold it.
    static LAST: RefCell<Weak<Channel>> = const { RefCell::new(Weak::new()) };
}

/// The channel to one event loop.
pub(crate) struct Channel {
    /// The process of the loop: a forked child has other loops, and a thread of the parent may have held the lock.
    process: u32,
    event_loop: Py<PyAny>,
    /// The loop's `call_soon_threadsafe`.
    wake: Py<PyAny>,
    /// The function that the loop calls.
    taker: OnceLock<Py<Taker>>,
    queue: Mutex<Queue>,
}

/// Messages that the loop has not taken yet.
#[derive(Default)]
struct Queue {
    messages: Vec<Message>,
    /// True once the loop was found closed.
    is_closed: bool,
}

impl Channel {
    /// The channel of the loop that runs on this thread. Raises `ConfigError` where none does.
    pub(crate) fn of_running_loop(py: Python<'_>) -> PyResult<Arc<Channel>> {
        static RUNNING: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let running = RUNNING
            .import(py, "asyncio", "_get_running_loop")?
            .call0()?;
        if running.is_none() {
            return Err(no_loop(py));
        }
        let last = LAST.with_borrow(Weak::upgrade);
        if let Some(last) = last
            && last.process == std::process::id()
            && last.event_loop.is(&running)
        {
            return Ok(last);
        }
        let channel = Arc::new(Channel {
            process: std::process::id(),
            wake: running
                .getattr(intern!(py, "call_soon_threadsafe"))?
                .unbind(),
            event_loop: running.unbind(),
            taker: OnceLock::new(),
            queue: Mutex::default(),
        });
        let taker = Py::new(py, Taker(Arc::downgrade(&channel)))?;
        let _ = channel.taker.set(taker);
        LAST.set(Arc::downgrade(&channel));
        Ok(channel)
    }

    /// The loop.
    pub(crate) fn event_loop<'py>(&self, py: Python<'py>) -> &Bound<'py, PyAny> {
        self.event_loop.bind(py)
    }

    /// Sends a message. False if the loop is closed: the message is dropped.
    pub(crate) fn send(self: &Arc<Self>, message: Message) -> bool {
        let mut queue = self.queue();
        if queue.is_closed {
            // Its drop may run Python code, so not under the lock.
            drop(queue);
            drop(message);
            return false;
        }
        queue.messages.push(message);
        let is_first = queue.messages.len() == 1;
        drop(queue);
        // The loop was woken for the first one, and takes the later ones with it.
        !is_first || self.wake()
    }

    /// Has the loop take what is there. False if it is closed.
    fn wake(&self) -> bool {
        let Some(taker) = self.taker.get() else {
            return false;
        };
        exit::attached(|py| {
            let woken = self.wake.bind(py).call1((taker,));
            if woken.is_err() {
                // The only error of it is that of a closed loop. Whoever closed it wants no more results.
                drop(self.close());
            }
            woken.is_ok()
        })
    }

    /// Tells whether the loop is closed, on a thread that has waited for it long.
    pub(crate) fn is_over(&self) -> bool {
        let is_closed = exit::attached(|py| {
            let closed = self.event_loop.bind(py).call_method0("is_closed");
            closed.is_ok_and(|closed| closed.is_truthy().unwrap_or(false))
        });
        if is_closed {
            drop(self.close());
        }
        is_closed
    }

    /// Takes the messages that nobody will.
    fn close(&self) -> Vec<Message> {
        let mut queue = self.queue();
        queue.is_closed = true;
        std::mem::take(&mut queue.messages)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The function that an event loop calls to take messages.
#[pyclass(frozen, module = "penbox._native")]
struct Taker(Weak<Channel>);

#[pymethods]
impl Taker {
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        let Some(channel) = self.0.upgrade() else {
            return Ok(());
        };
        let messages = std::mem::take(&mut channel.queue().messages);
        let mut failed = Ok(());
        for message in messages {
            // The other messages must not be lost.
            failed = failed.and(message(py));
        }
        failed
    }

    fn __repr__(&self) -> &'static str {
        "<penbox results>"
    }
}

fn no_loop(py: Python<'_>) -> PyErr {
    let error = Error::config("an AsyncClient needs the running event loop of asyncio")
        .with_hint("Await its methods in a coroutine that asyncio.run() or anyio's asyncio backend runs. Under trio, use penbox.Client in trio.to_thread.run_sync.");
    exception(py, &error)
}
