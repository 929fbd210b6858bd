//! The crate's own means for its users' unit tests: scripted answers go the way of any other.

use std::io::{self, Read};
use std::time::Duration;

use penbox::serde_json::json;
use penbox::testing::{Answer, Script, error};
use penbox::{
    CallOptions, CancelToken, Client, Download, ErrorKind, ExtractionCreate, ExtractionField,
    ExtractionSource, FormCreate, FormList, Outcome, Upload,
};

#[test]
fn a_request_without_an_answer_is_named_and_not_repeated() {
    let script = Script::new().on("forms.create", Answer::json(json!({"id": "f"})));
    let client = script.client().unwrap();
    let error = client.forms().get("f/1").unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome(), error.attempts()),
        (ErrorKind::Internal, Outcome::NotSent, 1)
    );
    let message = error.message();
    assert!(
        message.contains("forms.get (GET /forms/f%2F1)"),
        "{message}"
    );
    assert!(!script.is_over());
    assert_eq!(script.requests().len(), 1);
}

#[test]
fn an_operation_that_does_not_exist_is_refused() {
    let script = Script::new().on("forms.creat", Answer::status(404));
    let error = script.client().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.message().contains("forms.creat,"), "{error}");
}

#[test]
fn parameters_are_checked_before_a_script_sees_them() {
    let script = Script::new();
    let client = script.client().unwrap();
    let unfit = FormCreate::new("f").data(json!(5));
    let error = client.forms().create(unfit).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(script.requests().is_empty());
}

#[test]
fn every_failure_has_the_outcome_that_it_names() {
    let ok = || Answer::json(json!({"id": "f"}));
    let cases = [
        (
            Answer::unreachable(),
            ErrorKind::Connection,
            Outcome::NotSent,
        ),
        (Answer::lost(), ErrorKind::Connection, Outcome::Unknown),
        (Answer::timeout(), ErrorKind::Timeout, Outcome::Unknown),
        (
            Answer::status(400),
            ErrorKind::BadRequest,
            Outcome::Rejected,
        ),
        (Answer::status(500), ErrorKind::Server, Outcome::Unknown),
        (ok().cut_short(), ErrorKind::Response, Outcome::Done),
        (
            Answer::text(200, "<html>"),
            ErrorKind::Response,
            Outcome::Done,
        ),
        (Answer::text(200, "{}"), ErrorKind::Response, Outcome::Done),
    ];
    for (answer, kind, outcome) in cases {
        let script = Script::new().always("forms.create", answer.clone());
        let client = script.client_of(Client::builder().max_attempts(1)).unwrap();
        let error = client.forms().create(FormCreate::new("f")).unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome()),
            (kind, outcome),
            "{answer:?}"
        );
        assert_eq!(script.requests().len(), 1);
        // What a test makes itself is what the client makes, as far as the kind says it.
        let made = error_like(&error);
        assert_eq!(made.retryable(), error.retryable(), "{answer:?}");
    }
}

/// An error with the members of another.
fn error_like(given: &penbox::Error) -> penbox::Error {
    let made = error(given.kind()).outcome(given.outcome());
    let made = match given.reason() {
        Some(reason) => made.reason(reason),
        None => made,
    };
    made.operation("forms.create").build()
}

#[test]
fn waits_take_no_time_and_are_counted() {
    let limited = Answer::status(429).retry_after(Duration::from_secs(55));
    let script = Script::new()
        .next(limited.clone())
        .next(Answer::status(503))
        .next(Answer::json(json!({"id": "f"})));
    let started = std::time::Instant::now();
    script.client().unwrap().forms().get("f").unwrap();
    assert!(started.elapsed() < Duration::from_secs(20));
    let waited = script.waited();
    assert!(waited >= Duration::from_secs(55), "{waited:?}");
    assert_eq!(script.requests().len(), 3);
    // Longer than a call waits for a server: the next call is refused unsent.
    let script = Script::new().next(limited.retry_after(Duration::from_secs(900)));
    let client = script.client().unwrap();
    client.forms().get("f").unwrap_err();
    let paused = client.forms().get("f").unwrap_err();
    assert_eq!(paused.reason(), Some("paused"), "{paused}");
    assert_eq!(script.requests().len(), 1);
}

