//! The usage of clients, as dicts.

use penbox_core::bindings::Language;
use pyo3::prelude::*;
use serde_json::Value;

use crate::errors::waiting;
use crate::hook_event;

/// The usage of a client in this process.
pub(crate) fn of_client<'py>(
    py: Python<'py>,
    core: &penbox_core::Client,
) -> PyResult<Bound<'py, PyAny>> {
    let stats = waiting(py, || Ok(core.stats().to_json(Language::Python)))?;
    hook_event::dict(py, &stats)
}

/// The usage of all clients of this process by token, as a list of dicts.
#[pyfunction]
pub(crate) fn process_stats(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let all = waiting(py, || {
        let all = penbox_core::process_stats();
        let all = all.iter().map(|stats| stats.to_json(Language::Python));
        Ok(all.collect::<Value>())
    })?;
    hook_event::dict(py, &all)
}
