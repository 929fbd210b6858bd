//! Objects of Python's standard library, and of numpy, that have one reading as JSON.

use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// The reading of an object.
pub(crate) enum Plain<'py> {
    /// The same as text, a number, a bool, None, a dict or a list.
    Value(Bound<'py, PyAny>),
    /// It has no reading or several: the problem and the remedy.
    Refused(String, String),
    /// Its class is none of these.
    Unknown,
}

/// Reads an object. The classes are looked for in Python, for nobody who gives plain values has to load them.
pub(crate) fn of<'py>(value: &Bound<'py, PyAny>) -> PyResult<Plain<'py>> {
    let read = value
        .py()
        .import("penbox._plain")?
        .call_method1("plain", (value,))?;
    let Ok(read) = read.cast_into::<PyTuple>() else {
        return Ok(Plain::Unknown);
    };
    let (plain, problem, remedy): (Bound<'py, PyAny>, String, String) = read.extract()?;
    Ok(match problem.is_empty() {
        true => Plain::Value(plain),
        false => Plain::Refused(problem, remedy),
    })
}
