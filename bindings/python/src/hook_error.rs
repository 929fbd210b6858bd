//! The exception of a hook, on its way through the core and back.

use std::fmt;

use penbox_core::Error;
use penbox_core::hooks::HookError;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

/// The exception of a hook, on its way through the core.
#[derive(Debug)]
struct Raised {
    error: PyErr,
    /// Its class and its text, read where the GIL was held.
    text: String,
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Raised {}

/// The exception of the caller's own code that ended a call, a hook's or a `token_provider`'s, as the cause of the SDK's own. One that
/// is no `Exception`, such as KeyboardInterrupt, is what the program expects: it is raised as it is.
pub(crate) fn caused(py: Python<'_>, error: &Error, raised: PyErr) -> PyErr {
    let source = std::error::Error::source(error);
    let own = source.and_then(|source| {
        let of_hook = source.downcast_ref::<Raised>().map(|hook| &hook.error);
        of_hook.or_else(|| source.downcast_ref::<PyErr>())
    });
    let Some(own) = own.map(|own| own.clone_ref(py)) else {
        return raised;
    };
    if !own.is_instance_of::<PyException>(py) {
        return own;
    }
    raised.set_cause(py, Some(own));
    raised
}

/// The failure of a hook that raised an exception, as the core takes it.
pub(crate) fn raised(py: Python<'_>, error: PyErr) -> HookError {
    let class = error.get_type(py).qualname();
    let class = class.map_or_else(|_| "exception".to_owned(), |class| class.to_string());
    let text = error.value(py).to_string();
    Box::new(Raised {
        text: format!("{class}: {text}"),
        error,
    })
}
