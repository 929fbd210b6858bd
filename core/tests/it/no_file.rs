//! Answers to a download that are no file.

use penbox::{Client, Download, Error, ErrorKind, File, Outcome, Result};

use crate::common::{Server, Step, answer};
use crate::files::names;

type Call = fn(&Client, Download<'_>) -> Result<File>;

const ATTACHMENT: Call = |client, to| client.attachments().download("a1", to);
const PDF: Call = |client, to| client.responses().download_pdf("r1", to);
const MERGED: Call = |client, to| {
    let ids = penbox::AttachmentMerge::of(["a1", "a2"]);
    client.attachments().download_merged(ids, to)
};
const SIGNATURE: Call = |client, to| client.signatures().download("s1", to);

const HTML: &str = "<html>Please log in</html>";
const METADATA: &str = r#"{"id":"a1","name":"a.pdf","data":"JVBERi0="}"#;

fn step(status: &str, content_type: &str, body: &str) -> Step {
    let headers = match content_type {
        "" => String::new(),
        _ => format!("content-type: {content_type}\r\n"),
    };
    answer(status, &headers, body.as_bytes())
}

/// The error of a download for each kind of target: it is the same, and no byte is written.
fn refused(call: Call, step: &Step) -> Error {
    let server = Server::start(vec![step.clone(), step.clone(), step.clone()]);
    let client = server.client();
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept.pdf");
    std::fs::write(&kept, "kept").unwrap();
    let error = call(&client, Download::to(&kept).overwrite(true)).unwrap_err();
    assert_eq!(std::fs::read(&kept).unwrap(), b"kept");
    let into = call(&client, Download::to(folder.path())).unwrap_err();
    assert_eq!(names(folder.path()), ["kept.pdf"]);
    let mut written = Vec::new();
    let watched = Download::writer(&mut written).on_progress(|_, _| panic!("nothing moved"));
    let writer = call(&client, watched).unwrap_err();
    assert_eq!(written, b"");
    for other in [&into, &writer] {
        assert_eq!(
            (other.kind(), other.reason()),
            (error.kind(), error.reason())
        );
        assert_eq!(other.message(), error.message());
    }
    let expected = (ErrorKind::Response, Outcome::Done, false, 1);
    let found = (
        error.kind(),
        error.outcome(),
        error.retryable(),
        error.attempts(),
    );
    assert_eq!(found, expected, "{error}");
    error
}

#[test]
fn a_part_of_a_file_is_no_file() {
    let headers = "content-type: application/pdf\r\ncontent-range: bytes 0-3/1000\r\n";
    for call in [ATTACHMENT, PDF, MERGED, SIGNATURE] {
        let error = refused(call, &answer("206 Partial Content", headers, b"%PDF"));
        assert_eq!(
            (error.reason(), error.http_status()),
            (Some("partial"), Some(206))
        );
        assert!(error.message().contains("only a part"), "{error}");
        assert_eq!(error.body(), None);
    }
}

#[test]
fn a_success_other_than_200_is_no_file() {
    for (status, content_type, body) in [
        ("201 Created", "application/pdf", "%PDF"),
        (
            "202 Accepted",
            "application/json",
            r#"{"message":"not ready"}"#,
        ),
        (
            "203 Non-Authoritative Information",
            "application/pdf",
            "%PDF",
        ),
        ("204 No Content", "", ""),
        ("205 Reset Content", "", ""),
        ("226 IM Used", "application/pdf", "%PDF"),
    ] {
        for call in [ATTACHMENT, PDF] {
            let error = refused(call, &step(status, content_type, body));
            assert_eq!(error.reason(), Some("protocol"), "{error}");
            assert!(error.message().contains(&status[..3]), "{error}");
            // The content of a document must not be in an error.
            let explained = (content_type == "application/json").then_some(body);
            assert_eq!(error.body(), explained);
        }
    }
}

#[test]
fn a_file_of_a_type_that_was_not_requested_is_refused() {
    for (call, content_type, body) in [
        (PDF, "text/html; charset=utf-8", HTML),
        (PDF, "application/json", METADATA),
        (PDF, "text/plain", "no"),
        (PDF, "image/png", "png"),
        (MERGED, "application/zip", "PK"),
        (MERGED, "Text/HTML", HTML),
        (ATTACHMENT, "text/html", HTML),
        (ATTACHMENT, "application/json; charset=utf-8", METADATA),
        (ATTACHMENT, "application/problem+json", "{}"),
        (SIGNATURE, "application/json", r#"{"id":"s1"}"#),
        (SIGNATURE, "application/xhtml+xml", HTML),
    ] {
        let error = refused(call, &step("200 OK", content_type, body));
        assert_eq!(
            (error.reason(), error.http_status()),
            (Some("content_type"), Some(200))
        );
        let essence = content_type.split(';').next().unwrap().to_lowercase();
        assert!(error.message().contains(&essence), "{error}");
        let explained = content_type.contains("json")
            || content_type.to_lowercase().contains("text")
            || content_type.contains("html");
        assert_eq!(error.body(), explained.then_some(body));
        assert!(error.hint().is_some());
    }
}

#[test]
fn a_files_own_type_is_taken() {
    let disposed = |content_type: &str, disposition: &str| {
        let headers =
            format!("content-type: {content_type}\r\ncontent-disposition: {disposition}\r\n");
        answer("200 OK", &headers, b"abc")
    };
    for (call, step) in [
        (PDF, step("200 OK", "application/pdf", "abc")),
        (
            PDF,
            step("200 OK", "Application/PDF; charset=binary", "abc"),
        ),
        // A header without a type does not contradict the requested one.
        (PDF, step("200 OK", "", "abc")),
        (PDF, step("200 OK", "application/octet-stream", "abc")),
        (MERGED, step("200 OK", "binary/octet-stream", "abc")),
        (
            ATTACHMENT,
            step("200 OK", "application/octet-stream", "abc"),
        ),
        (ATTACHMENT, step("200 OK", "image/png", "abc")),
        (ATTACHMENT, step("200 OK", "text/plain", "abc")),
        (ATTACHMENT, step("200 OK", "", "abc")),
        (SIGNATURE, step("200 OK", "application/pdf", "abc")),
        (
            SIGNATURE,
            step("200 OK", "application/vnd.etsi.asic-e+zip", "abc"),
        ),
        // A page or a JSON object that a user uploaded: the answer names it as a file.
        (
            ATTACHMENT,
            disposed("text/html", "attachment; filename=\"a.html\""),
        ),
        (ATTACHMENT, disposed("application/json", "Attachment")),
        (
            ATTACHMENT,
            disposed("application/json", "inline; filename=\"a.json\""),
        ),
    ] {
        let server = Server::start(vec![step]);
        let file = call(&server.client(), Download::memory()).unwrap();
        assert_eq!(file.content.as_deref(), Some(&b"abc"[..]));
    }
    // A PDF was requested, so a name alone does not make another type a file.
    let page = disposed("text/html", "attachment; filename=\"a.pdf\"");
    assert_eq!(refused(PDF, &page).reason(), Some("content_type"));
    let inline = disposed("text/html", "inline");
    assert_eq!(refused(ATTACHMENT, &inline).reason(), Some("content_type"));
}
