//! The permissions of a downloaded file: those of any new file of the process, or those of the file that it replaces.
//!
//! Nobody else can read the bytes before the file is whole. The mode that it then gets is that of an empty file beside it, made for that
//! alone: the process's umask cannot be learned in another way without changing it for other threads.

use std::fs::File;
use std::io;
#[cfg(unix)]
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::Path;

use super::temporary_file;

/// The bits that a file keeps. A set-user-ID bit is none of them: new content must not run as somebody else.
#[cfg(unix)]
const KEPT: u32 = 0o777;

/// The mode for a file once it is whole, which is that of new files.
pub(super) struct FileMode(#[cfg(unix)] u32);

impl FileMode {
    /// The mode of new files in a folder: that of an empty one, which is made and removed.
    ///
    /// # Errors
    /// The folder takes no file.
    pub(super) fn of_new_files(folder: &Path) -> io::Result<FileMode> {
        // The system takes away the umask.
        let probe = temporary_file::make(folder, 0o666)?;
        #[cfg(unix)]
        return Ok(FileMode(
            probe.as_file().metadata()?.permissions().mode() & KEPT,
        ));
        #[cfg(not(unix))]
        return Ok(FileMode());
    }
}

#[cfg(unix)]
impl FileMode {
    /// Gives a whole file the owner, the group and the mode of the file at its path, or the mode of a new file where there is none.
    pub(super) fn grant(&self, file: &File, path: &Path) {
        // The mode of a link itself says nothing, so a file that replaces a link counts as new.
        let replaced = path.symlink_metadata().ok().filter(|found| found.is_file());
        let mode = match replaced {
            None => self.0,
            Some(replaced) => {
                let mode = replaced.permissions().mode() & KEPT;
                let has_group = keep_owner(file, replaced.uid(), replaced.gid());
                granted(mode, has_group)
            }
        };
        // After the owner, so that no other group gets the bits meant for this one. Some file systems have no modes to change: the file
        // itself is as good there.
        let _ = file.set_permissions(std::fs::Permissions::from_mode(mode));
    }
}

/// Gives a file this owner and group where the process may. Reports whether it has the group. A process without privileges may choose
/// among its own groups only.
#[cfg(unix)]
fn keep_owner(file: &File, owner: u32, group: u32) -> bool {
    let Ok(found) = file.metadata() else {
        return false;
    };
    if (found.uid(), found.gid()) == (owner, group) {
        return true;
    }
    let both = found.uid() != owner && fchown(file, Some(owner), Some(group)).is_ok();
    both || found.gid() == group || fchown(file, None, Some(group)).is_ok()
}

/// The mode of a file that replaces one of this mode. Where it has another group, that group may do as everybody: the bits of the
/// former group are not meant for it.
#[cfg(unix)]
fn granted(mode: u32, has_group: bool) -> u32 {
    match has_group {
        true => mode,
        false => (mode & !0o070) | ((mode & 0o007) << 3),
    }
}

#[cfg(not(unix))]
impl FileMode {
    pub(super) fn grant(&self, _: &File, _: &Path) {}
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn another_group_may_do_as_everybody() {
        for (mode, other) in [
            (0o640, 0o600),
            (0o660, 0o600),
            (0o644, 0o644),
            (0o664, 0o644),
            (0o604, 0o644),
            (0o777, 0o777),
        ] {
            assert_eq!((granted(mode, true), granted(mode, false)), (mode, other));
        }
    }
}
