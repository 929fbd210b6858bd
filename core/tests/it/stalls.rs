//! Sources and targets of the caller's own that stall: a time limit, a cancel and the client's close end the call, and the clocks of the
//! server's silence stand still meanwhile.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use penbox::{
    CallOptions, CancelToken, Client, ClientBuilder, Download, Error, ErrorKind, Outcome, Upload,
};
use rustls::{ServerConnection, StreamOwned};

use crate::common::{Server, Step, TOKEN, answer, json};
use crate::crowd::PATIENCE;
use crate::tls::{Authority, Files};

/// Long enough for a TLS handshake of a debug build.
const LIMIT: Duration = Duration::from_secs(1);
/// The promise is 250 ms. A machine that runs other tests may need more, and a call that is not ended needs far more.
const SOON: Duration = Duration::from_secs(2);

fn created() -> Step {
    json("201 Created", r#"{"id":"a1"}"#)
}

/// The ways to end a call.
const WAYS: [&str; 3] = ["timeout", "cancel", "close"];

/// Runs a call that stalls, ends it in a way once `waits` returns, and returns its error.
fn ended<T: Send>(
    client: &Client,
    (way, what): (&str, &str),
    waits: impl FnOnce(),
    call: impl FnOnce(Client) -> Result<T, Error> + Send,
) -> Error {
    let token = CancelToken::new();
    let options = CallOptions::new().cancel(&token);
    let options = match way {
        "timeout" => options.timeout(LIMIT),
        _ => options,
    };
    let own = client.with_options(options);
    let mut at = Instant::now() + LIMIT;
    thread::scope(|scope| {
        let calling = scope.spawn(move || call(own));
        waits();
        if way != "timeout" {
            at = Instant::now();
            match way {
                "cancel" => token.cancel(),
                _ => client.close(),
            }
        }
        let error = calling.join().unwrap().err().unwrap();
        let took = Instant::now().saturating_duration_since(at);
        println!("stalls: {what} ended by {way} after {took:.1?}");
        assert!(took < SOON, "{what}, {way}: {took:?}");
        error
    })
}

/// A server that never answers. It tells of each connection, and again once the source's first bytes were received.
fn listening(scheme: &str, files: &Files) -> (ClientBuilder, Receiver<&'static str>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let authority = Authority::new();
    let config = authority.leaf("localhost", |_| {}).server_config(None);
    let is_tls = scheme == "https";
    let (sender, receiver) = channel();
    thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let mut stream: Box<dyn Read> = match is_tls {
                true => {
                    let session = ServerConnection::new(Arc::clone(&config)).unwrap();
                    Box::new(StreamOwned::new(session, stream))
                }
                false => Box::new(stream),
            };
            let _ = sender.send("connection");
            let (mut received, mut buffer) = (Vec::new(), [0; 4096]);
            while let Ok(count @ 1..) = stream.read(&mut buffer) {
                received.extend_from_slice(&buffer[..count]);
                if received.windows(5).any(|some| some == b"a few") {
                    let _ = sender.send("bytes");
                    received.clear();
                }
            }
        }
    });
    let builder = Client::builder()
        .token(TOKEN)
        .base_url(format!("{scheme}://localhost:{port}/v1"))
        .ca_file(files.put("ca.pem", &authority.certificate.pem()));
    (builder, receiver)
}

fn kind(way: &str) -> ErrorKind {
    match way {
        "timeout" => ErrorKind::Timeout,
        "cancel" => ErrorKind::Cancelled,
        _ => ErrorKind::Closed,
    }
}

fn fifo(folder: &Path) -> PathBuf {
    let path = folder.join("pipe");
    let made = Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    path
}

/// A source that gives a few bytes and then stalls, or stalls at once.
fn stalled(what: &str, begun: bool, folder: &Path) -> (Upload<'static>, Option<PipeWriter>) {
    if what == "pipe" {
        let (reader, mut writer) = io::pipe().unwrap();
        if begun {
            writer.write_all(b"a few").unwrap();
        }
        return (Upload::pipe(reader, "a.bin"), Some(writer));
    }
    let path = fifo(folder);
    if what == "fifo with a writer" {
        // Open for both, it waits for nobody. The reader is its own end.
        let mut writer = std::fs::File::options()
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        if begun {
            writer.write_all(b"a few").unwrap();
        }
        let writer = PipeWriter::from(std::os::fd::OwnedFd::from(writer));
        return (Upload::path(path), Some(writer));
    }
    (Upload::path(path), None)
}

#[test]
fn a_stalled_source_with_a_descriptor_ends_with_its_call() {
    for (what, begun, scheme) in [
        ("fifo without a writer", false, "http"),
        ("fifo with a writer", false, "http"),
        ("fifo with a writer", true, "http"),
        ("fifo with a writer", true, "https"),
        ("pipe", false, "http"),
        ("pipe", true, "http"),
        ("pipe", true, "https"),
    ] {
        for way in WAYS {
            let folder = tempfile::tempdir().unwrap();
            let files = Files::new();
            let (builder, told) = listening(scheme, &files);
            let client = builder.max_attempts(1).build().unwrap();
            let (upload, _writer) = stalled(what, begun, folder.path());
            // Without a byte it waits at once, and soon this thread is here.
            let waits = || {
                if begun {
                    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), "connection");
                    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), "bytes");
                }
            };
            let error = ended(&client, (way, what), waits, |client| {
                client.attachments().upload(upload)
            });
            // Before the first byte nothing is sent. After that the server has a part of the request.
            let outcome = if begun {
                Outcome::Unknown
            } else {
                Outcome::NotSent
            };
            let facts = (error.kind(), error.outcome(), error.attempts());
            assert_eq!(
                facts,
                (kind(way), outcome, u32::from(begun)),
                "{what}: {error:?}"
            );
            assert!(told.try_recv().is_err(), "{what}: something was sent");
            if way == "timeout" {
                assert_eq!(error.phase(), Some("send"));
                assert!(error.message().contains("source"), "{error}");
            }
        }
    }
}

