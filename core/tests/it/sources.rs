//! The sources of uploads: their state after a failed call, and the use of a source that was read to its end.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use penbox::bindings::AwaitRead;
use penbox::{CallOptions, Client, ErrorKind, Outcome, Upload};

use crate::common::{Server, Step, TOKEN, answer, json};

const CREATED: &str = r#"{"id":"a1","name":"a.bin"}"#;

fn created() -> Step {
    json("201 Created", CREATED)
}

fn refusal(status: &str) -> Step {
    let headers = "content-type: application/json\r\nretry-after: 0\r\n";
    answer(status, headers, br#"{"message":"no"}"#)
}

/// An open file with these bytes, at its beginning.
fn open(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

/// The file's bytes within a request.
fn sent(request: &str) -> &str {
    let part = request.split("\r\n\r\n").nth(2).unwrap();
    part.rsplit_once("\r\n--penbox-").unwrap().0
}

/// A seekable source whose end is not where its size says.
struct Lying(Cursor<Vec<u8>>, u64);

impl Read for Lying {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Lying {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::End(_) => Ok(self.1),
            other => self.0.seek(other),
        }
    }
}

#[test]
fn a_file_that_does_not_tell_its_size_is_sent_whole() {
    let long = || "x".repeat(100_000);
    for (content, claimed) in [
        ("abc".to_owned(), 0),
        (String::new(), 4_096),
        ("abc".to_owned(), 4_096),
        (long(), 0),
    ] {
        let server = Server::start(vec![created()]);
        let source = Lying(Cursor::new(content.clone().into_bytes()), claimed);
        let upload = Upload::seekable(source, "a.bin");
        server.client().attachments().upload(upload).unwrap();
        let request = &server.requests()[0];
        // Chunks have lines of their own between the bytes.
        let count = |text: &str| text.matches(['x', 'b']).count();
        assert!(
            request.contains(&content) || count(request) >= count(&content),
            "{claimed}"
        );
        let in_chunks = request
            .to_ascii_lowercase()
            .contains("transfer-encoding: chunked");
        assert_eq!(in_chunks, content.len() > 65_536);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn files_of_the_kernel_are_sent_whole() {
    for path in [
        "/proc/version",
        "/proc/self/status",
        "/proc/cpuinfo",
        "/sys/kernel/mm/transparent_hugepage/enabled",
    ] {
        let Ok(content) = std::fs::read_to_string(path) else {
            continue;
        };
        let beginning: String = content.chars().take(12).collect();
        let server = Server::start(vec![created(); 2]);
        let client = server.client();
        client.attachments().upload(Upload::path(path)).unwrap();
        let file = File::open(path).unwrap();
        client
            .attachments()
            .upload(Upload::seekable(file, "a.bin"))
            .unwrap();
        for request in server.requests() {
            assert!(request.contains(&beginning), "{path}: {request}");
        }
    }
}

#[test]
fn a_source_can_be_given_again_after_any_refusal() {
    for (status, retryable) in [
        ("429 Too Many Requests", true),
        ("400 Bad Request", false),
        ("401 Unauthorized", false),
        ("403 Forbidden", false),
        ("404 Not Found", false),
        ("408 Request Timeout", false),
        ("409 Conflict", false),
        ("413 Payload Too Large", false),
        ("422 Unprocessable Entity", false),
        ("500 Internal Server Error", false),
        ("503 Service Unavailable", false),
        ("302 Found", false),
    ] {
        let server = Server::start(vec![refusal(status), created()]);
        let client = server.client();
        let mut file = open(b"skipped,kept");
        file.seek(SeekFrom::Start(8)).unwrap();
        let upload = Upload::seekable(&mut file, "a.bin");
        let error = client.attachments().upload(upload).unwrap_err();
        assert_eq!(error.retryable(), retryable, "{error}");
        assert_eq!(file.stream_position().unwrap(), 8, "{status}");
        let again = Upload::seekable(&mut file, "a.bin");
        client.attachments().upload(again).unwrap();
        let requests = server.requests();
        assert_eq!([sent(&requests[0]), sent(&requests[1])], ["kept", "kept"]);
        // After a success the file is at its end, as after every reader.
        assert_eq!(file.stream_position().unwrap(), 12);
    }
}

#[test]
fn a_source_is_sent_whole_in_every_attempt() {
    let path = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(path.path(), "whole").unwrap();
    let mut file = open(b"-whole");
    file.seek(SeekFrom::Start(1)).unwrap();
    for upload in [
        Upload::seekable(file, "a.bin"),
        Upload::seekable(Cursor::new("whole"), "a.bin"),
        Upload::bytes("whole", "a.bin"),
        Upload::path(path.path()),
    ] {
        let limited = refusal("429 Too Many Requests");
        let server = Server::start(vec![limited.clone(), limited, created()]);
        let client = server.builder().max_attempts(3).build().unwrap();
        client.attachments().upload(upload).unwrap();
        let requests = server.requests();
        assert_eq!(requests.len(), 3);
        for request in &requests {
            assert_eq!(sent(request), "whole");
        }
    }
}

#[test]
fn a_source_at_its_end_is_refused_before_anything_is_sent() {
    let server = Server::start(vec![]);
    let client = server.client();
    for position in [5, 6, 500] {
        let mut file = open(b"bytes");
        file.seek(SeekFrom::Start(position)).unwrap();
        let upload = Upload::seekable(&mut file, "a.bin");
        let error = client.attachments().upload(upload).unwrap_err();
        let found = (error.kind(), error.outcome(), error.attempts());
        assert_eq!(found, (ErrorKind::InvalidArgument, Outcome::NotSent, 0));
        assert!(error.message().contains("stands at its end"), "{error}");
        assert!(error.hint().unwrap().contains("Seek it to 0"), "{error}");
        assert_eq!(error.operation(), Some("attachments.upload"));
        assert_eq!(file.stream_position().unwrap(), position);
    }
    assert_eq!(server.connections(), 0);
}

/// A reader that can seek back, but not to its end.
struct Endless(Cursor<&'static [u8]>);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::End(_) => Err(io::ErrorKind::Unsupported.into()),
            to => self.0.seek(to),
        }
    }
}

#[test]
fn a_source_without_a_known_end_is_looked_into() {
    let server = Server::start(vec![created()]);
    let client = server.client();
    let mut ended = Endless(Cursor::new(b"ab"));
    ended.0.set_position(2);
    let error = client
        .attachments()
        .upload(Upload::seekable(ended, "a.bin"))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    let mut begun = Endless(Cursor::new(b"ab"));
    begun.0.set_position(1);
    let upload = Upload::seekable(&mut begun, "a.bin");
    client.attachments().upload(upload).unwrap();
    assert!(
        server.requests()[0]
            .to_lowercase()
            .contains("transfer-encoding: chunked")
    );
    assert_eq!(begun.0.position(), 2);
}

#[test]
fn an_empty_source_is_a_file_of_no_bytes() {
    let path = tempfile::NamedTempFile::new().unwrap();
    for upload in [
        Upload::seekable(open(b""), "a.bin"),
        Upload::seekable(Cursor::new(""), "a.bin"),
        Upload::bytes("", "a.bin"),
        Upload::path(path.path()),
        Upload::reader(io::empty(), Some(0), "a.bin"),
    ] {
        let server = Server::start(vec![created()]);
        server.client().attachments().upload(upload).unwrap();
        assert_eq!(sent(&server.requests()[0]), "");
    }
}

/// A stream of a binding whose bytes are there.
struct Ready(Cursor<&'static str>);

impl Read for Ready {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl AwaitRead for Ready {
    fn await_read(&mut self, _: Duration) -> io::Result<bool> {
        Ok(true)
    }
}

#[test]
fn what_cannot_be_read_again_is_not_retryable() {
    let limited = refusal("429 Too Many Requests");
    let server = Server::start(vec![limited]);
    let client = server.builder().max_attempts(3).build().unwrap();
    let upload = Upload::reader(Cursor::new("gone"), Some(4), "a.bin");
    let error = client.attachments().upload(upload).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimit, 1));
    assert!(!error.retryable());
    assert!(error.hint().unwrap().contains("open it anew"), "{error}");

    // A file that was not read is unchanged. A stream of a binding cannot be used again in any case.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", nobody.local_addr().unwrap());
    drop(nobody);
    let client = Client::builder().token(TOKEN).base_url(url);
    let client = client.max_attempts(1).build().unwrap();
    for (upload, retryable) in [
        (Upload::reader(Cursor::new("kept"), Some(4), "a.bin"), true),
        (
            Upload::stream(Ready(Cursor::new("gone")), None).name("a.bin"),
            false,
        ),
    ] {
        let error = client.attachments().upload(upload).unwrap_err();
        let expected = (ErrorKind::Connection, Outcome::NotSent, retryable);
        assert_eq!((error.kind(), error.outcome(), error.retryable()), expected);
    }
}

#[test]
fn a_pipe_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let writer = std::thread::spawn({
        let path = path.clone();
        move || std::fs::write(path, "through the pipe").unwrap()
    });
    let server = Server::start(vec![refusal("429 Too Many Requests")]);
    let client = server.builder().max_attempts(3).build().unwrap();
    let upload = Upload::path(&path).name("a.bin");
    let error = client.attachments().upload(upload).unwrap_err();
    writer.join().unwrap();
    let found = (error.kind(), error.attempts(), error.retryable());
    assert_eq!(found, (ErrorKind::RateLimit, 1, false), "{error}");
    assert!(server.requests()[0].contains("through the pipe"));

    // The `Seek` of the file's handle always fails. As a pipe its wait has the limits of the call.
    let (reader, mut writer) = io::pipe().unwrap();
    writer.write_all(b"handed over").unwrap();
    drop(writer);
    let file = File::from(std::os::fd::OwnedFd::from(reader));
    let server = Server::start(vec![created()]);
    let upload = Upload::seekable(&file, "a.bin");
    let error = server.client().attachments().upload(upload).unwrap_err();
    let facts = (error.kind(), error.outcome(), error.attempts());
    assert_eq!(facts, (ErrorKind::InvalidArgument, Outcome::NotSent, 0));
    assert!(error.hint().unwrap().contains("Upload::pipe"), "{error}");
    assert!(server.requests().is_empty());
    let upload = Upload::pipe(file, "a.bin");
    server.client().attachments().upload(upload).unwrap();
    assert!(server.requests()[0].contains("handed over"));

    // Whoever only finds out that it cannot seek is a stream.
    struct Once(Cursor<&'static str>);
    impl Read for Once {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }
    impl Seek for Once {
        fn seek(&mut self, _: io::SeekFrom) -> io::Result<u64> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }
    let server = Server::start(vec![created()]);
    let upload = Upload::seekable(Once(Cursor::new("at once")), "a.bin");
    server.client().attachments().upload(upload).unwrap();
    assert!(server.requests()[0].contains("at once"));
}

#[test]
fn a_source_is_given_back_however_the_call_ends() {
    let cut = Step::AnswerAndClose(b"HTTP/1.1 201 Created\r\ncontent-length: 90\r\n\r\n{".to_vec());
    let server = Server::start(vec![cut, json("201 Created", "[]"), Step::Hang]);
    let client = server.client();
    let mut file = open(b"bytes");
    for (kind, outcome) in [
        (ErrorKind::Response, Outcome::Done),
        (ErrorKind::Response, Outcome::Done),
        (ErrorKind::Timeout, Outcome::Unknown),
    ] {
        let hurried = CallOptions::new().timeout(Duration::from_millis(300));
        let client = client.with_options(hurried);
        let upload = Upload::seekable(&mut file, "a.bin");
        let error = client.attachments().upload(upload).unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (kind, outcome), "{error}");
        assert_eq!(file.stream_position().unwrap(), 0);
    }
    let cancelled = Upload::seekable(&mut file, "a.bin").on_progress(|_, _| ControlFlow::Break(()));
    let error = client.attachments().upload(cancelled).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(file.stream_position().unwrap(), 0);
    let panicking = Upload::seekable(&mut file, "a.bin").on_progress(|_, _| panic!("the caller's"));
    let call = AssertUnwindSafe(|| client.attachments().upload(panicking));
    assert!(catch_unwind(call).is_err());
    assert_eq!(file.stream_position().unwrap(), 0);
    client.close();
    let closed = Upload::seekable(&mut file, "a.bin");
    let error = client.attachments().upload(closed).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert_eq!(file.stream_position().unwrap(), 0);
}
