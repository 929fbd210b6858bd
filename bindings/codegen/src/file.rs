//! A generated file: written where it is missing or stale, or only compared.

use std::io::Write as _;
use std::path::Path;

/// A file's place below the project's root, and its text.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn new(path: impl Into<String>, text: String) -> File {
        File {
            path: path.into(),
            text,
        }
    }

    /// Brings the file up to date, or with `check` leaves it. The name of a file that was not up to date.
    pub(crate) fn settle(&self, root: &Path, check: bool) -> Result<Option<String>, String> {
        let place = root.join(&self.path);
        if std::fs::read_to_string(&place).is_ok_and(|old| old == self.text) {
            return Ok(None);
        }
        if !check {
            let failed = |error: std::io::Error| format!("{}: {error}", self.path);
            if let Some(folder) = place.parent() {
                std::fs::create_dir_all(folder).map_err(failed)?;
            }
            std::fs::write(&place, &self.text).map_err(failed)?;
        }
        Ok(Some(self.path.clone()))
    }
}

/// A line on standard error.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
