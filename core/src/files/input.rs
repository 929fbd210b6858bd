//! An open source: the reader of its bytes, and the way back to the first one.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

#[cfg(unix)]
use super::descriptor::{self, Descriptor};
use super::stall::{AwaitRead, Blocking, StallLimits};
use super::upload::{After, ReadSeek, Source, file_error, shown};

/// An open source. A seekable one goes back to where it began when it is dropped, unless it was kept as it is.
pub(crate) struct Input<'a> {
    reader: Reader<'a>,
    /// The number of bytes from where it began, where that is known.
    pub(crate) size: Option<u64>,
    /// Bytes were requested from the reader.
    was_read: bool,
    /// The limits of the call that reads it.
    pub(crate) limits: StallLimits,
}

/// The reader of a source, by the way back that it has.
enum Reader<'a> {
    /// Bytes that can be read once.
    Once {
        reader: Box<dyn AwaitRead + 'a>,
        /// The part of the source that the caller has after the call.
        after: After,
    },
    /// Bytes that can be read again from `start`.
    Seekable {
        reader: Box<dyn ReadSeek + 'a>,
        /// The position at which the source stood when it was given.
        start: u64,
    },
}

impl<'a> Input<'a> {
    /// Opens a source, so that an error of a local file is found before anything is sent. `way_back` is the hint for a source at its
    /// end.
    pub(crate) fn open(source: Source<'a>, way_back: &'static str) -> Result<Input<'a>> {
        let (reader, size) = match source {
            Source::Reader {
                reader,
                size,
                after,
            } => (Reader::Once { reader, after }, size),
            Source::Seekable(reader) => located(reader, way_back)?,
            Source::Path(path) => {
                let failed = |source: io::Error| file_error(&path, "cannot be read", source);
                let file = open(&path).map_err(failed)?;
                let metadata = file.metadata().map_err(failed)?;
                if metadata.is_dir() {
                    let message = format!("{} is a folder", shown(&path));
                    return Err(Error::new(ErrorKind::File, message));
                }
                match metadata.is_file() {
                    true => sized(file, metadata.len()).map_err(failed)?,
                    // A pipe has no size, and bytes that were read from it cannot be read again.
                    false => {
                        let reader = unlike_a_file(file);
                        let after = After::Nothing;
                        (Reader::Once { reader, after }, None)
                    }
                }
            }
        };
        Ok(Input {
            reader,
            size,
            was_read: false,
            limits: StallLimits::default(),
        })
    }

    /// Waits for the first bytes of a source that can say when they are there, so that nothing is sent before.
    pub(crate) fn await_first(&mut self) -> io::Result<()> {
        match &mut self.reader {
            _ if self.was_read => Ok(()),
            Reader::Once { reader, .. } => self.limits.await_read(&mut **reader),
            Reader::Seekable { .. } => Ok(()),
        }
    }

    /// Goes back to where the source began, for another attempt. Returns false where that is impossible.
    pub(crate) fn rewind(&mut self) -> bool {
        if !self.was_read {
            return true;
        }
        let Reader::Seekable { reader, start } = &mut self.reader else {
            return false;
        };
        let is_back = reader
            .seek(SeekFrom::Start(*start))
            // A reader that lands anywhere else would send a part of the file as if it were the whole.
            .is_ok_and(|at| at == *start);
        self.was_read = !is_back;
        is_back
    }

    /// Returns the caller's source to its state before the call. Returns false where it has lost bytes.
    pub(crate) fn give_back(&mut self) -> bool {
        match self.reader {
            // The caller has all of it or nothing, however much was read.
            Reader::Once { after, .. } if after != After::Rest => after == After::Whole,
            _ => self.rewind(),
        }
    }

    /// Keeps the source where it stands, since its bytes were sent.
    pub(crate) fn keep(&mut self) {
        self.was_read = false;
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The wait reads nothing: a source that gives nothing in time is as it was.
        if !self.was_read {
            self.await_first()?;
            self.was_read = true;
        }
        match &mut self.reader {
            Reader::Once { reader, .. } => self.limits.read(&mut **reader, buffer),
            Reader::Seekable { reader, .. } => reader.read(buffer),
        }
    }
}

impl Drop for Input<'_> {
    fn drop(&mut self) {
        // A call that ends in a panic returns its source, too.
        self.rewind();
    }
}

