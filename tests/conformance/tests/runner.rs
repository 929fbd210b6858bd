//! The runner is only worth something if it can fail: a testee that does one thing wrong, for each thing.

mod common;

use std::fs;
use std::path::PathBuf;

use common::{FAKE, fails_in, fixtures, run, run_in};
use serde_json::{Value, json};

/// The operations of the fixtures' cases.
const ALL: &str = r#"{"operations": [{"id": "forms.list"}, {"id": "forms.get"}, {"id": "forms.create"},
    {"id": "attachments.upload", "transfer": "upload"}, {"id": "attachments.download", "transfer": "download"}]}"#;

/// A testee of which one thing is wrong in a case of the forms, and what the runner must say.
fn fails(bug: &str, case: &str, part: &str) {
    fails_in("forms", bug, case, part);
}

/// Runs with a spec folder that holds these two files.
fn run_with_spec(name: &str, operations: &str, uncovered: &str) -> (Option<i32>, String) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("operations.json"), operations).expect("a file");
    for file in ["errors.json", "schema.json"] {
        fs::copy(fixtures().join("spec").join(file), folder.join(file)).expect("a file");
    }
    fs::write(folder.join("uncovered.json"), uncovered).expect("a file");
    let exceptions = folder.join("uncovered.json");
    let paths = [&folder, &exceptions].map(|path| path.to_str().expect("UTF-8").to_owned());
    run(&[
        "--testee",
        &format!("good={FAKE}"),
        "--spec",
        &paths[0],
        "--uncovered",
        &paths[1],
    ])
}

#[test]
fn a_right_testee_passes() {
    let spec = fixtures().join("spec");
    let (code, text) = run(&[
        "--testee",
        &format!("a={FAKE}"),
        "--testee",
        &format!("b={FAKE}"),
        "--spec",
        spec.to_str().unwrap(),
    ]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("coverage: 0 gaps"), "{text}");
    assert!(
        text.ends_with("conformance: 17 of 17 cases in 2 languages\n34 passed, 0 failed\n"),
        "{text}"
    );
}

#[test]
fn a_wrong_header_fails() {
    fails(
        "wrong-header",
        "list",
        "request 1: header authorization: expected \"Bearer pnbx_",
    );
}

#[test]
fn a_wrong_query_fails() {
    fails("wrong-query", "list", "request 1: query: expected");
}

#[test]
fn a_wrong_body_fails() {
    fails(
        "wrong-body",
        "create",
        "request 1: body /flow/slug: expected \"client-onboarding\", got absent",
    );
}

#[test]
fn a_wrong_result_fails() {
    fails(
        "wrong-result",
        "create",
        "result /id: expected \"a\", got \"another\"",
    );
}

#[test]
fn a_row_fails_alone() {
    for row in ["numbered", "listed"] {
        let case = format!("read[{row}]");
        fails("wrong-result", &case, "result /id: expected");
    }
}

#[test]
fn the_cases_can_be_read_with_their_rows_put_in() {
    let (code, text) = run(&["--print", "--only", "forms/read,forms/missing"]);
    assert_eq!(code, Some(0), "{text}");
    let cases: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names: Vec<&Value> = cases.iter().map(|case| &case["name"]).collect();
    assert_eq!(
        names,
        [
            "forms/missing",
            "forms/read[numbered]",
            "forms/read[listed]"
        ]
    );
    assert_eq!(cases[2]["doc"], "The form d.");
    assert_eq!(cases[2]["expect"]["result"]["x"], json!(["a", null]));
    assert_eq!(cases[2]["rows"], Value::Null);
}

