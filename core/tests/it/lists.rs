//! Lists over real sockets: prefetch of one page, and collecting up to a limit.

use std::sync::mpsc::channel;
use std::thread;

use penbox::{CallOptions, CancelToken, ErrorKind, FormList, Outcome};

use crate::common::{Server, Step, json};
use crate::crowd::PATIENCE;

fn page(number: u64, of: u64, ids: &[&str]) -> Step {
    let data: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    let body = format!(
        r#"{{"data":[{}],"meta":{{"current_page":{number},"total_pages":{of}}}}}"#,
        data.join(",")
    );
    json("200 OK", &body)
}

fn ids(forms: Vec<penbox::Form>) -> Vec<String> {
    forms.into_iter().map(|form| form.id.to_string()).collect()
}

#[test]
fn a_page_is_fetched_ahead_where_it_is_wanted() {
    let server = Server::start(vec![
        page(1, 3, &["a", "b"]),
        page(2, 3, &["c", "d"]),
        page(3, 3, &["e"]),
    ]);
    let client = server.client();
    let mut forms = client.forms().list(FormList::default()).prefetch();
    assert_eq!(
        server.requests().len(),
        0,
        "no request before an item is read"
    );
    assert_eq!(forms.next().unwrap().unwrap().id, "a");
    server.wait_for_request();
    server.wait_for_request();
    assert_eq!(server.requests().len(), 2, "the second page, not the third");
    let rest: Vec<_> = forms.collect::<Result<_, _>>().unwrap();
    assert_eq!(ids(rest), ["b", "c", "d", "e"]);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn an_error_ahead_comes_after_the_items_before_it() {
    let server = Server::start(vec![
        page(1, 3, &["a", "b"]),
        json("500 Down", "{}"),
        page(2, 3, &["c", "d"]),
        page(3, 3, &["e"]),
    ]);
    let mut forms = server.client().forms().list(FormList::default()).prefetch();
    assert_eq!(ids(forms.collect_up_to(2).unwrap()), ["a", "b"]);
    let error = forms.next().unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Server, Some("forms.list"))
    );
    let rest: Vec<_> = forms.collect::<Result<_, _>>().unwrap();
    assert_eq!(ids(rest), ["c", "d", "e"]);
}

#[test]
fn a_page_that_failed_is_requested_again_where_that_may_help() {
    for ahead in [false, true] {
        let server = Server::start(vec![
            page(1, 2, &["a", "b"]),
            json("500 Down", "{}"),
            Step::AnswerAndClose(Vec::new()),
            page(2, 2, &["c"]),
        ]);
        let forms = server.client().forms().list(FormList::default());
        let mut forms = if ahead { forms.prefetch() } else { forms };
        let results: Vec<_> = forms
            .by_ref()
            .take(5)
            .map(|form| {
                form.map(|form| form.id.to_string())
                    .map_err(|error| error.kind())
            })
            .collect();
        let id = |id: &str| Ok(id.to_owned());
        assert_eq!(
            results,
            [
                id("a"),
                id("b"),
                Err(ErrorKind::Server),
                Err(ErrorKind::Connection),
                id("c")
            ]
        );
        assert!(forms.next().is_none() && forms.next().is_none());
        let requested: Vec<_> = server
            .requests()
            .into_iter()
            .map(|request| request.contains("page%5Bnumber%5D=2"))
            .collect();
        assert_eq!(requested, [false, true, true, true]);
    }
}

#[test]
fn an_error_that_stays_is_given_again_without_a_request() {
    for (failure, kind) in [
        (json("403 Forbidden", "{}"), ErrorKind::PermissionDenied),
        (json("200 OK", "<html>"), ErrorKind::Response),
        (page(1, 3, &["a", "b"]), ErrorKind::Response),
    ] {
        for ahead in [false, true] {
            let server = Server::start(vec![page(1, 3, &["a", "b"]), failure.clone()]);
            let forms = server.client().forms().list(FormList::default());
            let mut forms = if ahead { forms.prefetch() } else { forms };
            assert_eq!(ids(forms.collect_up_to(2).unwrap()), ["a", "b"]);
            for _ in 0..3 {
                let error = forms.next().unwrap().unwrap_err();
                assert_eq!(
                    (error.kind(), error.operation()),
                    (kind, Some("forms.list"))
                );
                assert!(forms.total_count().is_ok());
                assert_eq!(
                    forms.collect_up_to(5).unwrap_err().message(),
                    error.message()
                );
            }
            assert_eq!(server.requests().len(), 2);
        }
    }
}

#[test]
fn what_was_collected_before_an_error_is_kept() {
    let server = Server::start(vec![
        page(1, 2, &["a", "b"]),
        json("500 Down", "{}"),
        json("500 Down", "{}"),
        page(2, 2, &["c", "d"]),
    ]);
    let client = server.client();
    let mut forms = client.forms().list(FormList::default());
    assert_eq!(
        forms.collect_up_to(3).unwrap_err().kind(),
        ErrorKind::Server
    );
    assert_eq!(ids(forms.collect_up_to(1).unwrap()), ["a"]);
    assert_eq!(
        forms.collect_up_to(3).unwrap_err().kind(),
        ErrorKind::Server
    );
    let mut pages = forms.pages();
    assert_eq!(ids(pages.next().unwrap().unwrap().data), ["b"]);
    assert_eq!(ids(pages.next().unwrap().unwrap().data), ["c", "d"]);
    assert!(pages.next().is_none());
}

