//! What is uploaded: a file, bytes or a reader, streamed with a frame around it.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Outcome, Result};

use super::multipart::Frame;

/// Called with the bytes moved so far and the whole size where it is known; `Break` cancels.
pub type Progress<'a> = Box<dyn FnMut(u64, Option<u64>) -> ControlFlow<()> + Send + 'a>;

/// What to upload, and as what.
///
/// ```no_run
/// use penbox::Upload;
///
/// # let client = penbox::Client::from_env()?;
/// let attachment = client.attachments().upload(Upload::path("contract.pdf").scope("restricted"))?;
/// # Ok::<(), penbox::Error>(())
/// ```
pub struct Upload<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) name: Option<String>,
    pub(crate) mime_type: Option<String>,
    pub(crate) scope: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) progress: Option<Progress<'a>>,
}

/// Bytes that an upload may need more than once.
type Shared<'a> = Arc<dyn AsRef<[u8]> + Send + Sync + 'a>;

/// Where the bytes come from.
pub(crate) enum Source<'a> {
    Path(PathBuf),
    Bytes(Shared<'a>),
    /// None once it was taken.
    Reader(Option<Box<dyn Read + Send + 'a>>, Option<u64>),
}

impl<'a> Upload<'a> {
    fn of(source: Source<'a>) -> Self {
        Upload {
            source,
            name: None,
            mime_type: None,
            scope: None,
            company: None,
            progress: None,
        }
    }

    /// A file, read while it is sent. Its name is the attachment's unless told otherwise.
    pub fn path(path: impl AsRef<Path>) -> Self {
        Upload::of(Source::Path(path.as_ref().to_owned()))
    }

    /// Bytes, owned or borrowed; a name is needed.
    pub fn bytes(bytes: impl AsRef<[u8]> + Send + Sync + 'a, name: impl Into<String>) -> Self {
        Upload::of(Source::Bytes(Arc::new(bytes))).name(name)
    }

    /// A reader, read while it is sent; a name is needed. With a size the request carries its length. An error of its own is an
    /// [`ErrorKind::File`], one that says `TimedOut` an [`ErrorKind::Timeout`] of the phase `send`.
    pub fn reader(
        reader: impl Read + Send + 'a,
        size: Option<u64>,
        name: impl Into<String>,
    ) -> Self {
        Upload::of(Source::Reader(Some(Box::new(reader)), size)).name(name)
    }

    /// The name given, or the last part of the path.
    pub(crate) fn file_name(&self) -> Option<String> {
        match (&self.name, &self.source) {
            (Some(name), _) => Some(name.clone()),
            (None, Source::Path(path)) => Some(path.file_name()?.to_string_lossy().into_owned()),
            _ => None,
        }
    }

    /// The attachment's file name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The MIME type; guessed from the name unless given.
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// `public` or `restricted`, which is the API's default.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// The workspace's id, where the token covers several (inferred).
    pub fn company(mut self, id: impl Into<String>) -> Self {
        self.company = Some(id.into());
        self
    }

    /// Called while bytes are sent; `Break` cancels.
    pub fn on_progress(
        mut self,
        progress: impl FnMut(u64, Option<u64>) -> ControlFlow<()> + Send + 'a,
    ) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }
}

impl fmt::Debug for Upload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl<'a> Source<'a> {
    /// Opens the source: a reader and its size. Errors of a local file come before anything is sent. A reader of the caller's
    /// can be had once.
    fn open(&mut self) -> Result<(Box<dyn Read + Send + 'a>, Option<u64>)> {
        match self {
            Source::Bytes(bytes) => {
                let bytes = bytes.clone();
                let size = (*bytes).as_ref().len() as u64;
                Ok((Box::new(Rest { bytes, at: 0 }), Some(size)))
            }
            Source::Reader(reader, size) => {
                let gone = || Error::internal("the source was read before");
                Ok((reader.take().ok_or_else(gone)?, *size))
            }
            Source::Path(path) => {
                let failed = |source: io::Error| file_error(path, "cannot be read", source);
                let file = File::open(&*path).map_err(failed)?;
                let metadata = file.metadata().map_err(failed)?;
                if metadata.is_dir() {
                    return Err(Error::new(
                        ErrorKind::File,
                        format!("{} is a folder", shown(path)),
                    ));
                }
                // A pipe has no size of its own.
                let size = metadata.is_file().then_some(metadata.len());
                Ok((Box::new(file), size))
            }
        }
    }
}

