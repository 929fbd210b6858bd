//! The file that a case's token is read from.

use std::fs;
use std::io;
use std::path::PathBuf;

use tempfile::TempDir;

/// A token file in a folder of its own, removed with it.
#[derive(Debug)]
pub struct TokenFile {
    folder: TempDir,
}

impl TokenFile {
    /// Makes the folder, and the file where there is something in it.
    ///
    /// # Errors
    /// The file system refuses.
    pub fn make(text: Option<&str>) -> io::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("penbox-conformance-")
            .tempdir()?;
        let file = Self { folder };
        if let Some(text) = text {
            fs::write(file.path(), text)?;
        }
        Ok(file)
    }

    /// The file's path.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("token")
    }
}
