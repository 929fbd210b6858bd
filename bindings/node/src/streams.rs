//! JavaScript's streams as a reader and a writer for the core.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Instant;

use crate::transfer::{Stop, Transfer};

/// The reader of a transfer's source. Each read waits for JavaScript until `limit`, on the worker thread.
pub(crate) struct Source {
    pub(crate) transfer: Arc<Transfer>,
    pub(crate) limit: Option<Instant>,
    pub(crate) chunk: io::Cursor<Vec<u8>>,
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.chunk.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            match self.transfer.next(self.limit) {
                Ok(Some(chunk)) => self.chunk = io::Cursor::new(chunk),
                Ok(None) => return Ok(0),
                // This byte is never sent: the core reports progress after each read, and that report ends the call as
                // cancelled. An error here would end it as a failed source instead.
                Err(Stop::Cancelled) => return Ok(1),
                Err(stop) => return Err(failed(&stop)),
            }
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
        Target::done(self.transfer.emptied(self.limit))
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
