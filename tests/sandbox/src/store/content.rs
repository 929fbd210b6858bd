use std::fs::File;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

use axum::body::Bytes;

/// The period of the content of a synthetic attachment; a prime, so that no block size hides a shift.
const PERIOD: usize = 251;
/// Whole periods to copy from: made byte by byte, a gigabyte would take its time.
static PATTERN: [u8; 256 * PERIOD] = {
    let mut block = [0; 256 * PERIOD];
    let mut at = 0;
    while at < block.len() {
        block[at] = (at % PERIOD) as u8;
        at += 1;
    }
    block
};

/// Where the bytes of a file are.
pub(crate) enum Content {
    Memory(Bytes),
    /// A temporary file without a name: it is gone with its last handle, however the sandbox ends.
    Disk(Arc<File>),
    /// Made while it is read: the byte at offset `n` is `n % 251`.
    Pattern,
}

impl Content {
    /// Reads from the start; several readers do not disturb each other.
    pub(crate) fn reader(&self, size: u64) -> Box<dyn Read + Send> {
        match self {
            Content::Memory(bytes) => Box::new(Cursor::new(bytes.clone())),
            Content::Disk(file) => Box::new(DiskReader {
                file: Arc::clone(file),
                offset: 0,
            }),
            Content::Pattern => Box::new(PatternReader { phase: 0 }.take(size)),
        }
    }
}

struct DiskReader {
    file: Arc<File>,
    offset: u64,
}

impl Read for DiskReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = read_at(&self.file, buffer, self.offset)?;
        self.offset += count as u64;
        Ok(count)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

struct PatternReader {
    /// Where in the pattern's period the next byte is.
    phase: usize,
}

impl Read for PatternReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let source = &PATTERN[self.phase..];
        let count = source.len().min(buffer.len());
        buffer[..count].copy_from_slice(&source[..count]);
        self.phase = (self.phase + count) % PERIOD;
        Ok(count)
    }
}
