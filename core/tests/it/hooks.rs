//! Hooks: their order, their errors, their headers, and the calls that they make themselves.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use penbox::hooks::HookError;
use penbox::{
    CallOptions, Client, ClientBuilder, Download, ErrorKind, FormCreate, FormList, Outcome, Upload,
};

use crate::common::{Server, Step, TOKEN, answer, json};
use crate::crowd::{Crowd, PATIENCE};

const FORM: &str = r#"{"id":"a"}"#;

fn builder(server: &Server) -> ClientBuilder {
    Client::builder().token(TOKEN).base_url(server.url())
}

/// The lines that the hooks of a client wrote.
type Lines = Arc<Mutex<Vec<String>>>;

fn taken(lines: &Lines) -> Vec<String> {
    std::mem::take(&mut lines.lock().unwrap())
}

/// A builder whose hooks write a line each.
fn recorded(builder: ClientBuilder) -> (ClientBuilder, Lines) {
    let lines = Lines::default();
    let [first, second, third] = [(); 3].map(|()| Arc::clone(&lines));
    let builder = builder
        .on_request(move |event| {
            let line = format!("request {} {}", event.operation(), event.attempt());
            first.lock().unwrap().push(line);
            Ok(())
        })
        .on_response(move |event| {
            let error = event.error().map_or("none", ErrorKind::name);
            let (status, id) = (
                event.http_status().unwrap_or(0),
                event.request_id().unwrap_or(""),
            );
            let line = format!("response {} {status} {error} {id}", event.attempt());
            second.lock().unwrap().push(line);
            Ok(())
        })
        .on_retry(move |event| {
            let after = event.http_status().unwrap_or(0);
            let line = format!("retry {} {} {after}", event.attempt(), event.error());
            assert!(event.wait() >= Duration::from_millis(100));
            third.lock().unwrap().push(line);
            Ok(())
        });
    (builder, lines)
}

#[test]
fn hooks_see_each_attempt_in_order() {
    let server = Server::start(vec![
        answer("503 Service Unavailable", "x-request-id: r1\r\n", b"{}"),
        Step::AnswerAndClose(Vec::new()),
        answer("200 OK", "x-request-id: r3\r\n", FORM.as_bytes()),
    ]);
    let (builder, lines) = recorded(builder(&server));
    builder.build().unwrap().forms().get("a").unwrap();
    let expected = [
        "request forms.get 1",
        "response 1 503 server r1",
        "retry 1 server 503",
        "request forms.get 2",
        "response 2 0 connection ",
        "retry 2 connection 0",
        "request forms.get 3",
        "response 3 200 none r3",
    ];
    assert_eq!(taken(&lines), expected);
}

