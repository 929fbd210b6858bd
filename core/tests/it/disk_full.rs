//! A full disk: the download fails, and no file is left.

use std::fs::File;
use std::process::Command;

use crate::common::{Server, answer};
use crate::files::names;
use penbox::{Download, Error, ErrorKind, Outcome};

const SIZE: usize = 600_000;
/// The variable that is set in the limited process.
const LIMITED: &str = "PENBOX_TEST_LIMITED";

/// Runs a test of this file in a process of its own, in which no file can grow beyond 200 KiB: the write that reaches the
/// limit is short, the next one fails. True in that process.
fn limited(test: &str) -> bool {
    if std::env::var_os(LIMITED).is_some() {
        return true;
    }
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 400; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .env(LIMITED, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
    false
}

fn served() -> Server {
    Server::start(vec![answer("200 OK", "", &vec![7; SIZE])])
}

fn failed(error: &Error, system: i32) {
    assert_eq!(
        (error.kind(), error.outcome(), error.retryable()),
        (ErrorKind::File, Outcome::Done, false),
        "{error}"
    );
    let code = format!("os error {system}");
    assert!(error.message().contains(&code), "{error}");
    assert_eq!(error.operation(), Some("attachments.download"));
}

const TOO_LARGE: i32 = 27;
const NO_SPACE: i32 = 28;

#[test]
fn nothing_is_left_in_a_folder() {
    if !limited("disk_full::nothing_is_left_in_a_folder") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = served();
    let to = Download::to(folder.path());
    failed(
        &server.client().attachments().download("a", to).unwrap_err(),
        TOO_LARGE,
    );
    assert!(names(folder.path()).is_empty());
}

#[test]
fn the_old_file_is_kept() {
    if !limited("disk_full::the_old_file_is_kept") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept");
    std::fs::write(&path, "old").unwrap();
    let server = served();
    let to = Download::to(&path).overwrite(true);
    failed(
        &server.client().attachments().download("a", to).unwrap_err(),
        TOO_LARGE,
    );
    assert_eq!(names(folder.path()), ["kept"]);
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
}

#[test]
fn a_writer_says_why() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let server = served();
    let to = Download::writer(full);
    failed(
        &server.client().attachments().download("a", to).unwrap_err(),
        NO_SPACE,
    );
}
