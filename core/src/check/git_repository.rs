//! The place of a file in a Git repository, read from the repository's own files: no program is called, since the check must work
//! where there is none, and must run nothing that a folder configures.
//!
//! Read are the index, `.git/info/exclude` and the `.gitignore` of each folder from the root down. The user's own ignore file
//! (`core.excludesFile`) is not, for it does not protect the next person who clones the repository.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::git_ignore::Rules;

/// The most that is read of an ignore file, which is some kilobytes at most in practice.
const MOST_RULES: u64 = 1 << 20;
/// The most that is read of an index. The largest repositories that are known have one of about this size.
const MOST_INDEX: u64 = 256 << 20;

/// The place of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// No folder above is a work tree.
    Outside,
    /// The file is ignored.
    Ignored,
    /// The file is neither ignored nor in the index: `git add .` takes it.
    Open,
    /// The file is in the index, where no ignore file matters any more.
    Tracked,
}

/// The place of the file of this name in a folder, whose path is absolute.
pub(super) fn place_of(folder: &Path, name: &str) -> Place {
    let Some(root) = folder.ancestors().find(|one| one.join(".git").exists()) else {
        return Place::Outside;
    };
    let Ok(below) = folder.strip_prefix(root) else {
        return Place::Outside;
    };
    let mut segments: Vec<String> = below
        .iter()
        .map(|segment| segment.to_string_lossy().into_owned())
        .collect();
    segments.push(name.to_owned());
    let git = git_folder(root);
    if is_tracked(&git, &segments.join("/")) {
        return Place::Tracked;
    }
    match is_ignored(root, &git, &segments) {
        true => Place::Ignored,
        false => Place::Open,
    }
}

/// The folder of a repository's own files. In a worktree and in a submodule `.git` is a file that names it.
fn git_folder(root: &Path) -> PathBuf {
    let git = root.join(".git");
    let text = read(&git, MOST_RULES);
    let named = text
        .as_deref()
        .and_then(|text| std::str::from_utf8(text).ok())
        .and_then(|text| text.strip_prefix("gitdir:"));
    match named {
        Some(path) => root.join(path.trim()),
        None => git,
    }
}

/// Reports whether a path is in the index. An entry ends with the length of its path in 12 bits, the path and a NUL (gitformat-index,
/// versions 2 and 3; in the rare version 4 paths are compressed and not found).
fn is_tracked(git: &Path, path: &str) -> bool {
    let Some(index) = read(&git.join("index"), MOST_INDEX) else {
        return false;
    };
    let (path, mut start) = (path.as_bytes(), 0);
    let find = |start: usize| {
        let rest = index.get(start..)?;
        rest.windows(path.len()).position(|part| part == path)
    };
    while let Some(found) = find(start) {
        let at = start + found;
        let flags = at.checked_sub(2).and_then(|flags| index.get(flags..at));
        let length = flags.map(|flags| usize::from(flags[0] & 0x0f) << 8 | usize::from(flags[1]));
        if length == Some(path.len()) && index.get(at + path.len()) == Some(&0) {
            return true;
        }
        start = at + 1;
    }
    false
}

/// Reports whether a path below the root is ignored. A file in an ignored folder is, whatever else is said of it (gitignore).
fn is_ignored(root: &Path, git: &Path, segments: &[String]) -> bool {
    let mut all = vec![(0, rules(&git.join("info/exclude")))];
    let mut folder = root.to_owned();
    for (depth, segment) in segments.iter().enumerate() {
        all.push((depth, rules(&folder.join(".gitignore"))));
        let is_folder = depth + 1 < segments.len();
        // The rules of the deepest folder come first, and within a file the last one.
        let decision = all.iter().rev().find_map(|(base, rules)| {
            let path = segments.get(*base..=depth).unwrap_or_default();
            rules.decide(path, is_folder)
        });
        if decision == Some(true) {
            return true;
        }
        folder.push(segment);
    }
    false
}

/// The rules of an ignore file; none where there is no such file.
fn rules(path: &Path) -> Rules {
    let text = read(path, MOST_RULES).unwrap_or_default();
    Rules::of(&String::from_utf8_lossy(&text))
}

/// The beginning of a file; none where it is no file that can be read.
fn read(path: &Path, most: u64) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    // Opening a FIFO would wait for a writer.
    path.is_file().then_some(())?;
    let file = std::fs::File::open(path).ok()?;
    file.take(most).read_to_end(&mut content).ok()?;
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository with these files, each with its content.
    fn repository(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join(".git/info")).unwrap();
        std::fs::create_dir_all(root.path().join("app/api")).unwrap();
        for (path, content) in files {
            std::fs::write(root.path().join(path), content).unwrap();
        }
        root
    }

    #[test]
    fn ignore_files_hold_for_their_folder_and_those_below() {
        for (files, place) in [
            (&[][..], Place::Open),
            (&[(".gitignore", ".env")], Place::Ignored),
            (&[("app/.gitignore", "api/.env")], Place::Ignored),
            (&[("app/api/.gitignore", "/.env")], Place::Ignored),
            (&[(".git/info/exclude", ".env")], Place::Ignored),
            (&[(".gitignore", "/.env")], Place::Open),
            (&[(".gitignore", "app/")], Place::Ignored),
            (
                &[(".gitignore", ".env"), ("app/.gitignore", "!.env")],
                Place::Open,
            ),
            (
                &[(".gitignore", "app/"), ("app/.gitignore", "!.env")],
                Place::Ignored,
            ),
        ] {
            let files: Vec<(&str, &[u8])> = files
                .iter()
                .map(|(p, t): &(&str, &str)| (*p, t.as_bytes()))
                .collect();
            let root = repository(&files);
            let found = place_of(&root.path().join("app/api"), ".env");
            assert_eq!(found, place, "{files:?}");
        }
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(place_of(folder.path(), ".env"), Place::Outside);
    }

    #[test]
    fn a_path_in_the_index_is_tracked_and_its_like_is_not() {
        let entry = |path: &str| {
            let mut bytes = vec![7; 60];
            bytes.extend_from_slice(&(path.len() as u16).to_be_bytes());
            bytes.extend_from_slice(path.as_bytes());
            bytes.push(0);
            bytes
        };
        for (path, place) in [
            ("app/api/.env", Place::Tracked),
            ("app/api/.env.example", Place::Ignored),
            ("other/app/api/.env", Place::Ignored),
        ] {
            let index = entry(path);
            let root = repository(&[(".git/index", &index), (".gitignore", b".env")]);
            assert_eq!(
                place_of(&root.path().join("app/api"), ".env"),
                place,
                "{path}"
            );
        }
    }

    #[test]
    fn a_worktree_names_its_folder_in_a_file() {
        let root = tempfile::tempdir().unwrap();
        let own = root.path().join("own");
        std::fs::create_dir_all(own.join("info")).unwrap();
        std::fs::write(own.join("info/exclude"), ".env").unwrap();
        let tree = root.path().join("tree");
        std::fs::create_dir(&tree).unwrap();
        std::fs::write(tree.join(".git"), "gitdir: ../own\n").unwrap();
        assert_eq!(place_of(&tree, ".env"), Place::Ignored);
    }
}
