//! The finding about a `.env` that Git would take, token and all.

use std::io::Read as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::finding::{Findings, Level};
use super::git_repository::{Place, place_of};
use super::options::CheckOptions;

/// The file that the Authentication page suggests for tokens.
const NAME: &str = ".env";
/// The most that is read of it, which is more than such files have.
const MOST: u64 = 1 << 20;

/// Looks at the `.env` of the working directory.
pub(super) fn look(findings: &mut Findings, options: &CheckOptions) {
    let Some(folder) = options.folder_to_look_at() else {
        return;
    };
    let path = folder.join(NAME);
    if !path.is_file() {
        return;
    }
    let state = match place_of(&folder, NAME) {
        Place::Outside | Place::Ignored => return,
        Place::Open => "is in a Git repository, none of whose ignore files names it",
        Place::Tracked => "is in Git's index already",
    };
    let (level, what) = match holds_token(&path) {
        true => (Level::Warning, "holds a token and "),
        false => (Level::Note, ""),
    };
    findings.add_with_fix(
        "env_file_exposed",
        level,
        format!("{} {what}{state}.", path.display()),
        "Add a line \".env\" to .gitignore. If it was committed, run \"git rm --cached .env\", and revoke each token that was in it: history keeps it.",
    );
}

/// Reports whether a file holds what looks like a token.
fn holds_token(path: &Path) -> bool {
    let mut content = Zeroizing::new(Vec::new());
    let read = std::fs::File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut content));
    read.is_ok()
        && content
            .windows(5)
            .any(|part| part.eq_ignore_ascii_case(b"pnbx_"))
}
