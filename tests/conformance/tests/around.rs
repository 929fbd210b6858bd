//! What a testee does around a call, and where its token comes from: the runner sees what is wrong with that, too.

mod common;

use common::fails_in;

/// A testee of which one thing is wrong in a case of these, and what the runner must say.
fn fails(bug: &str, case: &str, part: &str) {
    fails_in("around", bug, case, part);
}

#[test]
fn a_token_that_is_not_set_fails() {
    fails(
        "keeps-token",
        "set",
        "request 1: header authorization: expected \"Bearer pnbx_new\"",
    );
}

#[test]
fn wrong_stats_fail() {
    fails("wrong-stats", "stats", "result /calls: expected 1, got 2");
}

#[test]
fn a_file_that_is_not_read_again_fails() {
    fails(
        "old-file",
        "file",
        "request 2: header authorization: expected \"Bearer pnbx_new\"",
    );
}

#[test]
fn a_wrong_line_for_a_shell_fails() {
    fails(
        "wrong-curl",
        "curl",
        "error curl: expected \"curl 'http://127.0.0.1:",
    );
}
