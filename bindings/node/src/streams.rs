//! JavaScript's streams as a reader and a writer for the core.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use penbox_core::bindings::AwaitRead;

use crate::transfer::{Stop, Transfer};

/// The reader of a transfer's source. Each read waits for JavaScript until `limit`, on the worker thread.
pub(crate) struct Source {
    pub(crate) transfer: Arc<Transfer>,
    pub(crate) limit: Option<Instant>,
    pub(crate) chunk: io::Cursor<Vec<u8>>,
}

impl Source {
    /// True while bytes of the last chunk are left.
    fn has_bytes(&self) -> bool {
        self.chunk.position() < self.chunk.get_ref().len() as u64
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.has_bytes() && !buffer.is_empty() {
            match self.transfer.next(self.limit) {
                Ok(Some(chunk)) => self.chunk = io::Cursor::new(chunk),
                Ok(None) => return Ok(0),
                // This byte is never sent: the core reports progress after each read, and that report ends the call as
                // cancelled. An error here would end it as a failed source instead.
                Err(Stop::Cancelled) => return Ok(1),
                Err(stop) => return Err(failed(&stop)),
            }
        }
        self.chunk.read(buffer)
    }
}

impl AwaitRead for Source {
    /// Waits for the next chunk or the end, so that a stream which fails before its first chunk fails before anything is sent. The
    /// wait needs no slices: the transfer ends it by itself, at the call's limit and whenever JavaScript ends the call.
    fn await_read(&mut self, _: Duration) -> io::Result<bool> {
        if self.has_bytes() {
            return Ok(true);
        }
        match self.transfer.arrived(self.limit) {
            // The read that follows reports it.
            Ok(()) | Err(Stop::Cancelled) => Ok(true),
            Err(stop) => Err(failed(&stop)),
        }
    }
}

/// The writer of a transfer's target. Each write waits for JavaScript until `limit`, on the worker thread.
pub(crate) struct Target {
    pub(crate) transfer: Arc<Transfer>,
    pub(crate) limit: Option<Instant>,
}

impl Target {
    /// The result of a write after a wait.
    fn done(waited: Result<(), Stop>) -> io::Result<()> {
        match waited {
            // The core reports progress after each write, and that report ends the call as cancelled.
            Ok(()) | Err(Stop::Cancelled) => Ok(()),
            Err(stop) => Err(failed(&stop)),
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Target::done(self.transfer.hand_over(bytes, self.limit))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        // The core flushes once, after the last byte of a whole file.
        Target::done(self.transfer.finished(self.limit))
    }
}

/// The error for a stream that stopped.
fn failed(stop: &Stop) -> io::Error {
    match stop {
        Stop::Late => io::Error::new(
            io::ErrorKind::TimedOut,
            "the stream did not move within the call's time limit",
        ),
        Stop::Broken | Stop::Cancelled => io::Error::other("the stream broke off"),
    }
}
