//! Lists over real sockets: one page ahead, and up to a limit.

use penbox::{ErrorKind, FormList};

use crate::common::{Server, Step, json};

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
    assert_eq!(server.requests().len(), 0, "nothing before it is asked for");
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
    let server = Server::start(vec![page(1, 3, &["a", "b"]), json("500 Down", "{}")]);
    let mut forms = server.client().forms().list(FormList::default()).prefetch();
    assert_eq!(ids(forms.collect_up_to(2).unwrap()), ["a", "b"]);
    let error = forms.next().unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.operation()),
        (ErrorKind::Server, Some("forms.list"))
    );
    assert!(forms.next().is_none());
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
