use penbox_sandbox::{CaseSeed, ParentStatus, seed};
use serde_json::{Value, json};

use crate::support::{Bench, bench};

impl Bench {
    /// The references of the cases a query finds, oldest first; the count must agree.
    #[track_caller]
    fn references(&self, query: &[(&str, &str)]) -> String {
        let sorted = [query, &[("sort", "+created_at"), ("page[size]", "100")]].concat();
        let list = self.query("/cases", &sorted).good(200);
        let data = list["data"].as_array().unwrap();
        let count = self.query("/cases/count", query).good(200);
        assert_eq!(count["count"], data.len());
        let reference = |case: &Value| case["reference"].as_str().unwrap().to_owned();
        data.iter().map(reference).collect::<Vec<_>>().join(" ")
    }
}

fn seeded() -> Bench {
    let mut bench = bench();
    bench.open_both();
    for body in [
        json!({"reference": "A", "title": "Alpha", "template": {"id": seed::ACME_CASE_TEMPLATE},
               "owner": {"email": "sam@example.com"},
               "contacts": [{"key": "main", "email": "jo@example.com", "given_name": "Jo", "family_name": "Doe"},
                            {"key": "accountant", "given_name": "Ann", "family_name": "Roe"}]}),
        json!({"reference": "B", "title": "Beta", "status": "closed", "owner": {"email": "ada@example.com"},
               "contacts": [{"email": "ann@example.com", "given_name": "Ann", "family_name": "Doe"}]}),
        json!({"reference": "C", "title": "Gamma", "status": "papers", "workspace": {"id": seed::GLOBEX_ID}}),
    ] {
        bench.post("/cases", &body).good(200);
    }
    let first = bench.query("/cases", &[("reference", "A")]).json()["data"][0]["id"].clone();
    bench
        .post(
            &format!("/cases/{}/start/send_welcome", first.as_str().unwrap()),
            &json!({}),
        )
        .good(200);
    bench
}

#[test]
fn each_parameter() {
    let bench = seeded();
    let owner =
        bench.query("/cases", &[("reference", "A")]).json()["data"][0]["owner"]["id"].clone();
    for (query, found) in [
        (vec![], "A B C"),
        (vec![("template[id]", seed::ACME_CASE_TEMPLATE)], "A"),
        (vec![("status", "papers")], "C"),
        (vec![("parent_status", "closed")], "B"),
        (vec![("parent_status", "in_progress")], "A"),
        (vec![("archived", "true")], ""),
        (vec![("waiting_for", "contact")], "A"),
        (vec![("waiting_for", "none")], "B C"),
        (vec![("reference", "B")], "B"),
        (vec![("owner[id]", owner.as_str().unwrap())], "A"),
        (vec![("owner[email]", "ada@example.com")], "B"),
        (vec![("workspace[id]", seed::GLOBEX_ID)], "C"),
        (vec![("workspace[slug]", "acme-corp")], "A B"),
        (vec![("contact[given_name]", "Ann")], "A B"),
        (vec![("contact[email]", "jo@example.com")], "A"),
        // Of one and the same contact.
        (
            vec![
                ("contact[given_name]", "Ann"),
                ("contact[family_name]", "Doe"),
            ],
            "B",
        ),
        (
            vec![
                ("contact[given_name]", "Ann"),
                ("parent_status", "in_progress"),
            ],
            "A",
        ),
    ] {
        assert_eq!(bench.references(&query), found, "{query:?}");
    }
}

