//! What is uploaded: a file, bytes or a reader.

use std::fmt;
use std::io::{self, Cursor, Read, Seek};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};

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
    /// What to do with a source that stands at its end, in the caller's language.
    pub(crate) way_back: &'static str,
}

/// Where the bytes come from.
pub(crate) enum Source<'a> {
    Path(PathBuf),
    /// Can be read once.
    Reader {
        reader: Box<dyn Read + Send + 'a>,
        size: Option<u64>,
        after: After,
    },
    /// Can be read again from where it stands.
    Seekable(Box<dyn ReadSeek + 'a>),
}

/// What the caller has of a reader's source after the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// What was not read.
    Rest,
    /// Nothing, whether it was read or not.
    Nothing,
    /// All of it.
    Whole,
}

/// A reader that can be brought back.
pub(crate) trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

impl<'a> Upload<'a> {
    fn of(source: Source<'a>) -> Self {
        Upload {
            source,
            name: None,
            mime_type: None,
            scope: None,
            company: None,
            progress: None,
            way_back: "Seek it to 0 first, or to where the file begins.",
        }
    }

    /// A file, read while it is sent. Its name is the attachment's unless told otherwise.
    pub fn path(path: impl AsRef<Path>) -> Self {
        Upload::of(Source::Path(path.as_ref().to_owned()))
    }

    /// Bytes, owned or borrowed; a name is needed.
    pub fn bytes(bytes: impl AsRef<[u8]> + Send + Sync + 'a, name: impl Into<String>) -> Self {
        Upload::seekable(Cursor::new(bytes), name)
    }

    /// A reader that can be brought back, an open [`File`](std::fs::File) for example, read from where it stands while it is
    /// sent; a name is needed.
    ///
    /// After an error it stands where it stood before the call, so it can be given again (`Upload::seekable(&mut file, ..)`);
    /// an attempt of the call's own begins there, too. One that stands at its end, behind all its bytes, is an
    /// [`ErrorKind::InvalidArgument`] before anything is sent; one without any bytes is a file of 0 bytes. Where it cannot be
    /// brought back after all, as a pipe cannot, it is read as by [`reader`](Upload::reader).
    pub fn seekable(reader: impl Read + Seek + Send + 'a, name: impl Into<String>) -> Self {
        Upload::of(Source::Seekable(Box::new(reader))).name(name)
    }

    /// A reader, read while it is sent; a name is needed. With a size the request carries its length. An error of its own is an
    /// [`ErrorKind::File`], one that says `TimedOut` an [`ErrorKind::Timeout`] of the phase `send`.
    ///
    /// It can be read once: after it was read the call makes no further attempt, and its error is not
    /// [`retryable`](Error::retryable). See [`seekable`](Upload::seekable).
    pub fn reader(
        reader: impl Read + Send + 'a,
        size: Option<u64>,
        name: impl Into<String>,
    ) -> Self {
        let reader = Box::new(reader);
        Upload::of(Source::Reader {
            reader,
            size,
            after: After::Rest,
        })
        .name(name)
    }

    /// A reader whose source ends with the call, whether it was read or not: a stream of a binding's.
    #[doc(hidden)]
    pub fn stream(reader: impl Read + Send + 'a, size: Option<u64>) -> Self {
        let reader = Box::new(reader);
        Upload::of(Source::Reader {
            reader,
            size,
            after: After::Nothing,
        })
    }

    /// The caller keeps what the reader reads: the same call can be made again, though this reader can be read once.
    #[doc(hidden)]
    pub fn lasting(mut self) -> Self {
        if let Source::Reader { after, .. } = &mut self.source {
            *after = After::Whole;
        }
        self
    }

    /// What to do with a source that stands at its end, in the words of a binding's language.
    #[doc(hidden)]
    pub fn way_back(mut self, hint: &'static str) -> Self {
        self.way_back = hint;
        self
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

pub(crate) fn file_error(path: &Path, what: &str, source: io::Error) -> Error {
    Error::new(ErrorKind::File, format!("{} {what}: {source}", shown(path))).with_source(source)
}

pub(crate) fn shown(path: &Path) -> String {
    crate::error::printable(&path.display().to_string(), 256)
}
