//! JavaScript's streams as the core wants them: something to read from, something to write to.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Instant;

use crate::transfer::{Stop, Transfer};

/// A stream of JavaScript's that is read.
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
                // A byte that is never sent: after each read the core asks how to go on, and hears that it is over.
                Err(Stop::Cancelled) => return Ok(1),
                Err(stop) => return Err(failed(&stop)),
            }
        }
    }
}

/// A stream of JavaScript's that is written to.
pub(crate) struct Target {
    pub(crate) transfer: Arc<Transfer>,
    pub(crate) limit: Option<Instant>,
}

impl Target {
    fn done(waited: Result<(), Stop>) -> io::Result<()> {
        match waited {
            // After each write the core asks how to go on, and hears that it is over.
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

fn failed(stop: &Stop) -> io::Error {
    match stop {
        Stop::Late => io::Error::new(
            io::ErrorKind::TimedOut,
            "the stream did not move within the call's time limit",
        ),
        Stop::Broken | Stop::Cancelled => io::Error::other("the stream broke off"),
    }
}
