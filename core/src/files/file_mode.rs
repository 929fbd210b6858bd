//! The permissions of a downloaded file: those of any new file of the process, or those of the file that it replaces.
//!
//! Nobody else can read the bytes before the file is whole. Then the file gets the mode that the system gave it when it was made,
//! which is the only way to learn the process's umask without changing it for other threads.

use std::fs::File;
use std::path::Path;

use tempfile::Builder;

#[cfg(unix)]
use std::fs::Permissions;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;

/// The bits that a file keeps. A set-user-ID bit is none of them: new content must not run as somebody else.
#[cfg(unix)]
const KEPT: u32 = 0o777;

/// The mode for a file once it is whole. None where the system does not let the process change modes.
pub(super) struct FileMode(Option<u32>);

#[cfg(unix)]
impl FileMode {
    /// Has a file made with the mode of new files, from which the system takes away the umask.
    pub(super) fn ask(builder: &mut Builder<'_, '_>) {
        builder.permissions(Permissions::from_mode(0o666));
    }

    /// Keeps others from an empty file until `grant`. Returns the mode that it had.
    pub(super) fn withhold(file: &File) -> FileMode {
        let Ok(made) = file.metadata() else {
            return FileMode(None);
        };
        let withheld = file.set_permissions(Permissions::from_mode(0o600));
        FileMode(withheld.ok().map(|()| made.permissions().mode() & KEPT))
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
    pub(super) fn ask(_: &mut Builder<'_, '_>) {}

    pub(super) fn withhold(_: &File) -> FileMode {
        FileMode(None)
    }

    pub(super) fn grant(&self, _: &File, _: &Path) {}
}
