//! The other ways to make calls: by id, with options, from threads, from the environment.

use penbox::bindings::Recorder;
use penbox::{CallOptions, ErrorKind, FormCreate, FormList, Outcome};
use penbox_sandbox::FormSeed;
use serde_json::json;

use crate::sandbox::start;

#[test]
fn calls_by_id_meet_the_typed_ones() {
    let (sandbox, client) = start();
    let options = CallOptions::new();
    let recorded = CallOptions::new().record(&Recorder::default());
    let created = client
        .invoke(
            "forms.create",
            r#"{"flow": {"slug": "client-onboarding"}}"#,
            &recorded,
        )
        .unwrap();
    assert_eq!(created.response.unwrap().status, 201);
    let id = created
        .document
        .root()
        .get("id")
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned();
    let read = client
        .invoke("forms.get", &json!({"id": id}).to_string(), &options)
        .unwrap();
    assert_eq!(read.response, None, "what nobody asked for is not recorded");
    let typed = client.forms().get(&id).unwrap();
    let text: serde_json::Value = serde_json::from_str(read.document.text()).unwrap();
    assert_eq!(
        serde_json::to_value(&typed).unwrap(),
        text,
        "nothing is lost, nothing is added"
    );

    sandbox
        .seed_forms(FormSeed {
            count: 7,
            ..FormSeed::default()
        })
        .unwrap();
    let mut pager = client
        .pager("forms.list", r#"{"page": {"size": 3}}"#, options.clone())
        .unwrap();
    let mut sizes = Vec::new();
    while let Some(page) = pager.next_page().unwrap() {
        assert_eq!(page.total_count(), Some(8));
        sizes.push(page.items().len());
    }
    assert_eq!(sizes, [3, 3, 2]);
    assert_eq!(pager.page(2).unwrap().items().len(), 3);

    sandbox.clear_requests();
    for (id, params) in [
        ("forms.crate", "{}"),
        ("forms.create", "{}"),
        ("forms.create", "{"),
        ("forms.create", "[]"),
        ("forms.create", r#"{"flow": "client-onboarding"}"#),
        ("forms.create", r#"{"flow": {"slug": "x"}, "usr": {}}"#),
        ("forms.create", r#"{"flow": {"slug": "x", "sulg": 1}}"#),
        ("forms.get", "{}"),
        ("forms.get", r#"{"id": 5}"#),
        ("forms.get", r#"{"id": ""}"#),
        ("forms.get", r#"{"id": "../workspaces"}"#),
        ("forms.list", r#"{"archived": "yes"}"#),
        ("forms.list", r#"{"page": {"size": 1000}}"#),
    ] {
        let error = client.invoke(id, params, &options).unwrap_err();
        assert_eq!(
            (error.kind(), error.outcome()),
            (ErrorKind::InvalidArgument, Outcome::NotSent),
            "{id} {params}"
        );
    }
    assert!(sandbox.requests().is_empty());
    let error = client
        .invoke("forms.create", r#"{"flwo": {}}"#, &options)
        .unwrap_err();
    assert!(
        error.message().contains("flwo") && error.hint().unwrap().contains("Did you mean flow?"),
        "{error}"
    );
}

#[test]
fn extra_query_and_body_members_are_sent() {
    let (sandbox, client) = start();
    let options = CallOptions::new()
        .body("redirect_url", "https://example.com/done")
        .body("from_the_future", 1);
    client
        .with_options(options.clone())
        .forms()
        .create(FormCreate::new("client-onboarding"))
        .unwrap();
    assert!(
        sandbox.requests()[0]
            .body
            .contains(r#""from_the_future":1"#)
    );
    let options = CallOptions::new().query("expand[deep]", "a b");
    client
        .with_options(options)
        .forms()
        .list(FormList::default())
        .for_each(|form| drop(form.unwrap()));
    assert!(
        sandbox.requests()[1]
            .query
            .as_ref()
            .unwrap()
            .ends_with("&expand%5Bdeep%5D=a%20b")
    );
    let options = CallOptions::new().body("x", 1);
    assert!(
        client
            .with_options(options.clone())
            .forms()
            .get("x")
            .unwrap_err()
            .message()
            .contains("sends no body")
    );
}

#[test]
fn threads_share_a_client() {
    let (_sandbox, client) = start();
    let ids: Vec<_> = (0..8)
        .map(|_| {
            client
                .forms()
                .create(FormCreate::new("client-onboarding"))
                .unwrap()
                .id
        })
        .collect();
    std::thread::scope(|scope| {
        for id in &ids {
            let client = client.clone();
            scope.spawn(move || {
                (0..50).for_each(|_| assert_eq!(&client.forms().get(id).unwrap().id, id))
            });
        }
    });
}
