//! Calls that fail by their connection, their HTTP or their body: the error, its reason and its outcome.

use std::io::Write as _;
use std::net::TcpListener;
use std::time::Duration;

use crate::common::{Server, Step, TOKEN, answer, json};
use penbox::{Client, Error, ErrorKind, FormCreate, Outcome, RequestOptions};

const FORM: &str = r#"{"id":"f1"}"#;

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
fn a_refused_connection_sent_nothing() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let client = Client::builder()
        .token(TOKEN)
        .base_url(format!("http://127.0.0.1:{port}"))
        .build()
        .unwrap();
    let error = client.forms().create(FormCreate::new("x")).unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Connection, Some("refused"), Outcome::NotSent)
    );
    assert!(error.retryable());
    assert_eq!(error.attempts(), 3, "what was not sent may be sent again");
}

#[test]
fn an_unknown_host_sent_nothing() {
    // A label over 63 characters fails in the resolver itself: no query leaves the machine.
    let client = Client::builder()
        .token(TOKEN)
        .base_url(format!("https://{}.invalid/v1", "a".repeat(70)))
        .build()
        .unwrap();
    let error = client.forms().get("x").unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Connection, Some("dns"), Outcome::NotSent)
    );
}

#[test]
fn a_connection_closed_after_the_request_leaves_it_unknown() {
    let server = Server::start(vec![Step::AnswerAndClose(Vec::new())]);
    let error = create(&server).unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Connection, Some("closed"), Outcome::Unknown)
    );
    assert!(!error.retryable());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_same_on_a_get_may_be_repeated() {
    let server = Server::start(vec![Step::AnswerAndClose(Vec::new())]);
    assert!(get(&server).unwrap_err().retryable());
}

#[test]
fn a_silent_server_is_a_timeout_and_unknown() {
    let server = Server::start(vec![Step::Hang]);
    let client = server
        .builder()
        .attempt_timeout(Duration::from_millis(150))
        .build()
        .unwrap();
    let error = client.forms().create(FormCreate::new("x")).unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Timeout, Some("response"), Outcome::Unknown)
    );
}

#[test]
fn the_limit_of_a_call_is_kept_too() {
    let server = Server::start(vec![Step::Hang]);
    let options = penbox::CallOptions::new().timeout(Duration::from_millis(150));
    let error = server
        .client()
        .with_options(options.clone())
        .forms()
        .get("x")
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[test]
fn a_body_that_stalls_is_a_timeout_after_it_was_done() {
    let head = b"HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{\"id\":".to_vec();
    let server = Server::start(vec![Step::Answer(head)]);
    let client = server
        .builder()
        .read_timeout(Duration::from_millis(150))
        .build()
        .unwrap();
    let error = client.forms().create(FormCreate::new("x")).unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Timeout, Some("body"), Outcome::Done)
    );
    assert_eq!(error.http_status(), Some(201));
}

#[test]
fn bodies_cut_short_are_never_taken_for_whole() {
    for head in [
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":\"f1\"}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"id\":\"f",
    ] {
        let server = Server::start(vec![Step::AnswerAndClose(head.as_bytes().to_vec())]);
        let error = create(&server).unwrap_err();
        assert_eq!(
            facts(&error),
            (ErrorKind::Response, Some("truncated"), Outcome::Done),
            "{head}"
        );
        assert!(!error.retryable());
    }
}

#[test]
fn what_is_not_http_is_a_protocol_error() {
    for bytes in [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 099 No\r\n\r\n",
        "HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nnull!",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
    ] {
        let server = Server::start(vec![Step::AnswerAndClose(bytes.as_bytes().to_vec())]);
        let error = create(&server).unwrap_err();
        assert_eq!(
            (error.kind(), error.reason()),
            (ErrorKind::Response, Some("protocol")),
            "{bytes}: {error:?}"
        );
        assert_eq!(facts(&error).2, Outcome::Unknown, "{bytes}");
    }
}

#[test]
fn a_large_head_is_taken() {
    for size in [15_000, 16_300, 16_384, 20_000, 40_000, 60_000] {
        let cookies = format!("set-cookie: {}\r\n", "a".repeat(1_000)).repeat(size / 1_014);
        let rest = "x".repeat(size % 1_014);
        let headers = format!("{cookies}x-rest: {rest}\r\ncontent-type: application/json\r\n");
        let server = Server::start(vec![answer("201 Created", &headers, FORM.as_bytes()); 2]);
        let client = server.client();
        for _ in 0..2 {
            let created = client.forms().create(FormCreate::new("x"));
            assert_eq!(created.unwrap().id, "f1", "{size}");
        }
        assert_eq!(server.connections(), 1);
    }
}

