//! A delivery as a web framework gives it: its headers and its body.

use penbox_core::Error;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyList, PyMapping, PyMemoryView, PyString, PyTuple,
};

use crate::errors::exception;

/// The headers that a verifier reads, with the names by which a WSGI environment has them.
const READ: [(&str, &str); 2] = [
    ("x-pnbx-signature", "HTTP_X_PNBX_SIGNATURE"),
    ("digest", "HTTP_DIGEST"),
];

/// The hint about headers.
const HEADERS: &str = "Give request.headers of the framework, scope[\"headers\"] of ASGI, the environ of WSGI, a dict, or a list of pairs.";

/// The hint about a body.
const BODY: &str = "Give the bytes as they were received: await request.body() in FastAPI and Starlette, request.get_data() in Flask, request.body in Django, await request.read() in aiohttp. JSON that was parsed and written again is another text.";

/// The headers of a delivery that a verifier reads, each as often as it is there.
pub(crate) type Headers = Vec<(&'static str, Vec<u8>)>;

/// Reads the headers. `items()` of the frameworks' own mappings gives a header that is there twice as two, or joined by a comma.
pub(crate) fn headers(given: &Bound<'_, PyAny>) -> PyResult<Headers> {
    let py = given.py();
    let refuse = |what: &str| {
        let message = format!("the parameter headers {what}");
        let error = Error::invalid_argument(message).with_hint(HEADERS);
        exception(py, &error)
    };
    let is_list = given.is_instance_of::<PyList>() || given.is_instance_of::<PyTuple>();
    // httpx joins what `items()` gives, as others do not.
    let pairs = match given.getattr_opt(intern!(py, "multi_items"))? {
        Some(items) => items.call0()?,
        None if is_list => given.clone(),
        None => match given.getattr_opt(intern!(py, "items"))? {
            Some(items) => items.call0()?,
            None => {
                return Err(refuse(&format!(
                    "must be a mapping or a list of pairs, not {}",
                    class(given)
                )));
            }
        },
    };
    let mut found = Headers::new();
    for pair in pairs.try_iter()? {
        let pair = pair?;
        let is_pair = pair.is_instance_of::<PyTuple>() || pair.is_instance_of::<PyList>();
        let both = (|| -> PyResult<_> { Ok((pair.get_item(0)?, pair.get_item(1)?)) })();
        let Some((name, value)) = both.ok().filter(|_| is_pair) else {
            return Err(refuse("has an item that is no pair of a name and a value"));
        };
        let Some(name) = known(&name) else {
            continue;
        };
        // AWS and others give the values of a name as a list.
        if let Ok(values) = value.cast::<PyList>() {
            for value in values {
                found.push((name, text(&value).ok_or_else(|| refuse(&ill_typed(name)))?));
            }
        } else if !value.is_none() {
            found.push((name, text(&value).ok_or_else(|| refuse(&ill_typed(name)))?));
        }
    }
    Ok(found)
}

fn ill_typed(name: &str) -> String {
    format!("has a value of {name} that is neither str nor bytes")
}

/// The name of a header that a verifier reads.
fn known(name: &Bound<'_, PyAny>) -> Option<&'static str> {
    let bytes = match name.cast::<PyBytes>() {
        Ok(bytes) => bytes.as_bytes().to_vec(),
        Err(_) => name.cast::<PyString>().ok()?.to_str().ok()?.into(),
    };
    let is = |(header, environ): &&(&str, &str)| {
        bytes.eq_ignore_ascii_case(header.as_bytes()) || bytes == environ.as_bytes()
    };
    READ.iter().find(is).map(|(header, _)| *header)
}

/// The bytes of a header's value. A text that is no UTF-8 has no token in it either way.
fn text(value: &Bound<'_, PyAny>) -> Option<Vec<u8>> {
    match value.cast::<PyBytes>() {
        Ok(bytes) => Some(bytes.as_bytes().to_vec()),
        Err(_) => {
            let text = value.cast::<PyString>().ok()?;
            Some(text.to_string_lossy().into_owned().into_bytes())
        }
    }
}

/// Reads the body.
pub(crate) fn body<'py>(given: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let py = given.py();
    if let Ok(bytes) = given.cast::<PyBytes>() {
        return Ok(bytes.clone());
    }
    if given.is_instance_of::<PyByteArray>() || given.is_instance_of::<PyMemoryView>() {
        // A copy: another thread may change the caller's while the digest is computed.
        let copied = py.get_type::<PyBytes>().call1((given,))?;
        return Ok(copied.cast_into::<PyBytes>()?);
    }
    let is_awaitable = given.hasattr(intern!(py, "__await__"))?;
    if is_awaitable && given.hasattr(intern!(py, "cr_await"))? {
        // A coroutine that nobody awaits would print a warning of its own.
        let _ = given.call_method0(intern!(py, "close"));
    }
    let is_parsed = given.is_instance_of::<PyList>() || given.cast::<PyMapping>().is_ok();
    let what = match () {
        () if is_awaitable => "a coroutine that was not awaited".to_owned(),
        () if is_parsed => format!("JSON that was parsed already ({})", class(given)),
        () if given.is_none() || given.is_instance_of::<PyBool>() => given.to_string(),
        () => class(given),
    };
    let message = format!("the parameter body must be bytes, not {what}");
    Err(exception(
        py,
        &Error::invalid_argument(message).with_hint(BODY),
    ))
}

fn class(value: &Bound<'_, PyAny>) -> String {
    let name = value.get_type().name().map(|name| name.to_string());
    name.unwrap_or_else(|_| "an object".to_owned())
}
