//! Uploads and downloads over raw sockets.

use std::io::Cursor;
use std::ops::ControlFlow;

use crate::common::{Server, Step, TOKEN, answer, json};
use penbox::{AttachmentMerge, Download, Error, ErrorKind, Outcome, Upload};

const ATTACHMENT: &str =
    r#"{"id":"a1","name":"a.pdf","type":"application/pdf","metadata":{"size":3}}"#;

fn facts(error: &Error) -> (ErrorKind, Option<&str>, Outcome) {
    assert!(!format!("{error} {error:?} {}", error.support_report()).contains(&TOKEN[5..17]));
    (
        error.kind(),
        error.reason().or(error.phase()),
        error.outcome(),
    )
}

fn pdf(body: &[u8]) -> Step {
    answer(
        "200 OK",
        "content-type: application/pdf\r\ncontent-disposition: attachment; filename=\"../../x.pdf\"\r\n",
        body,
    )
}

#[test]
fn an_upload_is_one_part_with_its_length() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a \"b\".pdf");
    std::fs::write(&path, b"%PDF").unwrap();
    let server = Server::start(vec![
        json("201 Created", ATTACHMENT),
        json("201 Created", ATTACHMENT),
    ]);
    let client = server.client();
    let attachment = client
        .attachments()
        .upload(Upload::path(&path).scope("public").company("w1"))
        .unwrap();
    assert_eq!(
        (attachment.id.as_str(), attachment.metadata.unwrap().size),
        ("a1", Some(3))
    );
    let sent = &server.requests()[0];
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("POST /v1/attachments?company=w1 HTTP/1.1\r\n"),
        "{head}"
    );
    let head = head.to_lowercase();
    assert!(head.contains(&format!("content-length: {}", body.len())));
    let boundary = head
        .split("boundary=")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    let parts: Vec<&str> = body.split(&format!("--{boundary}")).collect();
    assert_eq!(parts.len(), 4);
    assert_eq!(
        parts[1],
        "\r\nContent-Disposition: form-data; name=\"scope\"\r\n\r\npublic\r\n"
    );
    assert_eq!(
        parts[2],
        "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a %22b%22.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n"
    );
    assert_eq!(parts[3], "--\r\n");

    let upload = Upload::reader(Cursor::new(b"a;b".to_vec()), Some(3), "x.csv");
    client.attachments().upload(upload).unwrap();
    assert!(server.requests()[1].contains("Content-Type: text/csv\r\n\r\na;b\r\n"));
}

#[test]
fn bad_uploads_send_nothing() {
    let server = Server::start(vec![]);
    let client = server.client();
    let folder = tempfile::tempdir().unwrap();
    for (upload, kind) in [
        (
            Upload::path(folder.path().join("missing.pdf")),
            ErrorKind::File,
        ),
        (Upload::path(folder.path()), ErrorKind::File),
        (Upload::bytes("x", ""), ErrorKind::InvalidArgument),
        (
            Upload::bytes("x", "a").mime_type("a\r\nb: c"),
            ErrorKind::InvalidArgument,
        ),
        (
            Upload::bytes("x", "a").scope("a\r\nb"),
            ErrorKind::InvalidArgument,
        ),
    ] {
        let error = client.attachments().upload(upload).unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome()),
            (kind, Outcome::NotSent),
            "{error}"
        );
        assert_eq!(error.operation(), Some("attachments.upload"));
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_source_that_fails_says_so_itself() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let server = Server::start(vec![]);
    let client = server.client();
    let error = client
        .attachments()
        .upload(Upload::reader(Broken, Some(10), "x"))
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::File, Outcome::Unknown)
    );
    assert!(error.message().contains("the disk is gone"));
    let short = Upload::reader(Cursor::new(b"abc".to_vec()), Some(10), "x");
    let error = client.attachments().upload(short).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
    let cancelled = Upload::bytes("abc", "x").on_progress(|_, _| ControlFlow::Break(()));
    let error = client.attachments().upload(cancelled).unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Cancelled, Outcome::Unknown)
    );
}

/// A source and a target that fail with a time-out of their own.
struct Late;

impl std::io::Read for Late {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::TimedOut.into())
    }
}

