//! Transfers: targets of downloads, progress callbacks, and exceptions of the caller's own code.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use penbox_core::bindings::{AwaitWrite, exhausted};
use penbox_core::{Download, Error, File, Outcome, Progress};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyString, PyType};

use crate::errors::exception;
use crate::{exit, input};

/// The most bytes written to a pipe at once: a pipe that is ready takes so many without a wait (`PIPE_BUF` of Linux, pipe(7)).
const PIPE_MOST: usize = 4_096;

/// The exception that the caller's own Python code raised during a transfer. It is raised as it is, instead of the core's error.
#[derive(Clone, Default)]
pub(crate) struct Raised(Arc<Mutex<Option<PyErr>>>);

impl Raised {
    /// Keeps the first exception, and returns an error that ends the transfer in the core.
    pub(crate) fn keep(&self, error: PyErr) -> io::Error {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert(error);
        io::Error::other("Python code raised an exception")
    }

    /// The result of the call, or the exception that the caller's code raised.
    pub(crate) fn or<T>(&self, result: PyResult<T>) -> PyResult<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take().map_or(result, Err)
    }
}

/// The target of a download: memory where `to` is None, a path, or a binary file object.
pub(crate) fn download(
    to: Option<&Bound<'_, PyAny>>,
    overwrite: &Bound<'_, PyAny>,
    raised: &Raised,
) -> PyResult<Download<'static>> {
    let overwrite = match input::given(Some(overwrite)) {
        None => false,
        Some(overwrite) => match overwrite.cast::<PyBool>() {
            Ok(overwrite) => overwrite.is_true(),
            Err(_) => {
                let text = "the parameter overwrite must be True or False";
                return Err(refused(overwrite.py(), text));
            }
        },
    };
    let Some(to) = to else {
        return Ok(Download::memory());
    };
    if let Some(path) = path(to)? {
        return Ok(Download::to(path).overwrite(overwrite));
    }
    binary("to", "write", to)?;
    let writer = Writer {
        file: to.clone().unbind(),
        raised: raised.clone(),
    };
    Ok(match pipe(to, "target")? {
        Some(pipe) => Download::awaited(Pipe { pipe, writer }),
        None => Download::writer(writer),
    })
}

/// The object of `penbox._pipes` for a file object over a pipe, a socket or a device; None for one that blocks in its own code, or
/// never.
pub(crate) fn pipe(file: &Bound<'_, PyAny>, role: &str) -> PyResult<Option<Py<PyAny>>> {
    let pipes = file.py().import("penbox._pipes")?;
    let pipe = pipes.call_method1(role, (file,))?;
    Ok((!pipe.is_none()).then(|| pipe.unbind()))
}

/// Waits, at most for so long, until such an object is ready.
pub(crate) fn is_ready(pipe: &Py<PyAny>, wait: Duration, raised: &Raised) -> io::Result<bool> {
    // A millisecond more: a wait of none would be repeated until the rest of it is over.
    let milliseconds = wait.as_millis() as u64 + 1;
    exit::attached(|py| {
        let ready = pipe.bind(py).call_method1("ready", (milliseconds,));
        let ready = ready.and_then(|ready| ready.is_truthy());
        ready.map_err(|error| raised.keep(error))
    })
}

