//! Answers that a client keeps, over raw sockets.

use std::time::Duration;

use crate::common::{Server, Step, TOKEN, answer, json};
use penbox::{CallOptions, CaseTemplateList, Client, ErrorKind, FormTemplateList, WorkspaceList};

fn client(server: &Server) -> Client {
    let hour = Duration::from_secs(3600);
    server.builder().cache_ttl(hour).build().unwrap()
}

fn options(number: u32) -> Step {
    json("200 OK", &format!(r#"{{"n":{number}}}"#))
}

fn page(id: &str, number: u64, of: u64) -> Step {
    let meta =
        format!(r#""meta":{{"current_page":{number},"total_pages":{of},"total_count":{of}}}"#);
    json("200 OK", &format!(r#"{{"data":[{{"id":"{id}"}}],{meta}}}"#))
}

fn number(client: &Client) -> serde_json::Value {
    let options = client.form_templates().options("a").unwrap();
    options.get("n").unwrap()
}

#[test]
fn the_second_call_of_each_cached_operation_sends_nothing() {
    let server = Server::start(vec![
        options(1),
        json("200 OK", r#"[{"id":"s"}]"#),
        page("t", 1, 1),
        page("c", 1, 1),
        json("200 OK", r#"{"id":"c"}"#),
        json("200 OK", r#"[{"id":"w"}]"#),
    ]);
    let client = client(&server);
    for _ in 0..2 {
        assert_eq!(number(&client), 1);
        assert_eq!(client.form_templates().steps("a").unwrap().len(), 1);
        let templates = client.form_templates().list(FormTemplateList::default());
        assert_eq!(templates.count(), 1);
        let cases = client.case_templates().list(CaseTemplateList::default());
        assert_eq!(cases.count(), 1);
        assert_eq!(client.case_templates().get("c").unwrap().id, "c");
        let workspaces = client.workspaces().list(WorkspaceList::default());
        assert_eq!(workspaces.count(), 1);
    }
    assert_eq!(server.requests().len(), 6);
    let stats = client.cache_stats();
    assert_eq!((stats.hits, stats.misses, stats.entries), (6, 6, 6));
    assert!(stats.bytes > 0 && stats.bytes < 10_000, "{stats:?}");
}

#[test]
fn nothing_is_kept_by_default_and_other_calls_never() {
    let server = Server::start(vec![options(1), options(2), options(3)]);
    for client in [
        server.client(),
        server.builder().cache_ttl(Duration::ZERO).build().unwrap(),
    ] {
        let _ = number(&client);
        assert_eq!(client.cache_stats(), penbox::CacheStats::default());
    }
    assert_eq!(number(&server.client()), 3);
    let server = Server::start(vec![
        json("200 OK", r#"{"id":"a"}"#),
        json("200 OK", r#"{"id":"a"}"#),
        json("200 OK", "{}"),
        json("200 OK", "{}"),
    ]);
    let client = client(&server);
    for _ in 0..2 {
        client.forms().get("a").unwrap();
    }
    for _ in 0..2 {
        let _ = client
            .request("GET", "/form_templates", Default::default())
            .unwrap();
    }
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn an_answer_is_kept_for_its_time_alone() {
    let server = Server::start(vec![options(1), options(2)]);
    let client = server
        .builder()
        .cache_ttl(Duration::from_millis(1))
        .build()
        .unwrap();
    let first = client.with_response(|client| client.form_templates().options("a"));
    let started = std::time::Instant::now();
    assert!(!first.unwrap().from_cache);
    while started.elapsed() < Duration::from_millis(2) {
        std::hint::spin_loop();
    }
    assert_eq!(number(&client), 2);
}

#[test]
fn fresh_and_clear_request_anew_and_keep_the_new_answer() {
    let server = Server::start((1..=4).map(options).collect());
    let client = client(&server);
    assert_eq!(number(&client), 1);
    let fresh = client.with_options(CallOptions::new().fresh(true));
    assert_eq!(number(&fresh), 2);
    assert_eq!(number(&client), 2, "the new answer is kept");
    client.clone().clear_cache();
    assert_eq!(client.cache_stats().entries, 0);
    assert_eq!(number(&client), 3);
    assert_eq!(
        number(&fresh.with_options(CallOptions::new().fresh(false))),
        3
    );
    client.close();
    let error = client.form_templates().options("a").unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Closed,
        "a closed client answers nothing"
    );
    assert_eq!(
        (client.cache_stats().entries, server.requests().len()),
        (0, 3)
    );
}

#[test]
fn another_request_is_another_answer() {
    let server = Server::start((1..=5).map(options).collect());
    let client = client(&server);
    let with = |options: CallOptions| number(&client.with_options(options));
    assert_eq!(number(&client), 1);
    assert_eq!(with(CallOptions::new().header("X-Workspace", "b")), 2);
    assert_eq!(with(CallOptions::new().query("lang", "fr")), 3);
    assert_eq!(
        client
            .form_templates()
            .options("b")
            .unwrap()
            .get("n")
            .unwrap(),
        4
    );
    assert_eq!(with(CallOptions::new().header("x-workspace", "b")), 2);
    assert_eq!(with(CallOptions::new().timeout(Duration::from_secs(9))), 1);
}

#[test]
fn a_failure_is_not_kept() {
    let server = Server::start(vec![
        json("404 Not Found", "{}"),
        json("200 OK", "<html>"),
        options(3),
    ]);
    let client = client(&server);
    for _ in 0..2 {
        let error = client.form_templates().options("a").unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::NotFound | ErrorKind::Response
        ));
    }
    assert_eq!(number(&client), 3);
}

#[test]
fn a_kept_answer_says_that_it_is_one() {
    let headers =
        format!("content-type: application/json\r\nx-request-id: r1\r\nx-echo: {TOKEN}\r\n");
    let server = Server::start(vec![answer("200 OK", &headers, b"{}")]);
    let client = client(&server);
    let call = || {
        client
            .with_response(|client| client.form_templates().options("a"))
            .unwrap()
    };
    let (first, second) = (call(), call());
    assert_eq!(
        (first.from_cache, first.age, first.attempts),
        (false, None, 1)
    );
    assert_eq!((second.from_cache, second.attempts), (true, 0));
    assert!(second.age.is_some_and(|age| age < Duration::from_secs(60)));
    assert_eq!(
        (second.status, second.request_id.as_deref()),
        (200, Some("r1"))
    );
    assert_eq!(second.headers, first.headers);
    assert_eq!(second.headers.get("x-echo"), Some("pnbx_***"));
}

#[test]
fn a_walk_over_kept_pages_reads_again_from_the_server_where_items_moved() {
    // Page 1 is kept. Then `b` leaves the list: page 2 reports fewer items, and `c` may have moved to page 1.
    let server = Server::start(vec![page("a", 1, 3), page("d", 2, 2), page("c", 1, 2)]);
    let client = client(&server);
    let list = || client.form_templates().list(FormTemplateList::default());
    assert_eq!(list().next().unwrap().unwrap().id, "a");
    let ids = list().map(|item| item.unwrap().id.to_string());
    let mut ids: Vec<String> = ids.collect();
    ids.sort();
    assert_eq!(ids, ["a", "c", "d"]);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn an_answer_that_is_too_old_is_not_given_where_its_request_fails_and_nobody_hangs() {
    let no = || json("500 Internal Server Error", "{}");
    let server = Server::start(vec![options(1), no(), no(), options(2)]);
    let client = server
        .builder()
        .cache_ttl(Duration::from_millis(1))
        .build()
        .unwrap();
    assert_eq!(number(&client), 1);
    let started = std::time::Instant::now();
    while started.elapsed() < Duration::from_millis(2) {
        std::hint::spin_loop();
    }
    for _ in 0..2 {
        let error = client.form_templates().options("a").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Server);
    }
    assert_eq!(number(&client), 2);
}
