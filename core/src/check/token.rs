//! The findings about a token: its source, its length, its name, its file, its variables.

use super::finding::{Findings, Level};
use crate::auth::{Token, TokenSource, USUAL_LENGTH};
use crate::config::Settings;
use crate::error::name;

/// The page of Penbox's settings that lists the tokens.
const PAGE: &str = "https://app.penbox.io/workspace/settings/api";

/// Looks at a token. `is_accepted` says that the API has just accepted it.
pub(super) fn look(
    findings: &mut Findings,
    settings: &Settings,
    token: &Token,
    source: &TokenSource,
    is_accepted: bool,
) {
    findings.add(
        "token_source",
        Level::Ok,
        format!(
            "The token comes from {source}; its fingerprint is {}.",
            token.fingerprint()
        ),
    );
    findings.add(
        "token_format",
        Level::Ok,
        "The token starts with pnbx_ and has no space or line break; the client writes the Authorization header itself.",
    );
    let length = token.length();
    if length != USUAL_LENGTH {
        // A token that the API has just accepted is whole, whatever its length.
        let level = if is_accepted {
            Level::Note
        } else {
            Level::Warning
        };
        findings.add_with_fix(
            "token_length",
            level,
            format!(
                "The token has {length} characters, the one in Penbox's documentation has {USUAL_LENGTH}: was the whole token copied?"
            ),
            format!("If calls fail with 401, copy the whole token from {PAGE}; it is shown only once, so a new one may be needed."),
        );
    }
    if settings.token_name.is_none() {
        findings.add_with_fix(
            "token_name_missing",
            Level::Note,
            "The client does not know the token's name, which Penbox's support asks for.",
            format!(
                concat!(
                    "Set ",
                    name!("token_name"),
                    " to the name that {} shows for the token."
                ),
                PAGE
            ),
        );
    }
    file_mode(findings, source);
    for (one, other) in &settings.origins.shared_tokens {
        findings.add_with_fix(
            "token_shared",
            Level::Warning,
            format!("{one} and {other} hold the same token."),
            format!(
                "Create a token for each environment at {PAGE}, so that each can be revoked alone."
            ),
        );
    }
}

/// Looks at the mode of a token's file. It says nothing of the folders above, which may keep others out all the same.
#[cfg(unix)]
fn file_mode(findings: &mut Findings, source: &TokenSource) {
    use std::os::unix::fs::PermissionsExt as _;

    /// The bit that lets everybody read.
    const OTHERS_READ: u32 = 0o004;
    let TokenSource::File(path) = source else {
        return;
    };
    let Ok(file) = std::fs::metadata(path) else {
        return;
    };
    let mode = file.permissions().mode() & 0o7777;
    if mode & OTHERS_READ != 0 {
        findings.add_with_fix(
            "token_file_readable",
            Level::Warning,
            format!(
                "The mode {mode:04o} of the token's file {} lets every user of this machine read it.",
                path.display()
            ),
            "Give the file the mode 0600 or 0400 (chmod 600); for a secret that Kubernetes mounts set defaultMode: 0400.",
        );
    }
}

/// Modes of files are those of Unix.
#[cfg(not(unix))]
fn file_mode(_: &mut Findings, _: &TokenSource) {}
