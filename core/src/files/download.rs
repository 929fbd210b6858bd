//! The target of a download: a file that appears whole or not at all, a writer, or memory.

use std::fmt;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::memory;
use crate::schema::{Described, Kind};
use crate::system;

use super::file_error::{self, file_error};
use super::memory_limit::MemoryLimit;
use super::stall::{AwaitWrite, Blocking, StallLimits};
use super::target_file::TargetFile;
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
    target: Target<'a>,
    overwrite: bool,
    progress: Option<Progress<'a>>,
}

/// The place for the bytes, as the caller named it.
#[derive(Default)]
enum Target<'a> {
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
    /// An error of the writer is an [`ErrorKind::File`]; one that says `TimedOut` is an [`ErrorKind::Timeout`] of the phase `body`.
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

    /// Checks the target, so that an error of a path is found before anything is sent. At most `most` bytes come into memory. With
    /// `into_memory` a writer keeps them there.
    pub(crate) fn sink(self, most: u64, into_memory: bool) -> Result<Sink<'a>> {
        let output = match self.target {
            Target::Memory => Output::Memory(Vec::new()),
            Target::Writer(writer) => Output::Writer(writer),
            Target::Path(path) => Output::File(TargetFile::new(path, self.overwrite)?),
        };
        let is_limited = match output {
            Output::Memory(_) => true,
            Output::Writer(_) => into_memory,
            _ => false,
        };
        Ok(Sink {
            output,
            limit: is_limited.then(|| MemoryLimit::new(most)),
            progress: self.progress,
            hash: Sha256::new(),
            size: 0,
            limits: StallLimits::default(),
            late_since: None,
        })
    }
}

impl fmt::Debug for Download<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("overwrite", &self.overwrite)
            .finish_non_exhaustive()
    }
}

/// A download that receives bytes. It leaves no file if it is dropped before its end.
pub(crate) struct Sink<'a> {
    output: Output<'a>,
    /// The limit of an output in memory.
    limit: Option<MemoryLimit>,
    progress: Option<Progress<'a>>,
    /// The hash of the bytes so far.
    hash: Sha256,
    size: u64,
    /// The limits of the call that writes to it.
    limits: StallLimits,
    /// The time at which a piece was first taken after the end of the call's time.
    late_since: Option<Instant>,
}

/// The place for the bytes.
enum Output<'a> {
    Memory(Vec<u8>),
    Writer(Box<dyn AwaitWrite + 'a>),
    File(TargetFile),
    /// The download has ended, and its output was passed on.
    Ended,
}

impl Sink<'_> {
    /// Sets the limits of the call, which end the waits for a writer.
    pub(crate) fn limit(&mut self, limits: StallLimits) {
        self.limits = limits;
    }

    /// Opens the file of a path, for an attempt. Any other target is open.
    pub(crate) fn open(&mut self) -> Result<()> {
        match &mut self.output {
            Output::File(file) => file.open(),
            _ => Ok(()),
        }
    }

    /// Makes ready for a file of this size, where it is known. Nothing of it was read yet.
    pub(crate) fn expect(&mut self, total: Option<u64>) -> Result<()> {
        let (Some(limit), Some(total)) = (self.limit, total) else {
            return Ok(());
        };
        limit.check_declared(total)?;
        match &mut self.output {
            Output::Memory(bytes) => {
                let room = usize::try_from(total).unwrap_or(usize::MAX);
                memory::reserve(bytes, room)
            }
            _ => Ok(()),
        }
    }

    /// Writes the next bytes. `total` is the size of the whole file, where it is known.
    pub(crate) fn take(&mut self, bytes: &[u8], total: Option<u64>) -> Result<()> {
        if let Some(limit) = self.limit {
            limit.check_received(self.size + bytes.len() as u64)?;
        }
        let began = system::now();
        let written = match &mut self.output {
            Output::Memory(content) => {
                memory::grow(content, bytes.len())?;
                content.extend_from_slice(bytes);
                Ok(())
            }
            Output::Writer(writer) => self.limits.write_all(&mut **writer, bytes),
            Output::File(file) => file.write(bytes),
            Output::Ended => Err(io::Error::other("the download had ended")),
        };
        written.map_err(|error| self.failed(error))?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        let progress = self.progress.as_mut();
        let flow = progress.map(|progress| progress(self.size, total));
        self.limits.check_process()?;
        match flow {
            Some(ControlFlow::Break(())) => {
                let message = "the download was cancelled by its progress callback";
                Err(Error::new(ErrorKind::Cancelled, message).with_outcome(Outcome::Done))
            }
            _ if total == Some(self.size) => Ok(()),
            _ => self
                .limits
                .check_piece(began, &mut self.late_since)
                .map_err(not_written),
        }
    }

    /// The number of bytes that were received.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Removes all bytes, for another attempt. Returns false where that is impossible: a writer keeps the bytes that it was given.
    pub(crate) fn rewind(&mut self) -> bool {
        let emptied = match &mut self.output {
            Output::Memory(content) => {
                content.clear();
                true
            }
            // A writer cannot take bytes back.
            Output::Writer(_) => self.size == 0,
            Output::File(file) => {
                file.close();
                true
            }
            Output::Ended => false,
        };
        self.hash = Sha256::new();
        self.size = 0;
        emptied
    }

    /// Ends the download and puts the file at its path. `fallback` is its name in a folder where the server gave none.
    pub(crate) fn finish(
        &mut self,
        name: Option<String>,
        content_type: Option<String>,
        fallback: &str,
    ) -> Result<File> {
        let sha256 = std::mem::take(&mut self.hash)
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let mut file = File {
            path: None,
            content: None,
            name,
            content_type,
            size: self.size,
            sha256,
        };
        match std::mem::replace(&mut self.output, Output::Ended) {
            Output::Ended => return Err(Error::internal("the download had ended")),
            Output::Memory(content) => file.content = Some(content),
            // A writer may still hold bytes back, and an error of its drop would be lost.
            Output::Writer(mut writer) => writer.flush().map_err(not_written)?,
            Output::File(target) => {
                file.path = Some(target.finish(file.name.as_deref(), fallback)?);
            }
        }
        Ok(file)
    }

    /// The error of bytes that could not be written.
    fn failed(&self, error: io::Error) -> Error {
        match &self.output {
            Output::File(file) => {
                file_error(file.path(), "cannot be written", error).with_outcome(Outcome::Done)
            }
            _ => not_written(error),
        }
    }
}

/// The error of a target that cannot be written. The server has sent the answer by then, so the outcome is done.
fn not_written(error: io::Error) -> Error {
    let reported = match error.kind() {
        io::ErrorKind::TimedOut => {
            let message = format!("the target did not take the download in time: {error}");
            Error::new(ErrorKind::Timeout, message).with_phase("body")
        }
        kind => {
            let message = format!("the download cannot be written: {error}");
            let reported = Error::new(ErrorKind::File, message);
            match file_error::room(kind) {
                Some(hint) => reported.with_hint(hint),
                None => reported,
            }
        }
    };
    reported.with_outcome(Outcome::Done).with_source(error)
}
