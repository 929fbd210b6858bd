//! Events of a call: what its coroutine has to do, or the error that ended it.

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyMemoryView;

use super::asked::{Answer, Answering};

/// The work of an event.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// The call failed: the content is the exception.
    Failed,
    /// A hook is to be called: the content is the hook and its event. The answer are the headers that it added.
    Hook,
    /// The progress callback is to be called: the content are its arguments. False ends the call.
    Progress,
    /// The source is to be read. The answer are its bytes.
    Read,
    /// The content is to be written to the target.
    Write,
    /// The target is to be flushed.
    Flush,
}

/// An event of a call.
#[pyclass(frozen, module = "penbox._native")]
pub(crate) struct Event {
    kind: Kind,
    /// The object that the kind is about.
    #[pyo3(get)]
    content: Py<PyAny>,
    /// None where nobody waits.
    answering: Option<Answering>,
}

impl Event {
    /// The end of a call that failed.
    pub(crate) fn failed(py: Python<'_>, error: PyErr) -> PyResult<Bound<'_, PyAny>> {
        let event = Event {
            kind: Kind::Failed,
            content: error.into_value(py).into_any(),
            answering: None,
        };
        Ok(Bound::new(py, event)?.into_any())
    }

    /// A question to the coroutine.
    pub(crate) fn question(
        py: Python<'_>,
        kind: Kind,
        content: Py<PyAny>,
        answering: Answering,
    ) -> PyResult<Bound<'_, Event>> {
        let event = Event {
            kind,
            content,
            answering: Some(answering),
        };
        Bound::new(py, event)
    }
}

#[pymethods]
impl Event {
    /// The name of the kind.
    #[getter]
    fn kind(&self) -> &'static str {
        match self.kind {
            Kind::Failed => "failed",
            Kind::Hook => "hook",
            Kind::Progress => "progress",
            Kind::Read => "read",
            Kind::Write => "write",
            Kind::Flush => "flush",
        }
    }

    /// Answers: with bytes, with headers, or with False to end the call.
    #[pyo3(signature = (value = None))]
    fn answer(&self, value: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let answer = match (self.kind, value) {
            (Kind::Read, Some(value)) => bytes(value)?,
            (Kind::Hook, Some(value)) => Answer::Headers(value.extract()?),
            (Kind::Progress, Some(value)) if !value.is_truthy()? => Answer::Stop,
            _ => Answer::Done,
        };
        self.send(answer);
        Ok(())
    }

    /// Answers with what the caller's own code raised.
    fn fail(&self, error: &Bound<'_, PyAny>) {
        self.send(Answer::Raised(PyErr::from_value(error.clone())));
    }
}

impl Event {
    fn send(&self, answer: Answer) {
        if let Some(answering) = &self.answering {
            answering.answer(answer);
        }
    }
}

/// The bytes of a chunk. All but `bytes` are copied, for the caller may change them meanwhile.
fn bytes(value: &Bound<'_, PyAny>) -> PyResult<Answer> {
    if let Ok(bytes) = value.extract::<PyBackedBytes>() {
        return Ok(Answer::Bytes(bytes));
    }
    match PyMemoryView::from(value) {
        Ok(view) => Ok(Answer::Bytes(view.call_method0("tobytes")?.extract()?)),
        Err(error) if !error.is_instance_of::<PyException>(value.py()) => Err(error),
        Err(_) => Ok(Answer::NoBytes(value.get_type().to_string())),
    }
}
