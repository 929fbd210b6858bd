//! The target of a download: a file that appears whole or not at all, a writer, or memory.

use std::fmt;
use std::io::{self, Seek, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::error::{Error, ErrorKind, Outcome, Reason, Result};
use crate::schema::{Described, Kind};

use super::file_name;
use super::stall::{AwaitWrite, Blocking, StallLimits};
use super::upload::{Progress, file_error, shown};

/// The target of a file that is downloaded.
///
/// ```no_run
/// use penbox::Download;
///
/// # let client = penbox::Client::from_env()?;
/// let file = client.attachments().download("770e8400-e29b-41d4-a716-446655440000", Download::to("passport.pdf"))?;
/// println!("{} bytes, SHA-256 {}", file.size, file.sha256);
/// # Ok::<(), penbox::Error>(())
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
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct File {
    /// The path of the file, if it was written to one.
    pub path: Option<PathBuf>,
    /// The bytes of the file, if they are in memory.
    pub content: Option<Vec<u8>>,
    /// The name that the server gave the file, made safe as a file name, if it gave one.
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
    /// Without a target the file comes into memory.
    pub fn memory() -> Self {
        Download::default()
    }

    /// The file appears at a path whole or not at all; in a folder it has the name that the server gives. It is written in
    /// constant memory. A file that exists is kept unless `overwrite` is set, and is an `ErrorKind::File`: before anything is
    /// sent, or in a folder after the answer, which alone names the file.
    pub fn to(path: impl AsRef<Path>) -> Self {
        Download {
            target: Target::Path(path.as_ref().to_owned()),
            ..Download::default()
        }
    }

    /// A stream gets the file piece by piece, in constant memory. After an error the bytes that were written are the caller's
    /// to clean up.
    ///
    /// An error of the writer is an [`ErrorKind::File`]; one that says `TimedOut` is an [`ErrorKind::Timeout`] of the phase `body`.
    pub fn writer(writer: impl Write + Send + 'a) -> Self {
        Download::awaited(Blocking(writer))
    }

    /// A pipe, a socket or any other open descriptor gets the file piece by piece, as by [`writer`](Download::writer). A time limit,
    /// a cancel or the client's close ends the wait until it takes more. The writer must hold no bytes back, as a `BufWriter` does.
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
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// A function that is called with the number of bytes moved so far, and with the size of the whole file where it is known.
    /// It may cancel the call.
    ///
    /// `Break` cancels the download.
    pub fn on_progress(
        mut self,
        progress: impl FnMut(u64, Option<u64>) -> ControlFlow<()> + Send + 'a,
    ) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// Opens the target, so that an error of a path is found before anything is sent.
    pub(crate) fn open(self) -> Result<Sink<'a>> {
        let output = match self.target {
            Target::Memory => Output::Memory(Vec::new()),
            Target::Writer(writer) => Output::Writer(writer),
            Target::Path(path) => {
                let folder = path.is_dir();
                if !folder {
                    check_replaceable(&path, self.overwrite)?;
                }
                let parent = match path.parent() {
                    _ if folder => path.as_path(),
                    // The parent of a bare name is an empty path, which means the current folder.
                    Some(parent) if !parent.as_os_str().is_empty() => parent,
                    _ => Path::new("."),
                };
                // In the same folder, since a rename is one step within a file system only.
                let temporary = NamedTempFile::with_prefix_in(".penbox-", parent)
                    .map_err(|error| file_error(parent, "cannot be written to", error))?;
                Output::File {
                    temporary: Box::new(temporary),
                    path,
                    folder,
                    overwrite: self.overwrite,
                }
            }
        };
        Ok(Sink {
            output,
            progress: self.progress,
            hash: Sha256::new(),
            size: 0,
            limits: StallLimits::default(),
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
    progress: Option<Progress<'a>>,
    /// The hash of the bytes so far.
    hash: Sha256,
    size: u64,
    /// The limits of the call that writes to it.
    limits: StallLimits,
}

/// The place for the bytes, opened.
enum Output<'a> {
    Memory(Vec<u8>),
    Writer(Box<dyn AwaitWrite + 'a>),
    File {
        /// The file that holds the bytes until the end. Its drop removes it.
        temporary: Box<NamedTempFile>,
        /// The path that the caller named.
        path: PathBuf,
        /// The path is a folder, in which the file takes the server's name.
        folder: bool,
        overwrite: bool,
    },
    /// The download has ended, and its output was passed on.
    Ended,
}

impl Sink<'_> {
    /// Sets the limits of the call, which end the waits for a writer.
    pub(crate) fn limit(&mut self, limits: StallLimits) {
        self.limits = limits;
    }

    /// Writes the next bytes. `total` is the size of the whole file, where it is known.
    pub(crate) fn take(&mut self, bytes: &[u8], total: Option<u64>) -> Result<()> {
        let written = match &mut self.output {
            Output::Memory(memory) => {
                memory.extend_from_slice(bytes);
                Ok(())
            }
            Output::Writer(writer) => self.limits.write_all(&mut **writer, bytes),
            Output::File { temporary, .. } => temporary.write_all(bytes),
            Output::Ended => Err(io::Error::other("the download had ended")),
        };
        written.map_err(|error| self.failed(error))?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        match self
            .progress
            .as_mut()
            .map(|progress| progress(self.size, total))
        {
            Some(ControlFlow::Break(())) => {
                let message = "the download was cancelled by its progress callback";
                Err(Error::new(ErrorKind::Cancelled, message).with_outcome(Outcome::Done))
            }
            _ => Ok(()),
        }
    }

    /// The number of bytes that were received.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Removes all bytes, for another attempt. Returns false where that is impossible: a writer keeps the bytes that it was given.
    pub(crate) fn rewind(&mut self) -> bool {
        let emptied = match &mut self.output {
            Output::Memory(memory) => {
                memory.clear();
                true
            }
            // A writer cannot take bytes back.
            Output::Writer(_) => self.size == 0,
            Output::File { temporary, .. } => {
                let file = temporary.as_file_mut();
                file.set_len(0).and_then(|()| file.rewind()).is_ok()
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
            Output::File {
                temporary,
                path,
                folder,
                overwrite,
            } => {
                let path = match (folder, &file.name) {
                    (false, _) => path,
                    // The name was made safe where it was read, so it stays within the folder.
                    (true, Some(name)) => path.join(name),
                    (true, None) => {
                        path.join(file_name::safe(fallback).unwrap_or_else(|| "file".to_owned()))
                    }
                };
                persist(*temporary, &path, overwrite)?;
                file.path = Some(path);
            }
        }
        Ok(file)
    }

    /// The error of bytes that could not be written.
    fn failed(&self, error: io::Error) -> Error {
        match &self.output {
            Output::File { path, .. } => {
                file_error(path, "cannot be written", error).with_outcome(Outcome::Done)
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
        _ => Error::new(
            ErrorKind::File,
            format!("the download cannot be written: {error}"),
        ),
    };
    reported.with_outcome(Outcome::Done).with_source(error)
}

/// The error of a target that exists and is not to be replaced.
fn already_exists(path: &Path) -> Error {
    Error::new(ErrorKind::File, format!("{} exists already", shown(path)))
        .with_reason(Reason::Exists)
        .with_hint("Choose another path, or set overwrite.")
}

/// Checks that a file may be put at a path. A device or a pipe is never replaced: a caller who names `/dev/null` does not mean
/// that.
fn check_replaceable(path: &Path, overwrite: bool) -> Result<()> {
    // The link itself, and not its target: a rename replaces the link.
    match path.symlink_metadata() {
        Err(_) => Ok(()),
        Ok(_) if !overwrite => Err(already_exists(path)),
        Ok(found) if found.is_file() || found.is_symlink() => Ok(()),
        Ok(_) => Err(Error::new(
            ErrorKind::File,
            format!("{} is no regular file", shown(path)),
        )
        .with_hint("Choose another path, or write to an open file.")),
    }
}

/// Writes the bytes to the disk, then renames the file in one step. A crash in between cannot leave half a file under its name.
fn persist(temporary: NamedTempFile, path: &Path, overwrite: bool) -> Result<()> {
    let failed = |error| file_error(path, "cannot be written", error).with_outcome(Outcome::Done);
    temporary.as_file().sync_all().map_err(failed)?;
    if overwrite {
        // Within a folder the path is known only now. Any other path may have changed since the download began.
        check_replaceable(path, overwrite).map_err(|error| error.with_outcome(Outcome::Done))?;
    }
    let persisted = match overwrite {
        true => temporary.persist(path),
        // The file may have appeared since the check, so the rename itself must refuse to replace it.
        false => temporary.persist_noclobber(path),
    };
    match persisted {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            Err(already_exists(path).with_outcome(Outcome::Done))
        }
        Err(error) => Err(failed(error.error)),
    }
}
