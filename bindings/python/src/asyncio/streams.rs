//! Sources and targets that are awaited, as a reader and a writer for the core.

use std::io::{self, Cursor, Read, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use penbox_core::bindings::{AwaitRead, AwaitWrite, system};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use super::asked::{Answer, Asked};
use super::call::CallState;
use super::event::Kind;

/// The most bytes written at once. Each write is a turn of the event loop, so a small size costs time; a large one costs memory.
const MOST: usize = 128 * 1024;
/// The least time between two reports of progress. Each stops the transfer for a turn of the loop; 20 a second look smooth.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

/// The reader of a source that the call's coroutine reads.
pub(crate) struct Source {
    call: Arc<CallState>,
    chunk: Cursor<PyBackedBytes>,
    asked: Option<Asked>,
    is_at_end: bool,
}

impl Source {
    pub(crate) fn new(py: Python<'_>, call: &Arc<CallState>) -> Source {
        Source {
            call: Arc::clone(call),
            chunk: Cursor::new(PyBackedBytes::from(PyBytes::new(py, b""))),
            asked: None,
            is_at_end: false,
        }
    }

    fn has_bytes(&self) -> bool {
        self.chunk.position() < self.chunk.get_ref().len() as u64
    }
}

impl AwaitRead for Source {
    fn await_read(&mut self, wait: Duration) -> io::Result<bool> {
        if self.has_bytes() || self.is_at_end {
            return Ok(true);
        }
        let call = &self.call;
        let asked = (self.asked).get_or_insert_with(|| call.ask(Kind::Read, none));
        let Some(answer) = asked.wait_for(wait) else {
            return Ok(false);
        };
        self.asked = None;
        match answer {
            Answer::Bytes(chunk) => {
                self.is_at_end = chunk.is_empty();
                self.chunk = Cursor::new(chunk);
                Ok(true)
            }
            Answer::NoBytes(class) => Err(io::Error::other(format!(
                "the source gave a {class} instead of bytes"
            ))),
            // The call was ended: the core finds it so.
            Answer::Gone if self.call.is_over() => Ok(false),
            _ => Err(broken()),
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if !self.has_bytes() && !self.is_at_end {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.chunk.read(buffer)
    }
}

/// The writer of a target that the call's coroutine writes to.
pub(crate) struct Target {
    call: Arc<CallState>,
    asked: Option<Asked>,
}

impl Target {
    pub(crate) fn new(call: &Arc<CallState>) -> Target {
        Target {
            call: Arc::clone(call),
            asked: None,
        }
    }

    /// The result of a write or a flush that was answered.
    fn taken(&self, answer: &Answer) -> io::Result<bool> {
        match answer {
            Answer::Done => Ok(true),
            // The call was ended: the core finds it so.
            Answer::Gone if self.call.is_over() => Ok(false),
            _ => Err(broken()),
        }
    }
}

impl AwaitWrite for Target {
    fn await_write(&mut self, wait: Duration) -> io::Result<bool> {
        let Some(asked) = &self.asked else {
            return Ok(!self.call.is_over());
        };
        let Some(answer) = asked.wait_for(wait) else {
            return Ok(false);
        };
        self.asked = None;
        self.taken(&answer)
    }

    fn most(&self) -> usize {
        MOST
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let chunk = bytes.to_vec();
        let chunk = move |py: Python<'_>| Ok(PyBytes::new(py, &chunk).into_any().unbind());
        self.asked = Some(self.call.ask(Kind::Write, chunk));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(asked) = self.asked.take() {
            self.taken(&asked.wait())?;
        }
        let flushed = self.call.ask(Kind::Flush, none).wait();
        match self.taken(&flushed)? {
            true => Ok(()),
            // The core looks for a cancel before it says so.
            false => Err(broken()),
        }
    }
}

/// The reports of progress to the call's coroutine.
pub(crate) struct Reports {
    call: Arc<CallState>,
    /// The bytes moved so far, and the size where it is known.
    moved: (u64, Option<u64>),
    /// The time and the bytes of the last report.
    last: Option<(Instant, u64)>,
}

impl Reports {
    pub(crate) fn new(call: &Arc<CallState>) -> Reports {
        Reports {
            call: Arc::clone(call),
            moved: (0, None),
            last: None,
        }
    }

    /// Reports, at most once in an interval, but always at the end.
    pub(crate) fn report(&mut self, moved: u64, total: Option<u64>) -> ControlFlow<()> {
        let is_due = |(at, _): (Instant, u64)| system::now() - at >= PROGRESS_INTERVAL;
        let is_new = self.last.is_none_or(|(_, before)| before != moved);
        self.moved = (moved, total);
        if !is_new || !(self.last.is_none_or(is_due) || total == Some(moved)) {
            return ControlFlow::Continue(());
        }
        self.send()
    }

    /// Reports the end of a transfer that succeeded. The pace of reports may have left it out.
    pub(crate) fn finish(&mut self) {
        let (moved, _) = self.moved;
        if moved > 0 && self.last.is_none_or(|(_, before)| before != moved) {
            let _ = self.send();
        }
    }

    fn send(&mut self) -> ControlFlow<()> {
        let (moved, total) = self.moved;
        self.last = Some((system::now(), moved));
        let content =
            move |py: Python<'_>| Ok((moved, total).into_pyobject(py)?.into_any().unbind());
        match self.call.ask(Kind::Progress, content).wait() {
            Answer::Done => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}

/// No content.
fn none(py: Python<'_>) -> PyResult<Py<PyAny>> {
    Ok(py.None())
}

fn broken() -> io::Error {
    io::Error::other("the stream broke off")
}
