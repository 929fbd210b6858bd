//! Answers that come byte by byte: `attempt_timeout` bounds each part of a file's call in which no file moves.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use penbox::{CallOptions, Client, Download, Error, ErrorKind, Outcome, Upload};
use rustls::{ServerConnection, StreamOwned};

use crate::common::TOKEN;
use crate::tls::{Authority, Files};

/// The limit of each part, and the longest silence. A byte comes more often than that.
const PART: Duration = Duration::from_secs(2);
const SILENCE: Duration = Duration::from_millis(1_500);
const PACE: Duration = Duration::from_millis(20);

/// A server that answers one request: some bytes at once, the others one by one.
struct Dripping {
    url: String,
    ca: String,
    _files: Files,
    stop: Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Dripping {
    fn start(scheme: &str, at_once: String, dripped: String) -> Dripping {
        let (authority, files) = (Authority::new(), Files::new());
        let config = authority.leaf("localhost", |_| {}).server_config(None);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = channel::<()>();
        let is_tls = scheme == "https";
        let thread = std::thread::spawn(move || {
            let (socket, _) = listener.accept().unwrap();
            let mut tls;
            let mut plain;
            let stream: &mut dyn ReadWrite = match is_tls {
                true => {
                    tls = StreamOwned::new(ServerConnection::new(config).unwrap(), socket);
                    &mut tls
                }
                false => {
                    plain = socket;
                    &mut plain
                }
            };
            let mut seen = Vec::new();
            let mut byte = [0];
            while !seen.ends_with(b"\r\n\r\n") || seen.ends_with(b"pdf\r\n\r\n") {
                stream.read_exact(&mut byte).unwrap();
                seen.push(byte[0]);
            }
            if seen.starts_with(b"POST") {
                // The rest of the form: the file and the end of its frame.
                while !seen.ends_with(b"--\r\n") {
                    stream.read_exact(&mut byte).unwrap();
                    seen.push(byte[0]);
                }
            }
            stream.write_all(at_once.as_bytes()).unwrap();
            for byte in dripped.as_bytes() {
                let is_over = stopped.recv_timeout(PACE) != Err(RecvTimeoutError::Timeout);
                if is_over || stream.write_all(&[*byte]).is_err() || stream.flush().is_err() {
                    return;
                }
            }
            let _ = stopped.recv();
        });
        Dripping {
            url: format!("{scheme}://localhost:{port}/v1"),
            ca: files.put("ca.pem", &authority.certificate.pem()),
            _files: files,
            stop,
            thread: Some(thread),
        }
    }

    fn client(&self) -> Client {
        Client::builder()
            .token(TOKEN)
            .base_url(&self.url)
            .ca_file(&self.ca)
            .attempt_timeout(PART)
            .read_timeout(SILENCE)
            .max_attempts(1)
            .build()
            .unwrap()
    }
}

trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}

impl Drop for Dripping {
    fn drop(&mut self) {
        let _ = self.stop.send(());
        let joined = self.thread.take().unwrap().join();
        if !std::thread::panicking() {
            joined.unwrap();
        }
    }
}

/// Uploads or downloads, and returns the error and the time that the call took.
fn fail(client: &Client, is_upload: bool) -> (Error, Duration) {
    let begun = Instant::now();
    let error = match is_upload {
        true => client
            .attachments()
            .upload(Upload::bytes([b'x'; 100], "a.pdf"))
            .unwrap_err(),
        false => client
            .attachments()
            .download("a", Download::memory())
            .unwrap_err(),
    };
    (error, begun.elapsed())
}

/// Byte by byte this takes 20 s, far longer than any part may.
fn long(text: &str) -> String {
    text.repeat(1_000 / text.len())
}

#[test]
fn what_is_no_file_comes_in_time_or_not_at_all() {
    let hints = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
    let of_length = |status: &str, length: usize| {
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    let cases = [
        (
            "head",
            String::new(),
            "HTTP/1.1 200 OK\r\n".to_owned() + &long("a: b\r\n"),
            false,
            Outcome::Unknown,
        ),
        (
            "head",
            String::new(),
            "HTTP/1.1 201 OK\r\n".to_owned() + &long("a: b\r\n"),
            true,
            Outcome::Unknown,
        ),
        (
            "interim answers",
            String::new(),
            long(hints),
            false,
            Outcome::Unknown,
        ),
        (
            "interim answers",
            String::new(),
            long(hints),
            true,
            Outcome::Unknown,
        ),
        (
            "failure",
            of_length("404 Not Found", 5_000),
            long(" "),
            false,
            Outcome::Rejected,
        ),
        (
            "failure",
            of_length("413 Too Large", 5_000),
            long(" "),
            true,
            Outcome::Rejected,
        ),
        (
            "an upload's answer",
            of_length("201 Created", 5_000),
            long(" "),
            true,
            Outcome::Done,
        ),
    ];
    std::thread::scope(|scope| {
        for scheme in ["http", "https"] {
            for (name, at_once, dripped, is_upload, outcome) in cases.clone() {
                scope.spawn(move || {
                    let server = Dripping::start(scheme, at_once, dripped);
                    let (error, took) = fail(&server.client(), is_upload);
                    let case = format!("{scheme} {name}: {error:?} in {took:?}");
                    assert_eq!(error.outcome(), outcome, "{case}");
                    if outcome != Outcome::Rejected {
                        assert_eq!(error.kind(), ErrorKind::Timeout, "{case}");
                    }
                    // Byte by byte all of it would take 20 s.
                    assert!(took < PART * 4, "{case}");
                });
            }
        }
    });
}

#[test]
fn a_file_takes_as_long_as_it_moves() {
    for scheme in ["http", "https"] {
        let head =
            "HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: 150\r\n\r\n";
        let server = Dripping::start(scheme, head.to_owned(), "x".repeat(150));
        let begun = Instant::now();
        let client = Client::builder()
            .token(TOKEN)
            .base_url(&server.url)
            .ca_file(&server.ca)
            .attempt_timeout(PART)
            // The minimum throughput counts in windows of this length.
            .read_timeout(Duration::from_secs(60))
            .build()
            .unwrap();
        let file = client
            .attachments()
            .download("a", Download::memory())
            .unwrap();
        assert_eq!(file.size, 150);
        assert!(
            begun.elapsed() > PART,
            "the file came too fast to show anything"
        );
    }
}

#[test]
fn the_limit_of_a_call_bounds_its_file() {
    for scheme in ["http", "https"] {
        let head =
            "HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: 5000\r\n\r\n";
        let server = Dripping::start(scheme, head.to_owned(), long("x"));
        let client = server
            .client()
            .with_options(CallOptions::new().timeout(PART));
        let (error, took) = fail(&client, false);
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::Timeout, Outcome::Done)
        );
        assert!(took < PART * 4, "{took:?}");
    }
}