/// A file object over a pipe, a socket or a device. Its descriptor says when it takes bytes.
struct Pipe {
    /// A `penbox._pipes.Target`.
    pipe: Py<PyAny>,
    writer: Writer,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        exit::attached(|py| {
            let written = self.pipe.bind(py);
            let written = written.call_method1("write", (PyBytes::new(py, bytes),));
            let written = written.map_err(|error| self.writer.raised.keep(error))?;
            match written.extract::<Option<usize>>() {
                Ok(Some(count)) if count <= bytes.len() => Ok(count),
                Ok(None) => Err(io::ErrorKind::WouldBlock.into()),
                _ => Err(io::Error::other("the file object did not take the bytes")),
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl AwaitWrite for Pipe {
    fn await_write(&mut self, wait: Duration) -> io::Result<bool> {
        is_ready(&self.pipe, wait, &self.writer.raised)
    }

    fn most(&self) -> usize {
        PIPE_MOST
    }
}

/// The progress callback as the core calls it. It returns False, the object itself, to cancel: an answer that is merely false,
/// such as None, goes on.
pub(crate) fn progress(
    callback: Option<&Bound<'_, PyAny>>,
    raised: &Raised,
) -> PyResult<Option<Progress<'static>>> {
    let Some(callback) = callback else {
        return Ok(None);
    };
    if !callback.is_callable() {
        let text = "the parameter on_progress must be callable";
        return Err(refused(callback.py(), text));
    }
    let (callback, raised) = (callback.clone().unbind(), raised.clone());
    Ok(Some(Box::new(move |moved, total| {
        exit::attached(|py| match callback.bind(py).call1((moved, total)) {
            Ok(answer) if answer.is(&*PyBool::new(py, false)) => ControlFlow::Break(()),
            Ok(_) => ControlFlow::Continue(()),
            Err(error) => {
                raised.keep(error);
                ControlFlow::Break(())
            }
        })
    })))
}

/// A downloaded file as a `penbox.File`.
pub(crate) fn file(py: Python<'_>, file: File) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let content = file.content.map(|content| copied(py, &content));
    let members = PyDict::new(py);
    members.set_item("path", file.path)?;
    members.set_item("content", content.transpose()?)?;
    members.set_item("name", file.name)?;
    members.set_item("content_type", file.content_type)?;
    members.set_item("size", file.size)?;
    members.set_item("sha256", file.sha256)?;
    CLASS
        .import(py, "penbox._file", "File")?
        .call((), Some(&members))
}

/// Bytes of the core as Python's. The copy may find no memory, which is an error as it is in the core.
fn copied<'py>(py: Python<'py>, content: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let copy = PyBytes::new_with(py, content.len(), |room| {
        room.copy_from_slice(content);
        Ok(())
    });
    copy.map_err(|cause| {
        let error = exception(py, &exhausted(content.len()).with_outcome(Outcome::Done));
        error.set_cause(py, Some(cause));
        error
    })
}

/// A file object that the core writes to. It takes the GIL for each write only.
struct Writer {
    file: Py<PyAny>,
    raised: Raised,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        exit::attached(|py| {
            let file = self.file.bind(py);
            let written = file.call_method1("write", (PyBytes::new(py, bytes),));
            let written = written.map_err(|error| self.raised.keep(error))?;
            let raw = || is_a(file, "RawIOBase").map_err(|error| self.raised.keep(error));
            // A raw file returns None if it would block and wrote nothing. Any other object returns None if it does not count.
            if written.is_none() && !raw()? {
                return Ok(bytes.len());
            }
            match written.extract::<usize>() {
                Ok(count) if count <= bytes.len() => Ok(count),
                _ => Err(io::Error::other("the file object did not take the bytes")),
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        exit::attached(|py| {
            let file = self.file.bind(py);
            // A class of the caller's own that has `write` need not have `flush`.
            let flushed = file.getattr_opt("flush").and_then(|flush| match flush {
                Some(flush) => flush.call0().map(drop),
                None => Ok(()),
            });
            flushed.map_err(|error| self.raised.keep(error))
        })
    }
}

/// The path of a `str` or an object with `__fspath__`; None for anything else.
pub(crate) fn path(value: &Bound<'_, PyAny>) -> PyResult<Option<PathBuf>> {
    let is_path = value.is_instance_of::<PyString>() || value.hasattr("__fspath__")?;
    is_path.then(|| value.extract()).transpose()
}

/// Refuses an object that is no binary file: a text file, or one without the method.
pub(crate) fn binary(parameter: &str, method: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = value.py();
    // A wrapper around a text file is no TextIOBase, but passes its encoding on.
    let encoding = value.getattr("encoding");
    let has_encoding = encoding.is_ok_and(|encoding| encoding.is_instance_of::<PyString>());
    if has_encoding || is_a(value, "TextIOBase")? {
        let text = format!("the parameter {parameter} is a text file: open it in binary mode");
        return Err(refused(py, &text));
    }
    if value.hasattr(method)? {
        return Ok(());
    }
    let other = if method == "read" { "bytes, " } else { "" };
    let class = value.get_type().name()?;
    let text =
        format!("the parameter {parameter} must be a path, {other}or a binary file, not a {class}");
    Err(refused(py, &text))
}

/// True if an object is of a class of the module `io`.
pub(crate) fn is_a(value: &Bound<'_, PyAny>, class: &str) -> PyResult<bool> {
    let io = value.py().import("io")?;
    value.is_instance(&io.getattr(class)?)
}

/// The `InvalidArgumentError` with this message.
pub(crate) fn refused(py: Python<'_>, text: &str) -> PyErr {
    exception(py, &Error::invalid_argument(text))
}
