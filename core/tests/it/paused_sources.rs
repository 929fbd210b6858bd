//! Sources that pause amid an upload: an answer of the server, or the end of its connection, ends the wait for the source.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use penbox::bindings::AwaitRead;
use penbox::{CallOptions, Client, ErrorKind, Outcome, Upload};
use rustls::{ServerConnection, StreamOwned};

use crate::common::TOKEN;
use crate::crowd::PATIENCE;
use crate::early_answers::{After, EACH, Early, Stream, answer};
use crate::tls::{Authority, Files};

/// Far more than a look at the connection takes. A call that does not look waits for all of it.
const LIMIT: Duration = Duration::from_secs(20);
/// The size of a source of which most never comes.
const SIZE: u64 = 1 << 20;

/// A stream of a binding over a channel, which can say when its bytes are there.
struct Parts {
    parts: Receiver<Vec<u8>>,
    next: Vec<u8>,
    has_ended: bool,
}

impl AwaitRead for Parts {
    fn await_read(&mut self, wait: Duration) -> io::Result<bool> {
        use std::sync::mpsc::RecvTimeoutError;
        if self.next.is_empty() && !self.has_ended {
            match self.parts.recv_timeout(wait) {
                Ok(part) => self.next = part,
                Err(RecvTimeoutError::Timeout) => return Ok(false),
                Err(RecvTimeoutError::Disconnected) => self.has_ended = true,
            }
        }
        Ok(true)
    }
}

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.next.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.next[..count]);
        self.next.drain(..count);
        Ok(count)
    }
}

/// The side of a source that gives its bytes.
enum Giver {
    Pipe(PipeWriter),
    Parts(Sender<Vec<u8>>),
}

impl Giver {
    fn give(&mut self, bytes: &[u8]) {
        match self {
            Giver::Pipe(writer) => writer.write_all(bytes).unwrap(),
            Giver::Parts(parts) => parts.send(bytes.to_vec()).unwrap(),
        }
    }
}

/// A source whose length the head declares, or does not.
fn source(size: Option<u64>) -> (Upload<'static>, Giver) {
    match size {
        None => {
            let (reader, writer): (PipeReader, _) = io::pipe().unwrap();
            (Upload::pipe(reader, "a.bin"), Giver::Pipe(writer))
        }
        size => {
            let (giver, parts) = channel();
            let parts = Parts {
                parts,
                next: Vec::new(),
                has_ended: false,
            };
            (Upload::awaited(parts, size, "a.bin"), Giver::Parts(giver))
        }
    }
}

/// Uploads from a source that gives what the server reads before it answers, and then nothing.
fn upload_of_paused(server: &Early, size: Option<u64>, limit: Duration) -> penbox::Error {
    let (upload, mut giver) = source(size);
    giver.give(&[b'x'; 30_000]);
    let client = server.builder().file_timeout(limit).build().unwrap();
    let error = client.attachments().upload(upload).unwrap_err();
    drop(giver);
    error
}

