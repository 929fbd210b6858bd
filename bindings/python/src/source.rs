//! Sources of uploads: Python's paths, bytes and file objects as the core's `Upload`.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use penbox_core::Upload;
use penbox_core::bindings::AwaitRead;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView};

use crate::exit;
use crate::transfer::{Raised, binary, is_a, is_ready, path, pipe, refused};

/// The bytes read from a file object at once. Each read takes the GIL, so a small size costs time; a large one costs memory for
/// every upload in flight.
const CHUNK: usize = 128 * 1024;
/// The hint about a file object that stands at its end.
const WAY_BACK: &str = "Call seek(0) on it first, or seek to where the file begins.";

/// A file object that cannot seek, in use by a call, with a flag that says whether the call has read it.
pub(crate) struct Lent(Option<(Py<PyAny>, Arc<AtomicBool>)>);

impl Lent {
    /// Marks the file object as spent after a failed call that has read it. The bytes read are lost, and a second upload would
    /// send the rest as if it were the whole file.
    pub(crate) fn lost(&self, py: Python<'_>) {
        let Some((file, read)) = &self.0 else {
            return;
        };
        if read.load(Ordering::Relaxed) {
            // A file object without weak references cannot be remembered without keeping it alive, so it is not.
            let _ = spent(py).and_then(|spent| spent.call_method1("add", (file,)));
        }
    }
}

/// The set of file objects that failed calls have read and that cannot seek. It refers to them weakly.
fn spent(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static SPENT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let made = SPENT.get_or_try_init(py, || {
        let set = py.import("weakref")?.getattr("WeakSet")?.call0()?;
        Ok::<_, PyErr>(set.unbind())
    });
    made.map(|set| set.bind(py))
}

/// The upload of a caller's source. `named` says that a parameter gives the name; without it the source must have one.
pub(crate) fn upload(
    source: &Bound<'_, PyAny>,
    named: bool,
    raised: &Raised,
) -> PyResult<(Upload<'static>, Lent)> {
    let py = source.py();
    if let Some(path) = path(source)? {
        return Ok((Upload::path(path), Lent(None)));
    }
    if let Some(bytes) = bytes(source)? {
        if !named {
            return Err(nameless(py));
        }
        return Ok((Upload::bytes(bytes, ""), Lent(None)));
    }
    binary("source", "read", source)?;
    let name = file_name(source);
    if name.is_none() && !named {
        return Err(nameless(py));
    }
    // Relaxed suffices for this flag: it is read after the call, whose end synchronizes the threads.
    let read = Arc::new(AtomicBool::new(false));
    let reader = Reader {
        file: source.clone().unbind(),
        chunk: Cursor::new(PyBackedBytes::from(PyBytes::new(py, b""))),
        raised: raised.clone(),
        read: read.clone(),
    };
    let name = name.unwrap_or_default();
    if is_seekable(source) {
        let upload = Upload::seekable(reader, name).way_back(WAY_BACK);
        return Ok((upload, Lent(None)));
    }
    // A class outside `io` may be able to start again by itself, so its objects are not remembered as spent.
    if !is_a(source, "IOBase")? {
        return Ok((Upload::reader(reader, None, name), Lent(None)));
    }
    if spent(py)?.contains(source).unwrap_or(false) {
        let text = "the source was read by a call that failed, and cannot seek: open it anew";
        return Err(refused(py, text));
    }
    let lent = Lent(Some((source.clone().unbind(), read)));
    Ok(match pipe(source, "source")? {
        Some(pipe) => (Upload::awaited(Pipe { pipe, reader }, None, name), lent),
        None => (Upload::reader(reader, None, name), lent),
    })
}

/// The upload of a source that a coroutine reads. See `upload`.
pub(crate) fn awaited(
    source: &Bound<'_, PyAny>,
    named: bool,
    reader: impl AwaitRead + 'static,
) -> PyResult<(Upload<'static>, Lent)> {
    let name = file_name(source);
    if name.is_none() && !named {
        return Err(nameless(source.py()));
    }
    let upload = Upload::awaited(reader, None, name.unwrap_or_default());
    Ok((upload, Lent(None)))
}

