//! The native client: settings, options and parameters go in, results come out.

use penbox_core::CallOptions;
use penbox_core::bindings::Recorder;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::errors::{exception, guarded, waiting};
use crate::input::{self, Fault};
use crate::options::Options;
use crate::pager::Pager;
use crate::request_parts::RequestParts;
use crate::{check, log_bridge, response, settings, signals, source, transfer, usage};

/// The native client. It holds the token, so that no object of Python's does.
#[pyclass(frozen, subclass, module = "penbox._native")]
pub(crate) struct Client {
    pub(crate) core: penbox_core::Client,
    pub(crate) options: Options,
    /// Results have the HTTP side of their answers.
    records: bool,
}

#[pymethods]
impl Client {
    /// Makes a client of a dict of settings by their names, durations in seconds. A setting that is None counts as not given:
    /// it is read from the environment, else its default holds. The token is taken out of the dict. `given` has the hooks by their
    /// names. Raises `ConfigError`.
    #[new]
    fn new(
        py: Python<'_>,
        settings: &Bound<'_, PyDict>,
        given: &Bound<'_, PyDict>,
    ) -> PyResult<Client> {
        let builder = settings::builder(settings, given, Caller::Thread)?;
        log_bridge::refresh(py);
        let core = waiting(py, || builder.use_environment().build())?;
        Ok(Client::of(core))
    }

    /// A client with these options over its own, on the same connections. Raises `InvalidArgumentError`; sends nothing.
    #[pyo3(signature = (timeout=None, cancel=None, headers=None, query=None, body=None, max_attempts=None, retry_unsafe=None, fresh=None))]
    #[expect(clippy::too_many_arguments, reason = "positional in the facade only")]
    pub(crate) fn with_options(
        &self,
        py: Python<'_>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
        headers: Option<&Bound<'_, PyAny>>,
        query: Option<&Bound<'_, PyAny>>,
        body: Option<&Bound<'_, PyAny>>,
        max_attempts: Option<&Bound<'_, PyAny>>,
        retry_unsafe: Option<&Bound<'_, PyAny>>,
        fresh: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Client> {
        let changed = || {
            let options = self.options.with(timeout, cancel, headers, query, body)?;
            let options = options.with_own(max_attempts, retry_unsafe, fresh)?;
            let _ = options.validated()?;
            Ok(options)
        };
        let options = changed().map_err(|fault: Fault| fault.exception(py, |error| error))?;
        Ok(Client {
            core: self.core.clone(),
            options,
            records: self.records,
        })
    }

    /// A client whose results have the HTTP side of their answers, with the same options on the same connections.
    pub(crate) fn with_response(&self) -> Client {
        Client {
            core: self.core.clone(),
            options: self.options.clone(),
            records: true,
        }
    }

    /// Sends a request that no operation makes. The result is plain Python. Raises an error of the SDK.
    #[pyo3(signature = (method, path, query=None, body=None, safe=None, headers=None, timeout=None, cancel=None))]
    #[expect(clippy::too_many_arguments, reason = "positional in the facade only")]
    fn request<'py>(
        &self,
        method: &Bound<'py, PyAny>,
        path: &Bound<'py, PyAny>,
        query: Option<&Bound<'py, PyAny>>,
        body: Option<&Bound<'py, PyAny>>,
        safe: Option<&Bound<'py, PyAny>>,
        headers: Option<&Bound<'py, PyAny>>,
        timeout: Option<&Bound<'py, PyAny>>,
        cancel: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = method.py();
        let given = RequestParts {
            query,
            body,
            safe,
            headers,
        };
        let (method, path, options, parts) =
            self.given_request(method, path, given, timeout, cancel)?;
        let options = signals::with_interrupt_check(py, options)?;
        let answer = waiting(py, || {
            let parts = parts.to_string();
            self.core.raw_request(&method, &path, &parts, &options)
        })?;
        response::result(py, None, answer)
    }

    /// Forgets the answers that the client keeps.
    fn clear_cache(&self, py: Python<'_>) -> PyResult<()> {
        waiting(py, || {
            self.core.clear_cache();
            Ok(())
        })
    }

    /// Tells the waits for a form that it has changed, and returns their number.
    fn notify_form(&self, py: Python<'_>, form_id: String) -> PyResult<usize> {
        waiting(py, || Ok(self.core.notify_form(&form_id)))
    }

    /// The use of the cache: hits, misses, entries and bytes.
    fn cache_stats(&self) -> (u64, u64, u64, u64) {
        let stats = self.core.cache_stats();
        (stats.hits, stats.misses, stats.entries, stats.bytes)
    }

