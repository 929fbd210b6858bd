//! One finding of a check, and the list that they are gathered in.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::error::{MAX_MESSAGE, in_language, printable, without_tokens};
use crate::language::Language;

/// The weight of a finding.
///
/// ```
/// use penbox::Level;
///
/// assert!(Level::Warning < Level::Error);
/// assert_eq!(Level::Warning.name(), "warning");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// All is well.
    Ok,
    /// All works, and something could be better.
    Note,
    /// Calls work, and something should be mended.
    Warning,
    /// Calls fail.
    Error,
}

impl Level {
    /// The name in every language: `ok`, `note`, `warning`, `error`.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Ok => "ok",
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Every name that a finding can have. They are append-only: programs branch on them.
pub(super) const FINDINGS: &[&str] = &[
    "address",
    "answer",
    "budget_used",
    "call",
    "clock",
    "clock_skew",
    "connection",
    "dns",
    "env_file_exposed",
    "header_missing",
    "insecure_http",
    "latency",
    "no_access",
    "no_workspace",
    "paused",
    "proxy",
    "proxy_failed",
    "rate_budget",
    "rate_limited",
    "refused",
    "server_error",
    "settings",
    "slow",
    "timeout",
    "tls",
    "token_accepted",
    "token_file_readable",
    "token_format",
    "token_length",
    "token_malformed",
    "token_missing",
    "token_name_missing",
    "token_not_accepted",
    "token_revoked",
    "token_shared",
    "token_source",
    "trust",
    "workspace",
    "workspace_unknown",
    "wrong_workspace",
];

/// One finding of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The finding's name in snake_case, the same in every language: `token_not_accepted`, `clock_skew`, ... More may be added.
    pub id: &'static str,
    /// The finding's weight.
    pub level: Level,
    /// The finding in a sentence. It never holds a token.
    pub message: String,
    /// Advice on what to do, where there is anything to do.
    pub fix: Option<String>,
}

/// The findings of a check so far, in the words of one language.
pub(super) struct Findings {
    pub(super) language: Language,
    pub(super) list: Vec<Finding>,
}

impl Findings {
    pub(super) fn new(language: Language) -> Findings {
        Findings {
            language,
            list: Vec::new(),
        }
    }

    /// Adds a finding without a fix.
    pub(super) fn add(&mut self, id: &'static str, level: Level, message: impl AsRef<str>) {
        self.push(id, level, message.as_ref(), None);
    }

    /// Adds a finding with a fix.
    pub(super) fn add_with_fix(
        &mut self,
        id: &'static str,
        level: Level,
        message: impl AsRef<str>,
        fix: impl AsRef<str>,
    ) {
        self.push(id, level, message.as_ref(), Some(fix.as_ref()));
    }

    fn push(&mut self, id: &'static str, level: Level, message: &str, fix: Option<&str>) {
        debug_assert!(FINDINGS.contains(&id), "{id} is in no table");
        let language = self.language;
        // A caller's own text, such as the name of a workspace, may be a token or change a terminal. The list of workspaces is cut
        // by its own limit.
        let shown = |text: &str| {
            let text = in_language(text, language);
            printable(&without_tokens(text), 8 * MAX_MESSAGE)
        };
        self.list.push(Finding {
            id,
            level,
            message: shown(message),
            fix: fix.map(shown),
        });
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_finding_is_documented_and_made_by_a_test() {
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        let read = |path: &str| std::fs::read_to_string(home.join(path)).unwrap_or_default();
        let tests = ["check.rs", "check_answers.rs"].map(|name| read(&format!("tests/it/{name}")));
        let tests = tests.concat() + &read("src/check/clock.rs");
        let page = read("../docs/check.md");
        for id in FINDINGS {
            let is_tested = tests.contains(&format!("\"{id}\""));
            // A published crate has neither the tests nor the page.
            assert!(is_tested || tests.len() < 10_000, "no test makes {id}");
            assert!(
                page.is_empty() || page.contains(&format!("`{id}`")),
                "{id} is on no page"
            );
        }
    }
}