/// A file object over a pipe, a socket or a device. Its descriptor says when its bytes are there.
struct Pipe {
    /// A `penbox._pipes.Source`.
    pipe: Py<PyAny>,
    reader: Reader,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let pipe = &self.pipe;
        self.reader
            .read_by(buffer, |py, _| pipe.bind(py).call_method1("read", (CHUNK,)))
    }
}

impl AwaitRead for Pipe {
    fn await_read(&mut self, wait: Duration) -> io::Result<bool> {
        let is_ready = self.reader.has_bytes() || is_ready(&self.pipe, wait, &self.reader.raised)?;
        Ok(is_ready)
    }
}

/// A file object that is read while it is sent. It takes the GIL for each chunk only.
struct Reader {
    file: Py<PyAny>,
    chunk: Cursor<PyBackedBytes>,
    raised: Raised,
    /// True once bytes were read.
    read: Arc<AtomicBool>,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read_by(buffer, |py, file| {
            file.bind(py).call_method1("read", (CHUNK,))
        })
    }
}

impl Reader {
    /// Reports whether bytes of the last chunk are left.
    fn has_bytes(&self) -> bool {
        self.chunk.position() < self.chunk.get_ref().len() as u64
    }

    /// Reads from the last chunk, or makes `read` give the next one.
    fn read_by(
        &mut self,
        buffer: &mut [u8],
        read: impl for<'py> FnOnce(Python<'py>, &Py<PyAny>) -> PyResult<Bound<'py, PyAny>>,
    ) -> io::Result<usize> {
        let count = self.chunk.read(buffer)?;
        if count > 0 || buffer.is_empty() {
            return Ok(count);
        }
        self.read.store(true, Ordering::Relaxed);
        let chunk = exit::attached(|py| {
            let read = read(py, &self.file);
            let read = read.map_err(|error| self.raised.keep(error))?;
            if read.is_none() {
                let text = "the file object has no data yet: it does not block";
                return Err(io::Error::new(io::ErrorKind::WouldBlock, text));
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

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let moved = exit::attached(|py| {
            // The rest of the last chunk belongs to the old position.
            self.chunk = Cursor::new(PyBackedBytes::from(PyBytes::new(py, b"")));
            let file = self.file.bind(py);
            let place = match to {
                SeekFrom::Current(0) => file.call_method0("tell"),
                SeekFrom::Current(offset) => file.call_method1("seek", (offset, 1)),
                SeekFrom::Start(offset) => file.call_method1("seek", (offset,)),
                SeekFrom::End(offset) => file.call_method1("seek", (offset, 2)),
            };
            // The `seek` of some file objects returns None, so they are asked for their position.
            let place = match place? {
                place if place.is_none() => file.call_method0("tell")?,
                place => place,
            };
            place.extract::<u64>()
        });
        // The exception is not kept in `raised`: a source that cannot seek does not fail the call, it is sent once.
        moved.map_err(|_: PyErr| io::Error::other("the file object cannot seek"))
    }
}

/// True if a file object says that it can seek.
fn is_seekable(file: &Bound<'_, PyAny>) -> bool {
    let has = |name: &str| file.hasattr(name).unwrap_or(false);
    match has("seekable") {
        // A member of a streamed archive raises here, since the archive cannot say it.
        true => file
            .call_method0("seekable")
            .and_then(|answer| answer.is_truthy())
            .unwrap_or(false),
        // Mapped files and others have no such method before Python 3.13.
        false => has("seek") && has("tell"),
    }
}

/// The bytes of a bytes-like object, or None for anything else. All but `bytes` are copied, for the caller may change them
/// meanwhile. A mapped file has `read` and counts as a file, so that it is not copied whole.
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

/// The last part of the path in a file object's `name`. Pipes and temporary files have a number there, or no name.
fn file_name(file: &Bound<'_, PyAny>) -> Option<String> {
    let name: String = file.getattr("name").ok()?.extract().ok()?;
    // Python names what has no path in brackets: `<stdin>`, `<fdopen>`.
    if name.starts_with('<') && name.ends_with('>') {
        return None;
    }
    let name = Path::new(&name).file_name()?;
    Some(name.to_string_lossy().into_owned())
}

fn nameless(py: Python<'_>) -> PyErr {
    refused(py, "the parameter name is required: the source has none")
}