impl std::io::Write for Late {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::TimedOut.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_source_or_target_that_is_late_is_a_timeout() {
    let server = Server::start(vec![pdf(b"abc")]);
    let client = server.client();
    let upload = Upload::reader(Late, Some(10), "x");
    let error = client.attachments().upload(upload).unwrap_err();
    let expected = (ErrorKind::Timeout, Some("send"), Outcome::Unknown);
    assert_eq!(facts(&error), expected);
    let error = client
        .attachments()
        .download("a1", Download::writer(Late))
        .unwrap_err();
    let expected = (ErrorKind::Timeout, Some("body"), Outcome::Done);
    assert_eq!(facts(&error), expected);
}

#[test]
fn progress_counts_the_file_alone() {
    let server = Server::start(vec![json("201 Created", ATTACHMENT), pdf(&[7; 300_000])]);
    let client = server.client();
    let mut seen = Vec::new();
    let upload = Upload::bytes(vec![1; 200_000], "x").on_progress(|sent, total| {
        seen.push((sent, total));
        ControlFlow::Continue(())
    });
    client.attachments().upload(upload).unwrap();
    assert_eq!(seen.last(), Some(&(200_000, Some(200_000))));
    assert!(seen.windows(2).all(|pair| pair[0].0 < pair[1].0));
    let mut last = None;
    let to = Download::memory().on_progress(|got, total| {
        last = Some((got, total));
        ControlFlow::Continue(())
    });
    client.attachments().download("a1", to).unwrap();
    assert_eq!(last, Some((300_000, Some(300_000))));
}

#[test]
fn a_download_is_whole_named_safely_and_hashed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(vec![pdf(b"abc"), pdf(b"abc"), pdf(b"abc"), pdf(b"new")]);
    let client = server.client();
    let file = client
        .attachments()
        .download("a1", Download::to(folder.path()))
        .unwrap();
    assert_eq!(
        file.path.as_deref(),
        Some(folder.path().join("x.pdf").as_path())
    );
    assert_eq!(
        (file.size, file.name.as_deref(), file.content),
        (3, Some("x.pdf"), None)
    );
    assert_eq!(file.content_type.as_deref(), Some("application/pdf"));
    assert_eq!(
        file.sha256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    let sent = server.requests()[0].to_lowercase();
    assert!(
        sent.contains("accept: application/octet-stream\r\n")
            && sent.contains("accept-encoding: identity\r\n")
    );

    let merged = AttachmentMerge::of(["a", "b"]).filename("all");
    let file = client
        .attachments()
        .download_merged(merged, Download::memory())
        .unwrap();
    assert_eq!(file.content.as_deref(), Some(&b"abc"[..]));
    assert!(
        server.requests()[1].starts_with("GET /v1/attachments?ids=a%2Cb&filename=all HTTP/1.1")
    );

    let mut bytes = Vec::new();
    client
        .responses()
        .download_pdf("r", Download::writer(&mut bytes))
        .unwrap();
    assert_eq!(bytes, b"abc");
    let path = folder.path().join("x.pdf");
    client
        .signatures()
        .download("s", Download::to(&path).overwrite(true))
        .unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"new");
    assert_eq!(names(folder.path()), ["x.pdf"]);
}

pub(crate) fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn an_existing_file_is_kept_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("kept"), folder.path().join("link"));
    std::fs::write(&file, "kept").unwrap();
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), &link).unwrap();
    let server = Server::start(vec![]);
    let client = server.client();
    for path in [&file, &link] {
        let error = client
            .attachments()
            .download("a1", Download::to(path))
            .unwrap_err();
        assert_eq!(
            facts(&error),
            (ErrorKind::File, Some("exists"), Outcome::NotSent)
        );
    }
    let nowhere = Download::to(folder.path().join("no/such/folder/x"));
    assert_eq!(
        client
            .attachments()
            .download("a1", nowhere)
            .unwrap_err()
            .kind(),
        ErrorKind::File
    );
    assert_eq!(std::fs::read(&file).unwrap(), b"kept");
    assert!(!folder.path().join("elsewhere").exists());
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn what_is_no_file_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.pdf");
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let server = Server::start(vec![pdf(b"abc")]);
    let client = server.client();
    for (to, outcome) in [
        (&path, Outcome::NotSent),
        (&folder.path().to_owned(), Outcome::Done),
    ] {
        let to = Download::to(to).overwrite(true);
        let error = client.attachments().download("a1", to).unwrap_err();
        assert_eq!(facts(&error), (ErrorKind::File, None, outcome));
        assert!(error.message().ends_with("is no regular file"), "{error}");
        assert_eq!(names(folder.path()), ["x.pdf"]);
    }
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_file_that_appears_meanwhile_is_kept_too() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x.pdf"), "kept").unwrap();
    let server = Server::start(vec![pdf(b"abc")]);
    let error = server
        .client()
        .attachments()
        .download("a1", Download::to(folder.path()))
        .unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::File, Some("exists"), Outcome::Done)
    );
    assert_eq!(std::fs::read(folder.path().join("x.pdf")).unwrap(), b"kept");
    assert_eq!(names(folder.path()), ["x.pdf"]);
}

#[test]
fn nothing_is_left_of_a_download_that_failed() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc".to_vec();
    let open = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc".to_vec();
    for (step, facts_expected) in [
        (
            Step::AnswerAndClose(cut),
            (ErrorKind::Response, Some("truncated"), Outcome::Done),
        ),
        (
            Step::AnswerAndClose(open),
            (ErrorKind::Response, Some("decode"), Outcome::Done),
        ),
        (
            json("404 Not Found", r#"{"statusCode":404,"error":"Not Found"}"#),
            (ErrorKind::NotFound, None, Outcome::Rejected),
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(vec![step]);
        let error = server
            .client()
            .attachments()
            .download("a1", Download::to(folder.path().join("x")))
            .unwrap_err();
        assert_eq!(facts(&error), facts_expected);
        assert!(names(folder.path()).is_empty());
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(vec![pdf(&[1; 100_000])]);
    let to = Download::to(folder.path().join("x")).on_progress(|_, _| ControlFlow::Break(()));
    assert_eq!(
        server
            .client()
            .attachments()
            .download("a1", to)
            .unwrap_err()
            .kind(),
        ErrorKind::Cancelled
    );
    assert!(names(folder.path()).is_empty());
}

#[test]
fn an_attachments_content_is_never_held() {
    let body = format!(
        r#"{{"id":"a1","data":"{}","name":"n"}}"#,
        "QUJD".repeat(6_000_000)
    );
    let server = Server::start(vec![json("200 OK", &body)]);
    let client = server.builder().max_response_bytes(1000).build().unwrap();
    let attachment = client.attachments().get("a1").unwrap();
    assert_eq!(
        (attachment.id.as_str(), attachment.name.as_deref()),
        ("a1", Some("n"))
    );
}
