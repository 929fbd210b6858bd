//! The announced sizes of sources, sources that only seem to seek, and the errors of files with their next steps.

#![cfg(unix)]

use std::fs;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use penbox::{Download, ErrorKind, Outcome, Upload};

use crate::common::{Server, Step, answer, json};

fn created() -> Step {
    json("201 Created", r#"{"id":"a1","name":"a.bin"}"#)
}

/// The file's bytes within a request.
fn sent(request: &str) -> &str {
    let part = request.split("\r\n\r\n").nth(2).unwrap();
    part.rsplit_once("\r\n--penbox-").unwrap().0
}

#[test]
fn a_stream_is_read_to_its_announced_size_and_not_beyond() {
    for (announced, whole) in [(10, "0123456789"), (4, "0123"), (0, "")] {
        // The stream stays open: a read beyond its bytes would wait for more, and nothing could end it.
        let (near, mut far) = UnixStream::pair().unwrap();
        far.write_all(b"0123456789").unwrap();
        let server = Server::start(vec![created()]);
        let upload = Upload::reader(&near, Some(announced), "a.bin");
        server.client().attachments().upload(upload).unwrap();
        assert_eq!(sent(&server.requests()[0]), whole);
        // The rest is the caller's.
        drop(far);
        let mut rest = String::new();
        (&near).read_to_string(&mut rest).unwrap();
        assert_eq!(format!("{whole}{rest}"), "0123456789");
    }
}

#[test]
fn a_source_of_another_size_is_an_error_with_both_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grown");
    fs::write(&path, vec![0; 300_000]).unwrap();
    let mut grows = Some(path.clone());
    let growing = Upload::path(&path).on_progress(move |_, _| {
        if let Some(path) = grows.take() {
            let mut file = fs::File::options().append(true).open(path).unwrap();
            file.write_all(b"more").unwrap();
        }
        ControlFlow::Continue(())
    });
    let short = Upload::reader(Cursor::new("0123456"), Some(10), "a.bin");
    for (upload, said) in [
        (short, "it gave 7 of the 10 bytes that were announced"),
        (
            growing,
            "it gave more than the 300000 bytes that were announced",
        ),
    ] {
        let server = Server::start(vec![]);
        let error = server.client().attachments().upload(upload).unwrap_err();
        let found = (error.kind(), error.outcome());
        assert_eq!(found, (ErrorKind::File, Outcome::Unknown));
        assert!(error.message().ends_with(said), "{error}");
    }
}

/// A reader that knows its place, and can go nowhere. It says so of every seek, like a member of a streamed archive.
struct Streamed(Cursor<&'static [u8]>);

impl Read for Streamed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Streamed {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Current(0) => Ok(self.0.position()),
            _ => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

#[test]
fn a_reader_that_knows_its_place_and_can_go_nowhere_is_sent_once() {
    let server = Server::start(vec![created()]);
    let mut source = Streamed(Cursor::new(b"head,kept"));
    source.0.set_position(5);
    let upload = Upload::seekable(source, "a.bin");
    server.client().attachments().upload(upload).unwrap();
    assert!(server.requests()[0].contains("4\r\nkept\r\n"));
}

#[test]
fn an_error_of_the_system_has_a_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let within = |name: &str| folder.path().join(name);
    let server = Server::start(vec![]);
    let client = server.client();
    let home = PathBuf::from("~/x.pdf");
    let long = "x".repeat(300);
    for (path, said) in [
        (within("no/x.pdf"), "the folder must exist"),
        (PathBuf::from("no/x.pdf"), "the process's current folder"),
        (home, "give the whole path"),
        (within(&long), "a shorter name"),
    ] {
        let sent = client.attachments().upload(Upload::path(&path));
        let to = Download::to(&path);
        for error in [
            sent.unwrap_err(),
            client.attachments().download("a", to).unwrap_err(),
        ] {
            let found = (error.kind(), error.outcome(), error.retryable());
            assert_eq!(found, (ErrorKind::File, Outcome::NotSent, false), "{error}");
            let hint = error.hint().unwrap_or_default();
            assert!(hint.contains(said), "{path:?}: {hint}");
        }
    }
    let error = client.attachments().upload(Upload::path("")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(error.message(), "the path of the file to upload is empty");
    let nameless = Upload::bytes("abc", "");
    let error = client.attachments().upload(nameless).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.message().contains("name"), "{error}");
    let hint = error.hint().unwrap_or_default();
    assert!(hint.contains("no name of their own"), "{hint}");
    assert_eq!(server.connections(), 0);
}

/// A full disk and a user without rights, where this machine can show them.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_has_a_next_step() {
    let server = Server::start(vec![answer("200 OK", "", &[7; 300_000])]);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let to = Download::writer(full);
    let error = server.client().attachments().download("a", to).unwrap_err();
    let hint = error.hint().unwrap_or_default();
    assert!(hint.contains("free some space"), "{hint}");
}