#[test]
fn hooks_see_files_pages_and_pooled_calls() {
    let page = r#"{"data":[{"id":"a"}],"meta":{"current_page":1,"total_pages":1,"total_count":1}}"#;
    let server = Server::start(vec![
        json("201 Created", r#"{"id":"up"}"#),
        answer("200 OK", "content-type: application/pdf\r\n", b"%PDF"),
        json("200 OK", page),
    ]);
    let (builder, lines) = recorded(builder(&server));
    let client = builder.build().unwrap();
    client
        .attachments()
        .upload(Upload::bytes("a.txt", "text"))
        .unwrap();
    assert_eq!(
        taken(&lines),
        ["request attachments.upload 1", "response 1 201 none "]
    );
    client
        .responses()
        .download_pdf("a", Download::memory())
        .unwrap();
    assert_eq!(
        taken(&lines),
        ["request responses.download_pdf 1", "response 1 200 none "]
    );
    for form in client.forms().list(FormList::default()) {
        form.unwrap();
    }
    assert_eq!(
        taken(&lines),
        ["request forms.list 1", "response 1 200 none "]
    );

    let crowd = Crowd::start();
    let (builder, lines) = recorded(crowd.builder());
    let client = builder.build().unwrap();
    crate::crowd::end(&crate::crowd::get(&client, "quick")).unwrap();
    assert_eq!(
        taken(&lines),
        ["request forms.get 1", "response 1 200 none "]
    );
}

// Part of docs/monitoring.md.
fn traced(builder: ClientBuilder) -> ClientBuilder {
    builder
        .on_request(|request| {
            request.header("x-trace-id", "4bf92f3577b34da6");
            match request.operation() {
                "forms.create" => Err("this program only reads".into()),
                _ => Ok(()),
            }
        })
        .on_response(|response| {
            println!("{} took {:?}", response.operation(), response.elapsed());
            Ok(())
        })
        .on_retry(|retry| {
            println!("{} again in {:?}", retry.operation(), retry.wait());
            Ok(())
        })
        .on_alert(|alert| {
            eprintln!("{alert}");
            Ok(())
        })
}

#[test]
fn on_request_adds_headers_and_ends_calls() {
    let server = Server::start(vec![json("200 OK", FORM)]);
    let client = traced(builder(&server)).build().unwrap();
    let options = CallOptions::new()
        .header("x-trace-id", "of the call")
        .header("x-other", "kept");
    client.with_options(options).forms().get("a").unwrap();
    let request = server.requests().remove(0).to_lowercase();
    assert!(
        request.contains("\r\nx-trace-id: 4bf92f3577b34da6\r\n"),
        "{request}"
    );
    assert!(!request.contains("of the call"), "{request}");
    assert!(request.contains("\r\nx-other: kept\r\n"), "{request}");

    let error = client.forms().create(FormCreate::new("x")).unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Cancelled, Outcome::NotSent)
    );
    assert_eq!((error.reason(), error.attempts()), (Some("hook"), 0));
    assert_eq!(error.operation(), Some("forms.create"));
    assert!(
        error.message().ends_with("this program only reads"),
        "{error}"
    );
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "this program only reads"
    );
    assert_eq!(server.requests().len(), 1);
    assert_eq!(client.stats().attempts, 1);
}

#[test]
fn a_hook_that_ends_a_repeat_keeps_the_outcome_of_the_attempt_before() {
    let server = Server::start(vec![json("503 Service Unavailable", "{}")]);
    let client = builder(&server)
        .on_request(|event| match event.attempt() {
            1 => Ok(()),
            _ => Err("enough".into()),
        })
        .build()
        .unwrap();
    let repeated = client.with_options(CallOptions::new().retry_unsafe(true));
    let error = repeated.forms().create(FormCreate::new("x")).unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Cancelled, Outcome::Unknown)
    );
    assert_eq!((error.attempts(), server.requests().len()), (1, 1));
}

