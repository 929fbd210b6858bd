//! The head of a request: what is legal fits, and what is too large is refused before anything is sent.

use penbox::{AttachmentMerge, CallOptions, Client, Download, ErrorKind, FormList, Outcome};

use crate::common::{Server, Step, answer, json};

const FORM: &str = r#"{"id":"a"}"#;

fn form() -> Step {
    json("200 OK", FORM)
}

fn ids(count: usize) -> AttachmentMerge {
    AttachmentMerge::of((0..count).map(|id| format!("770e8400-e29b-41d4-a716-{id:012}")))
}

fn with_headers(client: &Client, headers: &[(&str, usize)]) -> Client {
    let options = headers
        .iter()
        .fold(CallOptions::new(), |options, (name, size)| {
            options.header(*name, "v".repeat(*size))
        });
    client.with_options(options)
}

#[test]
fn a_long_query_and_long_headers_are_sent_whole() {
    let server = Server::start(vec![
        form(),
        answer("200 OK", "content-type: application/pdf\r\n", b"%PDF"),
        form(),
        form(),
        form(),
    ]);
    let client = server.client();
    client.forms().get("a").unwrap();
    // 440 ids take 17 KB, for they are encoded.
    client
        .attachments()
        .download_merged(ids(440), Download::memory())
        .unwrap();
    client.forms().get("a").unwrap();
    with_headers(&client, &[("x-note", 17_000)])
        .forms()
        .get("a")
        .unwrap();
    let many: Vec<String> = (0..40).map(|number| format!("x-{number}")).collect();
    let many: Vec<(&str, usize)> = many.iter().map(|name| (name.as_str(), 1_000)).collect();
    with_headers(&client, &many).forms().get("a").unwrap();
    let sent = server.requests();
    assert_eq!(sent[1].matches("770e8400-e29b-41d4-a716-").count(), 440);
    assert!(sent[3].contains(&format!("x-note: {}\r\n", "v".repeat(17_000))));
    assert_eq!(sent[4].matches(&"v".repeat(1_000)).count(), 40);
    for request in &sent {
        assert!(request.contains(&format!(
            "authorization: Bearer {}\r\n",
            crate::common::TOKEN
        )));
    }
    assert_eq!(sent[0], sent[2]);
    assert_eq!(server.connections(), 1);
}

#[test]
fn the_largest_head_is_sent_and_a_larger_one_is_refused() {
    // Somewhere below 64 KiB a head becomes too large. Up to there each is sent, from there none is.
    let server = Server::start(vec![form(); 16]);
    let client = server.client();
    let (mut fits, mut exceeds) = (60_000, 70_000);
    while exceeds - fits > 1 {
        let size = (fits + exceeds) / 2;
        match with_headers(&client, &[("x-note", size)]).forms().get("a") {
            Ok(_) => fits = size,
            Err(error) => {
                assert_eq!(
                    (error.kind(), error.outcome()),
                    (ErrorKind::InvalidArgument, Outcome::NotSent)
                );
                exceeds = size;
            }
        }
    }
    assert!(fits > 64_000 && exceeds < 65_536, "{fits}");
    let sent = server.requests();
    assert!(sent.iter().all(|request| request.len() < 64 * 1024));
}

#[test]
fn a_head_that_is_too_large_is_refused_by_its_part() {
    let server = Server::start(vec![]);
    let client = server.client();
    let many: Vec<String> = (0..30).map(|number| format!("x-{number}")).collect();
    let many: Vec<(&str, usize)> = many.iter().map(|name| (name.as_str(), 2_500)).collect();
    let long = FormList::default().extra("anything", "x".repeat(100_000));
    for (error, said, hinted) in [
        (
            client
                .attachments()
                .download_merged(ids(2_000), Download::memory())
                .err(),
            "the path and the query have ",
            "Give fewer values in one call",
        ),
        (
            client.forms().list(long).next().and_then(Result::err),
            "the path and the query have 100",
            "query",
        ),
        (
            with_headers(&client, &[("x-note", 70_000), ("x-other", 5)])
                .forms()
                .get("a")
                .err(),
            "the extra header x-note has 70006 bytes",
            "headers",
        ),
        (
            with_headers(&client, &many).forms().get("a").err(),
            "the 30 extra headers have 75",
            "headers",
        ),
    ] {
        let error = error.unwrap();
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::InvalidArgument, Outcome::NotSent)
        );
        assert!(error.message().starts_with(said), "{error}");
        assert!(
            error
                .message()
                .ends_with("do not fit into the 65536 bytes of a request's head"),
            "{error}"
        );
        assert!(error.hint().unwrap().contains(hinted), "{error}");
        assert!(error.operation().is_some());
    }
    // More headers than the HTTP library can hold.
    let all: Vec<String> = (0..40_000).map(|number| format!("x{number}")).collect();
    let all: Vec<(&str, usize)> = all.iter().map(|name| (name.as_str(), 0)).collect();
    assert!(with_headers(&client, &all).forms().get("a").is_err());
    assert_eq!((server.requests().len(), server.connections()), (0, 0));
}
