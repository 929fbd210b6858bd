//! Sets of workspaces, which Python keeps and the core judges.

use penbox_core::bindings;
use pyo3::prelude::*;

use crate::errors::{exception, waiting};

/// Checks the slugs, each with the fingerprint of its client's token or None. Raises `ConfigError`.
#[pyfunction]
pub(crate) fn check_workspaces(
    py: Python<'_>,
    workspaces: Vec<(String, Option<String>)>,
) -> PyResult<()> {
    waiting(py, || bindings::check_workspaces(&workspaces))
}

/// The `InvalidArgumentError` for a slug that no client has.
#[pyfunction]
#[expect(
    clippy::needless_pass_by_value,
    reason = "Python's arguments are owned"
)]
pub(crate) fn unknown_workspace(py: Python<'_>, slug: &str, known: Vec<String>) -> PyErr {
    let known = known.iter().map(String::as_str);
    exception(py, &bindings::unknown_workspace(slug, known))
}
