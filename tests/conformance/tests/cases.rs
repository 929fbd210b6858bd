//! The case files themselves.

use std::path::PathBuf;

use penbox_conformance::case::Case;
use penbox_conformance::coverage::Uncovered;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn cases() -> Vec<Case> {
    Case::load_all(&folder().join("cases")).unwrap_or_else(|problem| panic!("{problem}"))
}

#[test]
fn every_case_can_be_read() {
    assert!(cases().len() >= 550);
    Uncovered::load(&folder().join("uncovered.json")).unwrap();
}

#[test]
fn every_operation_of_a_case_succeeds_in_one_and_fails_in_another() {
    let cases = cases();
    for case in &cases {
        let mine = || {
            cases
                .iter()
                .filter(|other| other.operation == case.operation)
        };
        assert!(
            mine().any(|case| case.expect.result.is_some()),
            "{}",
            case.operation
        );
        assert!(
            mine().any(|case| case.expect.error.is_some()),
            "{}",
            case.operation
        );
    }
}

#[test]
fn no_two_cases_prove_the_same() {
    let cases = cases();
    for (index, case) in cases.iter().enumerate() {
        let twin = cases[index + 1..]
            .iter()
            .find(|other| other.doc == case.doc);
        assert!(
            twin.is_none(),
            "{} says the same as {}",
            case.name,
            twin.map_or("", |twin| &twin.name)
        );
    }
}

#[test]
fn every_kind_of_the_cases_says_in_one_whether_to_retry() {
    let cases = cases();
    for kind in cases.iter().filter_map(Case::kind) {
        let says = |case: &&Case| {
            let error = case.expect.error.as_ref();
            case.kind() == Some(kind) && error.is_some_and(|error| error.contains_key("retryable"))
        };
        assert!(cases.iter().find(says).is_some(), "{kind}");
    }
}
