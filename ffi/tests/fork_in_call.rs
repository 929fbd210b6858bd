//! The caller's own code forks amid a call, in a progress callback, and comes back into the call in the child. The tests are in this crate
//! because `fork` needs `unsafe`.
#![cfg(all(target_os = "linux", target_env = "gnu"))]
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

#[path = "fork/secure.rs"]
mod secure;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use penbox_core::{Client, Download, ErrorKind, Upload};

/// Longer than anything here takes, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(20);

const SCHEMES: [&str; 2] = ["http", "https"];

/// The file of a download.
fn file() -> Vec<u8> {
    (0..2_000_000_u32)
        .map(|index| (index % 251) as u8)
        .collect()
}

/// Starts a server that takes and gives files. Returns its address, and the bodies that it gets.
fn server(scheme: &str) -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let is_tls = scheme == "https";
    if is_tls {
        secure::prepare();
    }
    let (bodies, received) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, bodies) = (stream.unwrap(), bodies.clone());
            std::thread::spawn(move || match is_tls {
                true => serve(secure::accept(stream), &bodies),
                false => serve(stream, &bodies),
            });
        }
    });
    (format!("{scheme}://{address}/v1"), received)
}

/// Answers one request, and passes on what comes in its body, to the end of the connection where it is cut.
fn serve(mut stream: impl Read + Write, bodies: &Sender<Vec<u8>>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        if !matches!(stream.read(&mut byte), Ok(1)) {
            return;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.trim().parse().unwrap());
    let mut body = Vec::new();
    let _ = Read::by_ref(&mut stream)
        .take(length)
        .read_to_end(&mut body);
    let _ = bodies.send(body);
    let (content_type, content) = match head.starts_with("post") {
        true => ("application/json", br#"{"id":"a1"}"#.to_vec()),
        false => ("application/octet-stream", file()),
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n",
        content.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&content);
}

/// Makes a client of a server.
fn client_of(url: &str) -> Client {
    Client::builder()
        .token(format!("pnbx_{}", "f".repeat(48)))
        .base_url(url)
        .timeout(PATIENCE)
        .build()
        .unwrap()
}

/// Returns true if a child leaves with the exit code 0.
fn ends_well(child: libc::pid_t) -> bool {
    let mut status = 0;
    // SAFETY: the status is a live integer. The child's call has a time limit, so it ends.
    let waited = unsafe { libc::waitpid(child, &mut status, 0) };
    waited == child && libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0
}

#[test]
fn only_the_parent_goes_on_with_an_upload() {
    SCHEMES.into_iter().for_each(forks_within_an_upload);
}

#[test]
fn only_the_parent_goes_on_with_a_download() {
    SCHEMES.into_iter().for_each(forks_within_a_download);
}

/// Returns true if the error is that of a child which came back into the call of its parent.
fn is_of_the_child<T>(result: penbox_core::Result<T>) -> bool {
    match result {
        Err(error) => {
            error.kind() == ErrorKind::Cancelled && error.message().contains("was forked")
        }
        Ok(_) => false,
    }
}

fn forks_within_an_upload(scheme: &str) {
    let (url, bodies) = server(scheme);
    let size = 600_000;
    let before = std::process::id();
    let mut child = None;
    let upload = Upload::bytes(vec![7; size], "a.bin").on_progress(|_, _| {
        // SAFETY: the child has this thread only; it comes back from its call and leaves by _exit.
        let forked = *child.get_or_insert_with(|| unsafe { libc::fork() });
        if forked == 0 {
            // The child tries at once what would mix with the parent's bytes.
            return ControlFlow::Continue(());
        }
        std::thread::sleep(Duration::from_millis(20));
        ControlFlow::Continue(())
    });
    let result = client_of(&url).attachments().upload(upload);
    if std::process::id() != before {
        let code = i32::from(!is_of_the_child(result));
        // SAFETY: it does not return; nothing of the parent's is run in the child.
        unsafe { libc::_exit(code) }
    }
    result.unwrap();
    assert!(ends_well(child.unwrap()), "{scheme}");
    let body = bodies.recv_timeout(PATIENCE).unwrap();
    assert_eq!(body.iter().filter(|byte| **byte == 7).count(), size);
}

fn forks_within_a_download(scheme: &str) {
    let (url, _bodies) = server(scheme);
    let before = std::process::id();
    let mut child = None;
    let download = Download::memory().on_progress(|_, _| {
        // SAFETY: as above.
        let forked = *child.get_or_insert_with(|| unsafe { libc::fork() });
        if forked != 0 {
            std::thread::sleep(Duration::from_millis(20));
        }
        ControlFlow::Continue(())
    });
    let result = client_of(&url).attachments().download("a", download);
    if std::process::id() != before {
        let code = i32::from(!is_of_the_child(result));
        // SAFETY: as above.
        unsafe { libc::_exit(code) }
    }
    let content = result.unwrap().content.unwrap();
    assert!(ends_well(child.unwrap()), "{scheme}");
    assert_eq!(content, file());
}
