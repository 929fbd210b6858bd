//! The file at a path that is uploaded. A regular one is checked when the call is made, and is opened for each attempt: a call that waits
//! for its turn holds no descriptor.

use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

#[cfg(unix)]
use super::descriptor::{self, Descriptor};
use super::file_error::{file_error, is_short_of_descriptors, shown};
use super::stall::{AwaitRead, Blocking};
use super::upload::ReadSeek;

/// The largest page of memory. A file of `/proc` says 0 bytes and one of `/sys` a page, whatever it holds.
pub(super) const LARGEST_PAGE: u64 = 64 * 1024;

/// The file at a path, checked.
pub(super) enum SourceFile {
    /// A regular file, which can be opened as often as needed.
    Regular(RegularFile),
    /// A pipe or a device. It has no size, and bytes that were read from it cannot be read again.
    Other(Box<dyn AwaitRead>),
}

/// A regular file that is not open.
pub(super) struct RegularFile {
    /// The path that the caller named.
    path: PathBuf,
    /// The same from the root. The process may change its current folder while the call waits.
    absolute: PathBuf,
}

/// A regular file that is open at its beginning.
pub(super) struct OpenFile {
    pub(super) reader: Box<dyn ReadSeek>,
    /// The size of the file; none where it cannot be trusted.
    pub(super) size: Option<u64>,
    /// The reader holds all bytes of the file, and no descriptor.
    pub(super) is_in_memory: bool,
}

impl SourceFile {
    /// Checks the file at a path, so that an error of it is found before anything is sent. What is no regular file is opened, so that
    /// its first bytes can be waited for.
    pub(super) fn check(path: PathBuf) -> Result<SourceFile> {
        let failed = |source: io::Error| file_error(&path, "cannot be read", source);
        if is_regular(&path)? {
            match File::open(&path) {
                Ok(_) => {}
                // The file is opened once the call has its turn. Other calls may have ended by then.
                Err(error) if is_short_of_descriptors(&error) => {}
                Err(error) => return Err(failed(error)),
            }
            let absolute = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
            return Ok(SourceFile::Regular(RegularFile { path, absolute }));
        }
        #[cfg(unix)]
        let reader = Descriptor(descriptor::open(&path)?);
        #[cfg(not(unix))]
        let reader = Blocking(File::open(&path).map_err(failed)?);
        Ok(SourceFile::Other(Box::new(reader)))
    }
}

impl RegularFile {
    /// Opens the file. Its size is that of this moment, whatever it was at the check.
    pub(super) fn open(&self) -> Result<OpenFile> {
        let failed = |source: io::Error| file_error(&self.path, "cannot be read", source);
        // The open of a pipe would wait for its writer.
        if !is_regular(&self.absolute)? {
            let message = format!("{} is no regular file any more", shown(&self.path));
            return Err(Error::new(ErrorKind::File, message));
        }
        let file = File::open(&self.absolute).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        sized(file, size).map_err(failed)
    }
}

/// Reports whether a path leads to a regular file. A folder is an error.
fn is_regular(path: &Path) -> Result<bool> {
    let found = fs::metadata(path).map_err(|source| file_error(path, "cannot be read", source))?;
    match found.is_dir() {
        true => {
            let message = format!("{} is a folder", shown(path));
            Err(Error::new(ErrorKind::File, message)
                .with_hint("Upload its files one by one, or an archive of them."))
        }
        false => Ok(found.is_file()),
    }
}

/// Reports whether a file that says it has this size may hold less or more, so that it has to be read before its size is announced.
pub(super) fn is_untrusted(size: u64) -> bool {
    matches!(size, 0 | 0x1000 | 0x4000 | LARGEST_PAGE)
}

/// The reader of a regular file that says it has this size, and the size where that can be trusted.
fn sized(mut file: File, size: u64) -> io::Result<OpenFile> {
    let on_disk = |file, size| OpenFile {
        reader: Box::new(Blocking(file)),
        size,
        is_in_memory: false,
    };
    if !is_untrusted(size) {
        return Ok(on_disk(file, Some(size)));
    }
    let mut beginning = Vec::new();
    (&mut file)
        .take(LARGEST_PAGE + 1)
        .read_to_end(&mut beginning)?;
    let length = beginning.len() as u64;
    if length > LARGEST_PAGE {
        file.rewind()?;
        return Ok(on_disk(file, None));
    }
    // Each read of such a file may give something else, so these bytes are what is sent, however often.
    Ok(OpenFile {
        reader: Box::new(Blocking(Cursor::new(beginning))),
        size: Some(length),
        is_in_memory: true,
    })
}
