//! Which operations and kinds of error have no case.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::case::Case;
use crate::spec::Spec;

/// The file of kinds that no case can cause, each with the reason.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uncovered {
    /// The reason by kind.
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
    for id in &spec.operations {
        let mine = || cases.iter().filter(|case| case.operation == *id);
        if !mine().any(|case| case.expect.result.is_some()) {
            gaps.push(format!("operation {id} has no case that succeeds"));
        }
        if !mine().any(|case| case.expect.error.is_some()) {
            gaps.push(format!("operation {id} has no case that fails"));
        }
    }
    for case in cases {
        if !spec.operations.contains(&case.operation) {
            gaps.push(format!(
                "case {} names the unknown operation {}",
                case.name, case.operation
            ));
        }
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
        if !known(spec, kind) {
            gaps.push(format!("uncovered.json names the unknown kind {kind}"));
        } else if covered(kind) {
            gaps.push(format!(
                "uncovered.json names {kind}, which has a case: take it out"
            ));
        }
        if reason.trim().is_empty() {
            gaps.push(format!("uncovered.json gives no reason for {kind}"));
        }
    }
    gaps
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
}
