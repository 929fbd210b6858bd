//! Calls whose answer was received and is bad: the error, its reason and its outcome.

use crate::common::{Server, Step, TOKEN, answer, json};
use penbox::{Download, Error, ErrorKind, FormCreate, Outcome};

fn get(server: &Server) -> Result<penbox::Form, Error> {
    server.client().forms().get("f1")
}

fn create(server: &Server) -> Result<penbox::Form, Error> {
    server
        .client()
        .forms()
        .create(FormCreate::new("client-onboarding"))
}

/// An error's kind, its reason or phase, and its outcome.
fn facts(error: &Error) -> (ErrorKind, Option<&str>, Outcome) {
    let shown = format!(
        "{error} {error:?} {} {}",
        error.support_report(),
        error.payload().to_json()
    );
    assert!(!shown.contains(&TOKEN[5..17]), "{shown}");
    (
        error.kind(),
        error.reason().or(error.phase()),
        error.outcome(),
    )
}

#[test]
fn a_large_answer_is_refused_before_and_while_it_is_read() {
    let body = format!("{{\"id\":\"{}\"}}", "x".repeat(5000));
    let declared = json("200 OK", &body);
    let chunked = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    for step in [declared, Step::Answer(chunked.into_bytes())] {
        let server = Server::start(vec![step]);
        let client = server.builder().max_response_bytes(1000).build().unwrap();
        let error = client.forms().get("x").unwrap_err();
        assert_eq!(
            facts(&error),
            (ErrorKind::Response, Some("too_large"), Outcome::Done)
        );
    }
    let server = Server::start(vec![json("200 OK", &body)]);
    let client = server
        .builder()
        .max_response_bytes(body.len() as u64)
        .build()
        .unwrap();
    assert_eq!(client.forms().get("x").unwrap().id.len(), 5000);
}

#[test]
fn a_transfer_coding_that_nobody_undoes_is_refused() {
    for (version, headers) in [
        ("1.0", "transfer-encoding: chunked"),
        ("1.0", "transfer-encoding: chunked\r\ncontent-length: 3"),
        ("1.1", "transfer-encoding: gzip"),
        ("1.1", "transfer-encoding: gzip, chunked"),
        (
            "1.1",
            "transfer-encoding: gzip\r\ntransfer-encoding: chunked",
        ),
        ("1.1", "transfer-encoding: gzip\r\ncontent-length: 3"),
    ] {
        let answer = format!("HTTP/{version} 200 OK\r\n{headers}\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        let server = Server::start(vec![Step::AnswerAndClose(answer.into_bytes())]);
        let to = Download::memory();
        let error = server.client().attachments().download("a1", to);
        let expected = (ErrorKind::Response, Some("decode"), Outcome::Done);
        assert_eq!(facts(&error.unwrap_err()), expected, "{version} {headers}");
    }
}

#[test]
fn unreadable_bodies_are_decode_errors() {
    for (headers, body) in [
        ("", &b""[..]),
        ("", b"<html>login</html>"),
        ("", b"\"just text\""),
        ("", b"{\"id\":5}"),
        ("", b"{\"id\":\"\xff\"}"),
        ("", b"{\"id\":\"f1\"} trailing"),
        ("content-encoding: br\r\n", b"{}"),
        ("content-encoding: gzip\r\n", b"not gzip at all"),
    ] {
        let server = Server::start(vec![answer("200 OK", headers, body)]);
        let error = create(&server).unwrap_err();
        assert_eq!(
            facts(&error),
            (ErrorKind::Response, Some("decode"), Outcome::Done),
            "{headers}{body:?}: {error}"
        );
        let is_coded = headers.contains("encoding");
        let kept =
            (!is_coded && !body.is_empty()).then(|| String::from_utf8_lossy(body).into_owned());
        assert_eq!(error.body(), kept.as_deref(), "{headers}{body:?}");
    }
    let deep = "[".repeat(200_000);
    let server = Server::start(vec![json("200 OK", &deep)]);
    assert_eq!(facts(&create(&server).unwrap_err()).1, Some("decode"));
}

#[test]
fn a_byte_order_mark_and_gzip_are_no_trouble() {
    let server = Server::start(vec![answer("200 OK", "", b"\xef\xbb\xbf{\"id\":\"f1\"}")]);
    assert_eq!(get(&server).unwrap().id, "f1");
    // {"id":"f1"} as gzip made it.
    let zipped = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 76, 81, 178, 82, 74, 51, 84, 170, 5, 0, 203,
        50, 109, 173, 11, 0, 0, 0,
    ];
    let server = Server::start(vec![answer(
        "200 OK",
        "content-encoding: gzip\r\n",
        &zipped,
    )]);
    assert_eq!(get(&server).unwrap().id, "f1");
}

#[test]
fn a_redirect_is_refused_and_its_query_not_shown() {
    for location in [
        "https://evil.example/x?key=secret#top",
        "https://user:secret@evil.example/x",
        "file:///etc/passwd",
    ] {
        let server = Server::start(vec![answer(
            "307 Temporary Redirect",
            &format!("location: {location}\r\n"),
            b"",
        )]);
        let error = create(&server).unwrap_err();
        assert_eq!(
            facts(&error),
            (ErrorKind::Response, Some("redirect"), Outcome::Rejected)
        );
        assert!(!format!("{error}").contains("secret"), "{error}");
        assert_eq!(server.requests().len(), 1);
    }
    let server = Server::start(vec![answer(
        "303 See Other",
        "location: /v1/forms/1\r\n",
        b"",
    )]);
    assert_eq!(create(&server).unwrap_err().outcome(), Outcome::Unknown);
}

#[test]
fn an_error_that_echoes_the_token_is_blanked() {
    let body = format!(
        r#"{{"statusCode":400,"error":"Bad Request","message":"bad header: Bearer {TOKEN}"}}"#
    );
    let server = Server::start(vec![json("400 Bad Request", &body)]);
    let error = create(&server).unwrap_err();
    assert_eq!(facts(&error).0, ErrorKind::BadRequest);
    assert_eq!(error.message(), "bad header: Bearer pnbx_***");
    assert!(error.body().unwrap().contains("pnbx_***"));
}

#[test]
fn a_token_at_an_edge_is_blanked_too() {
    let cut_message = format!("{}{TOKEN}", "x".repeat(500));
    let message = format!(r#"{{"statusCode":400,"error":"{TOKEN}","message":"{cut_message}"}}"#);
    let cut_body = format!("{}{TOKEN}", "y".repeat(64 * 1024 - 20));
    let escaped = TOKEN.replacen('p', "\\u0070", 1);
    let escaped = format!(r#"{{"message":"echo {escaped}"}}"#);
    for body in [message, cut_body, escaped] {
        let headers = format!("x-request-id: id {TOKEN}\r\n");
        let server = Server::start(vec![answer("400 Bad Request", &headers, body.as_bytes())]);
        let error = create(&server).unwrap_err();
        facts(&error);
        assert!(
            !error.payload().to_json().contains(&TOKEN[..12]),
            "{}",
            error.message()
        );
    }
    let away = format!(
        "location: https://example.com/{}{TOKEN}\r\n",
        "z".repeat(170)
    );
    let server = Server::start(vec![answer("302 Found", &away, b"")]);
    assert!(
        !create(&server)
            .unwrap_err()
            .to_string()
            .contains(&TOKEN[..12])
    );
}