#[test]
fn documents_go_on_after_an_error_too() {
    let server = Server::start(vec![
        page(1, 2, &["a", "b"]),
        json("503 Busy", "{}"),
        page(2, 2, &["c"]),
        page(1, 2, &["a", "b"]),
        json("404 Gone", "{}"),
    ]);
    let client = server.client();
    let open = || {
        client
            .pager("forms.list", "{}", penbox::CallOptions::new())
            .unwrap()
    };
    let mut pages = open();
    assert!(pages.next_page().unwrap().is_some());
    assert_eq!(pages.next_page().unwrap_err().kind(), ErrorKind::Server);
    assert!(pages.next_page().unwrap().unwrap().last);
    assert!(pages.next_page().unwrap().is_none());
    let mut pages = open();
    assert!(pages.next_page().unwrap().is_some());
    for _ in 0..2 {
        assert_eq!(pages.next_page().unwrap_err().kind(), ErrorKind::NotFound);
    }
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn a_list_may_be_dropped_while_a_page_is_on_its_way() {
    let server = Server::start(vec![page(1, 2, &["a", "b"]), Step::Hang]);
    let client = server.client();
    let mut forms = client.forms().list(FormList::default()).prefetch();
    assert!(forms.next().unwrap().is_ok());
    server.wait_for_request();
    server.wait_for_request();
    drop(forms);
    client.close();
}

#[test]
fn a_list_up_to_a_limit_asks_for_no_more() {
    let server = Server::start(vec![page(1, 9, &["a", "b"]), page(2, 9, &["c", "d"])]);
    let client = server.client();
    let mut forms = client.forms().list(FormList::default());
    assert!(forms.collect_up_to(0).unwrap().is_empty());
    assert_eq!(server.requests().len(), 0);
    assert_eq!(ids(forms.collect_up_to(3).unwrap()), ["a", "b", "c"]);
    assert_eq!(ids(forms.collect_up_to(1).unwrap()), ["d"]);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn documents_come_ahead_too() {
    let server = Server::start(vec![page(1, 2, &["a", "b"]), page(2, 2, &["b", "c"])]);
    let client = server.client();
    let mut pages = client
        .pager("forms.list", "{}", penbox::CallOptions::new())
        .unwrap();
    pages.prefetch(true);
    let first = pages.next_page().unwrap().unwrap();
    assert_eq!((first.fresh.as_slice(), first.last), (&[0, 1][..], false));
    server.wait_for_request();
    server.wait_for_request();
    let second = pages.next_page().unwrap().unwrap();
    assert_eq!((second.fresh.as_slice(), second.last), (&[1][..], true));
    assert!(pages.next_page().unwrap().is_none());
}

#[test]
fn pages_that_come_round_again_are_a_loop() {
    let server = Server::start(vec![
        page(1, 9, &["a", "b"]),
        page(2, 9, &["c", "d"]),
        page(3, 9, &["a", "b"]),
    ]);
    let mut forms = server.client().forms().list(FormList::default());
    assert_eq!(ids(forms.collect_up_to(4).unwrap()), ["a", "b", "c", "d"]);
    for _ in 0..2 {
        let error = forms.next().unwrap().unwrap_err();
        assert_eq!(error.reason(), Some("pagination_loop"));
    }
}

#[test]
fn a_cancel_of_a_page_that_comes_ahead_tells_what_became_of_its_request() {
    for (way, kind) in [
        ("cancel", ErrorKind::Cancelled),
        ("close", ErrorKind::Closed),
    ] {
        let server = Server::start(vec![page(1, 2, &["a"]), Step::Hang]);
        let token = CancelToken::new();
        let (waits, waiting) = channel();
        let options = CallOptions::new().cancel(&token).interrupt_check(move || {
            // The page's own call has this check, too, on a thread of the pool.
            if thread::current().name() == Some("reader") {
                let _ = waits.send(());
            }
            false
        });
        let client = server.client().with_options(options);
        let mut forms = client.forms().list(FormList::default()).prefetch();
        forms.next().unwrap().unwrap();
        server.wait_for_request();
        server.wait_for_request();
        // The check of the first page.
        waiting.try_iter().for_each(drop);
        let reader = thread::Builder::new().name("reader".to_owned());
        let reader = reader.spawn(move || forms.next().unwrap().unwrap_err());
        waiting.recv_timeout(PATIENCE).unwrap();
        match way {
            "cancel" => token.cancel(),
            _ => client.close(),
        }
        let error = reader.unwrap().join().unwrap();
        let facts = (error.kind(), error.outcome(), error.attempts());
        assert_eq!(facts, (kind, Outcome::Unknown, 1), "{error:?}");
        assert_eq!(error.operation(), Some("forms.list"));
    }
}
