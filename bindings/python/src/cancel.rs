//! Tokens that end calls.

use penbox_core::{CancelToken as Token, Error};
use pyo3::prelude::*;

use crate::input::Fault;

/// Ends calls from another thread: any number of them may have one token.
#[pyclass(frozen, module = "penbox")]
pub(crate) struct CancelToken(Token);

#[pymethods]
impl CancelToken {
    #[new]
    fn new() -> CancelToken {
        CancelToken(Token::new())
    }

    /// Ends every call that has this token, and those that are begun with it from now on.
    fn cancel(&self) {
        self.0.cancel();
    }

    /// Whether it was cancelled.
    #[getter]
    fn cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    fn __repr__(&self) -> &'static str {
        match self.0.is_cancelled() {
            true => "<penbox.CancelToken cancelled=True>",
            false => "<penbox.CancelToken cancelled=False>",
        }
    }
}

/// The token that was given as an option.
pub(crate) fn token(given: &Bound<'_, PyAny>) -> Result<Token, Fault> {
    let token = given.cast::<CancelToken>();
    let refused = |_| Error::invalid_argument("the option cancel must be a CancelToken");
    Ok(token.map_err(refused)?.get().0.clone())
}
