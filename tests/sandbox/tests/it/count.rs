use penbox_sandbox::{FormSeed, FormStatus};
use serde_json::json;

use crate::support::{Bench, bench};

fn seeded() -> Bench {
    let bench = bench();
    for (count, status, kind, email) in [
        (2, FormStatus::Pending, json!("flat"), "a@example.com"),
        (3, FormStatus::Completed, json!("house"), "b@example.com"),
        (1, FormStatus::Draft, json!(7), "a@example.com"),
        (1, FormStatus::Processed, json!(null), "c@example.com"),
    ] {
        let seed = FormSeed {
            count,
            status: Some(status),
            user_email: Some(email.into()),
            data: json!({"property_type": kind, "place": {"city": "Gent"}, "a.b": "dotted"})
                .as_object()
                .unwrap()
                .clone(),
            ..FormSeed::default()
        };
        bench.sandbox.seed_forms(seed).unwrap();
    }
    bench
}

#[test]
fn plain_and_filtered() {
    let bench = seeded();
    bench.get("/forms/count").is(200, r#"{"count":7}"#);
    let counts =
        |query: &[(&str, &str)]| bench.query("/forms/count", query).good(200)["count"].clone();
    assert_eq!(counts(&[("completed", "true")]), 4);
    assert_eq!(counts(&[("user[email]", "a@example.com")]), 3);
    assert_eq!(counts(&[("archived", "true")]), 0);
    let filter = r#"{"attributes":{"status":{"$ne":"draft"}}}"#;
    assert_eq!(counts(&[("filter", filter), ("completed", "true")]), 6);
    // Paging and order are not for counts.
    assert_eq!(counts(&[("page[size]", "1000"), ("sort", "x")]), 7);
}

#[test]
fn by_status() {
    seeded().get("/forms/count?group-by=status").is(
        200,
        r#"{"count":7,"by":{"status":{"completed":3,"draft":1,"pending":2,"processed":1}}}"#,
    );
    bench()
        .get("/forms/count?group-by=status")
        .is(200, r#"{"count":0,"by":{"status":{}}}"#);
}

#[test]
fn by_members_of_user_and_data() {
    let bench = seeded();
    let by = |group: &str| {
        bench
            .query("/forms/count", &[("group-by", group)])
            .good(200)["by"]
            .clone()
    };
    assert_eq!(
        by("user.email"),
        json!({"user.email": {"a@example.com": 3, "b@example.com": 3, "c@example.com": 1}})
    );
    assert_eq!(by("user.phone"), json!({"user.phone": {"null": 7}}));
    assert_eq!(
        by("user.anonymous"),
        json!({"user.anonymous": {"false": 7}})
    );
    assert_eq!(
        by("data.property_type"),
        json!({"data.property_type": {"flat": 2, "house": 3, "7": 1, "null": 1}})
    );
    assert_eq!(
        by("data.place.city"),
        json!({"data.place.city": {"Gent": 7}})
    );
    assert_eq!(by("data.a.b"), json!({"data.a.b": {"dotted": 7}}));
    assert_eq!(by("data.nothing"), json!({"data.nothing": {"null": 7}}));
}

#[test]
fn other_groups() {
    let bench = seeded();
    for group in [
        "",
        "owner",
        "flow.slug",
        "user",
        "user.",
        "user.age",
        "data",
        "data.",
        "data..a",
        "Status",
    ] {
        bench
            .query("/forms/count", &[("group-by", group)])
            .is_bad("group-by must be status, user.{field} or data.{field}");
    }
    bench
        .get("/forms/count?group-by=status&group-by=status")
        .is_bad("group-by is given twice");
    bench
        .get("/forms/count?filter=x")
        .is_bad("filter must be a JSON object");
}

#[test]
fn only_what_the_token_opens() {
    let mut bench = seeded();
    bench.token = penbox_sandbox::seed::GLOBEX_TOKEN.to_owned();
    bench.get("/forms/count").is(200, r#"{"count":0}"#);
    bench.open_both();
    bench.get("/forms/count").is(200, r#"{"count":7}"#);
}
