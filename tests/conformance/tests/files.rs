//! A testee that does one thing wrong with a file, or with an error, for each thing.

mod common;

use common::fails_in;

#[test]
fn an_error_without_an_outcome_or_against_the_rules_fails() {
    for (bug, part) in [
        ("no-outcome", "error outcome: expected one of"),
        (
            "no-retryable",
            "error retryable: expected true or false, got null",
        ),
        (
            "wrong-outcome",
            "error outcome: by the rule it is \"rejected\", got \"unknown\"",
        ),
        (
            "wrong-retryable",
            "error retryable: by the rule it is false, got true",
        ),
    ] {
        fails_in("files", bug, "absent", part);
    }
}

#[test]
fn a_wrong_upload_fails() {
    for (bug, part) in [
        ("lost-part", "multipart: expected 2 parts, got 1"),
        (
            "wrong-field",
            "part 2: name: expected \"file\", got \"files\"",
        ),
        (
            "wrong-type",
            "part 2: content type: expected \"application/pdf\"",
        ),
        (
            "wrong-bytes",
            "part 2: bytes: expected 4 bytes: \"%PDF\", got 3 bytes",
        ),
        ("name-raw", "multipart: a part has the disposition"),
        ("bad-boundary", "multipart: the boundary is not well-formed"),
        ("no-length", "header content-length: expected"),
        ("progress-none", "progress: expected 4 bytes at last: []"),
        ("progress-short", "progress: expected 4 bytes at last"),
        ("progress-back", "progress: it went back"),
        ("progress-total", "progress: expected a whole size of 4"),
        ("progress-total-changes", "progress: the whole size changed"),
    ] {
        fails_in("files", bug, "upload", part);
    }
    fails_in(
        "files",
        "cancel-again",
        "stopped",
        "progress: expected one call, which cancels",
    );
}

#[test]
fn a_wrong_download_fails() {
    for (bug, part) in [
        (
            "wrong-coding",
            "header accept-encoding: expected \"identity\"",
        ),
        (
            "wrong-accept",
            "header accept: expected \"application/octet-stream\"",
        ),
        ("wrong-digest", "result /sha256: expected \"6ca1"),
        ("wrong-size", "result /size: expected 6, got 5"),
        ("wrong-path", "result /path: expected \"x\", got \"../x\""),
        (
            "file-short",
            "the folder: \"in/target/x\": expected a file of 6 bytes: \"abc123\" with the mode ",
        ),
        ("file-short", "got a file of 5 bytes"),
        (
            "wrong-mode",
            ", got a file of 6 bytes: \"abc123\" with the mode 600",
        ),
        (
            "name-climbs",
            "the folder: \"x\": expected nothing, got a file",
        ),
        (
            "writes-over",
            "the folder: \"in/target/old\": expected a file of 3 bytes",
        ),
        (
            "temporary-left",
            "the folder: \"in/target/.temporary\": expected nothing",
        ),
        ("progress-short", "progress: expected 6 bytes at last"),
    ] {
        fails_in("files", bug, "download", part);
    }
    fails_in(
        "files",
        "temporary-left",
        "absent",
        "in/target/.temporary\": expected nothing",
    );
    fails_in(
        "files",
        "cancel-again",
        "halted",
        "progress: expected one call, which cancels",
    );
}
