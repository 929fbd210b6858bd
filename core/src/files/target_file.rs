//! The file that a download is written to: it appears under its name whole or not at all.

use std::io;
use std::path::{Path, PathBuf, is_separator};

use crate::error::{Error, ErrorKind, Outcome, Reason, Result};

use super::file_error::{file_error, is_short_of_descriptors, shown};
use super::file_mode::FileMode;
use super::file_name;
use super::temporary_file::TemporaryFile;

/// The hint for a target that is no path at all.
const NAME_A_FILE: &str = "Name the file to write, or a folder that exists.";

/// A file that is written beside its place, and is put there once it is whole.
pub(super) struct TargetFile {
    /// The path that the caller named.
    path: PathBuf,
    /// The same from the root. The process may change its current folder meanwhile.
    absolute: PathBuf,
    /// The path is a folder, in which the file takes the server's name.
    is_folder: bool,
    overwrite: bool,
    /// None where it could not be learned yet.
    mode: Option<FileMode>,
    /// The file that holds the bytes until the end. None between attempts: a call that waits for its turn holds no descriptor.
    temporary: Option<TemporaryFile>,
}

impl TargetFile {
    /// Checks a path and its folder, so that an error of them is found before anything is sent.
    pub(super) fn new(path: PathBuf, overwrite: bool) -> Result<TargetFile> {
        let is_folder = check_path(&path)?;
        if !is_folder {
            check_replaceable(&path, &path, overwrite)?;
        }
        let mut target = TargetFile {
            absolute: std::path::absolute(&path).unwrap_or_else(|_| path.clone()),
            path,
            is_folder,
            overwrite,
            mode: None,
            temporary: None,
        };
        target.mode = match FileMode::of_new_files(target.folder()) {
            Ok(mode) => Some(mode),
            // The file is opened once the call has its turn. Other calls may have ended by then.
            Err(error) if is_short_of_descriptors(&error) => None,
            Err(error) => return Err(target.unwritable(error)),
        };
        Ok(target)
    }

    /// Opens the temporary file, for an attempt.
    pub(super) fn open(&mut self) -> Result<()> {
        let opened = self.try_open();
        opened.map_err(|error| self.unwritable(error))
    }

    fn try_open(&mut self) -> io::Result<()> {
        if self.mode.is_none() {
            self.mode = Some(FileMode::of_new_files(self.folder())?);
        }
        if self.temporary.is_none() {
            self.temporary = Some(TemporaryFile::new(self.folder())?);
        }
        Ok(())
    }

    /// The folder of the file. The temporary one is in it, too, since a rename is one step within a file system only.
    fn folder(&self) -> &Path {
        match self.absolute.parent() {
            Some(parent) if !self.is_folder => parent,
            _ => &self.absolute,
        }
    }

    /// The error of a folder that takes no file.
    fn unwritable(&self, error: io::Error) -> Error {
        let folder = match self.path.parent() {
            _ if self.is_folder => &self.path,
            // The parent of a bare name is an empty path, which means the current folder.
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        file_error(folder, "cannot be written to", error)
    }

    /// The path that the caller named.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the next bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.temporary {
            Some(temporary) => temporary.write(bytes),
            None => Err(io::Error::other("the file is not open")),
        }
    }

    /// Removes all bytes, and closes the temporary file until the next attempt.
    pub(super) fn close(&mut self) {
        self.temporary = None;
    }

    /// Puts the file at its path, and returns that. `name` is the server's, and `fallback` stands for it where there is none.
    pub(super) fn finish(self, name: Option<&str>, fallback: &str) -> Result<PathBuf> {
        let (path, absolute) = match (self.is_folder, name) {
            (false, _) => (self.path, self.absolute),
            // The name was made safe where it was read, so it stays within the folder.
            (true, Some(name)) => (self.path.join(name), self.absolute.join(name)),
            (true, None) => {
                let name = file_name::safe(fallback).unwrap_or_else(|| "file".to_owned());
                (self.path.join(&name), self.absolute.join(&name))
            }
        };
        let (Some(temporary), Some(mode)) = (self.temporary, self.mode) else {
            return Err(Error::internal("the file is not open"));
        };
        let persisted = persist(temporary, &path, &absolute, self.overwrite, &mode);
        persisted.map_err(|error| error.with_outcome(Outcome::Done))?;
        Ok(path)
    }
}

/// Checks that a path can be that of a file or a folder. Returns whether it is a folder.
fn check_path(path: &Path) -> Result<bool> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if bytes.is_empty() {
        return Err(Error::invalid_argument("the target is an empty path").with_hint(NAME_A_FILE));
    }
    if bytes.contains(&0) {
        let message = "the path of the target holds a NUL, which no path may hold";
        return Err(Error::invalid_argument(message).with_hint(NAME_A_FILE));
    }
    if path.is_dir() {
        return Ok(true);
    }
    // The standard library leaves out the end of `x/` and `x/.`, the system does not.
    let text = path.to_string_lossy();
    let last = text.rsplit(is_separator).next().unwrap_or_default();
    if matches!(last, "" | "." | "..") {
        let message = format!("{} is not a folder that exists", shown(path));
        return Err(Error::new(ErrorKind::File, message)
            .with_hint("Make the folder first, or name the file to write."));
    }
    Ok(false)
}

/// Checks that a file may be put at a path, which messages show as `path`. A device or a pipe is never replaced, nor is a link to one:
/// a caller who names `/dev/stdout` does not mean that.
fn check_replaceable(path: &Path, absolute: &Path, overwrite: bool) -> Result<()> {
    let failed = |error| file_error(path, "cannot be written", error);
    let found = match absolute.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        // A name that is too long, for example, which would fail again when the file is whole.
        Err(error) => return Err(failed(error)),
        // A rename replaces the link itself, which must lead to a file or nowhere.
        Ok(found) if found.is_symlink() => match absolute.metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => found,
            Err(error) => return Err(failed(error)),
            Ok(target) => target,
        },
        Ok(found) => found,
    };
    match found.is_file() || found.is_symlink() {
        false => Err(Error::new(
            ErrorKind::File,
            format!("{} is no regular file", shown(path)),
        )
        .with_hint("Choose another path, or write to an open file.")),
        true if !overwrite => Err(already_exists(path)),
        true => Ok(()),
    }
}

/// The error of a target that exists and is not to be replaced.
fn already_exists(path: &Path) -> Error {
    Error::new(ErrorKind::File, format!("{} exists already", shown(path)))
        .with_reason(Reason::Exists)
        .with_hint("Choose another path, or set overwrite.")
}

/// Writes the bytes to the disk, then renames the file in one step. A crash in between cannot leave half a file under its name.
fn persist(
    mut temporary: TemporaryFile,
    path: &Path,
    absolute: &Path,
    overwrite: bool,
    mode: &FileMode,
) -> Result<()> {
    let failed = |error| file_error(path, "cannot be written", error);
    if overwrite {
        // Within a folder the path is known only now. Any other path may have changed since the download began.
        check_replaceable(path, absolute, overwrite)?;
    }
    let file = temporary.get().map_err(failed)?;
    mode.grant(file, absolute);
    file.sync_all().map_err(failed)?;
    match temporary.persist(absolute, overwrite) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(already_exists(path)),
        persisted => persisted.map_err(failed),
    }
}
