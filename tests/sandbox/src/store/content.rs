use std::fs::File;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

use axum::body::Bytes;

/// The period of the content of a synthetic attachment; a prime, so that no block size hides a shift.
const PERIOD: u64 = 251;

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
            Content::Pattern => Box::new(PatternReader { offset: 0 }.take(size)),
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
    offset: u64,
}

impl Read for PatternReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut next = (self.offset % PERIOD) as u8;
        for byte in buffer.iter_mut() {
            *byte = next;
            next = (next + 1) % PERIOD as u8;
        }
        self.offset += buffer.len() as u64;
        Ok(buffer.len())
    }
}
