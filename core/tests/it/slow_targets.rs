//! Targets that take their time and never stall: a time limit, a cancel and the client's close end the call once the caller's own code
//! returns.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use penbox::{CallOptions, CancelToken, Client, Download, Error, ErrorKind, File, Outcome};
use rustls::{ServerConnection, StreamOwned};

use crate::common::TOKEN;
use crate::tls::{Authority, Files};

/// The size of the file: far more than a connection's buffers hold.
const SIZE: usize = 24 << 20;
/// The time that the target takes for each piece.
const PIECE: Duration = Duration::from_millis(60);
/// The time at which the call ends. The first pieces of a debug build over TLS come before it.
const LIMIT: Duration = Duration::from_millis(1_500);
/// More than a piece, and far less than what is left of the file takes.
const SOON: Duration = Duration::from_secs(2);

/// A server that sends one file, and a client of it.
fn sending(scheme: &str, files: &Files) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let authority = Authority::new();
    let config = authority.leaf("localhost", |_| {}).server_config(None);
    let is_tls = scheme == "https";
    thread::spawn(move || {
        let stream = listener.accept().unwrap().0;
        match is_tls {
            true => {
                let session = ServerConnection::new(config).unwrap();
                send_file(StreamOwned::new(session, stream));
            }
            false => send_file(stream),
        }
    });
    Client::builder()
        .token(TOKEN)
        .base_url(format!("{scheme}://localhost:{port}/v1"))
        .ca_file(files.put("ca.pem", &authority.certificate.pem()))
        .build()
        .unwrap()
}

/// Answers a request with the file, as far as the client takes it.
fn send_file(mut stream: impl Read + Write) {
    let mut seen = Vec::new();
    while !seen.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        seen.push(byte[0]);
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: {SIZE}\r\n\r\n"
    );
    let _ = stream.write_all(head.as_bytes());
    let piece = vec![b'x'; 1 << 16];
    for _ in 0..SIZE / piece.len() {
        if stream.write_all(&piece).is_err() {
            return;
        }
    }
}

/// The times at which the caller's own code began to take a piece.
type Times = Arc<Mutex<Vec<Instant>>>;

fn take_a_piece(times: &Times) {
    times.lock().unwrap().push(Instant::now());
    thread::sleep(PIECE);
}

struct Slow(Times);

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        take_a_piece(&self.0);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Downloads to a target that takes its time.
fn download(client: &Client, target: &str, times: &Times) -> Result<File, Error> {
    let (attachments, taken) = (client.attachments(), Arc::clone(times));
    match target {
        "a writer" => attachments.download("a", Download::writer(Slow(taken))),
        "a path, with a progress callback" => {
            let folder = tempfile::tempdir().unwrap();
            let download = Download::to(folder.path().join("x.pdf")).on_progress(move |_, _| {
                take_a_piece(&taken);
                ControlFlow::Continue(())
            });
            let result = attachments.download("a", download);
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
            result
        }
        "memory, with a progress callback" => {
            let download = Download::memory().on_progress(move |_, _| {
                take_a_piece(&taken);
                ControlFlow::Continue(())
            });
            attachments.download("a", download)
        }
        _ => {
            let (mut reader, writer) = io::pipe().unwrap();
            thread::spawn(move || {
                while let Ok(1..) = reader.read(&mut [0; 4096]) {
                    take_a_piece(&taken);
                }
            });
            attachments.download("a", Download::pipe(writer))
        }
    }
}

#[test]
fn a_slow_target_ends_with_its_call() {
    let targets = [
        "a writer",
        "a path, with a progress callback",
        "memory, with a progress callback",
        "a pipe",
    ];
    let ends = [
        ("timeout", ErrorKind::Timeout),
        ("cancel", ErrorKind::Cancelled),
        ("close", ErrorKind::Closed),
    ];
    let run = |scheme: &str, target: &str, (way, kind): (&str, ErrorKind)| {
        let files = Files::new();
        let (client, token) = (sending(scheme, &files), CancelToken::new());
        let options = match way {
            "timeout" => CallOptions::new().timeout(LIMIT),
            _ => CallOptions::new().cancel(&token),
        };
        let own = client.with_options(options);
        let times = Times::default();
        let end = Instant::now() + LIMIT;
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(end.saturating_duration_since(Instant::now()));
                match way {
                    "timeout" => {}
                    "cancel" => token.cancel(),
                    _ => client.close(),
                }
            });
            let error = download(&own, target, &times).err().unwrap();
            let late = Instant::now().saturating_duration_since(end);
            let what = format!("{scheme}, {target}, {way}: {late:.1?} late");
            let facts = (error.kind(), error.outcome(), error.attempts());
            assert_eq!(facts, (kind, Outcome::Done, 1), "{what}: {error:?}");
            assert!(late < SOON, "{what}");
            if target != "a pipe" {
                // The thread that ends the call may come a piece late.
                let times = times.lock().unwrap();
                let after = times.iter().filter(|at| **at > end + PIECE).count();
                assert!(after < 5, "{what}: {after} pieces of {}", times.len());
            }
        });
    };
    thread::scope(|scope| {
        for scheme in ["http", "https"] {
            for target in targets {
                scope.spawn(move || {
                    for end in ends {
                        run(scheme, target, end);
                    }
                });
            }
        }
    });
}
