//! The promises of the Rust crate's types: inputs take what people have, and what would do nothing is refused.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Duration;

use penbox::serde_json::{Map, Value, json};
use penbox::testing::Script;
use penbox::{
    ById, CallOptions, CancelToken, CaseList, Client, ClientBuilder, Download, Error, ErrorKind,
    Flow, Form, FormCreate, FormUpdate, Ids, Json, JsonMap, Outcome, Page, Pager, ParentStatus,
    SharedStr, Slugs, Token, Upload,
};

use crate::common::{Server, json as answer};

/// Compiles only where the types may go to other threads.
const fn may_be_shared<T: Send + Sync>() {}
const fn may_be_sent<T: Send>() {}
const _: () = {
    may_be_shared::<Client>();
    may_be_shared::<Error>();
    may_be_shared::<CancelToken>();
    may_be_shared::<CallOptions>();
    may_be_shared::<Token>();
    may_be_shared::<Form>();
    may_be_shared::<Page<Form>>();
    may_be_shared::<Script>();
    may_be_shared::<ClientBuilder>();
    may_be_sent::<Upload<'static>>();
    may_be_sent::<Download<'static>>();
    may_be_sent::<Pager<Form>>();
};

#[test]
fn data_takes_what_people_have() {
    #[derive(serde::Serialize)]
    struct Answers {
        amount: u32,
    }
    let expected = FormCreate::new("f").data(json!({"amount": 5}));
    for given in [
        JsonMap::from(Map::from_iter([("amount".to_owned(), Value::from(5))])),
        HashMap::from([("amount", 5)]).into(),
        BTreeMap::from([("amount".to_owned(), 5)]).into(),
        [("amount", 5)].into(),
        vec![("amount", json!(5))].into(),
        [("amount", 5)].into_iter().collect(),
        JsonMap::of(&Answers { amount: 5 }).unwrap(),
    ] {
        assert_eq!(format!("{given:?}"), r#"JsonMap(["amount"])"#);
        assert_eq!(FormCreate::new("f").data(given), expected);
    }
    assert_eq!(
        JsonMap::of(&[1, 2]).unwrap_err().kind(),
        ErrorKind::InvalidArgument
    );
}

/// The error of a call, of which nothing was sent.
fn refused(call: impl FnOnce(&Client) -> Error) -> String {
    let server = Server::start(Vec::new());
    let error = call(&server.client());
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::InvalidArgument, Outcome::NotSent),
        "{error}"
    );
    assert!(server.requests().is_empty());
    error.to_string()
}

#[test]
fn what_is_no_object_is_refused_before_anything_is_sent() {
    let text = refused(|client| {
        client
            .forms()
            .create(FormCreate::new("f").data(json!([1])))
            .unwrap_err()
    });
    assert!(
        text.contains("the parameter data must be an object"),
        "{text}"
    );
}