#[test]
fn a_refusal_ends_the_wait_for_a_source() {
    for scheme in ["http", "https"] {
        for after in EACH {
            for size in [None, Some(SIZE)] {
                let refusal = answer("413 Content Too Large", "", r#"{"message":"too large"}"#);
                let server = Early::start(scheme, refusal, after);
                let started = Instant::now();
                let error = upload_of_paused(&server, size, LIMIT);
                let case = format!("{scheme} {after:?} {size:?}: {error:?}");
                let facts = (error.http_status(), error.outcome(), error.retryable());
                assert_eq!(facts, (Some(413), Outcome::Rejected, false), "{case}");
                assert_eq!(error.message(), "too large", "{case}");
                assert!(started.elapsed() < LIMIT, "{case}");
            }
        }
    }
}

#[test]
fn the_end_of_the_connection_ends_the_wait_for_a_source() {
    for scheme in ["http", "https"] {
        for after in [After::HalfCloses, After::Closes, After::Resets] {
            for size in [None, Some(SIZE)] {
                // A part of an answer is none, and an interim one neither.
                for said in ["", "HTTP/1.1 41", "HTTP/1.1 103 Early Hints\r\n\r\n"] {
                    let server = Early::start(scheme, said.to_owned(), after);
                    let error = upload_of_paused(&server, size, LIMIT);
                    let case = format!("{scheme} {after:?} {size:?} {said:?}: {error:?}");
                    let facts = (error.kind(), error.outcome(), error.http_status());
                    let expected = (ErrorKind::Connection, Outcome::Unknown, None);
                    assert_eq!(facts, expected, "{case}");
                    let reason = error.reason().unwrap();
                    assert!(["closed", "reset"].contains(&reason), "{case}");
                }
            }
        }
    }
}

#[test]
fn a_success_does_not_end_the_wait_for_a_source() {
    for scheme in ["http", "https"] {
        for after in [After::StopsReading, After::HalfCloses] {
            let success = answer("201 Created", "", r#"{"id":"a"}"#);
            let server = Early::start(scheme, success, after);
            let error = upload_of_paused(&server, None, Duration::from_millis(700));
            let facts = (error.kind(), error.phase(), error.outcome());
            let expected = (ErrorKind::Timeout, Some("send"), Outcome::Unknown);
            assert_eq!(facts, expected, "{scheme} {after:?}: {error:?}");
            assert!(error.message().contains("source"), "{error}");
        }
    }
}

/// A server of one upload. It sends an interim answer once `first` has come, tells of it, and answers once `last` has come. Its result
/// is all that it has read.
fn hinting(
    scheme: &'static str,
    files: &Files,
    (first, last): (&'static str, &'static str),
) -> (String, String, Receiver<()>, thread::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "{scheme}://localhost:{}/v1",
        listener.local_addr().unwrap().port()
    );
    let authority = Authority::new();
    let config = authority.leaf("localhost", |_| {}).server_config(None);
    let ca = files.put("ca.pem", &authority.certificate.pem());
    let (tell, told) = channel();
    let serving = thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let mut stream: Box<dyn Stream> = match scheme {
            "http" => Box::new(socket),
            _ => Box::new(StreamOwned::new(
                ServerConnection::new(Arc::clone(&config)).unwrap(),
                socket,
            )),
        };
        let mut received = Vec::new();
        let mut read_until = |stream: &mut Box<dyn Stream>, end: &str| {
            while !received
                .windows(end.len())
                .any(|some| some == end.as_bytes())
            {
                let mut buffer = [0; 4096];
                let count = stream.read(&mut buffer).unwrap();
                assert!(count > 0, "ended before {end}");
                received.extend_from_slice(&buffer[..count]);
            }
        };
        read_until(&mut stream, first);
        stream
            .write_all(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")
            .unwrap();
        stream.flush().unwrap();
        tell.send(()).unwrap();
        read_until(&mut stream, last);
        stream
            .write_all(answer("201 Created", "", r#"{"id":"a"}"#).as_bytes())
            .unwrap();
        stream.flush().unwrap();
        // Whatever else the client would send.
        let _ = stream.read_to_end(&mut received);
        received
    });
    (url, ca, told, serving)
}

/// The body of a request, without the lines of its chunks.
fn body_of(request: &[u8], is_chunked: bool) -> Vec<u8> {
    let end = |bytes: &[u8], what: &[u8]| {
        let found = bytes.windows(what.len()).position(|some| some == what);
        found.map(|at| at + what.len()).unwrap()
    };
    let mut rest = &request[end(request, b"\r\n\r\n")..];
    if !is_chunked {
        return rest.to_vec();
    }
    let mut body = Vec::new();
    loop {
        let line = end(rest, b"\r\n");
        let size = std::str::from_utf8(&rest[..line - 2]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        body.extend_from_slice(&rest[line..][..size]);
        rest = &rest[line + size + 2..];
        if size == 0 {
            assert_eq!(rest, b"", "bytes after the end");
            return body;
        }
    }
}

#[test]
fn an_interim_answer_amid_a_pause_is_passed_over_and_the_file_arrives_as_it_is() {
    let (first, last) = ("the first part, ", "the last part");
    for scheme in ["http", "https"] {
        for size in [None, Some((first.len() + last.len()) as u64)] {
            let files = Files::new();
            let end = if size.is_some() {
                "--\r\n"
            } else {
                "\r\n0\r\n\r\n"
            };
            let (url, ca, told, serving) = hinting(scheme, &files, (first, end));
            let (upload, mut giver) = source(size);
            giver.give(first.as_bytes());
            let (pauses, paused) = channel();
            let options = CallOptions::new().interrupt_check(move || {
                let _ = pauses.send(());
                false
            });
            let builder = Client::builder().token(TOKEN).base_url(url).ca_file(ca);
            let client = builder
                .max_attempts(1)
                .build()
                .unwrap()
                .with_options(options);
            let attachment = thread::scope(|scope| {
                let call = scope.spawn(|| client.attachments().upload(upload));
                told.recv_timeout(PATIENCE).unwrap();
                paused.try_iter().for_each(drop);
                // Some slices of the wait, of which the first may have begun before the answer came.
                for _ in 0..4 {
                    paused.recv_timeout(PATIENCE).unwrap();
                }
                giver.give(last.as_bytes());
                drop(giver);
                call.join().unwrap()
            });
            drop(client);
            assert_eq!(attachment.unwrap().id, "a", "{scheme} {size:?}");
            let request = serving.join().unwrap();
            let head = String::from_utf8_lossy(&request).to_lowercase();
            let declared = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let declared: Option<usize> = declared.map(|length| length.parse().unwrap());
            assert_eq!(declared.is_some(), size.is_some());
            let body = body_of(&request, size.is_none());
            assert_eq!(declared.unwrap_or(body.len()), body.len());
            let body = String::from_utf8(body).unwrap();
            let file = body.split("\r\n\r\n").nth(1).unwrap();
            let file = file.split("\r\n--").next().unwrap();
            assert_eq!(file, "the first part, the last part", "{body}");
        }
    }
}
