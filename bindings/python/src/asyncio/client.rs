//! The native client for asyncio. Its calls begin at once and end on the event loop.

use std::sync::{Arc, Mutex, PoisonError};

use penbox_core::bindings::Answer;
use penbox_core::{CheckOptions, Error};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use serde_json::Value;

use super::begun::Begun;
use super::call::{Call, CallState};
use super::list::List;
use super::streams::{Reports, Source, Target};
use crate::caller::Caller;
use crate::client::Client;
use crate::errors::{exception, waiting};
use crate::request_parts::RequestParts;
use crate::{check, input, log_bridge, response, settings, source, transfer};

/// The native client for asyncio.
#[pyclass(frozen, extends = Client, module = "penbox._native")]
pub(crate) struct AsyncClient {
    /// Functions of the caller's watch the calls, which therefore are marked.
    is_watched: bool,
}

#[pymethods]
impl AsyncClient {
    /// As `Client`. The hooks and the token's callable run on the event loop of the call.
    #[new]
    fn new(
        py: Python<'_>,
        settings: &Bound<'_, PyDict>,
        given: &Bound<'_, PyDict>,
    ) -> PyResult<PyClassInitializer<AsyncClient>> {
        let functions = given
            .values()
            .iter()
            .chain(settings.get_item("token_provider")?);
        let is_watched = functions.into_iter().any(|function| function.is_callable());
        let builder = settings::builder(settings, given, Caller::EventLoop)?;
        log_bridge::refresh(py);
        let core = waiting(py, || builder.use_environment().build())?;
        Ok(PyClassInitializer::from(Client::of(core)).add_subclass(AsyncClient { is_watched }))
    }

    /// As `Client.with_options`.
    #[pyo3(signature = (timeout=None, cancel=None, headers=None, query=None, body=None, max_attempts=None, retry_unsafe=None, fresh=None))]
    #[expect(clippy::too_many_arguments, reason = "positional in the facade only")]
    fn with_options<'py>(
        slf: &Bound<'py, Self>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
        headers: Option<&Bound<'_, PyAny>>,
        query: Option<&Bound<'_, PyAny>>,
        body: Option<&Bound<'_, PyAny>>,
        max_attempts: Option<&Bound<'_, PyAny>>,
        retry_unsafe: Option<&Bound<'_, PyAny>>,
        fresh: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, AsyncClient>> {
        let client = slf.as_super().get().with_options(
            slf.py(),
            timeout,
            cancel,
            headers,
            query,
            body,
            max_attempts,
            retry_unsafe,
            fresh,
        )?;
        AsyncClient::of(slf, client)
    }

    /// As `Client.with_response`.
    fn with_response<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, AsyncClient>> {
        AsyncClient::of(slf, slf.as_super().get().with_response())
    }