#[test]
fn a_slip_in_a_name_that_is_cleared_is_refused() {
    let update = || FormUpdate::default().null("actve_until");
    let text = refused(|client| client.forms().update("a", update()).unwrap_err());
    assert!(text.contains("Did you mean active_until?"), "{text}");
    // A name that is like no other may be new.
    let server = Server::start(vec![answer("200 OK", r#"{"id":"a"}"#)]);
    let update = FormUpdate::default().null("colour");
    assert_eq!(server.client().forms().update("a", update).unwrap().id, "a");
}

#[test]
fn options_of_nothing_or_too_much_are_refused_before_anything_is_sent() {
    for (options, words) in [
        (
            CallOptions::new().timeout(Duration::ZERO),
            "from 1 ms to 24 h",
        ),
        (
            CallOptions::new().timeout(Duration::from_micros(999)),
            "from 1 ms to 24 h",
        ),
        (CallOptions::new().max_attempts(0), "from 1 to 100"),
        (CallOptions::new().max_attempts(101), "from 1 to 100"),
    ] {
        let text = refused(|client| {
            client
                .with_options(options.clone())
                .forms()
                .get("a")
                .unwrap_err()
        });
        assert!(text.contains(words), "{text}");
        let text = refused(|client| {
            let client = client.with_options(options.clone());
            client
                .forms()
                .list(Default::default())
                .next()
                .unwrap()
                .unwrap_err()
        });
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn values_that_the_crate_knows_are_parameters_and_paths_are_settings() {
    let by_name = CaseList::default().parent_status("closed");
    assert_eq!(
        CaseList::default().parent_status(ParentStatus::Closed),
        by_name
    );
    let builder = Client::builder()
        .token(crate::common::TOKEN)
        .ca_file(Path::new("/nowhere/ca.pem"));
    let text = builder.build().unwrap_err().to_string();
    assert!(text.contains("ca_file"), "{text}");
}

#[test]
fn an_error_that_main_returns_says_what_to_do() {
    let server = Server::start(vec![answer("401 Unauthorized", r#"{"message":"no"}"#)]);
    let error = server.client().forms().get("a").unwrap_err();
    let lines: Vec<String> = format!("{error:?}").lines().map(str::to_owned).collect();
    assert_eq!(
        lines[..6],
        [
            "no",
            "  kind: authentication",
            "  status: 401",
            "  operation: forms.get",
            "  outcome: rejected",
            "  attempts: 1",
        ]
    );
    assert!(
        lines[6].starts_with("  hint: ") && lines.len() == 7,
        "{lines:?}"
    );
    assert!(format!("{error:#?}").starts_with("Error {"));
}

#[test]
fn a_page_is_kept_as_json() {
    for text in [
        r#"{"data":[{"id":"a","extra":[1]}],"meta":{"total_count":1}}"#,
        r#"{"data":[]}"#,
    ] {
        let page = Page::<Form>::from_json(text).unwrap();
        let kept = serde_json::to_string(&page).unwrap();
        assert_eq!(kept, text);
        let ids: Vec<&SharedStr> = page.iter().map(|form| &form.id).collect();
        assert_eq!((&page).into_iter().count(), ids.len());
        assert_eq!(Page::<Form>::from_json(kept).unwrap(), page);
    }
}

#[test]
fn facts_are_data() {
    let facts = json!([ErrorKind::RateLimit, Outcome::NotSent]);
    assert_eq!(facts, json!(["rate_limit", "not_sent"]));
    assert!(Outcome::ALL.is_sorted() && ErrorKind::ALL.is_sorted());
    let json = Json::from(json!({"a": 1}));
    assert_eq!(json.as_str(), r#"{"a":1}"#);
}

#[test]
fn options_print_no_value() {
    let contact = "jo@example.com";
    let options = CallOptions::new()
        .header("x-contact", contact)
        .query("about", contact)
        .body("reply_to", contact);
    let shown = format!("{options:?} {options:#?}");
    for name in ["x-contact", "about", "reply_to"] {
        assert!(shown.contains(name), "{shown}");
    }
    assert!(!shown.contains(contact), "{shown}");
}

#[test]
fn text_of_each_type_names_an_object() {
    let shared = SharedStr::from("a");
    let ids: [ById; 5] = [
        "a".into(),
        "a".to_owned().into(),
        (&"a".to_owned()).into(),
        (&shared).into(),
        shared.clone().into(),
    ];
    assert!(ids.iter().all(|id| *id == ById::new("a")));
    let flows = [Flow::from(&shared), Flow::from("a".to_owned())];
    assert!(flows.iter().all(|flow| *flow == Flow::new("a")));
    let slugs = Slugs::from(["a", "b"]);
    assert_eq!(slugs, Slugs::from(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(slugs, ["a", "b"].into_iter().collect());
    assert_ne!(slugs, Slugs::from("a,b"));
    let mut ids: Ids = ["a"].into_iter().collect();
    ids.extend(["b"]);
    assert_eq!(ids, ["a", "b"].into_iter().collect());
}
