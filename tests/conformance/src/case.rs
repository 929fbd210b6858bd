//! The case files.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::around::{Around, Environment, TOKEN_FILE};
use crate::case_files::{self, CaseFile};
use crate::rows;
use crate::script::{Answer, Expect, ExpectedRequest};
use crate::transfer::{FileToSend, Progress, To};
use crate::vars::Vars;
use crate::webhook::{self, Webhook};

/// The members of an error that a case may name: those of an answer line, and two that look for a part of a text.
const ERROR_MEMBERS: &[&str] = &[
    "kind",
    "class",
    "message",
    "message_contains",
    "hint",
    "hint_contains",
    "http_status",
    "title",
    "body",
    "operation",
    "method",
    "path",
    "attempts",
    "retry_after_ms",
    "outcome",
    "retryable",
    "request_id",
    "reason",
    "phase",
    "curl",
    "curl_contains",
];

/// One case: a call, the script of the server, and what must come of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// `area/name`, from the file's place; `area/name[row]` where the file has rows.
    #[serde(skip)]
    pub name: String,
    /// What the case proves.
    pub doc: String,
    /// The operation's id.
    pub operation: String,
    /// The call's parameters, path parameters among them.
    #[serde(default)]
    pub params: Map<String, Value>,
    /// Laid over the default settings; null takes one away.
    #[serde(default)]
    pub settings: Map<String, Value>,
    /// The options of this one call.
    #[serde(default)]
    pub options: Map<String, Value>,
    /// The file that the call sends.
    #[serde(default)]
    pub file: Option<FileToSend>,
    /// Where the call puts a download.
    #[serde(default)]
    pub to: Option<To>,
    /// What the call does with the progress it is told; without it it asks for none.
    #[serde(default)]
    pub progress: Option<Progress>,
    /// What the testee does around the call.
    #[serde(default)]
    pub around: Option<Around>,
    /// The delivery that the testee's verifier is given, instead of a call of the API.
    #[serde(default)]
    pub webhook: Option<Webhook>,
    /// The variables of the testee's environment. A case that has some, has a testee of its own.
    #[serde(default)]
    pub environment: Environment,
    /// What the case's token file holds at first; without it there is none. Its path is `${TOKEN_FILE}` in the environment.
    #[serde(default)]
    pub token_file: Option<String>,
    /// What the server answers, request by request.
    pub answers: Vec<Answer>,
    /// What must come of it.
    pub expect: Expect,
}

impl Case {
    /// Reads every case of every file of a folder, sorted by name.
    ///
    /// # Errors
    /// Names the first file that is unreadable, misplaced or not a case, and the first row that is none.
    pub fn load_all(folder: &Path) -> Result<Vec<Self>, String> {
        let mut cases = Vec::new();
        for CaseFile { name, text } in case_files::read_all(folder)? {
            match &rows::expand(&name, &text)?[..] {
                // The text says what its tree does not: in which line it is no case, and a member that stands twice.
                [(only, _)] if *only == name => cases.push(Self::parse(&name, &text)?),
                rows => {
                    for (name, case) in rows {
                        cases.push(Self::of_value(name, case)?);
                    }
                }
            }
        }
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(cases)
    }

