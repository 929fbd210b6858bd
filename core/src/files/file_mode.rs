//! The permissions of a downloaded file: those of any new file of the process, or those of the file that it replaces.
//!
//! Nobody else can read the bytes before the file is whole. The mode that it then gets is that of an empty file beside it, made for that
//! alone: the process's umask cannot be learned in another way without changing it for other threads.

use std::fs::File;
use std::path::Path;

#[cfg(unix)]
use tempfile::Builder;

#[cfg(unix)]
use std::fs::Permissions;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;

/// The bits that a file keeps. A set-user-ID bit is none of them: new content must not run as somebody else.
#[cfg(unix)]
const KEPT: u32 = 0o777;

/// The mode for a file once it is whole. None where it cannot be learned.
pub(super) struct FileMode(Option<u32>);

#[cfg(unix)]
impl FileMode {
    /// The mode of new files in a folder: that of an empty one, which is made and removed.
    pub(super) fn of_new_files(folder: &Path) -> FileMode {
        let mut builder = Builder::new();
        // The system takes away the umask.
        builder
            .prefix(".penbox-")
            .permissions(Permissions::from_mode(0o666));
        let made = builder.tempfile_in(folder);
        let mode = made.and_then(|probe| Ok(probe.as_file().metadata()?.permissions().mode()));
        FileMode(mode.ok().map(|mode| mode & KEPT))
    }

    /// Gives a whole file the mode of the file at its path, or of a new file where there is none.
    pub(super) fn grant(&self, file: &File, path: &Path) {
        // The mode of a link itself says nothing, so a file that replaces a link counts as new.
        let replaced = path.symlink_metadata().ok().filter(|found| found.is_file());
        let replaced = replaced.map(|found| found.permissions().mode() & KEPT);
        if let Some(mode) = replaced.or(self.0) {
            // Some file systems have no modes to change. The file itself is as good there.
            let _ = file.set_permissions(Permissions::from_mode(mode));
        }
    }
}

#[cfg(not(unix))]
impl FileMode {
    pub(super) fn of_new_files(_: &Path) -> FileMode {
        FileMode(None)
    }

    pub(super) fn grant(&self, _: &File, _: &Path) {}
}
