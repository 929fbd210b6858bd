//! The errors of files on this machine: each names the path, the system's own text, and the next step where one is known.

use std::io;
use std::path::Path;

use crate::error::{Error, ErrorKind};

/// The error of a file on this machine, with its path.
pub(super) fn file_error(path: &Path, what: &str, source: io::Error) -> Error {
    let message = format!("{} {what}: {source}", shown(path));
    let error = Error::new(ErrorKind::File, message);
    let error = match hint(path, &source) {
        Some(hint) => error.with_hint(hint),
        None => error,
    };
    // Descriptors come free as other calls end, so the same call may succeed later.
    let error = match is_short_of_descriptors(&source) {
        true => error.with_passing(true),
        false => error,
    };
    error.with_source(source)
}

/// A path as text that is safe to print and not too long for a message.
pub(super) fn shown(path: &Path) -> String {
    crate::error::printable(&path.display().to_string(), 256)
}

/// Reports whether the process or the system has as many descriptors open as it may, which says nothing of the file.
pub(super) fn is_short_of_descriptors(error: &io::Error) -> bool {
    #[cfg(unix)]
    let codes =
        [rustix::io::Errno::MFILE, rustix::io::Errno::NFILE].map(|code| code.raw_os_error());
    // ERROR_TOO_MANY_OPEN_FILES.
    #[cfg(not(unix))]
    let codes = [4];
    error
        .raw_os_error()
        .is_some_and(|code| codes.contains(&code))
}

/// The next step after an error of the system, where one is known.
fn hint(path: &Path, error: &io::Error) -> Option<&'static str> {
    use io::ErrorKind as Io;
    if is_short_of_descriptors(error) {
        return Some(
            "The process has as many files and connections open as it may: raise that limit (`ulimit -n`), or make fewer calls at a time.",
        );
    }
    Some(match error.kind() {
        // No shell has seen this path. A file may be named so, too, but then it would have been found.
        Io::NotFound if path.starts_with("~") => {
            "Only a shell replaces `~` by the home folder: give the whole path."
        }
        Io::NotFound if path.is_relative() => {
            "Check the path and its folder: a relative one begins at the process's current folder."
        }
        Io::NotFound => "Check the path: the folder must exist, too.",
        Io::PermissionDenied => {
            "The user that the process runs as has no right to it: give that right, or choose another path."
        }
        Io::ReadOnlyFilesystem => "The file system is mounted read-only: choose another folder.",
        // A rename cannot replace a mount point.
        Io::ResourceBusy => {
            "The path may be mounted by itself, as containers mount single files, and cannot be replaced then: choose another path, or mount its folder."
        }
        Io::ExecutableFileBusy => {
            "The file is a program that runs, or is used as swap space: end that first, or choose another path."
        }
        Io::InvalidFilename => "Choose a shorter name: most systems allow 255 bytes.",
        kind => return room(kind),
    })
}

/// The next step where there is no room for a file.
pub(super) fn room(kind: io::ErrorKind) -> Option<&'static str> {
    use io::ErrorKind as Io;
    Some(match kind {
        Io::StorageFull => {
            "The disk is full: free some space on it, or choose a folder on another one."
        }
        Io::QuotaExceeded => {
            "The user's share of the disk is used up: free some space, or choose a folder on another disk."
        }
        Io::FileTooLarge => {
            "The file system, or a limit of the process (`ulimit -f`), allows no file of this size."
        }
        _ => return None,
    })
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::io::Errno;

    use super::*;

    #[test]
    fn a_file_that_something_uses_is_named_with_its_remedy() {
        for (code, remedy) in [
            (Errno::BUSY, "mounted by itself"),
            (Errno::TXTBSY, "a program that runs"),
            (Errno::ROFS, "mounted read-only"),
            (Errno::MFILE, "as many files"),
            (Errno::DQUOT, "share of the disk"),
        ] {
            let source = io::Error::from_raw_os_error(code.raw_os_error());
            let error = file_error(Path::new("/data/report.pdf"), "cannot be written", source);
            let hint = error.hint().unwrap_or_default();
            assert!(hint.contains(remedy), "{code:?}: {hint}");
            assert!(
                error
                    .message()
                    .starts_with("/data/report.pdf cannot be written: ")
            );
        }
    }
}