#[test]
fn a_connection_that_the_server_will_close_soon_is_not_used_again() {
    for (hint, connections) in [
        ("timeout=1", 2),
        ("timeout=60, max=0", 2),
        ("timeout=60", 1),
        ("timeout=18446744073709551615", 1),
    ] {
        let headers = format!("keep-alive: {hint}\r\ncontent-type: application/json\r\n");
        let server = Server::start(vec![answer("200 OK", &headers, FORM.as_bytes()); 2]);
        let client = server.client();
        client.forms().get("f1").unwrap();
        client.forms().create(FormCreate::new("x")).unwrap();
        assert_eq!(server.connections(), connections, "{hint}");

        // Without a body the connection is given back before anybody has seen the head.
        let empty = format!("HTTP/1.1 204 No Content\r\nkeep-alive: {hint}\r\n\r\n");
        let form = answer("201 Created", "", FORM.as_bytes());
        let server = Server::start(vec![Step::Answer(empty.into_bytes()), form]);
        let client = server.client();
        let gone = client.request("DELETE", "/forms/f1", RequestOptions::new());
        assert!(gone.unwrap().to_value().is_null());
        client.forms().create(FormCreate::new("x")).unwrap();
        assert_eq!(server.connections(), connections, "{hint}");
    }
}

#[test]
fn an_endless_head_is_a_protocol_error() {
    let mut bytes = b"HTTP/1.1 200 OK\r\n".to_vec();
    bytes.extend(format!("x-filler: {}\r\n", "a".repeat(70_000)).bytes());
    let server = Server::start(vec![Step::AnswerAndClose(bytes)]);
    assert_eq!(
        facts(&create(&server).unwrap_err()),
        (ErrorKind::Response, Some("protocol"), Outcome::Unknown)
    );
}

#[test]
fn a_handshake_that_never_ends_sent_nothing() {
    let server = Server::start(vec![]);
    let url = server.url().replace("http://", "https://");
    let short = Duration::from_millis(200);
    let client = Client::builder()
        .token(TOKEN)
        .base_url(url)
        .connect_timeout(short)
        .build()
        .unwrap();
    let error = client.forms().create(FormCreate::new("x")).unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::Timeout, Some("connect"), Outcome::NotSent)
    );
    assert!(server.requests().is_empty());
}

#[test]
fn a_plain_answer_in_a_tls_handshake_is_a_tls_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
        std::io::copy(&mut stream, &mut std::io::sink()).ok();
    });
    let client = Client::builder()
        .token(TOKEN)
        .base_url(format!("https://127.0.0.1:{port}"))
        .build()
        .unwrap();
    let error = client.forms().create(FormCreate::new("x")).unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Tls, Outcome::NotSent)
    );
    server.join().unwrap();
}

#[test]
fn one_connection_serves_many_calls() {
    let server = Server::start(vec![json("200 OK", FORM); 20]);
    let client = server.client();
    for _ in 0..20 {
        client.forms().get("f1").unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn an_appended_second_answer_is_never_given_to_the_next_call() {
    let mut double = match json("200 OK", FORM) {
        Step::Answer(bytes) => bytes,
        _ => unreachable!(),
    };
    double.extend_from_slice(b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"id\":\"evil\"}");
    let server = Server::start(vec![Step::Answer(double), json("200 OK", FORM)]);
    let client = server.client();
    assert_eq!(client.forms().get("f1").unwrap().id, "f1");
    assert_eq!(client.forms().get("f1").unwrap().id, "f1");
}

#[test]
fn a_closed_client_ends_calls_in_flight_and_refuses_new_ones() {
    let server = Server::start(vec![Step::Hang]);
    let client = server.client();
    let call = std::thread::spawn({
        let client = client.clone();
        move || client.forms().create(FormCreate::new("x"))
    });
    server.wait_for_request();
    client.close();
    let error = call.join().unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Closed, Outcome::Unknown)
    );
    let error = client.forms().get("x").unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Closed, Outcome::NotSent)
    );
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn callers_may_add_headers_but_not_the_clients_own() {
    let server = Server::start(vec![json("200 OK", FORM)]);
    let client = server.client();
    let options = penbox::CallOptions::new().header("X-Trace", "abc");
    client
        .with_options(options.clone())
        .forms()
        .get("f1")
        .unwrap();
    assert!(
        server.requests()[0]
            .to_lowercase()
            .contains("x-trace: abc\r\n")
    );
    for (name, value) in [
        ("Authorization", "Bearer x"),
        ("Content-Length", "5"),
        ("Cookie", "a=b"),
        ("X-Bad", "a\r\nb: c"),
        ("bad name", "x"),
        ("", "x"),
    ] {
        let options = penbox::CallOptions::new().header(name, value);
        let error = client
            .with_options(options.clone())
            .forms()
            .get("f1")
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::InvalidArgument, Outcome::NotSent),
            "{name}"
        );
    }
    assert_eq!(server.requests().len(), 1);
}
