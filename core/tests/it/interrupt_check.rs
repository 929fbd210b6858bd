//! Calls with an interrupt check: an interpreter whose signals wait is polled, and may end the call.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use penbox::{CallOptions, CancelToken, ErrorKind, Outcome};

use crate::cancel::{FORM, Lines, client, ended_by, facts};

#[test]
fn an_interrupt_ends_its_own_call_alone() {
    let lines = Lines::new();
    let client = client(lines.address);
    let token = CancelToken::new();
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    let options = CallOptions::new().cancel(&token);
    let checked = options
        .clone()
        .interrupt_check(move || flag.load(Ordering::SeqCst));
    let call = || client.with_options(checked.clone()).forms().get("a");
    let neighbour = || client.with_options(options.clone()).forms().get("b");
    std::thread::scope(|scope| {
        let going_on = scope.spawn(neighbour);
        let mut of_neighbour = lines.request();
        let mut kept = None;
        let end = || interrupted.store(true, Ordering::SeqCst);
        let error = ended_by(end, || kept = Some(lines.request()), call);
        assert_eq!(
            facts(&error),
            (ErrorKind::Cancelled, Outcome::Unknown, 1),
            "while it waits"
        );
        assert!(!token.is_cancelled());
        of_neighbour.write_all(FORM).unwrap();
        going_on.join().unwrap().unwrap();
    });
    // A token still cancels a call that has an interrupt check.
    interrupted.store(false, Ordering::SeqCst);
    let mut kept = None;
    let error = ended_by(|| token.cancel(), || kept = Some(lines.request()), call);
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn interrupts_are_checked_while_bytes_are_received() {
    let lines = Lines::new();
    let client = client(lines.address);
    let count = Arc::new(AtomicU32::new(0));
    let checks = Arc::clone(&count);
    let options =
        CallOptions::new().interrupt_check(move || checks.fetch_add(1, Ordering::SeqCst) > 20);
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
