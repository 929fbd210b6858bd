use penbox_sandbox::{FormSeed, FormStatus};
use serde_json::{Value, json};

use crate::support::{Bench, bench};

fn array(answer: &Value) -> &Vec<Value> {
    answer.as_array().expect("a bare array")
}

fn seeded() -> Bench {
    let bench = bench();
    let seed = FormSeed {
        count: 12,
        ..FormSeed::default()
    };
    bench.sandbox.seed_forms(seed).unwrap();
    let seed = FormSeed {
        count: 2,
        archived: true,
        status: Some(FormStatus::Completed),
        ..FormSeed::default()
    };
    bench.sandbox.seed_forms(seed).unwrap();
    bench
}

#[test]
fn requests_are_listed_bare() {
    let bench = seeded();
    let list = bench.get("/requests").good(200);
    assert_eq!(array(&list).len(), 10);
    assert_eq!(list[0]["external_args"]["index"], 11);
    assert_eq!(list[0]["workspace"]["slug"], "acme-corp");
    assert_eq!(list[0].get("notifications"), None);
    assert_eq!(list[0]["responses"], json!([]));
    let second = bench.get("/requests?page[number]=2&page[size]=7").good(200);
    assert_eq!(array(&second).len(), 5);
    bench
        .get("/requests?page[size]=0")
        .is_bad("page[size] must be at least 1");
}

#[test]
fn requests_know_filter_only() {
    let bench = seeded();
    let count = |query: &[(&str, &str)]| array(&bench.query("/requests", query).good(200)).len();
    let size = ("page[size]", "100");
    assert_eq!(count(&[size, ("archived", "true"), ("sort", "x")]), 12);
    assert_eq!(
        count(&[size, ("filter", r#"{"archived":true,"completed":true}"#)]),
        2
    );
    assert_eq!(
        count(&[
            size,
            ("filter", r#"{"user":{"email":"contact-3@example.com"}}"#)
        ]),
        1
    );
    bench
        .query("/requests", &[("filter", r#"{"color":1}"#)])
        .is_bad("filter: color is unknown");
}

#[test]
fn a_request_is_a_form() {
    let bench = bench();
    let body = json!({"flow": {"slug": "kyc-renewal"}, "user": {"email": "a@b.c"}, "options": {"signature_method": "sms"}});
    let made = bench.post("/requests", &body).good(201);
    let id = made["id"].as_str().unwrap();
    assert_eq!(bench.get(&format!("/requests/{id}")).good(200), made);
    assert_eq!(bench.get(&format!("/forms/{id}")).good(200), made);
    let path = format!("/requests/{id}");
    let changed = bench.patch(&path, &json!({"archived": true})).good(200);
    assert_eq!(changed["archived"], true);
    assert_eq!(bench.get(&path).json(), changed);
    bench
        .post("/requests", &json!({}))
        .is_bad("flow.slug is required");
    bench.get("/requests/count").is_bad("id must be a UUID");
}

#[test]
fn flows_have_a_workspace_and_archived_instead() {
    let bench = bench();
    let slugs = |answer: &Value| -> Vec<String> {
        let of = |item: &Value| item["slug"].as_str().unwrap().to_owned();
        array(answer).iter().map(of).collect()
    };
    let flows = bench.get("/flows").good(200);
    assert_eq!(slugs(&flows), ["kyc-renewal", "client-onboarding"]);
    assert_eq!(
        flows[0]["workspace"],
        json!({"id": "c3d4e5f6-a7b8-9012-cdef-123456789012", "slug": "acme-corp"})
    );
    let archived = bench.get("/flows?archived=true").good(200);
    assert_eq!(slugs(&archived), ["archived-intake"]);
    assert_eq!(
        slugs(&bench.get("/flows?archived=false").good(200)).len(),
        2
    );
}

#[test]
fn companies_are_workspaces() {
    let mut bench = bench();
    bench.get("/companies").is(
        200,
        concat!(
            r#"[{"id":"c3d4e5f6-a7b8-9012-cdef-123456789012","created_at":"2024-01-15T10:30:00Z","#,
            r#""slug":"acme-corp","name":"Acme Corp"}]"#
        ),
    );
    bench.open_both();
    assert_eq!(array(&bench.get("/companies").good(200)).len(), 2);
    assert_eq!(
        array(&bench.get("/companies?page[size]=1").good(200)).len(),
        1
    );
}
