//! Judges an error: what the case says of it, and what holds for every one.

use serde_json::{Map, Value};

use crate::http::Request;
use crate::json::{same, show};
use crate::spec::Spec;

/// What `outcome` may say.
const OUTCOMES: &[&str] = &["not_sent", "rejected", "unknown", "done"];

/// Judges an error, of whose call these requests were heard.
#[must_use]
pub fn judge(
    expected: &Map<String, Value>,
    got: &Map<String, Value>,
    heard: &[Request],
    spec: Option<&Spec>,
) -> Vec<String> {
    let mut wrong = form(got, spec);
    wrong.extend(members(expected, got));
    if wrong.is_empty() {
        wrong.extend(rules(expected, got, heard));
    }
    wrong
}

/// The members that the case names.
fn members(expected: &Map<String, Value>, got: &Map<String, Value>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, value) in expected {
        if let (Some(name), Some(part)) = (name.strip_suffix("_contains"), value.as_str()) {
            let text = got.get(name).and_then(Value::as_str);
            if !text.is_some_and(|text| text.contains(part)) {
                wrong.push(format!(
                    "error {name}: expected a text with {part:?}, got {}",
                    show(got.get(name))
                ));
            }
        } else if !same(value, got.get(name).unwrap_or(&Value::Null)) {
            wrong.push(format!(
                "error {name}: expected {value}, got {}",
                show(got.get(name))
            ));
        }
    }
    wrong
}

/// What holds for every error.
fn form(got: &Map<String, Value>, spec: Option<&Spec>) -> Vec<String> {
    let mut wrong = Vec::new();
    let text = |name: &str| got.get(name).and_then(Value::as_str);
    if text("message").is_none_or(|message| message.trim().is_empty()) {
        wrong.push("error message: expected a text, got none".to_owned());
    }
    if text("outcome").is_none_or(|outcome| !OUTCOMES.contains(&outcome)) {
        wrong.push(format!(
            "error outcome: expected one of {OUTCOMES:?}, got {}",
            show(got.get("outcome"))
        ));
    }
    if !got.get("retryable").is_some_and(Value::is_boolean) {
        wrong.push(format!(
            "error retryable: expected true or false, got {}",
            show(got.get("retryable"))
        ));
    }
    if let (Some(spec), Some(kind), Some(class)) = (spec, text("kind"), text("class")) {
        let known = spec.kinds.iter().find(|known| known.kind == kind);
        if let Some(known) = known.filter(|known| known.class != class) {
            wrong.push(format!(
                "error class: expected {:?} for the kind {kind}, got {class:?}",
                known.class
            ));
        }
    }
    wrong
}

/// `outcome` and `retryable` where the case does not name them.
fn rules(
    expected: &Map<String, Value>,
    got: &Map<String, Value>,
    heard: &[Request],
) -> Vec<String> {
    let by_rule = [
        ("outcome", Value::from(outcome(got, heard))),
        ("retryable", Value::from(retryable(got, heard))),
    ];
    let unnamed = by_rule
        .into_iter()
        .filter(|(name, _)| !expected.contains_key(*name));
    let wrong = unnamed.filter(|(name, value)| got.get(*name) != Some(value));
    wrong
        .map(|(name, value)| {
            let got = show(got.get(name));
            format!("error {name}: by the rule it is {value}, got {got}")
        })
        .collect()
}

/// What became of the request, as far as the server's status tells.
fn outcome(got: &Map<String, Value>, heard: &[Request]) -> &'static str {
    let status = got.get("http_status").and_then(Value::as_u64);
    match status {
        _ if heard.is_empty() => "not_sent",
        Some(200..=299) => "done",
        Some(303 | 408) => "unknown",
        Some(300..=499 | 501) => "rejected",
        _ => "unknown",
    }
}

/// The same call may do better later, and does no harm: it only reads or sets, or the server did not act.
fn retryable(got: &Map<String, Value>, heard: &[Request]) -> bool {
    let text = |name: &str| got.get(name).and_then(Value::as_str).unwrap_or_default();
    let status = got.get("http_status").and_then(Value::as_u64);
    let passing = match text("kind") {
        "rate_limit" | "connection" | "timeout" => true,
        "server" => status != Some(501),
        "status" => matches!(status, Some(408 | 425)),
        "response" => text("reason") == "truncated",
        _ => false,
    };
    let repeatable = heard.iter().all(|request| request.method != "POST");
    passing && (repeatable || matches!(text("outcome"), "not_sent" | "rejected"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn members_of(expected: Value, got: Value) -> Vec<String> {
        members(expected.as_object().unwrap(), got.as_object().unwrap())
    }

    #[test]
    fn named_members_must_be_equal() {
        let got = json!({"kind": "rate_limit", "message": "Slow down", "retry_after_ms": 500.0});
        assert!(members_of(json!({"kind": "rate_limit", "message_contains": "Slow", "retry_after_ms": 500, "title": null}), got.clone()).is_empty());
        let wrong = members_of(
            json!({"kind": "status", "message_contains": "slow", "hint_contains": "x", "retry_after_ms": null}),
            got,
        );
        assert_eq!(wrong.len(), 4, "{wrong:?}");
    }

    #[test]
    fn every_error_has_a_message_an_outcome_a_retryable_and_its_class() {
        let spec = Spec::of(&[], &[("config", "ConfigError")]);
        let good = json!({"kind": "config", "class": "ConfigError", "message": "no token", "outcome": "not_sent", "retryable": false});
        assert!(form(good.as_object().unwrap(), Some(&spec)).is_empty());
        let bad = json!({"kind": "config", "class": "Error", "message": " ", "outcome": "maybe", "retryable": 0});
        assert_eq!(form(bad.as_object().unwrap(), Some(&spec)).len(), 4);
        assert_eq!(form(&Map::new(), None).len(), 3);
    }

    fn by_rule(method: &str, got: Value) -> Vec<String> {
        let heard = [Request {
            method: method.to_owned(),
            ..Request::default()
        }];
        rules(&Map::new(), got.as_object().unwrap(), &heard)
    }

    #[test]
    fn what_a_case_does_not_name_follows_the_rules() {
        for (method, kind, status, outcome, retryable) in [
            ("GET", "server", 500, "unknown", true),
            ("POST", "server", 500, "unknown", false),
            ("POST", "rate_limit", 429, "rejected", true),
            ("GET", "server", 501, "rejected", false),
            ("POST", "response", 303, "unknown", false),
            ("GET", "status", 408, "unknown", true),
            ("GET", "response", 200, "done", false),
        ] {
            let error = |outcome: &str, retryable: bool| json!({"kind": kind, "http_status": status, "outcome": outcome, "retryable": retryable});
            assert!(
                by_rule(method, error(outcome, retryable)).is_empty(),
                "{kind} {status}"
            );
            let wrong = by_rule(method, error(outcome, !retryable));
            assert_eq!(wrong.len(), 1, "{kind} {status}: {wrong:?}");
            assert!(
                !by_rule(method, error("not_sent", false)).is_empty(),
                "{kind} {status}"
            );
        }
        let got = json!({"kind": "connection", "outcome": "unknown", "retryable": true});
        let got = got.as_object().unwrap();
        let wrong = rules(&Map::new(), got, &[]);
        assert_eq!(
            wrong,
            ["error outcome: by the rule it is \"not_sent\", got \"unknown\""]
        );
        let named = json!({"outcome": "unknown"});
        assert!(rules(named.as_object().unwrap(), got, &[]).is_empty());
    }
}
