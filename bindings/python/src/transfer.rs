//! Files on their way: Python's paths, bytes and file objects as what the core moves, and its progress told to Python.

use std::io::{self, Cursor, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use penbox_core::{Download, Error, File, Progress, Upload};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDict, PyMemoryView, PyString, PyType};

use crate::exit;
use crate::raise::raise;

/// How much is read from a file object at once.
const CHUNK: usize = 128 * 1024;

/// What the caller's own Python code raised while a file moved: it comes out as it is.
#[derive(Clone, Default)]
pub(crate) struct Raised(Arc<Mutex<Option<PyErr>>>);

impl Raised {
    /// Keeps the first exception; the core is only told that there is one.
    fn keep(&self, error: PyErr) -> io::Error {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert(error);
        io::Error::other("Python code raised an exception")
    }

    /// The result, unless the caller's code raised an exception.
    pub(crate) fn or<T>(&self, result: PyResult<T>) -> PyResult<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take().map_or(result, Err)
    }
}

/// What a caller gave to upload, and whether it has a name of its own.
pub(crate) fn upload(
    source: &Bound<'_, PyAny>,
    named: bool,
    raised: &Raised,
) -> PyResult<Upload<'static>> {
    let py = source.py();
    if let Some(path) = path(source)? {
        return Ok(Upload::path(path));
    }
    if let Some(bytes) = bytes(source)? {
        if !named {
            return Err(nameless(py));
        }
        return Ok(Upload::bytes(bytes, ""));
    }
    binary("source", "read", source)?;
    let name = file_name(source);
    if name.is_none() && !named {
        return Err(nameless(py));
    }
    let size = size(source)?;
    let reader = Reader {
        file: source.clone().unbind(),
        chunk: Cursor::new(PyBackedBytes::from(PyBytes::new(py, b""))),
        raised: raised.clone(),
    };
    Ok(Upload::reader(reader, size, name.unwrap_or_default()))
}

/// Where a caller wants a download.
pub(crate) fn download(
    to: Option<&Bound<'_, PyAny>>,
    overwrite: &Bound<'_, PyAny>,
    raised: &Raised,
) -> PyResult<Download<'static>> {
    let Ok(overwrite) = overwrite.cast::<PyBool>() else {
        return Err(refused(
            overwrite.py(),
            "the parameter overwrite must be True or False",
        ));
    };
    let Some(to) = to else {
        return Ok(Download::memory());
    };
    if let Some(path) = path(to)? {
        return Ok(Download::to(path).overwrite(overwrite.is_true()));
    }
    binary("to", "write", to)?;
    Ok(Download::writer(Writer {
        file: to.clone().unbind(),
        raised: raised.clone(),
    }))
}

/// The callback as the core calls it, if one was given.
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

/// The file as `penbox.File`.
pub(crate) fn file(py: Python<'_>, file: File) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let members = PyDict::new(py);
    members.set_item("path", file.path)?;
    members.set_item(
        "content",
        file.content.map(|content| PyBytes::new(py, &content)),
    )?;
    members.set_item("name", file.name)?;
    members.set_item("content_type", file.content_type)?;
    members.set_item("size", file.size)?;
    members.set_item("sha256", file.sha256)?;
    CLASS
        .import(py, "penbox._file", "File")?
        .call((), Some(&members))
}

/// A file object that is read while it is sent, with the GIL only for each chunk.
struct Reader {
    file: Py<PyAny>,
    chunk: Cursor<PyBackedBytes>,
    raised: Raised,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.chunk.read(buffer)?;
        if count > 0 || buffer.is_empty() {
            return Ok(count);
        }
        let chunk = exit::attached(|py| {
            let read = self.file.bind(py).call_method1("read", (CHUNK,));
            let read = read.map_err(|error| self.raised.keep(error))?;
            if read.is_none() {
                let text = "the file object has no data yet: it does not block";
                return Err(io::Error::other(text));
            }
            read.extract::<PyBackedBytes>().map_err(|_| {
                let class = read.get_type().to_string();
                io::Error::other(format!("the file object gave a {class} instead of bytes"))
            })
        })?;
        self.chunk = Cursor::new(chunk);
        self.chunk.read(buffer)
    }
}

/// A file object that is written while bytes come.
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
            // None of a raw file means that nothing was written, None of anything else that nobody counted.
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
            let flushed = file.getattr_opt("flush").and_then(|flush| match flush {
                Some(flush) => flush.call0().map(drop),
                None => Ok(()),
            });
            flushed.map_err(|error| self.raised.keep(error))
        })
    }
}

fn path(value: &Bound<'_, PyAny>) -> PyResult<Option<PathBuf>> {
    let is_path = value.is_instance_of::<PyString>() || value.hasattr("__fspath__")?;
    is_path.then(|| value.extract()).transpose()
}

/// Bytes as they are; what only looks like bytes is copied, for it may change. A mapped file is a file.
fn bytes(value: &Bound<'_, PyAny>) -> PyResult<Option<PyBackedBytes>> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(Some(bytes.clone().into()));
    }
    if let Ok(bytes) = value.cast::<PyByteArray>() {
        return Ok(Some(bytes.clone().into()));
    }
    if value.hasattr("read")? {
        return Ok(None);
    }
    match PyMemoryView::from(value) {
        Ok(view) => Ok(Some(view.call_method0("tobytes")?.extract()?)),
        Err(_) => Ok(None),
    }
}

/// Refuses what is no binary file.
fn binary(parameter: &str, method: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = value.py();
    if is_a(value, "TextIOBase")? {
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

fn is_a(value: &Bound<'_, PyAny>, class: &str) -> PyResult<bool> {
    let io = value.py().import("io")?;
    value.is_instance(&io.getattr(class)?)
}

/// The last part of a file object's own name: pipes and temporary files have a number, or none.
fn file_name(file: &Bound<'_, PyAny>) -> Option<String> {
    let name: String = file.getattr("name").ok()?.extract().ok()?;
    let name = Path::new(&name).file_name()?;
    Some(name.to_string_lossy().into_owned())
}

/// How much of a file object is still to be read, where it can tell.
fn size(file: &Bound<'_, PyAny>) -> PyResult<Option<u64>> {
    let seekable = file.call_method0("seekable");
    if !seekable.is_ok_and(|answer| answer.is_truthy().unwrap_or(false)) {
        return Ok(None);
    }
    let Ok(start) = file.call_method0("tell") else {
        return Ok(None);
    };
    let end = file.call_method1("seek", (0, 2));
    file.call_method1("seek", (&start,))?;
    let (Ok(start), Ok(Ok(end))) = (start.extract::<u64>(), end.map(|end| end.extract::<u64>()))
    else {
        return Ok(None);
    };
    Ok(Some(end.saturating_sub(start)))
}

fn nameless(py: Python<'_>) -> PyErr {
    refused(py, "the parameter name is required: the source has none")
}

fn refused(py: Python<'_>, text: &str) -> PyErr {
    raise(py, &Error::invalid_argument(text))
}