#[test]
fn threads_that_wait_for_each_other_end() {
    let limited = Answer::status(429).retry_after(Duration::from_secs(20));
    let script = Script::new()
        .next(limited)
        .always("forms.get", Answer::json(json!({"id": "f"})));
    let client = script.client().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| client.forms().get("f").unwrap());
        }
    });
    assert_eq!(script.requests().len(), 9);
}

/// A source that breaks within the file.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

#[test]
fn files_go_both_ways() {
    let script = Script::new()
        .on("attachments.upload", Answer::json(json!({"id": "a"})))
        .on("attachments.download", Answer::file("text/plain", "abc"))
        .on(
            "attachments.download",
            Answer::file("text/plain", "abc").cut_short(),
        );
    let client = script.client_of(Client::builder().max_attempts(1)).unwrap();
    let attachments = client.attachments();
    let sent = attachments.upload(Upload::bytes(b"abc", "a.txt")).unwrap();
    assert_eq!(sent.id, "a");
    let [upload] = &script.requests()[..] else {
        panic!("one request")
    };
    assert_eq!(upload.operation(), Some("attachments.upload"));
    assert!(
        upload
            .header("content-type")
            .unwrap()
            .starts_with("multipart/form-data")
    );
    let mut bytes = Vec::new();
    attachments
        .download("a", Download::writer(&mut bytes))
        .unwrap();
    let cut = attachments
        .download("a", Download::writer(&mut bytes))
        .unwrap_err();
    assert_eq!(
        (&bytes[..], cut.reason()),
        (&b"abcab"[..], Some("truncated"))
    );
    let broken = attachments
        .upload(Upload::reader(Broken, None, "a.txt"))
        .unwrap_err();
    assert_eq!(broken.kind(), ErrorKind::File);
}

#[test]
fn an_extraction_that_is_waited_for_is_made_and_read() {
    let script = Script::new()
        .on(
            "document_intelligence.extract",
            Answer::json(json!({"id": "e"})),
        )
        .on(
            "document_intelligence.get",
            Answer::json(json!({"id": "e"})),
        )
        .on(
            "document_intelligence.get",
            Answer::json(json!({"id": "e", "results": {"fields": {}}})),
        );
    let client = script.client().unwrap();
    let wanted = ExtractionCreate::fields_of(
        vec![ExtractionSource::id("a")],
        vec![ExtractionField::text("name")],
    );
    assert_eq!(
        client.document_intelligence().extract(wanted).unwrap().id,
        "e"
    );
    assert!(script.is_over());
    let ids: Vec<_> = script
        .requests()
        .iter()
        .map(|sent| sent.operation())
        .collect();
    let get = Some("document_intelligence.get");
    assert_eq!(ids, [Some("document_intelligence.create"), get, get]);
}

#[test]
fn a_scripted_client_is_cancelled_and_closed_as_any() {
    let script = Script::new().always("forms.list", Answer::page([json!({"id": "f"})]));
    let client = script.client().unwrap();
    let token = CancelToken::new();
    token.cancel();
    let cancelled = client.with_options(CallOptions::new().cancel(&token));
    let error = cancelled.forms().get("f").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    let listed = client.forms().list(FormList::default()).collect_up_to(10);
    assert_eq!(listed.unwrap().len(), 1);
    client.close();
    assert_eq!(
        client.forms().get("f").unwrap_err().kind(),
        ErrorKind::Closed
    );
    assert_eq!(script.requests().len(), 1);
}

#[test]
fn no_request_holds_the_token() {
    let script = Script::new().next(Answer::status(404));
    let client = script
        .client_of(Client::builder().token("pnbx_my-own"))
        .unwrap();
    let _ = client.forms().get("f");
    assert_eq!(script.requests()[0].header("authorization"), None);
    assert_eq!(client.base_url(), "https://scripted.invalid/v1");
}
