//! A file that exists until it takes its name: it holds a download that is not whole yet.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile, PersistError};

/// The beginning of the names of these files. It hides them, and says who has made them.
const PREFIX: &str = ".penbox-";

/// A file beside its place, which its drop removes. A forked child never touches it: the file is its parent's.
pub(super) struct TemporaryFile {
    /// None once the file has its name.
    file: Option<NamedTempFile>,
    /// The process that made it.
    process: u32,
}

/// Makes an empty file in a folder, with this mode less the process's umask.
pub(super) fn make(folder: &Path, mode: u32) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX);
    // Errors of the other functions of `tempfile` do not have the system's code.
    builder.make_in(folder, |path| {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        #[cfg(not(unix))]
        let _ = mode;
        options.open(path)
    })
}

impl TemporaryFile {
    /// Makes one in a folder. Nobody else can read it.
    pub(super) fn new(folder: &Path) -> io::Result<TemporaryFile> {
        Ok(TemporaryFile {
            file: Some(make(folder, 0o600)?),
            process: std::process::id(),
        })
    }

    /// The open file.
    pub(super) fn get(&mut self) -> io::Result<&mut File> {
        self.check_process()?;
        let file = self.file.as_mut().map(NamedTempFile::as_file_mut);
        file.ok_or_else(|| io::Error::other("the file has its name"))
    }

    /// Writes the next bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.get()?.write_all(bytes)
    }

    /// Gives the file its name in one step. Fails with `AlreadyExists` where there is one that is not to be replaced.
    pub(super) fn persist(mut self, path: &Path, overwrite: bool) -> io::Result<()> {
        self.check_process()?;
        let Some(file) = self.file.take() else {
            return Ok(());
        };
        let persisted = match overwrite {
            true => file.persist(path),
            // The file may have appeared since the check, so the rename itself must refuse to replace it.
            false => file.persist_noclobber(path),
        };
        persisted
            .map(drop)
            .map_err(|PersistError { error, .. }| error)
    }

    /// Fails in a forked child, which shares the place in the file with its parent.
    fn check_process(&self) -> io::Result<()> {
        match self.is_own() {
            true => Ok(()),
            false => Err(io::Error::other(
                "the process was forked amid the download, which its parent goes on with",
            )),
        }
    }

    fn is_own(&self) -> bool {
        self.process == std::process::id()
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let is_own = self.is_own();
        if let Some(file) = &mut self.file {
            file.disable_cleanup(!is_own);
        }
    }
}
