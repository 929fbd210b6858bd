//! `CancelToken`: ends calls from another thread.

use penbox_core::{CancelToken as Token, Error};
use pyo3::prelude::*;

use crate::input::Fault;

/// A token that ends calls from another thread. Any number of calls may have the same one. It stays cancelled.
#[pyclass(frozen, module = "penbox")]
pub(crate) struct CancelToken(Token);

#[pymethods]
impl CancelToken {
    #[new]
    fn new() -> CancelToken {
        CancelToken(Token::new())
    }

    /// Ends every call that has this token, and every later one that is given it. It never raises and may be called again.
    fn cancel(&self) {
        self.0.cancel();
    }

    /// True once `cancel` was called.
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

/// The core's token of the option `cancel`. Refuses an object of any other class.
pub(crate) fn token(given: &Bound<'_, PyAny>) -> Result<Token, Fault> {
    let token = given.cast::<CancelToken>();
    let refused = |_| Error::invalid_argument("the option cancel must be a CancelToken");
    Ok(token.map_err(refused)?.get().0.clone())
}