    /// Calls an operation. The result is an object of the class `model`, a list of such objects, or plain Python without a
    /// class. Raises an error of the SDK, whose `outcome` says whether the call may be repeated.
    #[pyo3(signature = (operation, model, params, timeout=None, cancel=None, headers=None, query=None, body=None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "positional in generated code only"
    )]
    fn call<'py>(
        &self,
        operation: &str,
        model: Option<&Bound<'py, PyType>>,
        params: &Bound<'py, PyDict>,
        timeout: Option<&Bound<'py, PyAny>>,
        cancel: Option<&Bound<'py, PyAny>>,
        headers: Option<&Bound<'py, PyAny>>,
        query: Option<&Bound<'py, PyAny>>,
        body: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = params.py();
        let (options, params) = self.given(operation, params, |options| {
            options.with(timeout, cancel, headers, query, body)
        })?;
        let options = signals::with_interrupt_check(py, options)?;
        let answer = waiting(py, || {
            let params = Value::Object(params).to_string();
            self.core.invoke(operation, &params, &options)
        })?;
        response::result(py, model, answer)
    }

    /// The pager of a list operation, whose items are objects of the class `model`. It validates the parameters, and sends
    /// nothing before the first step. Raises `InvalidArgumentError`.
    #[pyo3(signature = (operation, model, params, timeout=None, cancel=None, headers=None, query=None, body=None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "positional in generated code only"
    )]
    fn pager<'py>(
        &self,
        operation: &str,
        model: &Bound<'py, PyType>,
        params: &Bound<'py, PyDict>,
        timeout: Option<&Bound<'py, PyAny>>,
        cancel: Option<&Bound<'py, PyAny>>,
        headers: Option<&Bound<'py, PyAny>>,
        query: Option<&Bound<'py, PyAny>>,
        body: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Pager> {
        let py = model.py();
        let (options, params) = self.given(operation, params, |options| {
            options.with(timeout, cancel, headers, query, body)
        })?;
        // The pager may be iterated on another thread than this one.
        let options = signals::with_interrupt_check_on_any_thread(options);
        let pager = waiting(py, || {
            let params = Value::Object(params).to_string();
            self.core.pager(operation, &params, options)
        })?;
        Ok(Pager::new(pager, model.clone().unbind()))
    }

    /// Sends a file; the result is an object of the class `model`. Parameters that are None are left out. Exceptions of the
    /// caller's own file object or callback are raised as they are.
    #[pyo3(signature = (operation, model, source, params, on_progress=None, timeout=None, cancel=None, headers=None, query=None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "positional in generated code only"
    )]
    fn upload<'py>(
        &self,
        operation: &str,
        model: &Bound<'py, PyType>,
        source: &Bound<'py, PyAny>,
        params: &Bound<'py, PyDict>,
        on_progress: Option<&Bound<'py, PyAny>>,
        timeout: Option<&Bound<'py, PyAny>>,
        cancel: Option<&Bound<'py, PyAny>>,
        headers: Option<&Bound<'py, PyAny>>,
        query: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = params.py();
        let (options, mut params) = self.given(operation, params, |options| {
            options.with(timeout, cancel, headers, query, None)
        })?;
        // These parameters are parts of a form, which has no null.
        params.retain(|_, value| !value.is_null());
        let options = signals::with_interrupt_check(py, options)?;
        let raised = transfer::Raised::default();
        let named = params.contains_key("name");
        let (mut upload, lent) = source::upload(source, named, &raised)?;
        if let Some(progress) = transfer::progress(input::given(on_progress), &raised)? {
            upload = upload.on_progress(progress);
        }
        let answer = raised.or(waiting(py, || {
            let params = Value::Object(params).to_string();
            self.core.upload(operation, &params, upload, &options)
        }));
        let answer = answer.inspect_err(|_| lent.lost(py))?;
        response::result(py, Some(model), answer)
    }

    /// Fetches a file into `to`: a path, a file object, or memory where it is None. The result is a `penbox.File`. Parameters
    /// that are None are left out. Exceptions of the caller's own file object or callback are raised as they are.
    #[pyo3(signature = (operation, params, to, overwrite, on_progress=None, timeout=None, cancel=None, headers=None, query=None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "positional in generated code only"
    )]
    fn download<'py>(
        &self,
        operation: &str,
        params: &Bound<'py, PyDict>,
        to: Option<&Bound<'py, PyAny>>,
        overwrite: &Bound<'py, PyAny>,
        on_progress: Option<&Bound<'py, PyAny>>,
        timeout: Option<&Bound<'py, PyAny>>,
        cancel: Option<&Bound<'py, PyAny>>,
        headers: Option<&Bound<'py, PyAny>>,
        query: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = params.py();
        let (options, mut params) = self.given(operation, params, |options| {
            options.with(timeout, cancel, headers, query, None)
        })?;
        // These parameters are parts of a query, which has no null.
        params.retain(|_, value| !value.is_null());
        let options = signals::with_interrupt_check(py, options)?;
        let raised = transfer::Raised::default();
        let mut download = transfer::download(input::given(to), overwrite, &raised)?;
        if let Some(progress) = transfer::progress(input::given(on_progress), &raised)? {
            download = download.on_progress(progress);
        }
        let file = raised.or(waiting(py, || {
            let params = Value::Object(params).to_string();
            self.core.download(operation, &params, download, &options)
        }))?;
        guarded(py, || {
            let file = transfer::file(py, file)?;
            response::joined(py, file, options.recorded().as_ref())
        })
    }

    /// The report of a check as a dict. A call that fails is a finding; raises `ClosedError` for a closed client.
    #[pyo3(signature = (workspace=None))]
    fn check<'py>(
        &self,
        py: Python<'py>,
        workspace: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = self.options.validated();
        let options = options.map_err(|fault| fault.exception(py, |error| error))?;
        check::report(py, &self.core, options, workspace)
    }

    /// Ends the client and all that share its connections: later calls raise `ClosedError`. It may be called again.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        waiting(py, || {
            self.core.close();
            Ok(())
        })
    }

    /// The API's address with its version, as text.
    #[getter]
    fn base_url(&self) -> &str {
        self.core.base_url()
    }

    /// Replaces the token of this client and of all that share its connections. Raises `ConfigError` for what is no token, and
    /// `ClosedError`; the token in use then stays.
    fn set_token(&self, py: Python<'_>, token: &Bound<'_, PyAny>) -> PyResult<()> {
        let Ok(text) = token.extract::<&str>() else {
            let error = penbox_core::Error::config("the token must be a str");
            return Err(exception(py, &error));
        };
        waiting(py, || self.core.set_token(text))
    }

    /// The usage of the client in this process, as a dict.
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        usage::of_client(py, &self.core)
    }

    /// Eight digits of a hash of the token; None while nobody was asked for it.
    #[getter]
    fn fingerprint(&self) -> Option<String> {
        self.core.auth().fingerprint()
    }

    /// The place where the token was found, in words.
    #[getter]
    fn source(&self) -> String {
        self.core.auth().source().to_string()
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a Penbox client cannot be pickled or copied: it holds a token and open connections; \
             make one in each process, or use with_options()",
        ))
    }
}

