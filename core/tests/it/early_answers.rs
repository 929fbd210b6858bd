//! Answers that come before the request was read: the server refuses it, and the caller learns so.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use penbox::{CallOptions, Client, ClientBuilder, Error, ErrorKind, FormCreate, Outcome, Upload};
use rustls::{ServerConnection, StreamOwned};
use socket2::SockRef;

use crate::common::TOKEN;
use crate::tls::{Authority, Files};

/// The behaviour of a server that has answered, with most of the request unread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum After {
    /// It reads no more, and keeps the connection.
    StopsReading,
    /// It sends no more, and reads no more.
    HalfCloses,
    /// It closes: what it has not read becomes a reset.
    Closes,
    /// It resets the connection.
    Resets,
    /// It reads the request to its end.
    ReadsOn,
}

/// Each behaviour.
pub(crate) const EACH: [After; 5] = [
    After::StopsReading,
    After::HalfCloses,
    After::Closes,
    After::Resets,
    After::ReadsOn,
];

/// More than the buffers of both sides hold.
const LARGE: usize = 32 << 20;

pub(crate) trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// A server that answers one request after it has read 20,000 bytes of it.
pub(crate) struct Early {
    pub(crate) port: u16,
    scheme: &'static str,
    pub(crate) ca: String,
    pub(crate) authority: Authority,
    _files: Files,
    thread: Option<JoinHandle<()>>,
    stop: std::sync::mpsc::Sender<()>,
}

impl Early {
    pub(crate) fn start(scheme: &'static str, answer: String, after: After) -> Early {
        let authority = Authority::new();
        let config = authority.leaf("localhost", |_| {}).server_config(None);
        let files = Files::new();
        let ca = files.put("ca.pem", &authority.certificate.pem());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let (socket, _) = listener.accept().unwrap();
            // Else the answer may wait for the client's word on the bytes before it, and the close throws it away.
            socket.set_nodelay(true).unwrap();
            let kept = socket.try_clone().unwrap();
            let mut stream: Box<dyn Stream> = match scheme {
                "http" => Box::new(socket),
                _ => Box::new(StreamOwned::new(
                    ServerConnection::new(config).unwrap(),
                    socket,
                )),
            };
            if stream.read_exact(&mut [0; 20_000]).is_err() {
                return;
            }
            // Head and body come one after the other, as many servers send them.
            let (head, body) =
                answer.split_at(answer.find("\r\n\r\n{").map_or(answer.len(), |at| at + 4));
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.flush();
            std::thread::sleep(Duration::from_millis(20));
            let _ = stream.write_all(body.as_bytes());
            let _ = stream.flush();
            match after {
                After::StopsReading => stopped.recv().unwrap(),
                After::HalfCloses => {
                    let _ = kept.shutdown(Shutdown::Write);
                    stopped.recv().unwrap();
                }
                After::Closes => {}
                After::Resets => reset(&kept),
                After::ReadsOn => {
                    let mut chunk = vec![0; 1 << 16];
                    while matches!(stream.read(&mut chunk), Ok(1..)) {}
                }
            }
        });
        Early {
            port,
            scheme,
            ca,
            authority,
            _files: files,
            thread: Some(thread),
            stop,
        }
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder()
            .token(TOKEN)
            .base_url(format!("{}://localhost:{}/v1", self.scheme, self.port))
            .ca_file(&self.ca)
            .read_timeout(Duration::from_secs(120))
            .max_attempts(1)
    }
}

fn reset(socket: &TcpStream) {
    SockRef::from(socket)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
}

impl Drop for Early {
    fn drop(&mut self) {
        let _ = self.stop.send(());
        let joined = self.thread.take().unwrap().join();
        if !std::thread::panicking() {
            joined.unwrap();
        }
    }
}

