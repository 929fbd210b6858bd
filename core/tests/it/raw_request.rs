//! Requests that no operation makes, over raw sockets.

use crate::common::{Server, Step, TOKEN, answer, json};
use penbox::{CallOptions, ErrorKind, Outcome, RequestOptions};
use serde_json::json as value;

fn head_of(request: &str) -> &str {
    request.split("\r\n\r\n").next().unwrap()
}

fn body_of(request: &str) -> &str {
    request.split("\r\n\r\n").nth(1).unwrap()
}

#[test]
fn a_request_goes_below_the_base_url_with_the_clients_own_headers() {
    let server = Server::start(vec![
        json("200 OK", r#"{"data":[{"slug":"a"}],"n":1e999}"#),
        json("200 OK", "[1]"),
        json("201 Created", r#""text""#),
        json("200 OK", " 7\n"),
    ]);
    let client = server.client();
    let parts = RequestOptions::new()
        .query("page", value!({"size": 5}))
        .query("ids", value!(["a", "b&c"]))
        .header("X-Trace", "t1");
    let flows = client.request("get", "/flows", parts).unwrap();
    assert_eq!(flows.to_value()["data"][0]["slug"], "a");
    assert!(flows.as_str().contains("1e999"), "digits are kept");
    let list = client.request("GET", "companies", RequestOptions::new());
    assert_eq!(list.unwrap().as_str(), "[1]");
    let body = RequestOptions::new().body(value!({"flow": {"slug": "x"}, "note": null}));
    let text = client.request("POST", "/requests", body).unwrap();
    assert_eq!(text.to_value(), "text");
    let options = CallOptions::new().query("a", 1).body("b", 2);
    let extended = client.with_options(options);
    let put = extended.request("PUT", "/x", RequestOptions::new().body(value!({"c": 3})));
    assert_eq!(put.unwrap().as_str(), "7");

    let sent = server.requests();
    assert!(
        sent[0].starts_with("GET /v1/flows?ids=a&ids=b%26c&page%5Bsize%5D=5 HTTP/1.1\r\n"),
        "{}",
        sent[0]
    );
    let head = head_of(&sent[0]).to_lowercase();
    for line in [
        "\r\nx-trace: t1",
        "\r\naccept: application/json",
        "\r\nuser-agent: penbox-rust/",
        &format!("\r\nauthorization: bearer {}", TOKEN.to_lowercase()),
    ] {
        assert!(head.contains(line), "{line}: {head}");
    }
    assert!(!head.contains("content-type"), "{head}");
    assert!(sent[1].starts_with("GET /v1/companies HTTP/1.1\r\n"));
    assert_eq!(body_of(&sent[2]), r#"{"flow":{"slug":"x"},"note":null}"#);
    assert!(sent[3].starts_with("PUT /v1/x?a=1 HTTP/1.1\r\n"));
    assert_eq!(body_of(&sent[3]), r#"{"b":2,"c":3}"#);
}

#[test]
fn an_answer_without_a_body_is_null() {
    let server = Server::start(vec![
        Step::Answer(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()),
        answer("200 OK", "", b""),
        // The length of a body that does not follow.
        Step::Answer(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n".to_vec()),
        json("202 Accepted", "null"),
    ]);
    let client = server.client();
    let none = RequestOptions::new;
    for (method, path) in [
        ("DELETE", "/requests/a"),
        ("POST", "/requests/a/remind"),
        ("HEAD", "/requests/a"),
        ("PATCH", "/requests/a"),
    ] {
        let result = client.request(method, path, none()).unwrap();
        assert_eq!(result.as_str(), "null", "{method}");
    }
    let methods = server.requests();
    let methods: Vec<&str> = methods.iter().map(|sent| &sent[..4]).collect();
    assert_eq!(methods, ["DELE", "POST", "HEAD", "PATC"]);
    assert_eq!(server.connections(), 1, "each answer ended where it should");
}

#[test]
fn an_answer_that_may_have_been_lost_is_not_null() {
    let server = Server::start(vec![
        Step::AnswerAndClose(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        json("200 OK", "<html>"),
    ]);
    let client = server.client();
    for reason in ["truncated", "decode"] {
        let error = client
            .request("DELETE", "/requests/a", RequestOptions::new())
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.reason(), error.outcome()),
            (ErrorKind::Response, Some(reason), Outcome::Done)
        );
        assert_eq!(error.operation(), Some("request"));
    }
}

#[test]
fn only_what_is_safe_is_repeated() {
    let failure = || json("500 Internal Server Error", r#"{"message":"no"}"#);
    for (method, safe, attempts) in [
        ("GET", None, 2),
        ("HEAD", None, 2),
        ("GET", Some(false), 1),
        ("POST", None, 1),
        ("PATCH", None, 1),
        ("PUT", None, 1),
        ("DELETE", None, 1),
        ("POST", Some(true), 2),
        ("DELETE", Some(true), 2),
    ] {
        let answers = (0..attempts).map(|_| match method {
            "HEAD" => Step::AnswerAndClose(b"HTTP/1.1 500 No\r\n\r\n".to_vec()),
            _ => failure(),
        });
        let server = Server::start(answers.collect());
        let client = server.builder().max_attempts(2).build().unwrap();
        let mut parts = RequestOptions::new();
        if let Some(safe) = safe {
            parts = parts.safe(safe);
        }
        let error = client.request(method, "/requests", parts).unwrap_err();
        assert_eq!(error.attempts(), attempts, "{method} {safe:?}");
        assert_eq!(server.requests().len(), attempts as usize);
        let repeats = safe.unwrap_or(matches!(method, "GET" | "HEAD"));
        assert_eq!(error.retryable(), repeats, "{method} {safe:?}");
    }
}

#[test]
fn an_error_names_the_request_and_has_its_answers_headers_and_body() {
    let body = format!(r#"{{"statusCode":404,"message":"no {TOKEN}","list":[1]}}"#);
    let headers = format!("content-type: application/json\r\nx-echo: {TOKEN}\r\n");
    let server = Server::start(vec![answer("404 Not Found", &headers, body.as_bytes())]);
    let error = server
        .client()
        .request(
            "GET",
            "/requests/8b0f",
            RequestOptions::new().query("email", "a@b.c"),
        )
        .unwrap_err();
    assert_eq!(
        (error.operation(), error.method(), error.path()),
        (Some("request"), Some("GET"), Some("/requests/8b0f"))
    );
    let headers = error.headers().unwrap();
    assert_eq!(headers.get("X-Echo"), Some("pnbx_***"));
    assert_eq!(headers.get("content-type"), Some("application/json"));
    assert_eq!(error.body_json().unwrap()["list"], value!([1]));
    let shown = format!("{error} {error:?} {}", error.support_report());
    assert!(shown.contains("GET /requests/8b0f (request)"), "{shown}");
    assert!(
        !shown.contains("a@b.c") && !shown.contains("x-echo"),
        "{shown}"
    );
    assert!(!format!("{shown}{headers:?}").contains(&TOKEN[5..17]));
}

#[test]
fn what_may_lead_elsewhere_is_refused_before_a_connection_is_made() {
    let server = Server::start(Vec::new());
    let client = server.client();
    let none = RequestOptions::new;
    let token_in_path = format!("/requests/{TOKEN}");
    for (method, path, parts, why) in [
        ("GET", "https://evil.example/x", none(), "absolute"),
        ("GET", "//evil.example/x", none(), "absolute"),
        ("GET", "/a/../../x", none(), ".. segment"),
        ("GET", "/a\r\nX: y", none(), "control"),
        ("GET", "/requests/", none(), "empty segment"),
        ("BREW", "/a", none(), "there is no method"),
        ("", "/a", none(), "there is no method"),
        (
            "GET",
            "/a",
            none().header("Authorization", "x"),
            "authorization",
        ),
        ("GET", "/a", none().header("Host", "evil.example"), "host"),
        (
            "GET",
            "/a",
            none().header("X-A", "b\r\nc: d"),
            "no header may hold",
        ),
        ("GET", "/a", none().body(value!({"a": 1})), "sends no body"),
        ("DELETE", "/a", none().body(value!([1])), "sends no body"),
        ("GET", "/a", none().query("b", value!(null)), "null"),
        ("GET", "/a", none().query("b", value!([])), "an empty list"),
        ("GET", token_in_path.as_str(), none(), "token"),
    ] {
        let error = client.request(method, path, parts).unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome(), error.attempts()),
            (ErrorKind::InvalidArgument, Outcome::NotSent, 0),
            "{method} {path}: {error}"
        );
        assert!(error.message().contains(why), "{method} {path}: {error}");
        assert_eq!(error.operation(), Some("request"));
        assert!(!format!("{error:?} {}", error.path().unwrap()).contains(&TOKEN[5..17]));
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_closed_client_sends_no_request() {
    let server = Server::start(Vec::new());
    let client = server.client();
    client.close();
    let error = client
        .request("GET", "/flows", RequestOptions::new())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert_eq!(server.connections(), 0);
}