#[test]
fn a_slip_in_a_row_is_no_run() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("slip/cases");
    fs::create_dir_all(folder.join("forms")).expect("a folder");
    let file = fixtures().join("cases/forms/read.json");
    let file = fs::read_to_string(file).expect("a file");
    for (from, to, part) in [
        (
            r#""id": "d""#,
            r#""ld": "d""#,
            "forms/read[listed]: there is no value for ${id}",
        ),
        (
            r#""x": 1"#,
            r#""x": 1, "y": 2"#,
            "forms/read[numbered]: nothing asks for the value `y`",
        ),
        (
            "/v1/forms/${id}",
            "/v1/forms/${ld}",
            "forms/read[numbered]: there is no value for ${ld}",
        ),
        (
            r#""expect": {"#,
            r#""expect": {"error": {},"#,
            "forms/read[numbered]: `expect` holds either",
        ),
    ] {
        assert!(file.contains(from), "{from}");
        fs::write(folder.join("forms/read.json"), file.replace(from, to)).expect("a file");
        let (code, text) = run_in(&folder, &["--testee", &format!("a={FAKE}")]);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_wrong_kind_fails() {
    fails(
        "wrong-kind",
        "missing",
        "error kind: expected \"not_found\", got \"status\"",
    );
}

#[test]
fn an_extra_request_fails() {
    fails(
        "extra-request",
        "create",
        "unexpected request POST /v1/forms",
    );
}

#[test]
fn a_token_in_the_answer_fails() {
    fails(
        "leak-answer",
        "missing",
        "the answer holds the token (as it is)",
    );
}

#[test]
fn a_token_on_stderr_fails() {
    fails("leak-stderr", "create", "stderr holds the token");
}

#[test]
fn a_testee_that_hangs_fails() {
    fails("hang", "create", "no answer within 1000 ms");
}

#[test]
fn a_testee_that_ends_fails() {
    fails(
        "crash",
        "create",
        "it ended (exit status: 1); stderr ends with: Error: \"crashed on purpose\"",
    );
}

#[test]
fn a_line_that_is_no_answer_fails() {
    fails("garbage", "create", "the testee's line is no answer");
}

#[test]
fn a_testee_is_started_again() {
    let (_, text) = run(&["--testee", &format!("bad={FAKE} crash")]);
    assert!(text.contains("0 passed, 17 failed"), "{text}");
    assert_eq!(
        text.matches("it ended (exit status: 1)").count(),
        17,
        "{text}"
    );
}

#[test]
fn a_testee_that_does_not_start_fails() {
    let (code, text) = run(&["--testee", "none=no-such-program-anywhere"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("does not start") && text.contains("0 passed, 17 failed"),
        "{text}"
    );
}

#[test]
fn a_class_that_is_not_the_kinds_fails() {
    let spec = fixtures().join("spec");
    let (code, text) = run(&[
        "--testee",
        &format!("bad={FAKE} wrong-class"),
        "--spec",
        spec.to_str().unwrap(),
    ]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains(
            "error class: expected \"NotFoundError\" for the kind not_found, got \"PenboxError\""
        ),
        "{text}"
    );
}

#[test]
fn an_uncovered_operation_fails() {
    let operations = ALL.replace("forms.create", "cases.get");
    let (code, text) = run_with_spec("operation", &operations, r#"{"kinds": {"tls": "reason"}}"#);
    assert_eq!(code, Some(1), "{text}");
    for part in [
        "operation cases.get has no case that succeeds",
        "operation cases.get has no case that fails",
        "case forms/create names the unknown operation forms.create",
        "17 passed, 0 failed",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn an_unsent_parameter_fails() {
    let more = |id: &str, what: &str| (format!("{id}\""), format!("{id}\", {what}"));
    let path = r#""path_parameters": ["id", "step_key"]"#;
    let model = r#""params": "FormCreate""#;
    let mut operations = ALL.to_owned();
    for (from, to) in [
        more("forms.list", model),
        more("forms.create", model),
        more("forms.get", path),
    ] {
        operations = operations.replace(&from, &to);
    }
    let (code, text) = run_with_spec("parameter", &operations, r#"{"kinds": {"tls": "reason"}}"#);
    assert_eq!(code, Some(1), "{text}");
    for part in [
        "coverage: 2 gaps",
        "operation forms.list has no case that sends flow.slug",
        "operation forms.get has no case that sends step_key",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_case_that_moves_no_file_for_an_operation_that_does_fails() {
    let operations = ALL.replace("forms.get\"", "forms.get\", \"transfer\": \"download\"");
    let (code, text) = run_with_spec("file", &operations, r#"{"kinds": {"tls": "reason"}}"#);
    assert_eq!(code, Some(1), "{text}");
    let part = "case forms/get has no place `to` put what comes of forms.get";
    assert!(text.contains(part), "{text}");
}

#[test]
fn a_model_that_is_not_described_is_no_run() {
    let operations = r#"{"operations": [{"id": "forms.get", "params": "Lost"}]}"#;
    let (code, text) = run_with_spec("model", operations, r#"{"kinds": {}}"#);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("schema.json has no model Lost"), "{text}");
}

#[test]
fn an_uncovered_kind_fails() {
    let (code, text) = run_with_spec("kind", ALL, r#"{"kinds": {}}"#);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("kind tls has no case and no reason"),
        "{text}"
    );
}

#[test]
fn a_stale_exception_fails() {
    let list = r#"{"kinds": {"tls": "reason", "config": "stale", "gone": "unknown"}}"#;
    let (code, text) = run_with_spec("stale", ALL, list);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("uncovered.json names config, which has a case"),
        "{text}"
    );
    assert!(
        text.contains("uncovered.json names the unknown kind gone"),
        "{text}"
    );
}

#[test]
fn no_run_is_no_pass() {
    for words in [
        &[][..],
        &["--testee", "a=b", "--only", "nothing"],
        &["--print", "--only", "forms/read[nothing]"],
        &["--testee", "a=b", "--spec", "nowhere"],
    ] {
        let (code, text) = run(words);
        assert_eq!(code, Some(2), "{text}");
    }
}
