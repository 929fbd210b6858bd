//! The callable that gives the token.

use penbox_core::ClientBuilder;
use penbox_core::bindings::TokenRequest;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::exit;

/// The settings with a callable that gives the token. It is called on the thread of the call that needs one, with the GIL.
pub(crate) fn set(builder: ClientBuilder, provider: Py<PyAny>) -> ClientBuilder {
    builder.token_provider_later(move |request| {
        exit::attached(|py| answer(provider.bind(py), request));
    })
}

/// Calls the callable, and answers the request with what it returns or raises.
fn answer(provider: &Bound<'_, PyAny>, request: TokenRequest) {
    let given = match provider.call0() {
        Ok(given) => given,
        Err(error) => {
            let text = error.to_string();
            return request.raised(&text, Some(Box::new(error)));
        }
    };
    if given.is_none() {
        return drop(request);
    }
    match given.cast::<PyString>().map(|text| text.to_str()) {
        Ok(Ok(token)) => request.give(token.to_owned()),
        Ok(Err(_)) => request.not_text("a str with a lone surrogate"),
        Err(_) => {
            // A coroutine that nobody awaits would print a warning of its own.
            let is_coroutine = given.hasattr("cr_await").unwrap_or(false);
            if is_coroutine {
                let _ = given.call_method0("close");
            }
            let kind = given.get_type().name().map(|name| name.to_string());
            request.not_text(&kind.unwrap_or_else(|_| "an object".to_owned()));
        }
    }
}
