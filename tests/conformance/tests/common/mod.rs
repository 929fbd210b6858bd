//! Runs the runner with a testee that has no SDK.

use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const FAKE: &str = env!("CARGO_BIN_EXE_fake-testee");

pub(crate) fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Runs the program; gives its exit code and all that it wrote.
pub(crate) fn run(words: &[&str]) -> (Option<i32>, String) {
    run_in(&fixtures().join("cases"), words)
}

/// Runs the program over the cases of a folder.
pub(crate) fn run_in(cases: &Path, words: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_penbox-conformance"))
        .args(words)
        .arg("--cases")
        .arg(cases)
        .env("PENBOX_API_TOKEN", "must not reach a testee")
        .output()
        .expect("the runner starts");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// A testee of which one thing is wrong, and what the runner must say.
pub(crate) fn fails_in(area: &str, bug: &str, case: &str, part: &str) {
    let testee = format!("bad={FAKE} {bug}");
    let good = format!("good={FAKE}");
    let (code, text) = run(&[
        "--testee",
        &good,
        "--testee",
        &testee,
        "--only",
        &format!("{area}/{case}"),
        "--timeout-ms",
        "1000",
    ]);
    assert_eq!(code, Some(1), "{bug}: {text}");
    assert!(
        text.contains(&format!("FAIL {area}/{case} (bad)")) && text.contains(part),
        "{bug}: {text}"
    );
    assert!(!text.contains("(good)"), "{bug}: {text}");
    assert!(
        text.ends_with("conformance: 0 of 1 cases in 2 languages\n1 passed, 1 failed\n"),
        "{bug}: {text}"
    );
}
