//! Calls that only wait hold no descriptor, and the error where the system has none left says so.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};

use penbox::{CallOptions, Client, Download, Error, ErrorKind, Outcome, Upload};

use crate::common::{Server, Step, answer, json};

/// The variable that is set in the limited process.
const LIMITED: &str = "PENBOX_TEST_DESCRIPTORS";

/// Runs a test of this file in a process of its own, which can have 64 descriptors. True in that process.
fn limited(test: &str) -> bool {
    if std::env::var_os(LIMITED).is_some() {
        return true;
    }
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 64; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("descriptors::{test}"), "--nocapture"])
        .env(LIMITED, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
    false
}

fn created() -> Step {
    json("201 Created", r#"{"id":"a1","name":"a.bin"}"#)
}

fn pdf() -> Step {
    answer("200 OK", "content-type: application/pdf\r\n", b"abc")
}

/// Starts a call in the pool, as Node does.
fn start(client: &Client, source: &Path, target: Option<&Path>) -> Receiver<Result<(), Error>> {
    let options = CallOptions::new().begin();
    let (sender, ended) = channel();
    let (own, given) = (client.clone(), options.clone());
    let (source, target) = (source.to_owned(), target.map(Path::to_owned));
    let operation = match target {
        None => "attachments.upload",
        Some(_) => "attachments.download",
    };
    let call = async move {
        match target {
            None => {
                let upload = Upload::path(source);
                let sent = own.resumable_upload(operation, "{}", upload, &given);
                sent.await.map(drop)
            }
            Some(target) => {
                let to = Download::to(target);
                let params = r#"{"id": "a1"}"#;
                let brought = own.resumable_download(operation, params, to, &given);
                brought.await.map(drop)
            }
        }
    };
    client.start(operation, &options, call, move |result| {
        let _ = sender.send(result);
    });
    ended
}

#[test]
fn a_call_that_waits_for_its_turn_holds_no_descriptor() {
    if !limited("a_call_that_waits_for_its_turn_holds_no_descriptor") {
        return;
    }
    for is_upload in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("a.bin");
        fs::write(&source, "abc").unwrap();
        // One worker has one call at a time on its way. A second's turns are gone at once, and all others wait together.
        let step = if is_upload { created() } else { pdf() };
        let server = Server::start(vec![step; 140]);
        let client = server.builder().rate_limit("60/s").max_workers(1);
        let client = client.build().unwrap();
        let calls = (0..140).map(|number| {
            let target = folder.path().join(number.to_string());
            start(&client, &source, (!is_upload).then_some(&target))
        });
        let calls: Vec<_> = calls.collect();
        for call in calls {
            call.recv().unwrap().unwrap();
        }
        let found = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(found, if is_upload { 1 } else { 141 });
    }
}

/// The number of descriptors of this process that lead to files with this part in their path.
fn open(part: &str) -> usize {
    let links = fs::read_dir("/proc/self/fd").unwrap();
    // A descriptor may be closed since the folder was read.
    let targets = links.filter_map(|link| fs::read_link(link.ok()?.path()).ok());
    targets
        .filter(|target| target.to_string_lossy().contains(part))
        .count()
}

#[test]
fn a_call_that_waits_for_its_next_attempt_holds_no_descriptor() {
    for is_upload in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let part = format!("{}/", folder.path().display());
        let (source, target) = (folder.path().join("a.bin"), folder.path().join("b.bin"));
        // Two pages of memory more than a file of the kernel's, which would be held in memory.
        fs::write(&source, vec![b'1'; 200_000]).unwrap();
        let limit = "content-type: application/json\r\nretry-after: 2\r\n";
        let again = answer("429 Too Many Requests", limit, b"{}");
        let step = if is_upload { created() } else { pdf() };
        let server = Server::start(vec![again, step]);
        let client = server.builder().max_attempts(2).build().unwrap();
        let call = start(&client, &source, (!is_upload).then_some(&target));
        server.wait_for_request();
        while open(&part) > 0 {
            assert_eq!(server.requests().len(), 1, "the file stays open");
            std::thread::yield_now();
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        // The next attempt takes the file as it is then.
        fs::write(&source, vec![b'2'; 300_000]).unwrap();
        call.recv().unwrap().unwrap();
        let requests = server.requests();
        assert_eq!(requests.len(), 2);
        if is_upload {
            let count = |digit| requests[1].matches(digit).count();
            assert!(
                count('2') >= 300_000 && count('1') < 1_000,
                "{}",
                count('1')
            );
        } else {
            assert_eq!(fs::read(&target).unwrap(), b"abc");
        }
    }
}

#[test]
fn a_file_that_is_gone_by_its_turn_is_an_error_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("a.bin");
    fs::write(&source, "abc").unwrap();
    let limit = "content-type: application/json\r\nretry-after: 1\r\n";
    let server = Server::start(vec![answer("429 Too Many Requests", limit, b"{}")]);
    let client = server.builder().max_attempts(2).build().unwrap();
    let call = start(&client, &source, None);
    server.wait_for_request();
    fs::remove_file(&source).unwrap();
    let error = call.recv().unwrap().unwrap_err();
    let found = (error.kind(), error.outcome(), error.attempts());
    assert_eq!(found, (ErrorKind::File, Outcome::NotSent, 1), "{error}");
    assert!(error.message().contains("cannot be read"), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn an_error_for_want_of_descriptors_says_so_and_passes() {
    if !limited("an_error_for_want_of_descriptors_says_so_and_passes") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (source, target) = (folder.path().join("a.bin"), folder.path().join("b.bin"));
    fs::write(&source, "abc").unwrap();
    let server = Server::start(vec![created(), created(), pdf()]);
    let client = server.client();
    let upload = || client.attachments().upload(Upload::path(&source));
    let download = || client.attachments().download("a1", Download::to(&target));
    // The connection is kept, so that only the file wants a descriptor.
    upload().unwrap();
    let taken: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    assert!(!taken.is_empty());
    let refused = [upload().unwrap_err(), download().unwrap_err()];
    assert_eq!(server.requests().len(), 1);
    drop(taken);
    for error in refused {
        let found = (error.kind(), error.outcome(), error.retryable());
        assert_eq!(found, (ErrorKind::File, Outcome::NotSent, true), "{error}");
        let hint = error.hint().unwrap_or_default();
        assert!(
            hint.contains("ulimit -n") && hint.contains("fewer calls"),
            "{hint}"
        );
        assert!(error.message().contains("os error 24"), "{error}");
    }
    upload().unwrap();
    download().unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"abc");
}
