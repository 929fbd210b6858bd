//! The target of a download: a file that appears whole or not at all, a writer, or memory.

use std::fmt;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;

use serde::Serialize;

use crate::schema::{Described, Kind};

use super::stall::{AwaitWrite, Blocking};
use super::upload::Progress;

/// The target of a file that is downloaded.
///
/// ```
/// use penbox::Download;
///
/// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
/// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("passport.pdf");
/// # let id = client.attachments().upload(penbox::Upload::bytes(b"%PDF-1.7", "passport.pdf"))?.id;
/// let file = client.attachments().download(&id, Download::to(&path))?;
/// println!("{} bytes, SHA-256 {}", file.size, file.sha256);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
#[must_use = "nothing is downloaded before it is given to a call"]
pub struct Download<'a> {
    pub(super) target: Target<'a>,
    pub(super) overwrite: bool,
    pub(super) progress: Option<Progress<'a>>,
}

/// The place for the bytes, as the caller named it.
#[derive(Default)]
pub(super) enum Target<'a> {
    #[default]
    Memory,
    Path(PathBuf),
    Writer(Box<dyn AwaitWrite + 'a>),
}

/// A file that was downloaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct File {
    /// The path of the file, if it was written to one.
    pub path: Option<PathBuf>,
    /// The bytes of the file, if they are in memory.
    pub content: Option<Vec<u8>>,
    /// The name that the server gave the file, made safe as a file name, if it gave one. It begins with no dot and no dash.
    pub name: Option<String>,
    /// The MIME type of the file, if the server gave one.
    pub content_type: Option<String>,
    /// The size of the file in bytes.
    pub size: u64,
    /// The SHA-256 of the file's bytes, in hexadecimal.
    pub sha256: String,
}

impl Described for File {
    const KIND: Kind = Kind::File;
}

impl<'a> Download<'a> {
    /// Without a target the file comes into memory, at most 256 MiB of it unless the client has another limit.
    ///
    /// ```
    /// use penbox::Download;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let id = client.attachments().upload(penbox::Upload::bytes(b"hello", "note.txt"))?.id;
    /// let file = client.attachments().download(&id, Download::memory())?;
    /// assert_eq!(file.content.as_deref(), Some(&b"hello"[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn memory() -> Self {
        Download::default()
    }

    /// The file appears at a path whole or not at all; in a folder it has the name that the server gives. It is written in
    /// constant memory. A new file has the permissions of any new file, one that is replaced keeps its own, and its owner and
    /// group where the process may set them. A file that exists is kept unless `overwrite` is set, and is an `ErrorKind::File`:
    /// before anything is sent, or in a folder after the answer, which alone names the file.
    ///
    /// ```
    /// use penbox::Download;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let folder = tempfile::tempdir()?;
    /// # let id = client.attachments().upload(penbox::Upload::bytes(b"hello", "note.txt"))?.id;
    /// // In a folder the file has the name that the server gives.
    /// let file = client.attachments().download(&id, Download::to(folder.path()))?;
    /// assert_eq!(file.path, Some(folder.path().join("note.txt")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to(path: impl Into<PathBuf>) -> Self {
        Download {
            target: Target::Path(path.into()),
            ..Download::default()
        }
    }

    /// A stream gets the file piece by piece, in constant memory. After an error the bytes that were written are the caller's
    /// to clean up.
    ///
    /// An error of the writer is an [`ErrorKind::File`](crate::ErrorKind::File); one that says `TimedOut` is an
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) of the phase `body`.
    /// While the writer blocks, nothing can end the call: after its time limit, a cancel or the client's close the call returns
    /// when the writer does. `Download::pipe` can be ended.
    ///
    /// ```
    /// use penbox::Download;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let id = client.attachments().upload(penbox::Upload::bytes(b"hello", "note.txt"))?.id;
    /// let mut bytes = Vec::new();
    /// client.attachments().download(&id, Download::writer(&mut bytes))?;
    /// assert_eq!(bytes, b"hello");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn writer(writer: impl Write + Send + 'a) -> Self {
        Download::awaited(Blocking(writer))
    }

    /// A pipe, a socket or any other open descriptor gets the file piece by piece, as by [`writer`](Download::writer). A time limit,
    /// a cancel or the client's close ends the wait until it takes more. The writer must hold no bytes back, as a `BufWriter` does.
    ///
    /// ```
    /// use std::io::Read;
    /// use penbox::Download;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let id = client.attachments().upload(penbox::Upload::bytes(b"hello", "note.txt"))?.id;
    /// let (mut reader, writer) = std::io::pipe()?;
    /// client.attachments().download(&id, Download::pipe(writer))?;
    /// let mut text = String::new();
    /// reader.read_to_string(&mut text)?;
    /// assert_eq!(text, "hello");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(unix)]
    pub fn pipe(writer: impl Write + std::os::fd::AsFd + Send + 'a) -> Self {
        Download::awaited(super::descriptor::Descriptor(writer))
    }

    /// A target of a binding that can say when it takes bytes.
    #[doc(hidden)]
    pub fn awaited(writer: impl AwaitWrite + 'a) -> Self {
        Download {
            target: Target::Writer(Box::new(writer)),
            ..Download::default()
        }
    }

    /// Replaces a file that exists.
    ///
    /// ```
    /// use penbox::{Download, ErrorKind};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let file = tempfile::NamedTempFile::new()?;
    /// # let path = file.path();
    /// # let id = client.attachments().upload(penbox::Upload::bytes(b"hello", "note.txt"))?.id;
    /// let error = client.attachments().download(&id, Download::to(path)).unwrap_err();
    /// assert_eq!((error.kind(), error.reason()), (ErrorKind::File, Some("exists")));
    /// client.attachments().download(&id, Download::to(path).overwrite(true))?;
    /// assert_eq!(std::fs::read(path)?, b"hello");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// A function that is called with the number of bytes moved so far, and with the size of the whole file where it is known.
    /// It may cancel the call.
    ///
    /// `Break` cancels the download.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use penbox::{Download, ErrorKind};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let id = client.attachments().upload(penbox::Upload::bytes(vec![0; 300_000], "data.bin"))?.id;
    /// let tiny = Download::memory().on_progress(|bytes, _| match bytes > 100_000 {
    ///     true => ControlFlow::Break(()),
    ///     false => ControlFlow::Continue(()),
    /// });
    /// let error = client.attachments().download(&id, tiny).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Cancelled);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_progress(
        mut self,
        progress: impl FnMut(u64, Option<u64>) -> ControlFlow<()> + Send + 'a,
    ) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }
}

impl fmt::Debug for Download<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("overwrite", &self.overwrite)
            .finish_non_exhaustive()
    }
}
