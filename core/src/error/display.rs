//! The text of an error, on one line.

use std::fmt;

use super::error_type::Error;
use crate::language::Language;

impl Error {
    /// The error's whole text: message, facts and hint on one line.
    pub(super) fn text(&self, language: Language) -> String {
        let mut out = self.message_text().in_language(language).into_owned();
        out.push_str(" (");
        out.push_str(self.kind().name());
        if let Some(status) = self.http_status() {
            out.push_str(&format!(", HTTP {status}"));
        }
        if let Some(operation) = self.operation() {
            out.push_str(", ");
            out.push_str(&language.operation(operation));
        }
        out.push_str(&format!(", outcome: {})", self.outcome()));
        if let Some(hint) = self.hint_text() {
            out.push_str(". ");
            out.push_str(&hint.in_language(language));
        }
        out
    }
}

impl Error {
    /// The same on several lines.
    pub(super) fn lines(&self, language: Language) -> String {
        let mut out = self.message_text().in_language(language).into_owned();
        let mut line = |name: &str, value: &str| {
            out.push_str("\n  ");
            out.push_str(name);
            out.push_str(": ");
            out.push_str(value);
        };
        line("kind", self.kind().name());
        if let Some(reason) = self.reason().or(self.phase()) {
            line("reason", reason);
        }
        if let Some(status) = self.http_status() {
            line("status", &status.to_string());
        }
        if let Some(operation) = self.operation() {
            line("operation", &language.operation(operation));
        }
        line("outcome", &self.outcome().to_string());
        line("attempts", &self.attempts().to_string());
        if let Some(hint) = self.hint_text() {
            line("hint", &hint.in_language(language));
        }
        out
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::Rust))
    }
}

// The text on several lines: `main` prints the error it returns so. `{:#?}` has the fields. The body is left out: it
// would put up to 64 KiB into a log.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return f.write_str(&self.lines(Language::Rust));
        }
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("message", &self.message())
            .field("reason", &self.reason())
            .field("http_status", &self.http_status())
            .field("operation", &self.operation())
            .field("attempts", &self.attempts())
            .field("outcome", &self.outcome())
            .finish_non_exhaustive()
    }
}
