//! The HTTP side of successes, over raw sockets.

use std::io::Cursor;
use std::time::Duration;

use crate::common::{Server, Step, TOKEN, answer, json};
use penbox::{
    Download, ErrorKind, ExtractionCreate, ExtractionField, ExtractionSource, FormCreate, FormList,
    RequestOptions, Upload,
};

fn form(headers: &str) -> Step {
    let headers = format!("content-type: application/json\r\n{headers}");
    answer("200 OK", &headers, br#"{"id":"a"}"#)
}

fn page(number: u64, of: u64) -> Step {
    let meta =
        format!(r#""meta":{{"current_page":{number},"total_pages":{of},"total_count":{of}}}"#);
    let headers = format!("content-type: application/json\r\nx-page: {number}\r\n");
    let body = format!(r#"{{"data":[{{"id":"f{number}"}}],{meta}}}"#);
    answer("200 OK", &headers, body.as_bytes())
}

#[test]
fn a_success_has_its_status_headers_attempts_and_time() {
    let server = Server::start(vec![
        answer("503 Service Unavailable", "retry-after: 0\r\n", b""),
        form(&format!(
            "x-request-id: r1\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nx-echo: {TOKEN}\r\n"
        )),
        form(""),
    ]);
    let client = server.builder().max_attempts(2).build().unwrap();
    let answer = client
        .with_response(|client| client.forms().get("a"))
        .unwrap();
    assert_eq!(answer.data.id, "a");
    assert_eq!((answer.status, answer.attempts), (200, 2));
    assert_eq!(answer.request_id.as_deref(), Some("r1"));
    assert_eq!(answer.headers.get("X-Request-ID"), Some("r1"));
    let cookies: Vec<&str> = answer.headers.get_all("Set-Cookie").collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    assert_eq!(answer.headers.get("x-echo"), Some("pnbx_***"));
    assert!(answer.elapsed > Duration::ZERO && answer.elapsed < Duration::from_secs(60));
    assert_eq!((answer.from_cache, answer.age), (false, None));
    assert!(!format!("{answer:?}").contains(&TOKEN[5..17]));

    // Nothing is left of the call before.
    let next = client
        .with_response(|client| client.forms().get("a"))
        .unwrap();
    assert_eq!((next.attempts, next.request_id), (1, None));
    assert_eq!(next.headers.get("x-echo"), None);
}

#[test]
fn every_kind_of_call_has_it() {
    let file = |body: &'static [u8]| answer("200 OK", "content-type: application/pdf\r\n", body);
    let server = Server::start(vec![
        json("201 Created", r#"{"id":"new"}"#),
        json("201 Created", r#"{"id":"up"}"#),
        file(b"%PDF"),
        json("201 Created", r#"{"id":"x"}"#),
        json("200 OK", r#"{"id":"x","results":{"fields":[]}}"#),
        page(2, 3),
        Step::Answer(b"HTTP/1.1 204 No Content\r\nx-last: 1\r\n\r\n".to_vec()),
    ]);
    let client = server.client();
    let created = client
        .with_response(|client| client.forms().create(FormCreate::new("a")))
        .unwrap();
    assert_eq!((created.status, created.data.id.as_str()), (201, "new"));
    let upload = Upload::reader(Cursor::new(b"abc".to_vec()), None, "a.pdf");
    let up = client
        .with_response(|client| client.attachments().upload(upload))
        .unwrap();
    assert_eq!((up.status, up.data.id.as_str()), (201, "up"));
    let mut bytes = Vec::new();
    let down = client
        .with_response(|client| {
            client
                .attachments()
                .download("a", Download::writer(&mut bytes))
        })
        .unwrap();
    assert_eq!((down.status, down.data.size, down.attempts), (200, 4, 1));
    assert_eq!(down.headers.get("content-type"), Some("application/pdf"));
    let extracted = client
        .with_response(|client| {
            client
                .document_intelligence()
                .extract(ExtractionCreate::fields_of(
                    vec![ExtractionSource::id("a")],
                    vec![ExtractionField::text("b")],
                ))
        })
        .unwrap();
    assert_eq!(extracted.status, 200, "that of the last request");
    let list = client
        .with_response(|client| client.forms().list(FormList::default()).page(2))
        .unwrap();
    assert_eq!(list.headers.get("x-page"), Some("2"));
    assert_eq!(list.data.data[0].id, "f2");
    let empty = client
        .with_response(|client| client.request("DELETE", "/requests/a", RequestOptions::new()))
        .unwrap();
    assert_eq!(
        (empty.status, empty.headers.get("x-last")),
        (204, Some("1"))
    );
    assert_eq!(empty.map(|body| body.as_str().to_owned()).data, "null");
}

#[test]
fn each_page_has_its_own_also_where_pages_are_fetched_ahead() {
    for ahead in [false, true] {
        let server = Server::start((1..=4).map(|number| page(number, 4)).collect());
        let client = server.client();
        let mut pager = client.forms().list(FormList::default());
        if ahead {
            pager = pager.prefetch();
        }
        let pages = pager.pages_with_response().map(|page| {
            let page = page.unwrap();
            let number = page.headers.get("x-page").unwrap().to_owned();
            (page.data.data[0].id.to_string(), number)
        });
        let expected = (1..=4).map(|number| (format!("f{number}"), number.to_string()));
        assert_eq!(pages.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }
}

#[test]
fn an_iteration_that_has_begun_is_refused_and_so_is_a_closure_without_a_call() {
    let server = Server::start(vec![page(1, 2)]);
    let client = server.client();
    let mut pager = client.forms().list(FormList::default());
    assert_eq!(pager.total_count().unwrap(), Some(2));
    let error = pager.pages_with_response().next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    let error = client.with_response(|_| Ok(())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_failed_call_has_its_headers_in_the_error() {
    let server = Server::start(vec![
        answer("200 OK", "x-kind: odd\r\n", b"<html>"),
        answer(
            "429 Too Many Requests",
            "x-left: 0\r\nretry-after: 3\r\n",
            b"<no>",
        ),
    ]);
    let client = server
        .builder()
        .max_retry_wait(Duration::ZERO)
        .build()
        .unwrap();
    let error = client.forms().get("a").unwrap_err();
    assert_eq!(error.headers().unwrap().get("x-kind"), Some("odd"));
    let error = client
        .with_response(|client| client.forms().get("a"))
        .unwrap_err();
    assert_eq!(error.headers().unwrap().get("X-Left"), Some("0"));
    assert_eq!((error.body(), error.body_json()), (Some("<no>"), None));
    assert!(!error.payload().to_json().contains("x-left"));
    let unsent = client.forms().get("").unwrap_err();
    assert!(unsent.headers().is_none() && unsent.body_json().is_none());
}
