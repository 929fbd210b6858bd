//! Strings and numbers of an answer that few languages can hold.

use penbox::{Attachment, Client, Form, FormCreate, FormStatus, Page};
use serde_json::{Value, json as value};

use crate::shapes::{answering, get, list, pages, written};

#[test]
fn half_a_pair_spoils_its_own_text_only() {
    let body = r#"{"id":"a\ude00","user":{"given_name":"\ud83d","family_name":"x\ud83d\ud83d\ude00\\ud83dy"},
        "data":{"k\uD83D":["\uDE00\uD83D", 1],"ok":"\ud83d\ude00"},"new\ud83d":"\udfff"}"#;
    let sent = value!({"id": "a\u{fffd}", "user": {"given_name": "\u{fffd}", "family_name": "x\u{fffd}😀\\ud83dy"},
        "data": {"k\u{fffd}": ["\u{fffd}\u{fffd}", 1], "ok": "😀"}, "new\u{fffd}": "\u{fffd}"});
    let form = get(body).unwrap();
    assert_eq!(written(&form), sent);
    assert_eq!(form.data.as_ref().unwrap().get("ok"), Some(value!("😀")));
    assert_eq!(
        form.extra("new\u{fffd}").unwrap().to_value(),
        value!("\u{fffd}")
    );
    let page = format!(r#"{{"data":[{{"id":"y"}},{{"id":"z"}},{body}]}}"#);
    assert_eq!(list(&page).unwrap().len(), 3);
    for as_text in [false, true] {
        let pages = pages(&page, as_text);
        let last = pages[0].items()[2];
        assert_eq!(serde_json::to_value(last).unwrap(), sent);
        assert!(serde_json::from_str::<Value>(pages[0].answer.document.text()).is_ok());
    }
    let create = |client: &Client| client.forms().create(FormCreate::new("x"));
    assert_eq!(
        answering("201 Created", body, create).unwrap().id,
        "a\u{fffd}"
    );
    assert_eq!(Page::<Form>::from_json(page).unwrap().len(), 3);
    assert_eq!(written(&serde_json::from_str::<Form>(body).unwrap()), sent);
    let kept = penbox::bindings::Document::parse(body.to_owned()).unwrap();
    assert_eq!(serde_json::to_value(kept.root()).unwrap(), sent);
}

#[test]
fn a_number_beyond_any_type_keeps_its_text() {
    let numbers = r#"[1e400,-1e400,12345678901234567890123,0.1000000000000000055511151231257827,1e2,-0.0,18446744073709551616]"#;
    let body = format!(r#"{{"id":"a","data":{{"n":{numbers}}},"n":{numbers},"status":"pending"}}"#);
    let form = get(&body).unwrap();
    let data = form.data.as_ref().unwrap();
    assert_eq!(data.as_str(), format!(r#"{{"n":{numbers}}}"#));
    assert_eq!(form.extra("n").unwrap().as_str(), numbers);
    assert_eq!(form.status, Some(FormStatus::Pending));
    // A `Value` cannot hold a number beyond a double; it keeps all else.
    let tree = form.extra("n").unwrap().to_value();
    assert_eq!(tree[0], Value::Null);
    assert_eq!(tree[2], value!(12_345_678_901_234_567_890_123_f64));
    assert_eq!(tree[4], value!(100.0));
    assert_eq!(data.to_map()["n"], tree);
    let decoded: Vec<Option<f64>> = form.extra("n").unwrap().decode().unwrap();
    assert_eq!((decoded[0], decoded[3]), (None, Some(0.1)));
    let text = serde_json::to_string(&form).unwrap();
    assert_eq!(text.matches(numbers).count(), 2);
    assert_eq!(serde_json::from_str::<Form>(&text).unwrap(), form);
    let page = format!(r#"{{"data":[{{"id":"z"}},{body}],"big":1e999}}"#);
    assert_eq!(list(&page).unwrap().len(), 2);
    for as_text in [false, true] {
        let pages = pages(&page, as_text);
        let last = pages[0].items()[1];
        let n = last.get("n").unwrap();
        assert_eq!(n.to_json(), numbers);
        assert_eq!(n.at(0).unwrap().as_f64(), None);
        assert_eq!(n.at(0).unwrap().to_json(), "1e400");
        assert_eq!(n.at(2).unwrap().as_f64(), Some(1.234_567_890_123_456_8e22));
        assert_eq!(
            (n.at(2).unwrap().as_i64(), n.at(3).unwrap().as_f64()),
            (None, Some(0.1))
        );
    }
    let metadata = r#"{"id":"t","metadata":{"size":1e400,"width":1e400,"height":3}}"#;
    let attachment: Attachment = serde_json::from_str(metadata).unwrap();
    let metadata = attachment.metadata.unwrap();
    assert_eq!(
        (metadata.size, metadata.width, metadata.height),
        (None, None, Some(3.0))
    );
}

#[test]
fn a_response_keeps_numbers_and_texts_through_its_change_of_shape() {
    let body = r#"{"data":{"id":"r","type":"responses","attributes":{"data":{"n":1e400,"big":12345678901234567890123,"t":"\ud83d"},
        "rating":5,"completed_at":"2024-01-15T10:30:00Z"},"relationships":{"request":{"data":{"id":"f"}},"user":[],"x":{}}},"included":null}"#;
    let response = answering("200 OK", body, |client| client.responses().get("r")).unwrap();
    assert_eq!(response.id, "r");
    assert_eq!(
        response.completed_at.as_deref(),
        Some("2024-01-15T10:30:00Z")
    );
    let data = response.data.unwrap();
    assert_eq!(
        data.as_str(),
        r#"{"n":1e400,"big":12345678901234567890123,"t":"\ufffd"}"#
    );
    assert_eq!(response.request.unwrap().id.as_deref(), Some("f"));
    assert!(
        response
            .raw
            .unwrap()
            .as_str()
            .contains("12345678901234567890123")
    );
}
