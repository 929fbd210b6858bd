//! Calls in flight, and the coroutines that wait for them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use penbox_core::CancelToken;
use pyo3::intern;
use pyo3::prelude::*;

use super::asked::{Answer, Answering, Asked};
use super::channel::Channel;
use super::event::{Event, Kind};

/// The state of a call, which its coroutine and its thread share.
pub(crate) struct CallState {
    pub(crate) channel: Arc<Channel>,
    cancel: CancelToken,
    process: u32,
    status: Mutex<Status>,
}

#[derive(Default)]
struct Status {
    /// The futures of the loop that wait for the next event.
    waiting: Vec<Py<PyAny>>,
    /// Events that nobody waited for.
    events: VecDeque<Py<PyAny>>,
    /// The result or the error, once the loop has taken it.
    end: Option<Py<PyAny>>,
    /// True once the call is over, or its coroutine gave it up: then events have nobody.
    is_over: bool,
    /// The coroutine ended the call.
    is_cancelled: bool,
    /// The question that the call's thread waits for.
    open: Option<Answering>,
}

impl CallState {
    pub(crate) fn new(channel: Arc<Channel>, cancel: CancelToken) -> Arc<CallState> {
        Arc::new(CallState {
            channel,
            cancel,
            process: std::process::id(),
            status: Mutex::default(),
        })
    }

    /// Ends the call: the loop makes its result and gives it to the coroutine.
    pub(crate) fn finish(
        self: &Arc<Self>,
        result: impl for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyAny>> + Send + 'static,
    ) {
        let state = Arc::clone(self);
        let is_sent = self.channel.send(Box::new(move |py| {
            let end = result(py).or_else(|error| Event::failed(py, error))?;
            let waiting = {
                let mut status = state.status();
                status.is_over = true;
                status.end = Some(end.clone().unbind());
                std::mem::take(&mut status.waiting)
            };
            for future in waiting {
                settle(future.bind(py), &end)?;
            }
            Ok(())
        }));
        if !is_sent {
            // A future that is kept here would keep its task, and so this.
            let dropped = std::mem::take(&mut *self.status());
            drop(dropped);
        }
    }

    /// Asks the coroutine. `content` is made on the loop's thread.
    pub(crate) fn ask(
        self: &Arc<Self>,
        kind: Kind,
        content: impl FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send + 'static,
    ) -> Asked {
        let (asked, answering) = Asked::new(&self.channel);
        let state = Arc::clone(self);
        self.channel.send(Box::new(move |py| {
            let event = Event::question(py, kind, content(py)?, answering.clone())?;
            // A coroutine that is gone drops the event, which is an answer, too.
            state.give(event, &answering).map(drop)
        }));
        asked
    }

    /// Gives an event to the coroutine, on the loop's thread. False where the call is over, and with it the coroutine.
    pub(crate) fn give(&self, event: Bound<'_, Event>, answering: &Answering) -> PyResult<bool> {
        let (py, event) = (event.py(), event.into_any());
        let before = self.status().open.replace(answering.clone());
        drop(before);
        loop {
            let future = {
                let mut status = self.status();
                if status.is_over {
                    let open = status.open.take();
                    drop(status);
                    drop(open);
                    return Ok(false);
                }
                match status.waiting.pop() {
                    Some(future) => future,
                    None => {
                        status.events.push_back(event.unbind());
                        return Ok(true);
                    }
                }
            };
            if settle(future.bind(py), &event)? {
                return Ok(true);
            }
        }
    }

    /// Tells whether nobody waits for events any more.
    pub(crate) fn is_over(&self) -> bool {
        self.status().is_over
    }

    /// Ends the wait of the call's thread for the coroutine.
    fn hush(&self) {
        let open = self.status().open.take();
        if let Some(open) = open {
            open.answer(Answer::Gone);
        }
    }

    fn cancel(&self) {
        // A child that was forked amid the call has none of its threads.
        if self.process != std::process::id() {
            return;
        }
        let events = {
            let mut status = self.status();
            if status.is_over {
                return;
            }
            status.is_over = true;
            status.is_cancelled = true;
            std::mem::take(&mut status.events)
        };
        // First the token: the thread that the answer wakes must find the call ended.
        self.cancel.cancel();
        self.hush();
        drop(events);
    }

    fn status(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sets the result of a future. False if it has one, or was cancelled.
fn settle(future: &Bound<'_, PyAny>, result: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = future.py();
    if future.call_method0(intern!(py, "done"))?.is_truthy()? {
        return Ok(false);
    }
    future.call_method1(intern!(py, "set_result"), (result,))?;
    Ok(true)
}

/// A call in flight, for its coroutine. The call ends where this is dropped before.
#[pyclass(frozen, module = "penbox._native")]
pub(crate) struct Call {
    state: Arc<CallState>,
    /// The id of the operation.
    #[pyo3(get)]
    operation: String,
}

impl Call {
    pub(crate) fn new(state: Arc<CallState>, operation: String) -> Call {
        Call { state, operation }
    }
}

#[pymethods]
impl Call {
    /// A future with the next event, or with the result.
    fn wait<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let event_loop = self.state.channel.event_loop(py);
        let future = event_loop.call_method0(intern!(py, "create_future"))?;
        let ready = {
            let mut status = self.state.status();
            match status.events.pop_front() {
                None => status.end.as_ref().map(|end| end.clone_ref(py)),
                event => event,
            }
        };
        match ready {
            Some(ready) => settle(&future, ready.bind(py)).map(drop)?,
            None => {
                let waiting = future.clone().unbind();
                self.state.status().waiting.push(waiting);
            }
        }
        Ok(future)
    }

    /// Ends the call, unless it is over.
    fn cancel(&self) {
        self.state.cancel();
    }

    /// Drops the result, which the coroutine has. An error that was raised would hold this, and this the error.
    fn forget(&self) {
        let end = self.state.status().end.take();
        drop(end);
    }

    /// The result, or the event of the error; None while there is neither.
    #[getter]
    fn end(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        let status = self.state.status();
        status.end.as_ref().map(|end| end.clone_ref(py))
    }

    /// True if `cancel` ended the call.
    #[getter]
    fn cancelled(&self) -> bool {
        self.state.status().is_cancelled
    }

    /// True if the call's loop is the one that runs here.
    #[getter]
    fn is_here(&self, py: Python<'_>) -> PyResult<bool> {
        let running = Channel::of_running_loop(py)?;
        let event_loop = self.state.channel.event_loop(py);
        Ok(running.event_loop(py).is(event_loop))
    }

    fn __repr__(&self) -> String {
        format!("<penbox call {}>", self.operation)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.state.cancel();
    }
}
