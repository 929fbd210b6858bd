//! A source: the reader of its bytes, and the way back to the first one.

use std::io::{self, Read, Seek, SeekFrom};

use crate::error::{Error, ErrorKind, Result};

use super::source_file::{LARGEST_PAGE, OpenFile, RegularFile, SourceFile, is_untrusted};
use super::stall::{AwaitRead, StallLimits, late};
use super::upload::{After, ReadSeek, Source};

/// A source. A seekable one goes back to where it began when it is dropped, unless it was kept as it is.
pub(crate) struct Input<'a> {
    reader: Reader<'a>,
    /// The number of bytes from where it began, where that is known.
    pub(crate) size: Option<u64>,
    /// Bytes were requested from the reader.
    was_read: bool,
    /// The process that read them; 0 before. A forked child shares the place in a file with its parent, and a pipe's bytes.
    process: u32,
    /// The limits of the call that reads it.
    pub(crate) limits: StallLimits,
}

/// The reader of a source, by the way back that it has.
enum Reader<'a> {
    /// A file, which is opened anew for each attempt.
    File(RegularFile, Option<Box<dyn ReadSeek>>),
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
    /// Checks a source, so that an error of a local file is found before anything is sent. `way_back` is the hint for a source at its
    /// end.
    pub(crate) fn new(source: Source<'a>, way_back: &'static str) -> Result<Input<'a>> {
        let (reader, size) = match source {
            Source::Reader {
                reader,
                size,
                after,
            } => (Reader::Once { reader, after }, size),
            Source::Seekable(reader) => located(reader, way_back)?,
            Source::Path(path) => match SourceFile::check(path)? {
                SourceFile::Regular(file) => (Reader::File(file, None), None),
                SourceFile::Other(reader) => {
                    let after = After::Nothing;
                    (Reader::Once { reader, after }, None)
                }
            },
        };
        Ok(Input {
            reader,
            size,
            was_read: false,
            process: 0,
            limits: StallLimits::default(),
        })
    }

    /// Opens the file of a path, for an attempt. Any other source is open.
    pub(crate) fn open(&mut self) -> Result<()> {
        let Reader::File(file, open @ None) = &mut self.reader else {
            return Ok(());
        };
        let OpenFile {
            reader,
            size,
            is_in_memory,
        } = file.open()?;
        self.size = size;
        match is_in_memory {
            true => self.reader = Reader::Seekable { reader, start: 0 },
            false => *open = Some(reader),
        }
        Ok(())
    }

    /// Waits for the first bytes of a source that can say when they are there, so that nothing is sent before.
    pub(crate) fn await_first(&mut self) -> io::Result<()> {
        while !self.is_begun()? {}
        Ok(())
    }

    /// Waits for a moment for the first bytes. Returns false where they are not there.
    fn is_begun(&mut self) -> io::Result<bool> {
        match &mut self.reader {
            // Of no bytes there is no first one.
            _ if self.was_read || self.size == Some(0) => Ok(true),
            Reader::Once { reader, .. } => self.limits.await_read(&mut **reader),
            Reader::Seekable { .. } | Reader::File(..) => Ok(true),
        }
    }

    /// Goes back to where the source began, for another attempt. Returns false where that is impossible.
    pub(crate) fn rewind(&mut self) -> bool {
        if let Reader::File(_, open) = &mut self.reader {
            // A call that waits for its next attempt holds no descriptor.
            *open = None;
            self.was_read = false;
        }
        if !self.was_read {
            return true;
        }
        // The place in the source is the parent's, too, which may be amid its own upload.
        if self.process != std::process::id() {
            return false;
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

    /// The most bytes that may be read, of which `read` were. A stream may stay open after its announced size, and its next bytes may be
    /// of something else. A file is read to its end, which shows that it has grown.
    pub(crate) fn left(&self, read: u64) -> Option<u64> {
        match self.reader {
            Reader::Once { .. } => Some(self.size?.saturating_sub(read)),
            Reader::Seekable { .. } | Reader::File(..) => None,
        }
    }

    /// Reads bytes, or returns none where the source has had none for a moment.
    pub(crate) fn read_or_pause(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        // The wait reads nothing: a source that gives nothing in time is as it was.
        if !self.was_read {
            if !self.is_begun()? {
                return Ok(None);
            }
            self.was_read = true;
            self.process = std::process::id();
        } else if self.process != std::process::id() {
            let text = "the process was forked amid the upload, which its parent goes on with";
            return Err(io::Error::other(text));
        }
        match &mut self.reader {
            Reader::Once { reader, .. } => self.limits.read_or_pause(&mut **reader, buffer),
            Reader::Seekable { reader, .. } => reader.read(buffer).map(Some),
            Reader::File(_, Some(reader)) => reader.read(buffer).map(Some),
            Reader::File(_, None) => Err(io::Error::other("the file is not open")),
        }
    }
}

impl Drop for Input<'_> {
    fn drop(&mut self) {
        // A call that ends in a panic returns its source, too.
        self.rewind();
    }
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

/// A seekable reader with its start, and the number of bytes that are left of it.
fn located<'a>(
    mut reader: Box<dyn ReadSeek + 'a>,
    way_back: &'static str,
) -> Result<(Reader<'a>, Option<u64>)> {
    // A reader of the caller's own may find out only now that it cannot seek.
    let once = |reader| Reader::Once {
        reader,
        after: After::Rest,
    };
    let start = match reader.stream_position() {
        Ok(start) => start,
        Err(error) if is_pipe(&error) => return Err(unseekable(error)),
        Err(_) => return Ok((once(reader), None)),
    };
    let end = reader.seek(SeekFrom::End(0));
    if let Err(error) = reader.seek(SeekFrom::Start(start)) {
        // A reader that knows its place and can go nowhere has lost nothing.
        let has_moved = end.is_ok() || reader.stream_position().ok() != Some(start);
        return match has_moved {
            true => Err(unread(error)),
            false => Ok((once(reader), None)),
        };
    }
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

/// Reports whether the system says that a source is a pipe, a socket or a terminal (`ESPIPE`). It is an open descriptor, then.
fn is_pipe(error: &io::Error) -> bool {
    #[cfg(unix)]
    let is_pipe = error.raw_os_error() == Some(rustix::io::Errno::SPIPE.raw_os_error());
    #[cfg(not(unix))]
    let is_pipe = {
        let _ = error;
        false
    };
    is_pipe
}

/// The refusal of a pipe that was given as a source that can seek: no limit could end a read of it.
fn unseekable(error: io::Error) -> Error {
    let message = "the source is a pipe, a socket or a terminal, which cannot seek";
    Error::invalid_argument(message)
        .with_hint("Give it to `Upload::pipe`, so that the call's limits end a wait for its bytes.")
        .with_source(error)
}

/// The error of a source that cannot be read.
pub(crate) fn unread(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::TimedOut => late("the source did not give its bytes in time", "send", error),
        _ => {
            let message = format!("the source cannot be read: {error}");
            Error::new(ErrorKind::File, message).with_source(error)
        }
    }
}