    /// Reads one case.
    ///
    /// # Errors
    /// Says what is no JSON, unknown, missing or contradictory in it.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        Self::checked(name, serde_json::from_str(text))
    }

    /// One row of a file, put into its case.
    fn of_value(name: &str, case: &Value) -> Result<Self, String> {
        Self::checked(name, Self::deserialize(case))
    }

    fn checked(name: &str, read: serde_json::Result<Self>) -> Result<Self, String> {
        let mut case = read.map_err(|error| format!("{name}: {error}"))?;
        case.name = name.to_owned();
        case.judge()
            .map_err(|problem| format!("{name}: {problem}"))?;
        Ok(case)
    }

    /// The settings of this run: the defaults, and the case's own over them.
    ///
    /// # Errors
    /// Names a variable that does not exist.
    pub fn settings(&self, vars: &Vars) -> Result<Map<String, Value>, String> {
        let mut settings = Map::new();
        settings.insert("base_url".to_owned(), "${ORIGIN}/v1".into());
        settings.insert("token".to_owned(), "${TOKEN}".into());
        // What one attempt makes of an answer: a case about repeating says so.
        settings.insert("max_attempts".to_owned(), 1.into());
        for (name, value) in &self.settings {
            if value.is_null() {
                settings.remove(name);
            } else {
                settings.insert(name.clone(), value.clone());
            }
        }
        for value in settings.values_mut() {
            if let Value::String(text) = value {
                *text = vars.fill(text)?;
            }
        }
        Ok(settings)
    }

    /// The case as it is in this run: with the server's address in the line of an error for a shell.
    ///
    /// # Errors
    /// Names a variable that does not exist.
    pub fn filled(&self, vars: &Vars) -> Result<Self, String> {
        let mut case = self.clone();
        if let Some(Value::String(line)) = case
            .expect
            .error
            .as_mut()
            .and_then(|error| error.get_mut("curl"))
        {
            *line = vars.fill(line)?;
        }
        if let Some(webhook) = &mut case.webhook {
            webhook.fill(vars)?;
        }
        // The path of the token file is put in later, by who makes the file.
        let variable = format!("${{{TOKEN_FILE}}}");
        for value in case.environment.values_mut() {
            let parts = value.split(&variable).map(|part| vars.fill(part));
            *value = parts.collect::<Result<Vec<_>, _>>()?.join(&variable);
        }
        Ok(case)
    }

    /// The bytes of the file that the server sends.
    #[must_use]
    pub fn served(&self) -> Vec<u8> {
        self.answers.last().map(Answer::body).unwrap_or_default()
    }

    /// Whether a file travels with the call, or instead of JSON in return.
    #[must_use]
    pub fn moves_a_file(&self) -> bool {
        self.file.is_some() || self.to.is_some()
    }

    /// Whether the call hangs up in the middle of its request: it cancels its own upload.
    #[must_use]
    pub fn hangs_up(&self) -> bool {
        self.file.is_some() && self.progress == Some(Progress::Cancel)
    }

    /// The kind of error that the case expects.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.expect.error.as_ref()?.get("kind")?.as_str()
    }

    fn judge(&self) -> Result<(), String> {
        let expect = &self.expect;
        if self.doc.trim().is_empty() {
            return Err("`doc` is empty".to_owned());
        }
        if expect.result.is_some() == expect.error.is_some() {
            return Err("`expect` holds either `result` or `error`".to_owned());
        }
        webhook::judge(&self.operation, self.webhook.as_ref())?;
        if self.answers.len() != expect.requests.len() {
            return Err(
                "as many `answers` as `expect.requests`, or one of them is wrong".to_owned(),
            );
        }
        if let Some(error) = &expect.error {
            if let Some(name) = error
                .keys()
                .find(|name| !ERROR_MEMBERS.contains(&name.as_str()))
            {
                return Err(format!("unknown member `{name}` of `expect.error`"));
            }
            if self.kind().is_none() {
                return Err("`expect.error` needs a `kind`".to_owned());
            }
        }
        for answer in &self.answers {
            let bodies = [
                answer.json.is_some(),
                answer.text.is_some(),
                answer.content.is_some(),
            ];
            if bodies.iter().filter(|body| **body).count() > 1 {
                return Err("an answer has `json`, `text` or `content`, not several".to_owned());
            }
            if answer.cut_at.is_some_and(|at| at >= answer.body().len()) {
                return Err("`cut_at` is not within the answer's body".to_owned());
            }
            if answer.hangs && !self.options.contains_key("cancel_after_ms") {
                return Err("an answer `hangs` and no `cancel_after_ms` ends the call".to_owned());
            }
        }
        self.judge_transfer()?;
        let vars = Vars { port: 1 };
        self.settings(&vars)?;
        self.filled(&vars)?;
        let answered = self
            .answers
            .iter()
            .flat_map(|answer| answer.headers.values());
        let expected = expect
            .requests
            .iter()
            .flat_map(|request| request.headers.values().flatten());
        for text in answered.chain(expected) {
            vars.fill(text)?;
        }
        Ok(())
    }

    fn judge_transfer(&self) -> Result<(), String> {
        let requests = &self.expect.requests;
        if self.file.is_some() && self.to.is_some() {
            return Err("a case has `file` or `to`, not both".to_owned());
        }
        if self.progress.is_some() && !self.moves_a_file() {
            return Err("`progress` is that of a `file` or of a download".to_owned());
        }
        let multipart = |request: &ExpectedRequest| request.multipart.is_some();
        if requests
            .iter()
            .any(|request| multipart(request) && (self.file.is_none() || request.json.is_some()))
        {
            return Err(
                "`multipart` is the body of a call with a `file`, without `json`".to_owned(),
            );
        }
        let accept = |request: &ExpectedRequest| request.headers.contains_key("accept");
        if self.to.is_some() && !requests.iter().all(accept) {
            return Err("a request for a file names its `accept`".to_owned());
        }
        self.file.iter().try_for_each(FileToSend::judge)?;
        self.to.iter().try_for_each(To::judge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(text: &str) -> Result<Case, String> {
        Case::parse("area/name", text)
    }

    #[test]
    fn settings_are_laid_over_the_defaults() {
        let text = r#"{"doc": "d", "operation": "forms.get", "settings": {"token": null, "page_size": 2},
            "answers": [], "expect": {"requests": [], "error": {"kind": "config"}}}"#;
        let settings = parse(text).unwrap().settings(&Vars { port: 8 }).unwrap();
        assert_eq!(
            Value::Object(settings),
            json!({"base_url": "http://127.0.0.1:8/v1", "max_attempts": 1, "page_size": 2})
        );
    }

    #[test]
    fn a_null_result_is_a_result() {
        let text = r#"{"doc": "d", "operation": "forms.get", "answers": [], "expect": {"requests": [], "result": null}}"#;
        assert_eq!(parse(text).unwrap().expect.result, Some(Value::Null));
    }

    #[test]
    fn anything_unknown_or_contradictory_is_refused() {
        for (text, part) in [
            (
                r#"{"doc": "d", "operation": "o", "answers": [], "expect": {"requests": [], "result": 1}, "note": 1}"#,
                "unknown field `note`",
            ),
            (
                r#"{"doc": "d", "operation": "o", "answers": [], "expect": {"requests": [], "result": 1, "error": {"kind": "k"}}}"#,
                "either",
            ),
            (
                r#"{"doc": "d", "operation": "o", "answers": [], "expect": {"requests": []}}"#,
                "either",
            ),
            (
                r#"{"doc": "d", "operation": "o", "answers": [], "expect": {"requests": [], "error": {"kind": "k", "stauts": 1}}}"#,
                "`stauts`",
            ),
            (
                r#"{"doc": "d", "operation": "o", "answers": [], "expect": {"requests": [], "error": {}}}"#,
                "needs a `kind`",
            ),
            (
                r#"{"doc": "d", "operation": "o", "answers": [{"status": 200}], "expect": {"requests": [], "result": 1}}"#,
                "as many",
            ),
            (
                r#"{"doc": "d", "operation": "o", "answers": [{"status": 200, "hangs": true}], "expect": {"requests": [{"method": "GET", "path": "/"}], "result": 1}}"#,
                "`cancel_after_ms`",
            ),
            (
                r#"{"doc": " ", "operation": "o", "answers": [], "expect": {"requests": [], "result": 1}}"#,
                "`doc`",
            ),
            (
                r#"{"doc": "d", "operation": "o", "settings": {"token": "${X}"}, "answers": [], "expect": {"requests": [], "result": 1}}"#,
                "${X}",
            ),
        ] {
            let problem = parse(text).unwrap_err();
            assert!(
                problem.starts_with("area/name: ") && problem.contains(part),
                "{problem}"
            );
        }
    }
}