    /// Begins a call of an operation. The result is that of `Client.call`.
    #[pyo3(signature = (operation, model, params, timeout=None, cancel=None, headers=None, query=None, body=None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "positional in generated code only"
    )]
    fn call(
        slf: &Bound<'_, Self>,
        operation: &str,
        model: Option<Bound<'_, PyType>>,
        params: &Bound<'_, PyDict>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
        headers: Option<&Bound<'_, PyAny>>,
        query: Option<&Bound<'_, PyAny>>,
        body: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Call> {
        let (py, client) = (slf.py(), slf.as_super().get());
        let (options, params) = client.given(operation, params, |options| {
            options.with(timeout, cancel, headers, query, body)
        })?;
        let begun = Begun::new(py, options, slf.get().is_watched)?;
        let (core, id, given) = (
            client.core.clone(),
            operation.to_owned(),
            begun.options.clone(),
        );
        let call = async move {
            let params = Value::Object(params).to_string();
            core.resumable_invoke(&id, &params, &given).await
        };
        let model = model.map(Bound::unbind);
        Ok(begun.start(py, client, operation, call, move |py, answer| {
            answered(py, model.as_ref(), answer)
        }))
    }

    /// Begins a request that no operation makes. The result is that of `Client.request`.
    #[pyo3(signature = (method, path, query=None, body=None, safe=None, headers=None, timeout=None, cancel=None))]
    #[expect(clippy::too_many_arguments, reason = "positional in the facade only")]
    fn request(
        slf: &Bound<'_, Self>,
        method: &Bound<'_, PyAny>,
        path: &Bound<'_, PyAny>,
        query: Option<&Bound<'_, PyAny>>,
        body: Option<&Bound<'_, PyAny>>,
        safe: Option<&Bound<'_, PyAny>>,
        headers: Option<&Bound<'_, PyAny>>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Call> {
        let (py, client) = (slf.py(), slf.as_super().get());
        let given = RequestParts {
            query,
            body,
            safe,
            headers,
        };
        let (method, path, options, parts) =
            client.given_request(method, path, given, timeout, cancel)?;
        let begun = Begun::new(py, options, slf.get().is_watched)?;
        let (core, given) = (client.core.clone(), begun.options.clone());
        let call = async move {
            let parts = parts.to_string();
            core.resumable_request(&method, &path, &parts, &given).await
        };
        Ok(begun.start(py, client, "request", call, |py, answer| {
            answered(py, None, answer)
        }))
    }

    /// The list of a list operation. It validates the parameters, and sends nothing before the first step.
    #[pyo3(signature = (operation, model, params, timeout=None, cancel=None, headers=None, query=None, body=None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "positional in generated code only"
    )]
    fn list(
        slf: &Bound<'_, Self>,
        operation: &str,
        model: Bound<'_, PyType>,
        params: &Bound<'_, PyDict>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
        headers: Option<&Bound<'_, PyAny>>,
        query: Option<&Bound<'_, PyAny>>,
        body: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<List> {
        let client = slf.as_super().get();
        let (options, params) = client.given(operation, params, |options| {
            options.with(timeout, cancel, headers, query, body)
        })?;
        let list = List {
            core: client.core.clone(),
            operation: operation.to_owned(),
            params,
            options,
            model: model.unbind(),
            is_watched: slf.get().is_watched,
        };
        list.validated(slf.py())
    }

    /// Begins an upload. `streamed` says that the coroutine reads the source, `watched` that it is told of the progress.
    #[pyo3(signature = (operation, model, source, params, streamed, watched, timeout=None, cancel=None, headers=None, query=None))]
    #[expect(clippy::too_many_arguments, reason = "positional in the facade only")]
    fn upload(
        slf: &Bound<'_, Self>,
        operation: &str,
        model: Bound<'_, PyType>,
        source: &Bound<'_, PyAny>,
        params: &Bound<'_, PyDict>,
        streamed: bool,
        watched: bool,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
        headers: Option<&Bound<'_, PyAny>>,
        query: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Call> {
        let (py, client) = (slf.py(), slf.as_super().get());
        let (options, mut params) = client.given(operation, params, |options| {
            options.with(timeout, cancel, headers, query, None)
        })?;
        params.retain(|_, value| !value.is_null());
        let named = params.contains_key("name");
        let begun = Begun::new(py, options, slf.get().is_watched)?;
        let raised = transfer::Raised::default();
        let (upload, lent) = match streamed {
            true => source::awaited(source, named, Source::new(py, &begun.state))?,
            false => source::upload(source, named, &raised)?,
        };
        let reports = reports(&begun.state, watched);
        let upload = match reports.clone() {
            Some(reports) => upload.on_progress(Box::new(move |moved, total| {
                locked(&reports).report(moved, total)
            })),
            None => upload,
        };
        let (core, id, given) = (
            client.core.clone(),
            operation.to_owned(),
            begun.options.clone(),
        );
        let call = async move {
            let params = Value::Object(params).to_string();
            let answer = core.resumable_upload(&id, &params, upload, &given).await?;
            finish(reports.as_ref());
            Ok(answer)
        };
        let model = model.unbind();
        Ok(begun.start(py, client, operation, call, move |py, answer| {
            let answer = raised.or(answer.map_err(|error| exception(py, &error)));
            let answer = answer.inspect_err(|_| lent.lost(py))?;
            response::result(py, Some(model.bind(py)), answer)
        }))
    }

    /// Begins a download. `streamed` says that the coroutine writes to the target, `watched` that it is told of the progress.
    #[pyo3(signature = (operation, params, to, overwrite, streamed, watched, timeout=None, cancel=None, headers=None, query=None))]
    #[expect(clippy::too_many_arguments, reason = "positional in the facade only")]
    fn download(
        slf: &Bound<'_, Self>,
        operation: &str,
        params: &Bound<'_, PyDict>,
        to: Option<&Bound<'_, PyAny>>,
        overwrite: &Bound<'_, PyAny>,
        streamed: bool,
        watched: bool,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
        headers: Option<&Bound<'_, PyAny>>,
        query: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Call> {
        let (py, client) = (slf.py(), slf.as_super().get());
        let (options, mut params) = client.given(operation, params, |options| {
            options.with(timeout, cancel, headers, query, None)
        })?;
        params.retain(|_, value| !value.is_null());
        let begun = Begun::new(py, options, slf.get().is_watched)?;
        let raised = transfer::Raised::default();
        let download = match streamed {
            true => penbox_core::Download::awaited(Target::new(&begun.state)),
            false => transfer::download(input::given(to), overwrite, &raised)?,
        };
        let reports = reports(&begun.state, watched);
        let download = match reports.clone() {
            Some(reports) => download.on_progress(Box::new(move |moved, total| {
                locked(&reports).report(moved, total)
            })),
            None => download,
        };
        let (core, id, given) = (
            client.core.clone(),
            operation.to_owned(),
            begun.options.clone(),
        );
        let call = async move {
            let params = Value::Object(params).to_string();
            let file = core
                .resumable_download(&id, &params, download, &given)
                .await?;
            finish(reports.as_ref());
            Ok((file, given.recorded()))
        };
        Ok(begun.start(py, client, operation, call, move |py, file| {
            let (file, info) = raised.or(file.map_err(|error| exception(py, &error)))?;
            response::joined(py, transfer::file(py, file)?, info.as_ref())
        }))
    }

    /// Begins a check. The result is that of `Client.check`.
    #[pyo3(signature = (workspace=None))]
    fn check(slf: &Bound<'_, Self>, workspace: Option<&Bound<'_, PyAny>>) -> PyResult<Call> {
        let (py, client) = (slf.py(), slf.as_super().get());
        let options = client.options.validated();
        let options = options.map_err(|fault| fault.exception(py, |error| error))?;
        let wanted: CheckOptions = check::options(py, workspace)?;
        let begun = Begun::new(py, options, slf.get().is_watched)?;
        let (core, given) = (client.core.clone(), begun.options.clone());
        let call = async move { core.resumable_check(&given, &wanted).await };
        Ok(begun.start(py, client, "check", call, |py, report| {
            check::dict(py, &report.map_err(|error| exception(py, &error))?)
        }))
    }
}

impl AsyncClient {
    /// A client of the same kind around another.
    fn of<'py>(like: &Bound<'py, Self>, client: Client) -> PyResult<Bound<'py, AsyncClient>> {
        let is_watched = like.get().is_watched;
        let class = PyClassInitializer::from(client).add_subclass(AsyncClient { is_watched });
        Bound::new(like.py(), class)
    }
}

/// The answer of an operation for Python.
fn answered<'py>(
    py: Python<'py>,
    model: Option<&Py<PyType>>,
    answer: Result<Answer, Error>,
) -> PyResult<Bound<'py, PyAny>> {
    let answer = answer.map_err(|error| exception(py, &error))?;
    response::result(py, model.map(|model| model.bind(py)), answer)
}

type Shared = Arc<Mutex<Reports>>;

fn reports(state: &Arc<CallState>, watched: bool) -> Option<Shared> {
    watched.then(|| Arc::new(Mutex::new(Reports::new(state))))
}

fn locked(reports: &Shared) -> std::sync::MutexGuard<'_, Reports> {
    reports.lock().unwrap_or_else(PoisonError::into_inner)
}

fn finish(reports: Option<&Shared>) {
    if let Some(reports) = reports {
        locked(reports).finish();
    }
}
