//! The report that Penbox's support asks for (Authentication page, "Support").

use std::fmt::Write as _;

use super::error_type::Error;
use super::names::{Text, name};
use crate::language::Language;

/// The support asks for the token's name, and only the user knows it.
const UNNAMED: &str = concat!(
    "not given (set ",
    name!("token_name"),
    " to the name shown in Penbox's settings)"
);

impl Error {
    /// The text that Penbox's support asks for: endpoint, time, messages and the token's name, never the token.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let error = client.forms().get("00000000-0000-4000-8000-000000000000").unwrap_err();
    /// let report = error.support_report();
    /// assert!(report.contains("endpoint: GET /forms/{id} (forms.get)\n"), "{report}");
    /// assert!(!report.contains(sandbox.token()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn support_report(&self) -> String {
        render(self, Language::Rust)
    }
}

/// The report's text: a line for each fact that is known.
pub(super) fn render(error: &Error, language: Language) -> String {
    let unnamed = Text::of(UNNAMED);
    let unnamed = unnamed.in_language(language);
    let mut out = String::from("Penbox support report\n");
    let mut line = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            let _ = writeln!(out, "{name}: {value}");
        }
    };
    line("time", Some(&error.occurred_at()));
    line("token name", Some(error.token_name().unwrap_or(&unnamed)));
    // The path's template, never its values: they may name a contact.
    let endpoint = match (error.method(), error.path(), error.operation()) {
        (Some(method), Some(path), Some(operation)) => {
            Some(format!("{method} {path} ({operation})"))
        }
        _ => None,
    };
    line("endpoint", endpoint.as_deref());
    let status = error.http_status().map(|status| match error.title() {
        Some(title) => format!("{status} {title}"),
        None => status.to_string(),
    });
    line("status", status.as_deref());
    line("error", Some(error.kind().name()));
    line("reason", error.reason());
    line("phase", error.phase());
    line("message", Some(&error.message_text().in_language(language)));
    line("request id", error.request_id());
    line("attempts", Some(&error.attempts().to_string()));
    line("outcome", Some(error.outcome().name()));
    let wait = error
        .retry_after()
        .map(|wait| format!("{} s", wait.as_secs_f64()));
    line("retry after", wait.as_deref());
    line("client", error.agent());
    out
}
