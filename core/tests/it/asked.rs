//! Calls that can only be asked whether they are to end, as those of an interpreter whose signals wait.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use penbox::{CallOptions, CancelToken, ErrorKind, Outcome};

use crate::cancel::{FORM, Lines, client, ended_by, facts};

#[test]
fn an_answer_to_a_question_ends_that_call_alone() {
    let lines = Lines::new();
    let client = client(lines.address);
    let token = CancelToken::new();
    let asked = Arc::new(AtomicBool::new(false));
    let answer = Arc::clone(&asked);
    let options = CallOptions::new().cancel(&token);
    let asking = options
        .clone()
        .interrupt_check(move || answer.load(Ordering::SeqCst));
    let ask = || client.with_options(asking.clone()).forms().get("a");
    let neighbour = || client.with_options(options.clone()).forms().get("b");
    std::thread::scope(|scope| {
        let going_on = scope.spawn(neighbour);
        let mut of_neighbour = lines.request();
        let mut kept = None;
        let end = || asked.store(true, Ordering::SeqCst);
        let error = ended_by(end, || kept = Some(lines.request()), ask);
        assert_eq!(
            facts(&error),
            (ErrorKind::Cancelled, Outcome::Unknown, 1),
            "while it waits"
        );
        assert!(!token.is_cancelled());
        of_neighbour.write_all(FORM).unwrap();
        going_on.join().unwrap().unwrap();
    });
    // The token still ends a call that can be asked.
    asked.store(false, Ordering::SeqCst);
    let mut kept = None;
    let error = ended_by(|| token.cancel(), || kept = Some(lines.request()), ask);
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn a_question_is_asked_while_bytes_keep_coming() {
    let lines = Lines::new();
    let client = client(lines.address);
    let count = Arc::new(AtomicU32::new(0));
    let asked = Arc::clone(&count);
    let options =
        CallOptions::new().interrupt_check(move || asked.fetch_add(1, Ordering::SeqCst) > 20);
    std::thread::scope(|scope| {
        let calling = scope.spawn(|| client.with_options(options.clone()).forms().get("a"));
        let mut stream = lines.request();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
            .unwrap();
        while stream.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(2));
        }
        let error = calling.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
    });
}
