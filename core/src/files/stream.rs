//! The body of an upload: a multipart frame's head, the file's bytes and the frame's tail.

use std::io::{self, Cursor, Read};

use crate::error::{Error, ErrorKind, Outcome, Result};

use super::input::{Input, unread};
use super::multipart::Frame;
use super::stall::{PausingRead, StallLimits};
use super::upload::{Progress, Upload};

/// The body of an upload. The file's bytes are read while it is sent.
pub(crate) struct Stream<'a> {
    head: Cursor<Vec<u8>>,
    file: Counted<'a>,
    /// The end of the frame, which is read after the last byte of the file.
    tail: Cursor<Vec<u8>>,
    /// The length of head and tail.
    around: u64,
}

/// The bytes of the file, with the checks and the progress callback on the way.
struct Counted<'a> {
    input: Input<'a>,
    /// The number of bytes that were read for the request.
    sent: u64,
    /// The source has no more bytes.
    ended: bool,
    progress: Option<Progress<'a>>,
    /// The error that broke the stream off. [`Read`] can report an `io::Error` only.
    failed: Option<Error>,
}

impl<'a> Stream<'a> {
    /// Checks the source of an upload, to be sent within a frame.
    pub(crate) fn new(frame: Frame, upload: Upload<'a>) -> Result<Stream<'a>> {
        let input = Input::new(upload.source, upload.way_back)?;
        let around = (frame.head.len() + frame.tail.len()) as u64;
        let file = Counted {
            input,
            sent: 0,
            ended: false,
            progress: upload.progress,
            failed: None,
        };
        Ok(Stream {
            head: Cursor::new(frame.head),
            file,
            tail: Cursor::new(frame.tail),
            around,
        })
    }

    /// Sets the limits of the call, which end the waits for the source.
    pub(crate) fn limit(&mut self, limits: StallLimits) {
        self.file.input.limits = limits;
    }

    /// Waits for the source's first bytes, before anything is sent. Only a source that can say when it is ready is waited for.
    ///
    /// # Errors
    /// The source is broken, or the call's time is over. After a cancel the error may be any.
    pub(crate) fn await_source(&mut self) -> Result<()> {
        self.file.input.await_first().map_err(unread)
    }

    /// Opens the source for an attempt, if it is a file. Its size is known only then.
    pub(crate) fn open(&mut self) -> Result<()> {
        self.file.input.open()
    }

    /// Goes back to the first byte, for another attempt. Returns false where that is impossible: a reader that was read.
    pub(crate) fn rewind(&mut self) -> bool {
        if !self.file.input.rewind() {
            return false;
        }
        self.file.ended = false;
        self.file.sent = 0;
        self.head.set_position(0);
        self.tail.set_position(0);
        true
    }

    /// Returns the caller's source to its state before the call. Returns false where it has lost bytes.
    pub(crate) fn give_back(&mut self) -> bool {
        self.file.input.give_back()
    }

    /// Keeps the source where it stands, since the body was sent.
    pub(crate) fn keep(&mut self) {
        self.file.input.keep();
    }

    /// The whole length with its frame, where the source's size is known.
    pub(crate) fn length(&self) -> Option<u64> {
        self.file.input.size.map(|size| size + self.around)
    }

    /// The error that broke the stream off, if one did. The transport's own error does not name the reason then.
    pub(crate) fn failure(&mut self) -> Option<Error> {
        self.file.failed.take()
    }
}

impl PausingRead for Stream<'_> {
    fn read_or_pause(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        // A read into no space returns 0, which below would pass for the end of the file.
        if buffer.is_empty() {
            return Ok(Some(0));
        }
        match self.head.read(buffer)? {
            0 => match self.file.read_own(buffer)? {
                Some(0) => self.tail.read(buffer).map(Some),
                read => Ok(read),
            },
            count => Ok(Some(count)),
        }
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(count) = self.read_or_pause(buffer)? {
                return Ok(count);
            }
        }
    }
}

impl Counted<'_> {
    /// Reads in the process of the call only.
    fn read_own(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let read = self.read_or_pause(buffer);
        self.input.limits.check_process().map_err(|forked| {
            let echo = io::Error::other(forked.message().to_owned());
            self.failed = Some(forked);
            echo
        })?;
        read
    }

    /// Reads, counts and reports the next bytes; none where the source has none at present.
    fn read_or_pause(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        if self.ended {
            return Ok(Some(0));
        }
        let most = match self.input.left(self.sent) {
            Some(left) => buffer
                .len()
                .min(usize::try_from(left).unwrap_or(usize::MAX)),
            None => buffer.len(),
        };
        // After the last announced byte a stream may stay open, so it is not read for its end.
        if most == 0 {
            self.ended = true;
            return Ok(Some(0));
        }
        let count = match self.input.read_or_pause(&mut buffer[..most]) {
            Ok(Some(count)) => count,
            Ok(None) => return Ok(None),
            // A signal is no failure: the caller reads again.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                // A part of the body may have been sent, and the server may act on it.
                self.failed = Some(unread(error).with_outcome(Outcome::Unknown));
                return Err(io::Error::other("the source cannot be read"));
            }
        };
        self.ended = count == 0;
        self.sent += count as u64;
        // The request has announced the size, so the server would wait for missing bytes, or take more for another request.
        let changed = self
            .input
            .size
            .filter(|size| self.sent > *size || (count == 0 && self.sent < *size));
        if let Some(size) = changed {
            let message = "the source changed its size while it was sent";
            let told = match self.sent > size {
                true => {
                    format!("{message}: it gave more than the {size} bytes that were announced")
                }
                false => format!(
                    "{message}: it gave {} of the {size} bytes that were announced",
                    self.sent
                ),
            };
            self.failed = Some(Error::new(ErrorKind::File, told).with_outcome(Outcome::Unknown));
            return Err(io::Error::other(message));
        }
        let cancelled = match self.progress.as_mut() {
            // Not at the end: a call without new bytes would report nothing.
            Some(progress) if count > 0 => progress(self.sent, self.input.size).is_break(),
            _ => false,
        };
        if cancelled {
            let message = "the upload was cancelled by its progress callback";
            self.failed =
                Some(Error::new(ErrorKind::Cancelled, message).with_outcome(Outcome::Unknown));
            return Err(io::Error::other(message));
        }
        Ok(Some(count))
    }
}