#[test]
fn headers_that_a_hook_may_not_give_are_refused() {
    let server = Server::start(Vec::new());
    let large = "x".repeat(70_000);
    let token = format!("Token {TOKEN}");
    for (name, value) in [
        ("Authorization", "Bearer other"),
        ("authorization", ""),
        ("HOST", "evil.example"),
        ("content-length", "0"),
        ("Content-Type", "text/plain"),
        ("cookie", "a=b"),
        ("a b", "x"),
        ("x-a", "x\r\nx-b: y"),
        ("x-large", &large),
        ("x-token", &token),
        (&TOKEN[5..], "x"),
    ] {
        let (name, value) = (name.to_owned(), value.to_owned());
        let shown = format!("{name}: {}", value.get(..20).unwrap_or(&value));
        let client = builder(&server)
            .on_request(move |event| {
                event.header(&*name, &*value);
                Ok(())
            })
            .build()
            .unwrap();
        let error = client.forms().get("a").unwrap_err();
        let found = (error.kind(), error.outcome());
        assert_eq!(
            found,
            (ErrorKind::InvalidArgument, Outcome::NotSent),
            "{shown}"
        );
        assert!(!format!("{error:?}").contains(&TOKEN[5..]), "{error:?}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_header_of_an_attempt_is_not_in_the_next() {
    let server = Server::start(vec![
        json("503 Service Unavailable", "{}"),
        json("200 OK", FORM),
    ]);
    let client = builder(&server)
        .on_request(|event| {
            event.header(format!("x-attempt-{}", event.attempt()), "here");
            Ok(())
        })
        .build()
        .unwrap();
    client.forms().get("a").unwrap();
    let [first, second] = server.requests().try_into().unwrap();
    assert!(
        first.contains("x-attempt-1") && !first.contains("x-attempt-2"),
        "{first}"
    );
    assert!(
        second.contains("x-attempt-2") && !second.contains("x-attempt-1"),
        "{second}"
    );
}

#[test]
fn what_an_observer_raises_changes_nothing_and_is_counted() {
    fn fails<E>(event: &E) -> Result<(), HookError> {
        let _ = event;
        Err("of no importance".into())
    }
    let server = Server::start(vec![
        json("503 Service Unavailable", "{}"),
        json("200 OK", FORM),
        json("404 Not Found", "{}"),
        json("200 OK", FORM),
    ]);
    let client = builder(&server)
        .on_response(fails)
        .on_retry(fails)
        .build()
        .unwrap();
    assert_eq!(client.forms().get("a").unwrap().id, "a");
    assert_eq!(client.stats().hook_errors, 3);
    assert_eq!(
        client.forms().get("b").unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(client.stats().hook_errors, 4);
    drop(client);
    let client = builder(&server)
        .on_response(|_| panic!("on purpose"))
        .build()
        .unwrap();
    assert_eq!(client.forms().get("a").unwrap().id, "a");
    assert_eq!(client.stats().hook_errors, 1);
}

/// A client whose hooks call it again, each in every attempt.
fn recursive(builder: ClientBuilder) -> (Client, Arc<OnceLock<Client>>) {
    let own: Arc<OnceLock<Client>> = Arc::default();
    let call = {
        let own = Arc::clone(&own);
        move || {
            own.get()
                .unwrap()
                .forms()
                .get("inner")
                .map(drop)
                .map_err(HookError::from)
        }
    };
    let calls: [_; 3] = std::array::from_fn(|_| call.clone());
    let [first, second, third] = calls;
    let client = builder
        .on_request(move |_| first())
        .on_response(move |_| second())
        .on_retry(move |_| third())
        .build()
        .unwrap();
    own.set(client.clone()).unwrap();
    (client, own)
}

#[test]
fn a_hook_may_call_its_own_client() {
    // Within a rate of its own, with one connection and one worker, and as the call that finds out after a 429.
    let server = Server::start(vec![
        json("200 OK", FORM),
        json("429 Too Many Requests", r#"{"retryAfter":0}"#),
        json("200 OK", FORM),
        json("200 OK", FORM),
        json("200 OK", FORM),
        json("200 OK", FORM),
        json("200 OK", FORM),
    ]);
    let builder = builder(&server)
        .rate_limit("100/s")
        .pool_size(1)
        .max_workers(1);
    let (client, own) = recursive(builder);
    client.forms().get("a").unwrap();
    let stats = client.stats();
    // Two attempts of its own; before and after each, and before the repeat, a call of a hook.
    assert_eq!((stats.calls, stats.attempts, stats.hook_errors), (6, 7, 0));
    // The client's hook holds the client, so its connections are closed here and not by the last drop.
    client.close();
    drop(own);
}

#[test]
fn a_hook_that_calls_holds_no_place_of_a_rate_of_one() {
    let server = Server::start(vec![json("200 OK", FORM), json("200 OK", FORM)]);
    let own: Arc<OnceLock<Client>> = Arc::default();
    let inner = Arc::clone(&own);
    let client = builder(&server)
        .rate_limit("1/s")
        .timeout(PATIENCE)
        .on_request(move |_| {
            inner.get().unwrap().forms().get("inner")?;
            Ok(())
        })
        .build()
        .unwrap();
    own.set(client.clone()).unwrap();
    client.forms().get("a").unwrap();
    assert_eq!(server.requests().len(), 2);
    client.close();
}

#[test]
fn an_attempt_that_is_held_back_has_a_response_too() {
    let server = Server::start(vec![json(
        "429 Too Many Requests",
        r#"{"retryAfter":3600}"#,
    )]);
    let (builder, lines) = recorded(builder(&server));
    let client = builder.build().unwrap();
    client.forms().get("a").unwrap_err();
    client.forms().get("a").unwrap_err();
    let expected = [
        "request forms.get 1",
        "response 1 429 rate_limit ",
        "request forms.get 1",
        "response 1 0 rate_limit ",
    ];
    assert_eq!(taken(&lines), expected);
}
