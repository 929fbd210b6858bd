//! Attempts: the failures that are repeated, those that never are, and the limits.

use std::time::{Duration, Instant};

use penbox::{
    CallOptions, Client, Download, Error, ErrorKind, FormCreate, FormUpdate, Outcome, Upload,
};

use crate::common::{Server, Step, TOKEN, answer, json};

const FORM: &str = r#"{"id":"a"}"#;

fn client(server: &Server) -> Client {
    Client::builder()
        .token(TOKEN)
        .base_url(server.url())
        .build()
        .unwrap()
}

fn create(client: &Client, options: &CallOptions) -> Result<penbox::Form, Error> {
    client
        .with_options(options.clone())
        .forms()
        .create(FormCreate::new("x"))
}

fn limited(wait: &str) -> Step {
    let body = format!(
        r#"{{"statusCode":429,"error":"Too Many Requests","message":"m","retryAfter":{wait}}}"#
    );
    json("429 Too Many Requests", &body)
}

fn close() -> Step {
    Step::AnswerAndClose(Vec::new())
}

#[test]
fn a_read_is_repeated_after_what_may_pass() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"id\"".to_vec();
    let damaged =
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}".to_vec();
    for passing in [
        Step::AnswerAndClose(damaged),
        json("503 Service Unavailable", "{}"),
        json("502 Bad Gateway", "<html>"),
        json("500 Internal Server Error", "{}"),
        json("504 Gateway Timeout", ""),
        json("408 Request Timeout", "{}"),
        json("425 Too Early", "{}"),
        close(),
        Step::AnswerAndClose(cut),
    ] {
        let server = Server::start(vec![passing, json("200 OK", FORM)]);
        assert_eq!(client(&server).forms().get("a").unwrap().id, "a");
        assert_eq!(server.requests().len(), 2);
    }
}

#[test]
fn what_the_server_refused_is_not_repeated() {
    for status in [400, 401, 403, 404, 409, 413, 422, 501] {
        let server = Server::start(vec![json(&format!("{status} X"), "{}")]);
        let error = client(&server).forms().get("a").unwrap_err();
        assert_eq!((error.http_status(), error.attempts()), (Some(status), 1));
    }
}

#[test]
fn a_create_is_never_repeated_where_it_may_have_acted() {
    for (step, outcome) in [
        (json("503 Service Unavailable", "{}"), Outcome::Unknown),
        (json("500 Internal Server Error", "{}"), Outcome::Unknown),
        (json("408 Request Timeout", "{}"), Outcome::Unknown),
        (json("409 Conflict", "{}"), Outcome::Rejected),
        (close(), Outcome::Unknown),
        (
            Step::AnswerAndClose(b"HTTP/1.1 201 Created\r\ncontent-length: 20\r\n\r\n{".to_vec()),
            Outcome::Done,
        ),
    ] {
        let server = Server::start(vec![step]);
        let error = create(&client(&server), &CallOptions::new()).unwrap_err();
        assert_eq!((error.outcome(), error.attempts()), (outcome, 1));
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn a_create_waits_for_a_limit_and_goes_on() {
    let server = Server::start(vec![limited("0.3"), json("201 Created", FORM)]);
    let started = Instant::now();
    assert_eq!(
        create(&client(&server), &CallOptions::new()).unwrap().id,
        "a"
    );
    assert!(started.elapsed() >= Duration::from_millis(300));
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    let body = |request: &String| request.split("\r\n\r\n").nth(1).unwrap().to_owned();
    assert_eq!(body(&requests[0]), body(&requests[1]));
}

#[test]
fn an_update_sets_values_and_is_repeated() {
    let server = Server::start(vec![close(), json("200 OK", FORM)]);
    let update = FormUpdate::default().archived(true);
    client(&server).forms().update("a", update).unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_wait_that_is_too_long_is_the_callers() {
    let server = Server::start(vec![limited("91")]);
    let started = Instant::now();
    let error = client(&server).forms().get("a").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimit);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(91)));
    assert!(started.elapsed() < Duration::from_secs(5));

    let server = Server::start(vec![limited("0.01")]);
    let at_once = server
        .builder()
        .max_attempts(3)
        .max_retry_wait(Duration::ZERO);
    let error = at_once.build().unwrap().forms().get("a").unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimit, 1));
}

#[test]
fn nobody_sleeps_into_a_certain_failure() {
    let server = Server::start(vec![limited("30")]);
    let started = Instant::now();
    let options = CallOptions::new().timeout(Duration::from_secs(20));
    let error = create(&client(&server), &options).unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::RateLimit, Outcome::Rejected)
    );
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn attempts_end() {
    let server = Server::start(vec![limited("0"), limited("0"), limited("0")]);
    let error = client(&server).forms().get("a").unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimit, 3));
    assert_eq!(server.requests().len(), 3);

    let server = Server::start(vec![close(), close()]);
    let error = create(
        &client(&server),
        &CallOptions::new().max_attempts(2).retry_unsafe(true),
    )
    .unwrap_err();
    assert_eq!((error.outcome(), error.attempts()), (Outcome::Unknown, 2));
}

#[test]
fn a_doubt_stays_whatever_comes_after_it() {
    let server = Server::start(vec![close(), json("404 Not Found", "{}")]);
    let error = create(&client(&server), &CallOptions::new().retry_unsafe(true)).unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome(), error.attempts()),
        (ErrorKind::NotFound, Outcome::Unknown, 2)
    );
}

#[test]
fn closing_ends_a_wait() {
    let server = Server::start(vec![limited("60")]);
    let client = client(&server);
    let started = Instant::now();
    let error = std::thread::scope(|scope| {
        let call = scope.spawn(|| create(&client, &CallOptions::new()).unwrap_err());
        server.wait_for_request();
        // The call reads its answer or sleeps by now: both are cancelled.
        client.close();
        call.join().unwrap()
    });
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn an_upload_begins_anew_where_it_can() {
    let server = Server::start(vec![limited("0"), json("200 OK", FORM)]);
    let upload = Upload::bytes(b"hello", "a.txt");
    client(&server).attachments().upload(upload).unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert!(
        requests
            .iter()
            .all(|request| request.contains("\r\n\r\nhello\r\n"))
    );

    let server = Server::start(vec![limited("0")]);
    let upload = Upload::reader(&b"hello"[..], Some(5), "a.txt");
    let error = client(&server).attachments().upload(upload).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimit, 1));
}

#[test]
fn a_download_begins_anew_where_it_can() {
    let cut = || Step::AnswerAndClose(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhel".to_vec());
    let whole = || answer("200 OK", "content-type: text/plain\r\n", b"hello you");
    let server = Server::start(vec![cut(), whole()]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    let file = client(&server)
        .attachments()
        .download("a", Download::to(&path))
        .unwrap();
    assert_eq!(
        (file.size, std::fs::read(&path).unwrap()),
        (9, b"hello you".to_vec())
    );

    let server = Server::start(vec![cut(), whole()]);
    let file = client(&server)
        .attachments()
        .download("a", Download::memory())
        .unwrap();
    assert_eq!(file.content.unwrap(), b"hello you");

    let server = Server::start(vec![cut()]);
    let mut out = Vec::new();
    let error = client(&server)
        .attachments()
        .download("a", Download::writer(&mut out))
        .unwrap_err();
    assert_eq!((error.reason(), error.attempts()), (Some("truncated"), 1));
}
