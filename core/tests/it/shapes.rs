//! Answers whose members have other types than documented.

use penbox::bindings::DocumentPage;
use penbox::{CallOptions, Client, Error, ErrorKind, Form, FormCreate, Outcome};
use serde_json::{Value, json as value};

use crate::common::{Server, TOKEN, json};

/// A client that is answered with this body, once.
pub(crate) fn answering<T>(status: &str, body: &str, call: impl FnOnce(&Client) -> T) -> T {
    let server = Server::start(vec![json(status, body)]);
    call(&server.client())
}

pub(crate) fn get(body: &str) -> Result<Form, Error> {
    answering("200 OK", body, |client| client.forms().get("f1"))
}

pub(crate) fn list(body: &str) -> Result<Vec<Form>, Error> {
    answering("200 OK", body, |client| {
        client.forms().list(Default::default()).collect()
    })
}

/// The page as other languages read it: from its document, or from text alone as in Node.
pub(crate) fn pages(body: &str, as_text: bool) -> Vec<DocumentPage> {
    let options = match as_text {
        true => CallOptions::new().as_text(),
        false => CallOptions::new(),
    };
    answering("200 OK", body, |client| {
        let mut pager = client.pager("forms.list", "{}", options).unwrap();
        std::iter::from_fn(|| pager.next_page().unwrap()).collect()
    })
}

/// The JSON that a model is written as. It has every member that the server sent.
pub(crate) fn written(form: &impl serde::Serialize) -> Value {
    serde_json::to_value(form).unwrap()
}

