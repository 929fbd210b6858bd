//! The check of a client, and the command `doctor`.

use penbox_core::bindings::{DoctorRun, Document};
use penbox_core::{CallOptions, CheckOptions, Client, Error};
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
    let options = match input::given(workspace) {
        None => CheckOptions::new(),
        Some(workspace) => match input::value("parameter", "workspace", workspace) {
            Ok(Value::String(slug)) => CheckOptions::new().workspace(slug),
            Ok(_) => {
                let error = Error::invalid_argument("the parameter workspace must be text");
                return Err(exception(py, &error));
            }
            Err(fault) => return Err(Fault::exception(fault, py, |error| error)),
        },
    };
    let call_options = signals::with_interrupt_check(py, call_options)?;
    let report = waiting(py, || client.check_called(&call_options, &options))?;
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