#[test]
fn a_pipe_whose_writer_comes_late_is_sent_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = fifo(folder.path());
    let server = Server::start(vec![created()]);
    let (waits, waiting) = channel();
    let options = CallOptions::new().interrupt_check(move || {
        let _ = waits.send(());
        false
    });
    let client = server.client().with_options(options);
    thread::scope(|scope| {
        let upload = Upload::path(&path);
        let call = scope.spawn(move || client.attachments().upload(upload));
        waiting.recv_timeout(PATIENCE).unwrap();
        let mut writer = std::fs::File::options().write(true).open(&path).unwrap();
        for part in ["one, ", "two, ", "three"] {
            writer.write_all(part.as_bytes()).unwrap();
            // A wait within the file, too.
            waiting.recv_timeout(PATIENCE).unwrap();
        }
        drop(writer);
        call.join().unwrap().unwrap();
    });
    let request = &server.requests()[0];
    let sent: String = request
        .split("\r\n\r\n")
        .nth(2)
        .unwrap()
        .lines()
        .filter(|line| line.chars().any(|c| c == ',') || line.contains("three"))
        .collect();
    assert_eq!(sent, "one, two, three", "{request}");
}

/// A server that sends this many bytes to each download, and the pipe that is the target.
fn sending(bytes: &[u8]) -> Server {
    Server::start(vec![answer(
        "200 OK",
        "content-type: application/pdf\r\n",
        bytes,
    )])
}

#[test]
fn a_stalled_target_with_a_descriptor_ends_with_its_call() {
    for way in WAYS {
        let server = sending(&vec![b'x'; 1 << 20]);
        let client = server.client();
        // One byte shows that the file comes. Nobody reads more, so the pipe takes some of the file and then nothing.
        let (mut reader, writer) = io::pipe().unwrap();
        let waits = || reader.read_exact(&mut [0]).unwrap();
        let error = ended(&client, (way, "a target"), waits, |client| {
            client.attachments().download("a", Download::pipe(writer))
        });
        let facts = (error.kind(), error.outcome(), error.attempts());
        assert_eq!(facts, (kind(way), Outcome::Done, 1), "{error:?}");
        if way == "timeout" {
            assert_eq!(error.phase(), Some("body"));
            assert!(error.message().contains("target"), "{error}");
        }
    }
}

#[test]
fn a_pipe_gets_the_whole_file() {
    let bytes: Vec<u8> = (0..1 << 20).map(|index: u32| (index % 251) as u8).collect();
    let server = sending(&bytes);
    let (mut reader, writer) = io::pipe().unwrap();
    let reading = thread::spawn(move || {
        let mut read = Vec::new();
        reader.read_to_end(&mut read).map(|_| read)
    });
    let file = server
        .client()
        .attachments()
        .download("a", Download::pipe(writer))
        .unwrap();
    assert_eq!(file.size, bytes.len() as u64);
    assert!(reading.join().unwrap().unwrap() == bytes);
}

#[test]
fn a_target_without_a_reader_is_an_error() {
    let server = sending(&vec![b'x'; 1 << 20]);
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let error = server
        .client()
        .attachments()
        .download("a", Download::pipe(writer))
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::File, Outcome::Done)
    );
}

/// A source or target that pauses before each of its two pieces.
struct Slow {
    pieces: usize,
}

const PAUSE: Duration = Duration::from_millis(1_400);

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.pieces == 0 {
            return Ok(0);
        }
        self.pieces -= 1;
        thread::sleep(PAUSE);
        buffer[..5].copy_from_slice(b"piece");
        Ok(5)
    }
}

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.pieces > 0 {
            self.pieces -= 1;
            thread::sleep(PAUSE);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The same pieces through a pipe.
fn piped() -> PipeReader {
    let (reader, mut writer) = io::pipe().unwrap();
    thread::spawn(move || io::copy(&mut Slow { pieces: 2 }, &mut writer));
    reader
}

#[test]
fn the_clocks_of_silence_stand_still_while_the_caller_holds_back() {
    let client = |server: &Server| {
        let builder = Client::builder().token(TOKEN).base_url(server.url());
        builder
            .max_attempts(1)
            .read_timeout(Duration::from_secs(1))
            .build()
            .unwrap()
    };
    let server = Server::start(vec![created(), created()]);
    for upload in [
        Upload::reader(Slow { pieces: 2 }, None, "a.bin"),
        Upload::pipe(piped(), "a.bin"),
    ] {
        client(&server).attachments().upload(upload).unwrap();
    }
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.matches("piece").count() == 2)
    );
    // More than the buffers between, so that the server waits for the target.
    let bytes = vec![b'x'; 8 << 20];
    for is_piped in [false, true] {
        let server = sending(&bytes);
        let (reader, writer) = io::pipe().unwrap();
        let download = match is_piped {
            true => {
                thread::spawn(move || io::copy(&mut &reader, &mut Slow { pieces: 2 }));
                Download::pipe(writer)
            }
            false => Download::writer(Slow { pieces: 2 }),
        };
        let file = client(&server)
            .attachments()
            .download("a", download)
            .unwrap();
        assert_eq!(file.size, bytes.len() as u64);
    }
}
