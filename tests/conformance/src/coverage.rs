//! Which operations, parameters and kinds of error have no case.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::case::Case;
use crate::spec::{Operation, Spec};

/// The file of what no case covers, each with the reason.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uncovered {
    /// Kinds that no case can cause.
    pub kinds: BTreeMap<String, String>,
}

impl Uncovered {
    /// Reads the file.
    ///
    /// # Errors
    /// The file is missing, or is not what it should be.
    pub fn load(file: &Path) -> Result<Self, String> {
        let text =
            fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
    }
}

/// Lists what the cases leave out, and what they or the list of exceptions name in vain.
#[must_use]
pub fn gaps(cases: &[Case], spec: &Spec, uncovered: &Uncovered) -> Vec<String> {
    let mut gaps = Vec::new();
    for operation in &spec.operations {
        gaps.extend(of_operation(cases, spec, operation));
    }
    for case in cases {
        let mut operations = spec.operations.iter();
        let fault = match operations.find(|known| known.id == case.operation) {
            // The client's own methods, which are no operations.
            None if matches!(&*case.operation, "request" | "check") => None,
            // The methods of a verifier of webhooks, which were looked at when the case was read.
            None if case.webhook.is_some() => None,
            None => Some("names the unknown operation"),
            Some(operation) => operation.misfit(case),
        };
        gaps.extend(fault.map(|fault| format!("case {} {fault} {}", case.name, case.operation)));
        if let Some(kind) = case.kind().filter(|kind| !known(spec, kind)) {
            gaps.push(format!("case {} names the unknown kind {kind}", case.name));
        }
    }
    let covered = |kind: &str| cases.iter().any(|case| case.kind() == Some(kind));
    for kind in &spec.kinds {
        if !covered(&kind.kind) && !uncovered.kinds.contains_key(&kind.kind) {
            gaps.push(format!(
                "kind {} has no case and no reason in uncovered.json",
                kind.kind
            ));
        }
    }
    for (kind, reason) in &uncovered.kinds {
        let stale = match known(spec, kind) {
            false => Some(format!("the unknown kind {kind}")),
            true => covered(kind).then(|| format!("{kind}, which has a case: take it out")),
        };
        gaps.extend(in_vain(kind, reason, stale));
    }
    gaps
}

/// What the cases leave out of one operation.
fn of_operation(cases: &[Case], spec: &Spec, operation: &Operation) -> Vec<String> {
    let id = &operation.id;
    let mut gaps = Vec::new();
    if !of(cases, id).any(|case| case.expect.result.is_some()) {
        gaps.push(format!("operation {id} has no case that succeeds"));
    }
    if !of(cases, id).any(|case| case.expect.error.is_some()) {
        gaps.push(format!("operation {id} has no case that fails"));
    }
    for path in spec.parameters(operation) {
        if !of(cases, id).any(|case| sends(case, &path)) {
            gaps.push(format!(
                "operation {id} has no case that sends {}",
                path.join(".")
            ));
        }
    }
    gaps
}

/// The cases of an operation.
fn of<'a>(cases: &'a [Case], id: &'a str) -> impl Iterator<Item = &'a Case> {
    cases.iter().filter(move |case| case.operation == id)
}

/// Whether a case makes a request with this parameter. Null is no value: it is left out of a query.
fn sends(case: &Case, path: &[&str]) -> bool {
    let Some((first, rest)) = path.split_first() else {
        return false;
    };
    !case.expect.requests.is_empty()
        && case
            .params
            .get(*first)
            .is_some_and(|value| holds(value, rest))
}

/// Whether a value, or an item of it, has something at the end of a path.
fn holds(value: &Value, path: &[&str]) -> bool {
    match (value, path) {
        (Value::Null, _) => false,
        (Value::Array(items), path) => items.iter().any(|item| holds(item, path)),
        (_, []) => true,
        (Value::Object(members), ["*", rest @ ..]) => {
            members.values().any(|value| holds(value, rest))
        }
        (value, [first, rest @ ..]) => value.get(first).is_some_and(|value| holds(value, rest)),
    }
}

/// What is wrong with one line of the list of exceptions.
fn in_vain(name: &str, reason: &str, stale: Option<String>) -> Vec<String> {
    let stale = stale.map(|what| format!("uncovered.json names {what}"));
    let blank = reason.trim().is_empty();
    let blank = blank.then(|| format!("uncovered.json gives no reason for {name}"));
    stale.into_iter().chain(blank).collect()
}

