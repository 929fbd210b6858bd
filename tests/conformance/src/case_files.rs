//! Where the case files lie, and how they are named.

use std::fs;
use std::path::{Path, PathBuf};

/// One file as it stands.
#[derive(Debug, Clone)]
pub struct CaseFile {
    /// `area/name`, from its place.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Reads every `area/name.json` of a folder.
///
/// # Errors
/// Names the first file that is unreadable or misplaced.
pub fn read_all(folder: &Path) -> Result<Vec<CaseFile>, String> {
    let mut files = Vec::new();
    for area in entries(folder)? {
        if !area.is_dir() {
            return Err(format!(
                "{}: cases stand in <area>/<name>.json",
                area.display()
            ));
        }
        for file in entries(&area)? {
            let text = fs::read_to_string(&file)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            let name = name_of(&file)?;
            files.push(CaseFile { name, text });
        }
    }
    match files.is_empty() {
        true => Err(format!("{}: no cases", folder.display())),
        false => Ok(files),
    }
}

/// Whether a text is a name of `a-z`, `0-9` and `_`.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

fn name_of(file: &Path) -> Result<String, String> {
    let wrong = || {
        format!(
            "{}: not an <area>/<name>.json of a-z, 0-9 and _",
            file.display()
        )
    };
    let stem = file
        .file_name()
        .and_then(|name| name.to_str()?.strip_suffix(".json"));
    let area = file
        .parent()
        .and_then(|folder| folder.file_name()?.to_str());
    match (area, stem) {
        (Some(area), Some(stem)) if is_plain(area) && is_plain(stem) => {
            Ok(format!("{area}/{stem}"))
        }
        _ => Err(wrong()),
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let told = |error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(told)? {
        paths.push(entry.map_err(told)?.path());
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        assert_eq!(
            name_of(Path::new("x/cases/errors/status_401.json")).unwrap(),
            "errors/status_401"
        );
        assert!(name_of(Path::new("x/cases/errors/status 401.json")).is_err());
        assert!(name_of(Path::new("x/cases/errors/README.md")).is_err());
    }
}
