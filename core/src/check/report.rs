//! The report of a check, as text and as JSON.

use std::fmt;

use serde::Serialize;

use super::finding::{Finding, Findings, Level};
use crate::auth::Token;
use crate::error::CurlRequest;
use crate::system;

/// The report of a check. It can be pasted anywhere: it holds no token, no password of a proxy and no data of contacts.
///
/// ```
/// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
/// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
/// let report = client.check()?;
/// println!("{report}");
/// assert!(report.is_ok());
/// for finding in report.findings() {
///     println!("{} {}", finding.level, finding.id);
/// }
/// assert!(report.curl().is_some_and(|line| line.contains("/workspaces")));
/// assert!(report.to_json().starts_with(r#"{"ok":true"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    ok: bool,
    /// The time of the check, ISO 8601 in UTC.
    checked_at: String,
    /// The name and version of the package.
    client: String,
    base_url: Option<String>,
    findings: Vec<Finding>,
    curl: Option<String>,
}

impl Report {
    /// A report of these findings, without a client.
    pub(super) fn new(findings: Findings) -> Report {
        let language = findings.language.name();
        let client = format!("penbox-{language}/{}", env!("CARGO_PKG_VERSION"));
        let findings = findings.list;
        Report {
            ok: findings.iter().all(|finding| finding.level != Level::Error),
            checked_at: format!("{:.3}", system::date()),
            client,
            base_url: None,
            findings,
            curl: None,
        }
    }

    /// The report with the address that the client calls, and the call that the check makes.
    pub(super) fn of_client(self, base_url: &str, request: &CurlRequest) -> Report {
        Report {
            base_url: Some(base_url.to_owned()),
            curl: Some(request.line()),
            ..self
        }
    }

    /// The report without the client's token, which a server may repeat in its message.
    pub(super) fn without(mut self, token: &Token) -> Report {
        for finding in &mut self.findings {
            finding.message = token.blank(&finding.message);
            finding.fix = finding.fix.take().map(|fix| token.blank(&fix));
        }
        self
    }

    /// Reports whether no finding is an error.
    pub fn is_ok(&self) -> bool {
        self.ok
    }

    /// The findings, in the order of the debugging list: settings, connection, answer.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The call that the check makes, as a line for a shell, with `$PENBOX_API_TOKEN` for the token. Absent where no client could be
    /// made.
    pub fn curl(&self) -> Option<&str> {
        self.curl.as_deref()
    }

    /// The report as a JSON object: `ok`, `checked_at`, `client`, `base_url`, `findings` and `curl`. A finding has `id`, `level`,
    /// `message` and `fix`.
    pub fn to_json(&self) -> String {
        // No member can fail to serialise; a panic would cross into another language.
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }

    /// The same with the report's text, for the bindings.
    #[doc(hidden)]
    pub fn to_json_with_text(&self) -> String {
        #[derive(Serialize)]
        struct WithText<'a> {
            #[serde(flatten)]
            report: &'a Report,
            text: String,
        }
        let with_text = WithText {
            report: self,
            text: self.to_string(),
        };
        serde_json::to_string(&with_text).unwrap_or_else(|_| "{}".to_owned())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self
            .base_url
            .as_deref()
            .unwrap_or("no client could be made");
        writeln!(f, "Penbox check at {}", self.checked_at)?;
        writeln!(f, "{}, {address}", self.client)?;
        for finding in &self.findings {
            writeln!(f, "{:7} {}: {}", finding.level, finding.id, finding.message)?;
            if let Some(fix) = &finding.fix {
                writeln!(f, "        fix: {fix}")?;
            }
        }
        let count = |level| {
            self.findings
                .iter()
                .filter(|one| one.level == level)
                .count()
        };
        let (errors, warnings) = (count(Level::Error), count(Level::Warning));
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        write!(
            f,
            "{errors} error{}, {warnings} warning{}",
            plural(errors),
            plural(warnings)
        )
    }
}