fn known(spec: &Spec, kind: &str) -> bool {
    spec.kinds.iter().any(|known| known.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(operation: &str, end: &str) -> Case {
        let text = format!(
            r#"{{"doc": "d", "operation": "{operation}", "answers": [], "expect": {{"requests": [], {end}}}}}"#
        );
        Case::parse("a/b", &text).unwrap()
    }

    fn uncovered(text: &str) -> Uncovered {
        serde_json::from_str(text).unwrap()
    }

    fn spec() -> Spec {
        Spec::of(
            &["forms.get"],
            &[("config", "ConfigError"), ("tls", "TLSError")],
        )
    }

    #[test]
    fn all_covered_is_no_gap() {
        let cases = [
            case("forms.get", r#""result": 1"#),
            case("forms.get", r#""error": {"kind": "config"}"#),
        ];
        assert!(
            gaps(
                &cases,
                &spec(),
                &uncovered(r#"{"kinds": {"tls": "faults"}}"#)
            )
            .is_empty()
        );
    }

    #[test]
    fn what_is_left_out_is_named() {
        let cases = [case("forms.get", r#""result": 1"#)];
        assert_eq!(
            gaps(&cases, &spec(), &Uncovered::default()),
            [
                "operation forms.get has no case that fails",
                "kind config has no case and no reason in uncovered.json",
                "kind tls has no case and no reason in uncovered.json",
            ]
        );
    }

    #[test]
    fn what_is_named_in_vain_is_a_gap() {
        let cases = [
            case("forms.get", r#""result": 1"#),
            case("forms.get", r#""error": {"kind": "config"}"#),
            case("forms.got", r#""error": {"kind": "tsl"}"#),
        ];
        let list = uncovered(r#"{"kinds": {"tls": "", "config": "stale", "lost": "x"}}"#);
        assert_eq!(
            gaps(&cases, &spec(), &list),
            [
                "case a/b names the unknown operation forms.got",
                "case a/b names the unknown kind tsl",
                "uncovered.json names config, which has a case: take it out",
                "uncovered.json names the unknown kind lost",
                "uncovered.json gives no reason for tls",
            ]
        );
    }

    #[test]
    fn a_case_moves_the_file_that_its_operation_moves() {
        let mut spec = spec();
        spec.operations = ["upload", "download"]
            .map(|transfer| Operation::moving(transfer, transfer))
            .to_vec();
        let list = uncovered(r#"{"kinds": {"tls": "b"}}"#);
        let moving = |operation: &str, what: &str, end: &str| {
            let text = format!(
                r#"{{"doc": "d", "operation": "{operation}", {what}, "answers": [], "expect": {{"requests": [], {end}}}}}"#
            );
            Case::parse("a/b", &text).unwrap()
        };
        let (good, bad) = (r#""result": 1"#, r#""error": {"kind": "config"}"#);
        let (file, to) = (
            r#""file": {"way": "path", "name": "a"}"#,
            r#""to": {"way": "memory"}"#,
        );
        let cases = [
            moving("upload", file, good),
            moving("upload", to, bad),
            moving("download", to, good),
            case("download", bad),
        ];
        assert_eq!(
            gaps(&cases, &spec, &list),
            [
                "case a/b sends no `file`, unlike upload",
                "case a/b has no place `to` put what comes of download",
            ]
        );
    }

    #[test]
    fn a_parameter_is_sent_by_a_request_that_has_a_value_for_it() {
        let case = |params: &str, requests: &str| {
            let answers =
                requests.replace("\"method\": \"GET\", \"path\": \"/\"", "\"status\": 200");
            let text = format!(
                r#"{{"doc": "d", "operation": "o", "params": {params}, "answers": [{answers}], "expect": {{"requests": [{requests}], "result": 1}}}}"#
            );
            Case::parse("a/b", &text).unwrap()
        };
        let request = r#"{"method": "GET", "path": "/"}"#;
        let sent = case(
            r#"{"id": "a", "draft": false, "owner": null, "list": [{}, {"key": "k", "no": null}], "none": []}"#,
            request,
        );
        for path in [&["id"][..], &["draft"], &["list", "key"]] {
            assert!(sends(&sent, path), "{path:?}");
        }
        for path in [
            &["owner"][..],
            &["owner", "id"],
            &["list", "no"],
            &["list", "x"],
            &["none"],
            &["x"],
            &["id", "x"],
        ] {
            assert!(!sends(&sent, path), "{path:?}");
        }
        assert!(!sends(&case(r#"{"id": "a"}"#, ""), &["id"]));
    }
}
