//! Recorded answers, for the unit tests of programs that use the package.

use penbox_core::bindings::Environment;
use penbox_core::testing;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::caller::Caller;
use crate::client::Client;
use crate::errors::{guarded, waiting};
use crate::{log_bridge, settings};

/// A recording that was read, and the answers of it that are left.
#[pyclass(frozen, module = "penbox._native")]
pub(crate) struct Recording {
    script: testing::Script,
}

#[pymethods]
impl Recording {
    /// Reads a file. Raises `FileError`.
    #[new]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "Python's arguments are owned"
    )]
    fn new(py: Python<'_>, path: std::path::PathBuf) -> PyResult<Recording> {
        let recording = waiting(py, || testing::Recording::read(&path))?;
        guarded(py, || {
            let script = recording.script();
            Ok(Recording { script })
        })
    }

    /// A client that gets the answers. The settings are those of `Client`; nothing is read from the environment. Raises
    /// `ConfigError`.
    fn client(
        &self,
        py: Python<'_>,
        settings: &Bound<'_, PyDict>,
        given: &Bound<'_, PyDict>,
    ) -> PyResult<Client> {
        let builder = settings::builder(settings, given, Caller::Thread)?;
        let builder = builder.with_environment(Environment::empty());
        let core = waiting(py, || self.script.client_of(builder))?;
        Ok(Client::of(core))
    }

    /// The answers that were not given yet: what they answer, and their number.
    fn left(&self) -> Vec<(String, usize)> {
        self.script.left()
    }
}

/// A client that writes what it is answered to a file. The settings are those of `Client`. Raises `ConfigError` and `FileError`.
#[pyfunction]
#[expect(
    clippy::needless_pass_by_value,
    reason = "Python's arguments are owned"
)]
pub(crate) fn record(
    py: Python<'_>,
    path: std::path::PathBuf,
    settings: &Bound<'_, PyDict>,
    given: &Bound<'_, PyDict>,
) -> PyResult<Client> {
    let builder = settings::builder(settings, given, Caller::Thread)?;
    log_bridge::refresh(py);
    let core = waiting(py, || {
        testing::Recording::record(builder.use_environment(), &path)
    })?;
    Ok(Client::of(core))
}
