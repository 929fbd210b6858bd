//! The caller's hooks: Python functions that the core calls beside its requests.

use std::sync::Arc;

use penbox_core::bindings::Language;
use penbox_core::hooks::HookError;
use penbox_core::{ClientBuilder, Error};
use pyo3::exceptions::{PyException, PyRuntimeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};
use serde_json::Value;

use crate::asyncio::mark;
use crate::caller::Caller;
use crate::errors::exception;
use crate::hook_error::raised;
use crate::hook_event::event;
use crate::not_given::NotGiven;
use crate::{exit, signals};

/// Adds the hooks of a dict, by their names. A hook that is None counts as not given.
pub(crate) fn add(
    mut builder: ClientBuilder,
    hooks: &Bound<'_, PyDict>,
    caller: Caller,
) -> PyResult<ClientBuilder> {
    for (name, hook) in hooks {
        let name: String = name.extract()?;
        if hook.is_none() || hook.is_instance_of::<NotGiven>() {
            continue;
        }
        if !hook.is_callable() {
            let text = format!("the setting {name} must be callable");
            return Err(exception(hook.py(), &Error::config(text)));
        }
        let hook = Hook {
            function: Arc::new(hook.unbind()),
            caller,
        };
        let language = Language::Python;
        builder = match name.as_str() {
            "on_request" => builder.on_request(move |event| {
                for (name, value) in hook.request(event.to_json(language))? {
                    event.header(name, value);
                }
                Ok(())
            }),
            "on_response" => builder
                .on_response(move |event| hook.observe("ResponseEvent", event.to_json(language))),
            "on_retry" => {
                builder.on_retry(move |event| hook.observe("RetryEvent", event.to_json(language)))
            }
            "on_alert" => {
                builder.on_alert(move |event| hook.observe("Alert", event.to_json(language)))
            }
            _ => return Err(PyRuntimeError::new_err("there is no such hook")),
        };
    }
    Ok(builder)
}

/// A function of the caller's.
struct Hook {
    function: Arc<Py<PyAny>>,
    caller: Caller,
}

impl Hook {
    /// Calls `on_request`, and returns the headers that it added.
    fn request(&self, members: Value) -> Result<Vec<(String, String)>, HookError> {
        match self.caller {
            Caller::Thread => request(&self.function, members),
            Caller::EventLoop => mark::call_hook(&self.function, "RequestEvent", members),
        }
    }

    /// Calls a hook that only looks.
    fn observe(&self, class: &'static str, members: Value) -> Result<(), HookError> {
        match self.caller {
            Caller::Thread => observe(&self.function, class, members),
            Caller::EventLoop => mark::call_hook(&self.function, class, members).map(drop),
        }
    }
}

/// Calls `on_request`, and returns the headers that it added.
fn request(hook: &Py<PyAny>, members: Value) -> Result<Vec<(String, String)>, HookError> {
    exit::attached(|py| {
        let called = || -> PyResult<Vec<(String, String)>> {
            let event = event(py, "RequestEvent", &members)?;
            refuse_awaitable(hook.bind(py).call1((&event,))?)?;
            let headers = event.getattr(intern!(py, "headers"))?;
            let items = headers.cast::<PyMapping>()?.items()?;
            items.iter().map(|item| item.extract()).collect()
        };
        called().map_err(|error| raised(py, error))
    })
}

/// Calls a hook that only looks.
fn observe(hook: &Py<PyAny>, class: &str, members: Value) -> Result<(), HookError> {
    exit::attached(|py| {
        let called = || refuse_awaitable(hook.bind(py).call1((event(py, class, &members)?,))?);
        called().map_err(|error| {
            if !error.is_instance_of::<PyException>(py) {
                // Ctrl-C in a hook must not be lost, though the hook's own errors change nothing for the call.
                signals::keep(error.clone_ref(py));
            }
            raised(py, error)
        })
    })
}

/// Refuses the coroutine of an `async def`: nobody would await it.
fn refuse_awaitable(answer: Bound<'_, PyAny>) -> PyResult<()> {
    if answer.hasattr(intern!(answer.py(), "__await__"))? {
        let _ = answer.call_method0(intern!(answer.py(), "close"));
        let text = "a hook must be a plain function, not an async one";
        return Err(pyo3::exceptions::PyTypeError::new_err(text));
    }
    Ok(())
}
