//! The verifier of webhooks.

use std::time::Duration;

use penbox_core::webhook::{Verifier as Core, VerifierBuilder};
use penbox_core::{Client, ClientBuilder, Error};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyString, PyType};
use serde_json::Value;

use crate::delivery;
use crate::errors::{exception, waiting};
use crate::input;
use crate::model::{Handle, Model};
use crate::not_given::NotGiven;
use crate::options::milliseconds;
use crate::replay_store::PythonStore;
use crate::signals;

/// A verifier of the deliveries to one address.
#[pyclass(frozen, module = "penbox._native")]
pub(crate) struct Verifier(Core);

#[pymethods]
impl Verifier {
    #[new]
    fn new(py: Python<'_>, url: &Bound<'_, PyAny>, settings: &Bound<'_, PyDict>) -> PyResult<Self> {
        let mut builder = Core::builder(text("url", url)?);
        // As a client does unasked: the proxy and the CAs of the environment.
        let mut network = Client::builder().language("python").use_environment();
        for (name, value) in settings {
            let name: String = name.extract()?;
            if value.is_none() || value.is_instance_of::<NotGiven>() {
                continue;
            }
            match set(builder, &name, &value)? {
                Set::Done(next) => builder = next,
                Set::Unknown(next) => {
                    builder = next;
                    network = set_network(network, &name, &value);
                }
            }
        }
        let builder = builder
            .network(network)
            .interrupt_check(signals::check_interrupt);
        waiting(py, || builder.build()).map(Verifier)
    }

    /// Verifies a delivery.
    fn verify(
        &self,
        py: Python<'_>,
        headers: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (headers, body) = (delivery::headers(headers)?, delivery::body(body)?);
        let bytes = body.as_bytes();
        waiting(py, || self.0.verify(&headers, bytes))
    }

    /// Verifies a delivery, and reads its body as a result of a class.
    fn unwrap<'py>(
        &self,
        py: Python<'py>,
        model: &Bound<'py, PyType>,
        headers: &Bound<'py, PyAny>,
        body: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let headers = delivery::headers(headers)?;
        let body: Bound<'py, PyBytes> = delivery::body(body)?;
        let bytes = body.as_bytes();
        let document = waiting(py, || self.0.unwrap_document(&headers, bytes))?;
        let handle = Bound::new(py, Handle(document))?;
        let root = handle.get().0.root().index();
        Model::make(model, &handle, root)
    }

    /// Forgets that a delivery was accepted.
    fn forget(&self, py: Python<'_>, headers: &Bound<'_, PyAny>) -> PyResult<()> {
        let headers = delivery::headers(headers)?;
        waiting(py, || self.0.forget(&headers))
    }

    /// Fetches the issuer's keys, if they are not known.
    fn fetch_keys(&self, py: Python<'_>) -> PyResult<()> {
        waiting(py, || self.0.fetch_keys())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a verifier of webhooks cannot be pickled or copied: make one in each process, threads share one",
        ))
    }
}

/// The settings after one was given, or as they were where none of a verifier's own has the name.
enum Set {
    Done(VerifierBuilder),
    Unknown(VerifierBuilder),
}

/// Sets one of a verifier's own settings.
fn set(builder: VerifierBuilder, name: &str, value: &Bound<'_, PyAny>) -> PyResult<Set> {
    Ok(Set::Done(match name {
        "issuer" => builder.issuer(text(name, value)?),
        "method" => builder.method(text(name, value)?),
        "keys_url" => builder.keys_url(text(name, value)?),
        "keys" => builder.keys(keys(value)?),
        "algorithms" => builder.algorithms(texts(name, value)?),
        "leeway" => builder.leeway(duration(name, value)?),
        "timeout" => builder.timeout(duration(name, value)?),
        "remember_deliveries" => match value.cast::<PyBool>() {
            Ok(flag) if flag.is_true() => builder.remember_deliveries(),
            Ok(_) => builder,
            Err(_) => builder.remember_deliveries_in(PythonStore::new(value)?),
        },
        _ => return Ok(Set::Unknown(builder)),
    }))
}

/// Sets a setting of the requests for keys, which is one of a client's.
fn set_network(network: ClientBuilder, name: &str, value: &Bound<'_, PyAny>) -> ClientBuilder {
    // A value without a JSON form becomes null, which the core refuses by its name.
    network.set(
        name,
        input::value("setting", name, value).unwrap_or(Value::Null),
    )
}

fn refused(name: &str, value: &Bound<'_, PyAny>, what: &str) -> PyErr {
    let text = format!("the setting {name} must be {what}");
    exception(value.py(), &Error::config(text))
}

fn text(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let text = value
        .cast::<PyString>()
        .ok()
        .and_then(|text| text.to_str().ok());
    text.map(str::to_owned)
        .ok_or_else(|| refused(name, value, "text"))
}

/// Several texts, or one.
fn texts(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    if value.is_instance_of::<PyString>() {
        return Ok(vec![text(name, value)?]);
    }
    let refuse = || refused(name, value, "a list of texts");
    let items = value.try_iter().map_err(|_| refuse())?;
    items
        .map(|item| text(name, &item?).map_err(|_| refuse()))
        .collect()
}

/// Keys as text, as the bytes of a file, or as JSON that was parsed.
fn keys(value: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(String::from_utf8_lossy(bytes.as_bytes()).into_owned());
    }
    if value.is_instance_of::<PyString>() {
        return text("keys", value);
    }
    match input::value("setting", "keys", value) {
        Ok(object @ Value::Object(_)) => Ok(object.to_string()),
        _ => Err(refused("keys", value, "text, bytes, or a dict")),
    }
}

/// Seconds. A fraction of a millisecond is rounded.
fn duration(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    let given = input::value("setting", name, value).unwrap_or(Value::Null);
    match milliseconds(given).as_u64() {
        Some(whole) => Ok(Duration::from_millis(whole)),
        None => Err(refused(name, value, "a number of seconds from 0")),
    }
}