#[test]
fn a_created_form_with_a_misfit_keeps_its_id() {
    let body = r#"{"id":"f00","archived":"yes"}"#;
    let form = answering("201 Created", body, |client| {
        client.forms().create(FormCreate::new("x"))
    })
    .unwrap();
    assert_eq!((form.id.as_str(), form.archived), ("f00", None));
    assert_eq!(form.extra("archived").unwrap().as_str(), r#""yes""#);
    assert_eq!(written(&form), value!({"id": "f00", "archived": "yes"}));
    let answer = answering("201 Created", body, |client| {
        let params = r#"{"flow": {"slug": "x"}}"#;
        client.invoke("forms.create", params, &CallOptions::new())
    })
    .unwrap();
    assert_eq!(answer.document.text(), body);
}

#[test]
fn a_page_with_a_misfit_gives_all_its_items() {
    for misfit in [
        r#"{"id":"b","archived":"yes"}"#,
        r#"{"id":"b","responses":[{"id":"r","completed_at":7},{"id":"s"}]}"#,
        r#"{"status":"pending"}"#,
        r#"{"id":null}"#,
        r#"{"id":5}"#,
        r#"{"id":""}"#,
        "null",
        "5",
        r#""b""#,
        "[]",
    ] {
        for body in [
            format!(
                r#"{{"data":[{{"id":"a"}},{misfit},{{"id":"c"}}],"meta":{{"total_pages":1}}}}"#
            ),
            format!(r#"[{{"id":"a"}},{misfit},{{"id":"c"}},{misfit}]"#),
        ] {
            let sent: Value = serde_json::from_str(&body).unwrap();
            let sent = sent.get("data").unwrap_or(&sent);
            let forms = list(&body).unwrap();
            let with_id = misfit.contains(r#""b","#);
            let expected = match with_id {
                // An id that is sent twice is one item.
                true => 3,
                false => sent.as_array().unwrap().len(),
            };
            assert_eq!(forms.len(), expected, "{body}");
            for (form, sent) in forms.iter().zip(sent.as_array().unwrap()) {
                assert_eq!(written(form), *sent, "{body}");
                let again: Form =
                    serde_json::from_value(sent.clone()).unwrap_or_else(|_| form.clone());
                assert_eq!(again, *form, "{body}");
            }
            for as_text in [false, true] {
                let pages = pages(&body, as_text);
                assert_eq!(pages.len(), 1, "{body}");
                assert_eq!(pages[0].fresh.len(), expected, "{body}");
            }
        }
    }
}

#[test]
fn what_a_misfit_spoils_is_itself() {
    let sent = value!({
        "id": "a", "status": 3, "archived": "yes", "created_at": 1_700_000_000, "links": "none",
        "user": {"email": ["a@b.c"], "given_name": "Zoë", "anonymous": 0},
        "owner": [], "data": "x", "options": {"k": 1}, "notifications": {"a": 1}, "webhooks": [1],
        "responses": [
            {"id": 7, "completed_at": "2024-01-15T10:30:00Z", "data": []},
            "lost",
            null,
            {"id": "r", "attachments": [{"id": "t", "metadata": {"size": "3", "width": null, "height": 2.5}}, 5],
             "user": {"ip": 1, "user-agent": "x"}},
        ],
        "new": {"a": 1},
    });
    let body = sent.to_string();
    let body = body.replace(r#""width":null"#, r#""width":1e400"#);
    let form = get(&body).unwrap();
    assert_eq!((form.id.as_str(), &form.status), ("a", &None));
    assert_eq!(
        (form.archived, &form.created_at, &form.links),
        (None, &None, &None)
    );
    let user = form.user.as_ref().unwrap();
    assert_eq!(user.given_name.as_deref(), Some("Zoë"));
    assert_eq!((&user.email, user.anonymous), (&None, None));
    assert_eq!(user.extra("email").unwrap().as_str(), r#"["a@b.c"]"#);
    assert!(form.owner.is_none() && form.data.is_none() && form.notifications.is_none());
    assert_eq!(form.options.as_ref().unwrap().get("k"), Some(value!(1)));
    let responses = form.responses.as_ref().unwrap();
    assert_eq!(responses.len(), 4);
    assert_eq!(responses[0].id, "");
    assert_eq!(
        responses[0].completed_at.as_deref(),
        Some("2024-01-15T10:30:00Z")
    );
    assert_eq!(responses[1].instead().unwrap().as_str(), r#""lost""#);
    let attachments = responses[3].attachments.as_ref().unwrap();
    let metadata = attachments[0].metadata.as_ref().unwrap();
    assert_eq!(
        (metadata.size, metadata.width, metadata.height),
        (None, None, Some(2.5))
    );
    assert_eq!(metadata.extra("width").unwrap().as_str(), "1e400");
    assert_eq!(attachments.len(), 2);
    assert_eq!(
        responses[3].user.as_ref().unwrap().user_agent.as_deref(),
        Some("x")
    );
    let text = serde_json::to_string(&form).unwrap();
    let again: Form = serde_json::from_str(&text).unwrap();
    assert_eq!(again, form);
    assert_eq!(serde_json::to_string(&again).unwrap(), text);
    let lossy = |text: &str| serde_json::from_str::<Value>(&text.replace("1e400", "null")).unwrap();
    assert_eq!(lossy(&text), lossy(&body));
}

#[test]
fn a_name_that_stands_twice_is_the_last_one_of_it() {
    let form = get(r#"{"id":"a","archived":"yes","archived":true}"#).unwrap();
    assert_eq!(form.archived, Some(true));
    assert_eq!(written(&form), value!({"id": "a", "archived": true}));
    let form = get(r#"{"id":"a","archived":true,"archived":"yes"}"#).unwrap();
    assert_eq!(form.archived, None);
    assert_eq!(written(&form), value!({"id": "a", "archived": "yes"}));
}

#[test]
fn a_list_ends_whatever_is_said_of_its_pages() {
    for meta in [
        "5",
        "[]",
        r#""x""#,
        r#"{"total_pages":"2","current_page":"1"}"#,
        r#"{"total_pages":null}"#,
        r#"{"total_pages":{},"total_count":[1]}"#,
        r#"{"total_pages":-1,"total_count":-5,"page_size":1.5}"#,
        r#"{"total_pages":1e400,"current_page":true}"#,
        r#"{"total_pages":12345678901234567890123}"#,
    ] {
        let body = format!(r#"{{"meta":{meta},"data":[{{"id":"a"}},{{"id":"b"}}]}}"#);
        assert_eq!(list(&body).unwrap().len(), 2, "{meta}");
        for as_text in [false, true] {
            let pages = pages(&body, as_text);
            assert_eq!((pages.len(), pages[0].total_count()), (1, None), "{meta}");
        }
    }
    for body in [
        r#"{"data":null}"#,
        r#"{"data":null,"meta":{"total_pages":3}}"#,
    ] {
        assert_eq!(list(body).unwrap().len(), 0, "{body}");
        for as_text in [false, true] {
            assert_eq!(pages(body, as_text)[0].items().len(), 0, "{body}");
        }
    }
}

#[test]
fn what_is_no_object_at_its_top_is_an_error_that_carries_it() {
    let token = format!(r#"["{TOKEN}"]"#);
    for (status, body, is_json) in [
        ("200 OK", "[]", true),
        ("200 OK", "5", true),
        ("200 OK", token.as_str(), true),
        ("200 OK", "<p>ok</p>", false),
        ("200 OK", r#"{"id":"a""#, false),
    ] {
        let error = get(body).unwrap_err();
        let by_id = answering(status, body, |client| {
            client.invoke("forms.get", r#"{"id":"f1"}"#, &CallOptions::new().as_text())
        });
        for error in [error, by_id.unwrap_err()] {
            assert_eq!(
                (error.kind(), error.reason(), error.outcome()),
                (ErrorKind::Response, Some("decode"), Outcome::Done),
                "{body}"
            );
            let kept = body.replace(TOKEN, "pnbx_***");
            assert_eq!(error.body(), Some(kept.as_str()));
            assert_eq!(error.hint().unwrap().contains("proxy"), !is_json, "{error}");
        }
    }
    let long = format!("[{}]", "\"é\",".repeat(100_000));
    let error = get(&long).unwrap_err();
    assert!((64 * 1024 - 1..=64 * 1024).contains(&error.body().unwrap().len()));
    let error = list(r#"{"forms":[{"id":"a"}]}"#).unwrap_err();
    assert_eq!(error.body(), Some(r#"{"forms":[{"id":"a"}]}"#));
    assert!(
        error
            .message()
            .contains("expected a list at $.data, found nothing"),
        "{error}"
    );
}

#[test]
fn what_was_created_has_an_id() {
    for (body, expected) in [
        ("{}", "expected text at $.id, found nothing"),
        (r#"{"id":null}"#, "expected text at $.id"),
        (r#"{"id":5}"#, "expected text at $.id"),
        (r#"{"id":""}"#, "expected text at $.id, found nothing"),
        (
            r#"{"data":{"id":"a"}}"#,
            "expected text at $.id, found nothing",
        ),
    ] {
        let create = |client: &Client| client.forms().create(FormCreate::new("x"));
        let error = answering("201 Created", body, create).unwrap_err();
        let by_id = |client: &Client| {
            let params = r#"{"flow": {"slug": "x"}}"#;
            client.invoke("forms.create", params, &CallOptions::new().as_text())
        };
        for error in [error, answering("201 Created", body, by_id).unwrap_err()] {
            assert_eq!(
                (error.reason(), error.outcome()),
                (Some("decode"), Outcome::Done)
            );
            assert_eq!(error.body(), Some(body));
            assert!(error.message().ends_with(expected), "{body}: {error}");
            assert!(!error.hint().unwrap().contains("proxy"), "{error}");
        }
        // A type that is only read may have none.
        assert_eq!(
            written(&get(body).unwrap()),
            serde_json::from_str::<Value>(body).unwrap()
        );
    }
}

#[test]
fn a_count_that_is_no_number_is_absent() {
    for (body, count) in [
        (r#"{"count":"42","by":{"a":1}}"#, None),
        (r#"{"by":{"a":1}}"#, None),
        (r#"{"count":-1,"by":{"a":1}}"#, None),
        (r#"{"count":42,"by":{"a":1}}"#, Some(42)),
    ] {
        let found = answering("200 OK", body, |client| {
            client.forms().count(Default::default())
        });
        let found = found.unwrap();
        assert_eq!(found.count, count, "{body}");
        assert_eq!(found.by.as_ref().unwrap().get("a"), Some(value!(1)));
        assert_eq!(
            written(&found),
            serde_json::from_str::<Value>(body).unwrap()
        );
    }
}