/// Opens the file at a path.
fn open(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    if !std::fs::metadata(path)?.is_file() {
        return descriptor::open(path);
    }
    File::open(path)
}

/// The largest page of memory. A file of `/proc` says 0 bytes and one of `/sys` a page, whatever it holds.
const LARGEST_PAGE: u64 = 64 * 1024;

/// Reports whether a file that says it has this size may hold less or more, so that it has to be read before its size is announced.
fn is_untrusted(size: u64) -> bool {
    matches!(size, 0 | 0x1000 | 0x4000 | LARGEST_PAGE)
}

/// The reader of a regular file that says it has this size, and the size where that can be trusted.
fn sized<'a>(mut file: File, size: u64) -> io::Result<(Reader<'a>, Option<u64>)> {
    let start = 0;
    if !is_untrusted(size) {
        let reader = Box::new(Blocking(file));
        return Ok((Reader::Seekable { reader, start }, Some(size)));
    }
    let mut beginning = Vec::new();
    (&mut file)
        .take(LARGEST_PAGE + 1)
        .read_to_end(&mut beginning)?;
    let length = beginning.len() as u64;
    if length <= LARGEST_PAGE {
        // Each read of such a file may give something else, so these bytes are what is sent, however often.
        let reader = Box::new(Blocking(Cursor::new(beginning)));
        return Ok((Reader::Seekable { reader, start }, Some(length)));
    }
    file.seek(SeekFrom::Start(start))?;
    let reader = Box::new(Blocking(file));
    Ok((Reader::Seekable { reader, start }, None))
}

/// The size of a seekable reader that says it has this one, from where it stands. It is left there.
fn checked(reader: &mut (impl Read + Seek + ?Sized), start: u64, size: u64) -> Result<Option<u64>> {
    if !is_untrusted(size) {
        return Ok(Some(size));
    }
    let mut beginning = Vec::new();
    let read = reader.take(LARGEST_PAGE + 1).read_to_end(&mut beginning);
    read.map_err(unread)?;
    reader.seek(SeekFrom::Start(start)).map_err(unread)?;
    let length = beginning.len() as u64;
    Ok((length <= LARGEST_PAGE).then_some(length))
}

/// The reader of an open file that is no regular one: a pipe or a device.
fn unlike_a_file(file: File) -> Box<dyn AwaitRead> {
    #[cfg(unix)]
    return Box::new(Descriptor(file));
    #[cfg(not(unix))]
    return Box::new(Blocking(file));
}

/// A seekable reader with its start, and the number of bytes that are left of it.
fn located<'a>(
    mut reader: Box<dyn ReadSeek + 'a>,
    way_back: &'static str,
) -> Result<(Reader<'a>, Option<u64>)> {
    let Ok(start) = reader.stream_position() else {
        // A file's handle may be a pipe, for example, which cannot seek.
        let after = After::Rest;
        return Ok((Reader::Once { reader, after }, None));
    };
    let end = reader.seek(SeekFrom::End(0));
    reader.seek(SeekFrom::Start(start)).map_err(unread)?;
    // A reader may stand beyond its end.
    let size = end.ok().map(|end| end.saturating_sub(start));
    let is_at_end = match size {
        // Nothing stands before: an empty source is a file of 0 bytes.
        _ if start == 0 => false,
        Some(size) => size == 0,
        // The end is unknown, so only a read shows whether anything is left.
        None => {
            let count = reader.read(&mut [0]).map_err(unread)?;
            reader.seek(SeekFrom::Start(start)).map_err(unread)?;
            count == 0
        }
    };
    if is_at_end {
        let message =
            format!("the source stands at its end, behind {start} bytes: nothing would be sent");
        return Err(Error::invalid_argument(message).with_hint(way_back));
    }
    let size = match size {
        Some(size) => checked(&mut *reader, start, size)?,
        None => None,
    };
    Ok((Reader::Seekable { reader, start }, size))
}

/// The error of a source that cannot be read.
pub(crate) fn unread(error: io::Error) -> Error {
    let reported = match error.kind() {
        io::ErrorKind::TimedOut => {
            let message = format!("the source did not give its bytes in time: {error}");
            Error::new(ErrorKind::Timeout, message).with_phase("send")
        }
        _ => Error::new(
            ErrorKind::File,
            format!("the source cannot be read: {error}"),
        ),
    };
    reported.with_source(error)
}