/// What is left of bytes that are read.
struct Rest<'a> {
    bytes: Shared<'a>,
    at: usize,
}

impl Read for Rest<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut left = (*self.bytes).as_ref().get(self.at..).unwrap_or_default();
        let count = left.read(buffer)?;
        self.at += count;
        Ok(count)
    }
}

/// A framed source that is being sent: head, file and tail.
pub(crate) struct Stream<'a> {
    source: Source<'a>,
    head: Cursor<Vec<u8>>,
    file: Counted<'a>,
    tail: Cursor<Vec<u8>>,
    length: Option<u64>,
}

struct Counted<'a> {
    reader: Box<dyn Read + Send + 'a>,
    size: Option<u64>,
    sent: u64,
    /// The reader was asked for bytes.
    touched: bool,
    /// There are no more.
    ended: bool,
    progress: Option<Progress<'a>>,
    failed: Option<Error>,
}

impl<'a> Stream<'a> {
    pub(crate) fn new(
        frame: Frame,
        mut source: Source<'a>,
        progress: Option<Progress<'a>>,
    ) -> Result<Stream<'a>> {
        let (reader, size) = source.open()?;
        let length = size.map(|size| size + (frame.head.len() + frame.tail.len()) as u64);
        let file = Counted {
            reader,
            size,
            sent: 0,
            touched: false,
            ended: false,
            progress,
            failed: None,
        };
        Ok(Stream {
            source,
            head: Cursor::new(frame.head),
            file,
            tail: Cursor::new(frame.tail),
            length,
        })
    }

    /// Goes back to the first byte. False where that cannot be: a reader that was read, or a file that is another one now.
    pub(crate) fn rewind(&mut self) -> bool {
        if self.file.touched {
            match self.source.open() {
                Ok((reader, size)) if size == self.file.size => self.file.reader = reader,
                _ => return false,
            }
        }
        self.file.touched = false;
        self.file.ended = false;
        self.file.sent = 0;
        self.head.set_position(0);
        self.tail.set_position(0);
        true
    }

    /// The whole length with its frame, where the source's size is known.
    pub(crate) fn length(&self) -> Option<u64> {
        self.length
    }

    /// Why the stream itself broke off, if it did: then the transport's own error says nothing.
    pub(crate) fn failure(&mut self) -> Option<Error> {
        self.file.failed.take()
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        match self.head.read(buffer)? {
            0 => match self.file.read(buffer)? {
                0 => self.tail.read(buffer),
                count => Ok(count),
            },
            count => Ok(count),
        }
    }
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        self.touched = true;
        let count = match self.reader.read(buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                self.failed = Some(unread(error).with_outcome(Outcome::Unknown));
                return Err(io::Error::other("the source cannot be read"));
            }
        };
        self.ended = count == 0;
        self.sent += count as u64;
        let changed = match self.size {
            Some(size) => self.sent > size || (count == 0 && self.sent < size),
            None => false,
        };
        if changed {
            let message = "the source changed its size while it was sent";
            self.failed = Some(Error::new(ErrorKind::File, message).with_outcome(Outcome::Unknown));
            return Err(io::Error::other(message));
        }
        let cancelled = match self.progress.as_mut() {
            Some(progress) if count > 0 => progress(self.sent, self.size).is_break(),
            _ => false,
        };
        if cancelled {
            let message = "the upload was cancelled by its progress callback";
            self.failed =
                Some(Error::new(ErrorKind::Cancelled, message).with_outcome(Outcome::Unknown));
            return Err(io::Error::other(message));
        }
        Ok(count)
    }
}

fn unread(error: io::Error) -> Error {
    let kept = match error.kind() {
        io::ErrorKind::TimedOut => {
            let message = format!("the source did not give its bytes in time: {error}");
            Error::new(ErrorKind::Timeout, message).with_phase("send")
        }
        _ => Error::new(
            ErrorKind::File,
            format!("the source cannot be read: {error}"),
        ),
    };
    kept.with_source(error)
}

pub(crate) fn file_error(path: &Path, what: &str, source: io::Error) -> Error {
    Error::new(ErrorKind::File, format!("{} {what}: {source}", shown(path))).with_source(source)
}

pub(crate) fn shown(path: &Path) -> String {
    crate::error::printable(&path.display().to_string(), 256)
}