#[test]
fn operators() {
    let bench = seeded();
    for (filter, found) in [
        (
            r#"{"attributes":{"parent_status":{"$ne":"closed"}}}"#,
            "A C",
        ),
        (r#"{"attributes":{"title":{"$ge":"Beta"}}}"#, "B C"),
        (
            r#"{"attributes":{"created_at":{"$gt":"2001-01-01"},"archived_at":null}}"#,
            "A B C",
        ),
        (
            r#"{"relationships":{"owner":{"attributes":{"given_name":"Ada"}}}}"#,
            "B",
        ),
        (
            r#"{"relationships":{"contact":{"attributes":{"given_name":"Ann","family_name":{"$eq":"Roe"}}}}}"#,
            "A",
        ),
        (
            r#"{"relationships":{"template":{"attributes":{"id":null}},"workspace":{"attributes":{"slug":"globex"}}}}"#,
            "C",
        ),
    ] {
        assert_eq!(
            bench.references(&[("filter", filter), ("reference", "nothing")]),
            found,
            "{filter}"
        );
    }
}

#[test]
fn that_cannot_be() {
    let bench = bench();
    for path in ["/cases", "/cases/count"] {
        for (name, value, message) in [
            (
                "parent_status",
                "open",
                "parent_status must be one of draft, pending, in_progress, closed",
            ),
            (
                "waiting_for",
                "me",
                "waiting_for must be one of none, owner, contact",
            ),
            ("archived", "yes", "archived must be true or false"),
            ("template[id]", "1", "template[id] must be a UUID"),
            ("owner[id]", "1", "owner[id] must be a UUID"),
            ("workspace[id]", "1", "workspace[id] must be a UUID"),
            ("owner[email]", "x", "owner[email] must be a valid email"),
            (
                "contact[email]",
                "x",
                "contact[email] must be a valid email",
            ),
            ("filter", "x", "filter must be a JSON object"),
            (
                "filter",
                r#"{"status":"x"}"#,
                "filter: unknown member status",
            ),
            (
                "filter",
                r#"{"attributes":{"status":{"$in":[]}}}"#,
                "filter: unknown operator $in",
            ),
        ] {
            bench.query(path, &[(name, value)]).is_bad(message);
        }
    }
    bench
        .get("/cases?sort=title")
        .is_bad("sort must be one of +created_at, -created_at, +updated_at, -updated_at");
    bench
        .get("/cases?page[size]=0")
        .is_bad("page[size] must be at least 1");
}

#[test]
fn many_seeded_over_http_and_in_process() {
    let bench = bench();
    let body = json!({"count": 120, "owner_email": "new@example.com", "created_at": "2024-01-01", "step_ms": 1000,
                      "parent_status": "in_progress"});
    let made = bench.steer("POST", "/cases", &body.to_string()).good(201);
    assert_eq!(
        (&made["count"], made["ids"].as_array().unwrap().len()),
        (&json!(120), 120)
    );
    let page = bench
        .query(
            "/cases",
            &[
                ("page[size]", "100"),
                ("page[number]", "2"),
                ("sort", "+created_at"),
            ],
        )
        .good(200);
    assert_eq!(
        page["meta"],
        json!({"total_count": 120, "total_pages": 2, "page_size": 100, "current_page": 2})
    );
    let last = &page["data"][19];
    assert_eq!(
        (
            &last["title"],
            &last["created_at"],
            &last["status"],
            &last["owner"]["email"]
        ),
        (
            &json!("Case 119"),
            &json!("2024-01-01T00:01:59.000000Z"),
            &json!("in_progress"),
            &json!("new@example.com")
        )
    );
    // Who owns one is a member from then on.
    let owned = json!({"title": "x", "owner": {"email": "new@example.com"}});
    bench.post("/cases", &owned).good(200);
    let wanted = CaseSeed {
        count: 1,
        template: Some(seed::GLOBEX_CASE_TEMPLATE.into()),
        parent_status: Some(ParentStatus::Closed),
        status: Some("won".into()),
        ..CaseSeed::default()
    };
    let id = bench.sandbox.seed_cases(wanted).unwrap().remove(0);
    assert_eq!(bench.get(&format!("/cases/{id}")).status, 403);
    for (body, status) in [
        (json!({}), 400),
        (json!({"count": 100_001}), 400),
        (json!({"count": 1, "template": seed::ACME_ID}), 404),
        (json!({"count": 1, "created_at": "soon"}), 400),
        (json!({"count": 1, "parent_status": "lost"}), 400),
    ] {
        assert_eq!(
            bench.steer("POST", "/cases", &body.to_string()).status,
            status,
            "{body}"
        );
    }
}
