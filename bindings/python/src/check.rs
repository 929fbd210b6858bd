//! The check of a client, and the command `doctor`.

use penbox_core::bindings::{DoctorRun, Document};
use penbox_core::{CallOptions, CheckOptions, Client, Error, Report};
use pyo3::prelude::*;
use serde_json::Value;

use crate::errors::{exception, waiting};
use crate::input::{self, Fault};
use crate::signals;
use crate::to_dict::to_python;

/// Checks a client. The result is a dict: the report's members and its `text`.
pub(crate) fn report<'py>(
    py: Python<'py>,
    client: &Client,
    call_options: CallOptions,
    workspace: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = options(py, workspace)?;
    let call_options = signals::with_interrupt_check(py, call_options)?;
    let report = waiting(py, || client.check_called(&call_options, &options))?;
    dict(py, &report)
}

/// The options of a check.
pub(crate) fn options(
    py: Python<'_>,
    workspace: Option<&Bound<'_, PyAny>>,
) -> PyResult<CheckOptions> {
    match input::given(workspace) {
        None => Ok(CheckOptions::new()),
        Some(workspace) => match input::value("parameter", "workspace", workspace) {
            Ok(Value::String(slug)) => Ok(CheckOptions::new().workspace(slug)),
            Ok(_) => {
                let error = Error::invalid_argument("the parameter workspace must be text");
                Err(exception(py, &error))
            }
            Err(fault) => Err(Fault::exception(fault, py, |error| error)),
        },
    }
}

/// A report as a dict: its members and its `text`.
pub(crate) fn dict<'py>(py: Python<'py>, report: &Report) -> PyResult<Bound<'py, PyAny>> {
    let document = Document::parse(report.to_json_with_text())
        .map_err(|_| exception(py, &Error::internal("a report that is no JSON")))?;
    to_python(py, document.root())
}

/// Runs the command `doctor`: its exit code, and its texts for standard output and standard error.
#[pyfunction]
pub(crate) fn doctor(
    py: Python<'_>,
    program: &str,
    arguments: Vec<String>,
) -> PyResult<(u8, String, String)> {
    let options = signals::with_interrupt_check(py, CallOptions::new())?;
    let run = waiting(py, || {
        let builder = Client::builder().language("python").use_environment();
        DoctorRun::new(builder, program, arguments, &options)
    })?;
    Ok((run.code, run.output, run.error))
}
