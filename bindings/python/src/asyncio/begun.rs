//! Calls that begin.

use std::future::Future;
use std::sync::Arc;

use penbox_core::{CallOptions, Error};
use pyo3::prelude::*;

use super::call::{Call, CallState};
use super::channel::Channel;
use super::mark;
use crate::client::Client;
use crate::errors::guarded;
use crate::log_bridge;

/// A call that begins: its options, and what its coroutine shares.
pub(crate) struct Begun {
    pub(crate) options: CallOptions,
    pub(crate) state: Arc<CallState>,
}

impl Begun {
    /// A call with these options, for the loop that runs on this thread.
    pub(crate) fn new(py: Python<'_>, options: CallOptions, is_watched: bool) -> PyResult<Begun> {
        let (options, token) = options.begin().branch_cancel();
        let state = CallState::new(Channel::of_running_loop(py)?, token);
        let options = match is_watched {
            true => options.mark(mark::of(py, &state)?),
            false => options,
        };
        Ok(Begun { options, state })
    }

    /// Has the pool run the call, whose result `make` makes for Python on the loop's thread.
    pub(crate) fn start<T: Send + 'static>(
        self,
        py: Python<'_>,
        client: &Client,
        operation: &str,
        call: impl Future<Output = Result<T, Error>> + Send + 'static,
        make: impl for<'py> FnOnce(Python<'py>, Result<T, Error>) -> PyResult<Bound<'py, PyAny>>
        + Send
        + 'static,
    ) -> Call {
        log_bridge::refresh(py);
        let state = Arc::clone(&self.state);
        let done = move |result| state.finish(move |py| guarded(py, || make(py, result)));
        client.core.start(operation, &self.options, call, done);
        Call::new(self.state, operation.to_owned())
    }
}
