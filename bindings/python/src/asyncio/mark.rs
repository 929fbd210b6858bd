//! The mark of a call: it finds the event loop for the caller's hooks and token callback.

use std::fmt;
use std::sync::{Arc, Weak};

use penbox_core::ClientBuilder;
use penbox_core::bindings::{CallMark, TokenRequest, current_mark};
use penbox_core::hooks::HookError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;
use serde_json::Value;

use super::asked::{Answer, Asked};
use super::call::CallState;
use super::channel::Channel;
use super::event::{Event, Kind};
use crate::hook_error::raised;
use crate::{exit, hook_event};

/// The mark of a call of an asyncio client.
struct Mark {
    channel: Arc<Channel>,
    call: Weak<CallState>,
    /// The context of the call, for what its own coroutine does not run.
    context: Arc<Py<PyAny>>,
    /// False for a call that a hook makes: with hooks it would make calls without an end.
    has_hooks: bool,
}

/// The failure of a hook whose task was cancelled, or whose loop was closed.
#[derive(Debug)]
struct TaskEnded;

impl fmt::Display for TaskEnded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the task of the call was ended")
    }
}

impl std::error::Error for TaskEnded {}

/// The mark of a call that begins now.
pub(crate) fn of(py: Python<'_>, state: &Arc<CallState>) -> PyResult<CallMark> {
    static COPY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static INSIDE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let inside = INSIDE.import(py, "penbox._async_call", "INSIDE")?;
    Ok(Arc::new(Mark {
        channel: Arc::clone(&state.channel),
        call: Arc::downgrade(state),
        context: Arc::new(
            COPY.import(py, "contextvars", "copy_context")?
                .call0()?
                .unbind(),
        ),
        has_hooks: !inside.call_method0("get")?.is_truthy()?,
    }))
}

/// A fact of the mark of the call that runs on this thread.
fn marked<T>(read: impl FnOnce(&Mark) -> Option<T>) -> Option<T> {
    let mark = current_mark()?;
    read(mark.downcast_ref::<Mark>()?)
}

/// Calls a hook in the coroutine of the call that runs on this thread. Returns the headers that it added.
pub(crate) fn call_hook(
    hook: &Arc<Py<PyAny>>,
    class: &'static str,
    members: Value,
) -> Result<Vec<(String, String)>, HookError> {
    let hook = Arc::clone(hook);
    let content = move |py: Python<'_>| -> PyResult<Py<PyAny>> {
        let event = hook_event::event(py, class, &members)?;
        Ok((hook.clone_ref(py), event)
            .into_pyobject(py)?
            .into_any()
            .unbind())
    };
    let asked = marked(|mark| mark.has_hooks.then(|| mark.ask(content)));
    match asked.map(|asked| asked.wait()) {
        None | Some(Answer::Done) => Ok(Vec::new()),
        Some(Answer::Headers(headers)) => Ok(headers),
        Some(Answer::Raised(error)) => Err(exit::attached(|py| raised(py, error))),
        Some(_) => Err(Box::new(TaskEnded)),
    }
}

impl Mark {
    fn ask(
        &self,
        content: impl FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send + 'static,
    ) -> Asked {
        let (asked, answering) = Asked::new(&self.channel);
        let (call, context) = (self.call.clone(), Arc::clone(&self.context));
        self.channel.send(Box::new(move |py| {
            let event = Event::question(py, Kind::Hook, content(py)?, answering.clone())?;
            let is_given = match call.upgrade() {
                Some(call) => call.give(event.clone(), &answering)?,
                None => false,
            };
            match is_given {
                true => Ok(()),
                // A page that is fetched ahead: no coroutine waits for it.
                false => own_task(py, "serve", (event,), &context),
            }
        }));
        asked
    }
}

/// Has the running loop run a coroutine function of `penbox._async_call` as a task of its own.
fn own_task<'py>(
    py: Python<'py>,
    name: &str,
    arguments: impl pyo3::call::PyCallArgs<'py>,
    context: &Py<PyAny>,
) -> PyResult<()> {
    let module = py.import("penbox._async_call")?;
    let coroutine = module.getattr(name)?.call1(arguments)?;
    module.call_method1("adopt", (coroutine, context)).map(drop)
}

/// The settings with a callable that gives the token, or awaits it: it runs as a task of the loop whose call needs one.
pub(crate) fn token_provider(builder: ClientBuilder, provider: Py<PyAny>) -> ClientBuilder {
    let provider = Arc::new(provider);
    builder.token_provider_later(move |request| {
        let place = marked(|mark| Some((Arc::clone(&mark.channel), Arc::clone(&mark.context))));
        // The drop of the request is an answer, too.
        let Some((channel, context)) = place else {
            return drop(request);
        };
        let provider = Arc::clone(&provider);
        channel.send(Box::new(move |py| {
            let question = Bound::new(py, TokenQuestion(std::sync::Mutex::new(Some(request))))?;
            own_task(py, "give_token", (&*provider, question), &context)
        }));
    })
}

/// A question for the token. Its drop says that there is none.
#[pyclass(frozen, module = "penbox._native")]
pub(crate) struct TokenQuestion(std::sync::Mutex<Option<TokenRequest>>);

#[pymethods]
impl TokenQuestion {
    /// Answers with what the callable gave.
    fn give(&self, token: &Bound<'_, PyAny>) {
        let Some(request) = self.take().filter(|_| !token.is_none()) else {
            return;
        };
        match token.cast::<PyString>().map(|text| text.to_str()) {
            Ok(Ok(token)) => request.give(token.to_owned()),
            Ok(Err(_)) => request.not_text("a str with a lone surrogate"),
            Err(_) => {
                let kind = token.get_type().name().map(|name| name.to_string());
                request.not_text(&kind.unwrap_or_else(|_| "an object".to_owned()));
            }
        }
    }

    /// Answers with what the callable raised.
    fn fail(&self, error: &Bound<'_, PyAny>) {
        if let Some(request) = self.take() {
            let error = PyErr::from_value(error.clone());
            request.raised(&error.to_string(), Some(Box::new(error)));
        }
    }
}

impl TokenQuestion {
    fn take(&self) -> Option<TokenRequest> {
        let mut request = (self.0.lock()).unwrap_or_else(std::sync::PoisonError::into_inner);
        request.take()
    }
}
