//! The runner is only worth something if it can fail: a testee that does one thing wrong, for each thing.

use std::path::Path;
use std::process::Command;

/// Puts three faults before a testee: 403, 500, and a redirect to another host.
fn run(bug: &str) -> (Option<i32>, String) {
    run_only(bug, "g4,g10,i2")
}

/// Puts the faults that a word names before a testee: the exit code, and all that was said.
fn run_only(bug: &str, only: &str) -> (Option<i32>, String) {
    run_in(bug, only, "get,post,http,alone")
}

/// The same under these circumstances.
fn run_in(bug: &str, only: &str, within: &str) -> (Option<i32>, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let testee = format!("fake={} {bug}", env!("CARGO_BIN_EXE_faulty-testee"));
    let output = Command::new(env!("CARGO_BIN_EXE_penbox-faults"))
        .args(["--testee", &testee, "--only", only])
        .args(["--back-ms", "300", "--in", within])
        .current_dir(root)
        .output()
        .expect("the runner");
    let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
    (output.status.code(), text)
}

/// The faults that a testee does not survive, and what the runner says of it.
fn fails(bug: &str, faults: &[&str], part: &str) {
    let (code, text) = run(bug);
    assert_eq!(code, Some(1), "{bug}: {text}");
    for fault in ALL {
        let failed = text.contains(&format!("FAIL {fault} (fake)"));
        assert_eq!(failed, faults.contains(fault), "{bug}, {fault}: {text}");
    }
    assert!(text.contains(part), "{bug}: {text}");
}

const ALL: &[&str] = &[
    "g4_status_403",
    "g10_status_500",
    "i2_redirect_to_other_host",
];

#[test]
fn a_right_testee_survives() {
    let (code, text) = run("");
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.ends_with("faults: 3 of 3\n3 passed, 0 failed\n"),
        "{text}"
    );
}

#[test]
fn what_came_of_the_call_is_judged() {
    fails(
        "wrong-outcome",
        &["g10_status_500"],
        "error outcome: expected \"unknown\", got \"rejected\"",
    );
    fails("miscounts", ALL, "error attempts: expected 1, got Some(7)");
}

#[test]
fn requests_are_counted() {
    fails(
        "insists",
        &["g10_status_500"],
        "post http alone blocking: requests: expected 1, the server saw 2",
    );
    fails(
        "tires",
        &["g10_status_500"],
        "get http alone blocking: requests: expected 2, the server saw 1",
    );
}

#[test]
fn the_token_goes_nowhere_else() {
    fails(
        "follows",
        &["i2_redirect_to_other_host"],
        "another server got the token",
    );
    fails("tells-token", ALL, "stderr holds the token");
    fails("answers-token", ALL, "the answer holds the token");
}

#[test]
fn a_second_client_is_looked_at() {
    let (code, text) = run_in("", "g4", "get,http,beside");
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("g4_status_403: get http beside blocking (fake)"),
        "{text}"
    );
    for (bug, part) in [
        (
            "fails-second",
            "a call of the second client failed: {\"kind\"",
        ),
        (
            "holds-second",
            "the second client made no call: {\"calls\":0}",
        ),
        (
            "mixes-tokens",
            "the second client's server got the first one's token",
        ),
    ] {
        let (code, text) = run_in(bug, "g4", "get,http,beside");
        assert_eq!(code, Some(1), "{bug}: {text}");
        assert!(text.contains(part), "{bug}: {text}");
    }
    // A fault that takes long is met by a call: this testee makes none meanwhile.
    let (_, text) = run_in("", "f2", "get,http,beside");
    assert!(
        text.contains("the second client made no call during the fault"),
        "{text}"
    );
}

#[test]
fn waits_that_are_the_same_are_seen() {
    // A busy machine spreads waits that nobody meant to spread, so it may take more than one look.
    let mut texts = (0..5).map(|_| run_only("", "h13").1);
    assert!(texts.any(|text| text.contains("the waits differ by")));
}

#[test]
fn the_process_is_looked_at() {
    fails("panic", ALL, "the testee panicked: thread 'x' panicked");
    fails("crash", ALL, "the testee failed: it ended");
    fails("keeps-descriptor", ALL, "/dev/null");
    fails("keeps-thread", ALL, "threads: 2");
}

#[test]
fn the_next_call_has_to_succeed() {
    fails("no-next", ALL, "the next call failed");
}

#[test]
fn a_fault_that_is_not_there_is_no_pass() {
    for word in ["g4_status_404", "g99", "z", ""] {
        let (code, text) = run_only("", word);
        assert_eq!(code, Some(2), "{word}: {text}");
        let part = format!("--only {word}: no such fault");
        assert!(text.contains(&part), "{text}");
    }
}