impl Client {
    /// The client of one of the core's.
    pub(crate) fn of(core: penbox_core::Client) -> Client {
        Client {
            core,
            options: Options::default(),
            records: false,
        }
    }

    /// The options with a recorder of the call's own, where results have their HTTP side.
    fn recorded(&self, options: CallOptions) -> CallOptions {
        match self.records {
            true => options.record(&Recorder::default()),
            false => options,
        }
    }

    /// The options and parameters of a call as the core takes them. An error about them names the operation.
    pub(crate) fn given(
        &self,
        operation: &str,
        params: &Bound<'_, PyDict>,
        change: impl FnOnce(&Options) -> Result<Options, Fault>,
    ) -> PyResult<(CallOptions, Map<String, Value>)> {
        let read = || {
            let options = self.recorded(change(&self.options)?.validated()?);
            Ok((options, input::parameters(operation, params)?))
        };
        read().map_err(|fault: Fault| {
            fault.exception(params.py(), |error| self.core.placed(operation, error))
        })
    }

    /// A request as the core takes it: method, path, options, and its other parts as an object. An error about them names it.
    pub(crate) fn given_request(
        &self,
        method: &Bound<'_, PyAny>,
        path: &Bound<'_, PyAny>,
        given: RequestParts<'_, '_>,
        timeout: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(String, String, CallOptions, Value)> {
        // The core refuses the empty text, with its own message.
        let text = |value: &Bound<'_, PyAny>| value.extract::<String>().unwrap_or_default();
        let (py, method, path) = (method.py(), text(method), text(path));
        let read = || {
            let options = self.options.with(timeout, cancel, None, None, None)?;
            Ok((self.recorded(options.validated()?), given.object()?))
        };
        let (options, parts) = read().map_err(|fault: Fault| {
            fault.exception(py, |error| self.core.placed_request(&method, &path, error))
        })?;
        Ok((method, path, options, parts))
    }
}
