//! The file that a download is written to: it appears under its name whole or not at all.

use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf, is_separator};

use tempfile::{Builder, NamedTempFile};

use crate::error::{Error, ErrorKind, Outcome, Reason, Result};

use super::file_mode::FileMode;
use super::file_name;
use super::upload::{file_error, shown};

/// The hint for a target that is no path at all.
const NAME_A_FILE: &str = "Name the file to write, or a folder that exists.";

/// A file that is written beside its place, and is put there once it is whole.
pub(super) struct TargetFile {
    /// The file that holds the bytes until the end. Its drop removes it.
    temporary: Box<NamedTempFile>,
    /// The path that the caller named.
    path: PathBuf,
    /// The path is a folder, in which the file takes the server's name.
    is_folder: bool,
    overwrite: bool,
    mode: FileMode,
}

impl TargetFile {
    /// Opens a file for a path, so that an error of the path is found before anything is sent.
    pub(super) fn open(path: PathBuf, overwrite: bool) -> Result<TargetFile> {
        let is_folder = check_path(&path)?;
        if !is_folder {
            check_replaceable(&path, overwrite)?;
        }
        let parent = match path.parent() {
            _ if is_folder => path.as_path(),
            // The parent of a bare name is an empty path, which means the current folder.
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let mut builder = Builder::new();
        builder.prefix(".penbox-");
        // In the same folder, since a rename is one step within a file system only.
        let temporary = builder
            .tempfile_in(parent)
            .map_err(|error| file_error(parent, "cannot be written to", error))?;
        Ok(TargetFile {
            mode: FileMode::of_new_files(parent),
            temporary: Box::new(temporary),
            path,
            is_folder,
            overwrite,
        })
    }

    /// The path that the caller named.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the next bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.temporary.write_all(bytes)
    }

    /// Removes all bytes.
    pub(super) fn empty(&mut self) -> io::Result<()> {
        let file = self.temporary.as_file_mut();
        file.set_len(0)?;
        file.rewind()
    }

    /// Puts the file at its path, and returns that. `name` is the server's, and `fallback` stands for it where there is none.
    pub(super) fn finish(self, name: Option<&str>, fallback: &str) -> Result<PathBuf> {
        let path = match (self.is_folder, name) {
            (false, _) => self.path,
            // The name was made safe where it was read, so it stays within the folder.
            (true, Some(name)) => self.path.join(name),
            (true, None) => self
                .path
                .join(file_name::safe(fallback).unwrap_or_else(|| "file".to_owned())),
        };
        persist(*self.temporary, &path, self.overwrite, &self.mode)?;
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

/// Checks that a file may be put at a path. A device or a pipe is never replaced: a caller who names `/dev/null` does not mean
/// that.
fn check_replaceable(path: &Path, overwrite: bool) -> Result<()> {
    // The link itself, and not its target: a rename replaces the link.
    match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // A name that is too long, for example, which would fail again when the file is whole.
        Err(error) => Err(file_error(path, "cannot be written", error)),
        Ok(_) if !overwrite => Err(already_exists(path)),
        Ok(found) if found.is_file() || found.is_symlink() => Ok(()),
        Ok(_) => Err(Error::new(
            ErrorKind::File,
            format!("{} is no regular file", shown(path)),
        )
        .with_hint("Choose another path, or write to an open file.")),
    }
}

/// The error of a target that exists and is not to be replaced.
fn already_exists(path: &Path) -> Error {
    Error::new(ErrorKind::File, format!("{} exists already", shown(path)))
        .with_reason(Reason::Exists)
        .with_hint("Choose another path, or set overwrite.")
}

/// Writes the bytes to the disk, then renames the file in one step. A crash in between cannot leave half a file under its name.
fn persist(temporary: NamedTempFile, path: &Path, overwrite: bool, mode: &FileMode) -> Result<()> {
    let failed = |error| file_error(path, "cannot be written", error).with_outcome(Outcome::Done);
    if overwrite {
        // Within a folder the path is known only now. Any other path may have changed since the download began.
        check_replaceable(path, overwrite).map_err(|error| error.with_outcome(Outcome::Done))?;
    }
    mode.grant(temporary.as_file(), path);
    temporary.as_file().sync_all().map_err(failed)?;
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