pub(crate) fn answer(status: &str, more: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{more}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// The requests that take long to send: a file whose length is known, one whose length is not, and a large JSON body.
const KINDS: [&str; 3] = ["file", "stream", "json"];

pub(crate) fn send(client: &Client, kind: &str) -> Error {
    let bytes = vec![b'x'; LARGE];
    match kind {
        "file" => {
            let upload = Upload::bytes(bytes, "a.bin");
            client.attachments().upload(upload).unwrap_err()
        }
        "stream" => {
            let upload = Upload::reader(&bytes[..], None, "a.bin");
            client.attachments().upload(upload).unwrap_err()
        }
        _ => {
            let text = String::from_utf8(bytes).unwrap();
            let options = CallOptions::new().body("note", text);
            let client = client.with_options(options);
            client.forms().create(FormCreate::new("f")).unwrap_err()
        }
    }
}

#[test]
fn a_refusal_is_the_result_whatever_the_server_does_then() {
    for scheme in ["http", "https"] {
        for after in EACH {
            for kind in KINDS {
                let refusal = answer("413 Content Too Large", "", r#"{"message":"too large"}"#);
                let server = Early::start(scheme, refusal, after);
                let started = Instant::now();
                let error = send(&server.builder().build().unwrap(), kind);
                let facts = (error.http_status(), error.outcome(), error.retryable());
                let case = format!("{scheme} {after:?} {kind}: {error:?}");
                assert_eq!(facts, (Some(413), Outcome::Rejected, false), "{case}");
                assert_eq!(error.message(), "too large", "{case}");
                assert!(started.elapsed() < Duration::from_secs(60), "{case}");
            }
        }
    }
}

#[test]
fn an_interim_answer_does_not_end_the_sending_and_a_refusal_after_it_does() {
    let hints = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
    for scheme in ["http", "https"] {
        let refusal = hints.repeat(3) + &answer("401 Unauthorized", "", "{}");
        let server = Early::start(scheme, refusal, After::StopsReading);
        let error = send(&server.builder().build().unwrap(), "file");
        let facts = (error.kind(), error.outcome());
        assert_eq!(
            facts,
            (ErrorKind::Authentication, Outcome::Rejected),
            "{error:?}"
        );

        let server = Early::start(scheme, hints.to_owned(), After::StopsReading);
        let client = server.builder().read_timeout(Duration::from_millis(300));
        let error = send(&client.build().unwrap(), "file");
        let facts = (error.kind(), error.phase(), error.outcome());
        let expected = (ErrorKind::Timeout, Some("send"), Outcome::Unknown);
        assert_eq!(facts, expected, "{error:?}");
    }
}

#[test]
fn a_success_before_the_end_is_not_believed_and_is_named() {
    for scheme in ["http", "https"] {
        for (status, after, kind, then) in [
            (
                "201",
                After::StopsReading,
                ErrorKind::Timeout,
                "did not take the rest of it in time",
            ),
            (
                "204",
                After::HalfCloses,
                ErrorKind::Timeout,
                "did not take the rest of it in time",
            ),
            (
                "201",
                After::Resets,
                ErrorKind::Connection,
                "the connection",
            ),
            (
                "200",
                After::Closes,
                ErrorKind::Connection,
                "the connection",
            ),
        ] {
            let success = answer(&format!("{status} X"), "", r#"{"id":"a"}"#);
            let server = Early::start(scheme, success, after);
            let client = server.builder().read_timeout(Duration::from_millis(300));
            let error = send(&client.build().unwrap(), "file");
            let facts = (error.kind(), error.outcome(), error.http_status());
            let case = format!("{scheme} {after:?} {error:?}");
            assert_eq!(facts, (kind, Outcome::Unknown, None), "{case}");
            let named = format!("the server answered {status} before the request was sent, and ");
            assert!(error.message().starts_with(&named), "{case}");
            assert!(error.message().ends_with(then), "{case}");
        }
    }
}

#[test]
fn a_redirect_before_the_end_is_the_result_whatever_the_server_does_then() {
    for scheme in ["http", "https"] {
        for after in EACH {
            for (status, outcome) in [
                ("302 Found", Outcome::Rejected),
                ("307 Temporary Redirect", Outcome::Rejected),
                ("308 Permanent Redirect", Outcome::Rejected),
                // The server says that it has acted, though it lacks a part of the request.
                ("303 See Other", Outcome::Unknown),
            ] {
                let redirect = answer(status, "location: https://other.invalid/x\r\n", "{}");
                let server = Early::start(scheme, redirect, after);
                let started = Instant::now();
                let error = send(&server.builder().build().unwrap(), "file");
                let case = format!("{scheme} {after:?} {status}: {error:?}");
                let facts = (error.kind(), error.reason(), error.outcome());
                let expected = (ErrorKind::Response, Some("redirect"), outcome);
                assert_eq!(facts, expected, "{case}");
                let number = status[..3].parse().ok();
                assert_eq!(error.http_status(), number, "{case}");
                assert!(
                    error.message().contains("https://other.invalid/x"),
                    "{case}"
                );
                assert!(started.elapsed() < Duration::from_secs(60), "{case}");
            }
        }
    }
}

#[test]
fn an_answer_that_never_ends_is_bounded() {
    for scheme in ["http", "https"] {
        for started in [
            "HTTP/1.1 413 Content Too Large\r\nx-a: ".to_owned(),
            answer("413 Content Too Large", "", &" ".repeat(9)).replace("length: 9", "length: 99"),
        ] {
            let server = Early::start(scheme, started.clone(), After::StopsReading);
            let client = server.builder().attempt_timeout(Duration::from_millis(500));
            let begun = Instant::now();
            let error = send(&client.build().unwrap(), "file");
            let is_timeout = error.kind() == ErrorKind::Timeout;
            assert!(is_timeout || error.http_status() == Some(413), "{error:?}");
            assert!(begun.elapsed() < Duration::from_secs(5), "{error:?}");
        }
    }
}
