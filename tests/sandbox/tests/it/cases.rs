use penbox_sandbox::seed;
use serde_json::{Value, json};

use crate::support::{Bench, FORBIDDEN, NOT_FOUND, bench};

fn create(bench: &Bench, body: &Value) -> Value {
    bench.post("/cases", body).good(200)
}

pub(crate) fn of_template(bench: &Bench) -> (Value, String) {
    let body = json!({"template": {"id": seed::ACME_CASE_TEMPLATE},
                      "contacts": [{"key": "main", "email": "jo@example.com", "given_name": "Jo", "family_name": "Doe"}]});
    let case = create(bench, &body);
    let path = format!("/cases/{}", case["id"].as_str().unwrap());
    (case, path)
}

#[test]
fn of_the_documented_body() {
    let bench = bench();
    let case = create(
        &bench,
        &json!({"title": "Onboarding Acme", "template": {"id": seed::ACME_CASE_TEMPLATE}, "reference": "CRM-1",
                "owner": {"email": seed::OWNER_EMAIL}, "workspace": {"id": seed::ACME_ID},
                "contacts": [{"key": "main", "email": "jo@example.com", "given_name": "Jo", "family_name": "Doe"}],
                "schema": [{"key": "company_name", "type": "text", "value": "Acme", "name": "Company"},
                           {"key": "extra", "type": "number", "value": 5}], "unknown": 1}),
    );
    assert_eq!(case["title"], "Onboarding Acme");
    assert_eq!(
        (
            &case["parent_status"],
            &case["status"],
            &case["waiting_for"]
        ),
        (&json!("draft"), &json!("draft"), &json!("none"))
    );
    assert_eq!(
        (&case["reference"], &case["archived_at"]),
        (&json!("CRM-1"), &Value::Null)
    );
    assert_eq!(case["template"], seed::ACME_CASE_TEMPLATE);
    let owner = &case["owner"];
    assert_eq!(
        (&owner["email"], &owner["given_name"]),
        (&json!("sam@example.com"), &json!("Sam"))
    );
    let contact = &case["contacts"][0];
    assert_eq!(
        *contact,
        json!({"id": contact["id"], "key": "main", "name": "Jo Doe", "email": "jo@example.com",
               "given_name": "Jo", "family_name": "Doe", "phone": null})
    );
    assert_eq!(
        case["steps"][0],
        json!({"id": "send_welcome", "title": "Welcome email", "status": "pending", "data": {}})
    );
    let schema = case["schema"].as_array().unwrap();
    assert_eq!(
        schema[0],
        json!({"key": "company_name", "type": "text", "value": "Acme", "name": "Company"})
    );
    assert_eq!(
        schema[5],
        json!({"key": "extra", "type": "number", "value": 5, "name": null})
    );
    let path = format!("/cases/{}", case["id"].as_str().unwrap());
    assert_eq!(bench.get(&path).good(200), case);
    let mut listed = bench.get("/cases").good(200)["data"][0].clone();
    assert_eq!((listed.get("steps"), listed.get("schema")), (None, None));
    listed["steps"] = case["steps"].clone();
    listed["schema"] = case["schema"].clone();
    assert_eq!(listed, case);
}

#[test]
fn with_as_little_as_can_be() {
    let bench = bench();
    let case = create(&bench, &json!({"title": "Alone"}));
    assert_eq!(
        (&case["steps"], &case["schema"], &case["contacts"]),
        (&json!([]), &json!([]), &json!([]))
    );
    assert_eq!(
        (&case["template"], &case["owner"]),
        (&Value::Null, &Value::Null)
    );
    let reference = case["reference"].as_str().unwrap();
    assert!(
        reference.len() == 6
            && reference
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    );
    let case = create(
        &bench,
        &json!({"template": {"id": seed::ACME_CASE_TEMPLATE}, "status": "in_progress"}),
    );
    assert_eq!(
        (&case["title"], &case["parent_status"]),
        (&json!("Client onboarding"), &json!("in_progress"))
    );
    let case = create(
        &bench,
        &json!({"title": "x", "status": "waiting_for_papers"}),
    );
    assert_eq!(
        (&case["status"], &case["parent_status"]),
        (&json!("waiting_for_papers"), &json!("draft"))
    );
    // The same person keeps an id.
    let jo = json!({"title": "x", "contacts": [{"email": "jo@example.com"}]});
    let (first, second) = (create(&bench, &jo), create(&bench, &jo));
    assert_eq!(first["contacts"][0]["key"], "main");
    assert_eq!(first["contacts"][0]["id"], second["contacts"][0]["id"]);
}

#[test]
fn that_cannot_be_made() {
    let bench = bench();
    let known = seed::ACME_CASE_TEMPLATE;
    for (body, message) in [
        (json!({}), "title is required"),
        (json!({"title": ""}), "title is required"),
        (json!({"title": 1}), "title must be a string"),
        (json!({"template": {}}), "template.id is required"),
        (json!({"template": known}), "template must be an object"),
        (
            json!({"template": {"id": "x"}}),
            "template.id must be a UUID",
        ),
        (
            json!({"template": {"id": seed::ACME_ID}}),
            "template.id is not a known case template",
        ),
        (
            json!({"template": {"id": seed::ARCHIVED_CASE_TEMPLATE}}),
            "template.id is not a known case template",
        ),
        (
            json!({"title": "a", "owner": {"email": "nobody@example.com"}}),
            "owner.email is not a known owner",
        ),
        (
            json!({"title": "a", "owner": {"email": "x"}}),
            "owner.email must be a valid email",
        ),
        (
            json!({"title": "a", "contacts": {}}),
            "contacts must be an array",
        ),
        (
            json!({"title": "a", "contacts": [1]}),
            "contacts[0] must be an object",
        ),
        (
            json!({"title": "a", "contacts": [{"email": "x"}]}),
            "contacts[0].email must be a valid email",
        ),
        (
            json!({"title": "a", "contacts": [{"key": "a"}, {"key": "a"}]}),
            "contacts[1].key is there already: a",
        ),
        (
            json!({"title": "a", "contacts": [{"key": "A"}]}),
            "contacts[0].key must be lower-case letters, digits and underscores, at most 120",
        ),
        (
            json!({"title": "a", "schema": [{"type": "text"}]}),
            "schema[0].key is required",
        ),
        (
            json!({"title": "a", "schema": [{"key": "n", "type": "number", "value": "5"}]}),
            "schema: the value of n must be a number",
        ),
        (
            json!({"title": "a", "workspace": {"id": "x"}}),
            "workspace.id must be a UUID",
        ),
    ] {
        bench.post("/cases", &body).is_bad(message);
    }
    bench
        .post(
            "/cases",
            &json!({"title": "a", "workspace": {"id": seed::GLOBEX_ID}}),
        )
        .is(403, FORBIDDEN);
    bench
        .post(
            "/cases",
            &json!({"template": {"id": seed::GLOBEX_CASE_TEMPLATE}}),
        )
        .is(403, FORBIDDEN);
    bench
        .post("/cases", &json!({"title": "a", "workspace": {"id": known}}))
        .refuses(404, "Not Found", "Workspace not found");
    assert_eq!(bench.get("/cases/count").good(200), json!({"count": 0}));
}

#[test]
fn in_the_workspace_of_its_template() {
    let mut bench = bench();
    bench.open_both();
    let template = json!({"id": seed::GLOBEX_CASE_TEMPLATE});
    create(&bench, &json!({"template": template}));
    create(&bench, &json!({"title": "first workspace"}));
    bench
        .post(
            "/cases",
            &json!({"template": template, "workspace": {"id": seed::ACME_ID}}),
        )
        .is_bad("template.id is of another workspace than the one named");
    for slug in ["acme-corp", "globex"] {
        let count = bench
            .get(&format!("/cases/count?workspace[slug]={slug}"))
            .good(200);
        assert_eq!(count["count"], 1);
    }
}

#[test]
fn other_ids() {
    let mut bench = bench();
    let (_, path) = of_template(&bench);
    let parts = ["data", "contacts", "start/send_welcome"];
    bench.get("/cases/1").is_bad("id must be a UUID");
    bench
        .get(&format!("/cases/{}", seed::ACME_ID))
        .is(404, NOT_FOUND);
    for part in parts {
        bench
            .post(&format!("/cases/1/{part}"), &json!({}))
            .is_bad("id must be a UUID");
        bench
            .post(&format!("/cases/{}/{part}", seed::ACME_ID), &json!({}))
            .is(404, NOT_FOUND);
    }
    bench.token = seed::GLOBEX_TOKEN.to_owned();
    bench.get(&path).is(403, FORBIDDEN);
    for part in parts {
        bench
            .post(&format!("{path}/{part}"), &json!({}))
            .is(403, FORBIDDEN);
    }
}

#[test]
fn case_templates() {
    let mut bench = bench();
    let list = bench.get("/case_templates").good(200);
    assert_eq!(list["meta"]["total_count"], 1);
    let listed = &list["data"][0];
    assert_eq!(
        (&listed["id"], &listed["title"]),
        (
            &json!(seed::ACME_CASE_TEMPLATE),
            &json!("Client onboarding")
        )
    );
    assert_eq!(
        (listed.get("steps"), &listed["template"]),
        (None, &Value::Null)
    );
    let path = format!("/case_templates/{}", seed::ACME_CASE_TEMPLATE);
    let whole = bench.get(&path).good(200);
    assert_eq!(
        whole["steps"].as_array().unwrap().len(),
        seed::CASE_STEPS.len()
    );
    let roles: Vec<&Value> = whole["contacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|contact| &contact["key"])
        .collect();
    assert_eq!(roles, ["main", "accountant"]);
    assert_eq!(
        whole["schema"][1],
        json!({"key": "employees", "type": "number", "value": null, "name": "Employees"})
    );
    let titles = |query: &[(&str, &str)]| -> Vec<String> {
        let list = bench.query("/case_templates", query).good(200);
        let title = |item: &Value| item["title"].as_str().unwrap().to_owned();
        list["data"].as_array().unwrap().iter().map(title).collect()
    };
    assert_eq!(titles(&[("title", "ONBOARD")]), ["Client onboarding"]);
    assert_eq!(
        titles(&[("title", "onboard"), ("archived", "true")]),
        ["Old onboarding"]
    );
    assert!(titles(&[("title", "claim")]).is_empty());
    assert!(titles(&[("owner[email]", "sam@example.com")]).is_empty());
    assert_eq!(titles(&[("workspace[id]", seed::ACME_ID)]).len(), 1);
    let filter = r#"{"attributes":{"archived":false,"title":"Client onboarding"}}"#;
    assert_eq!(titles(&[("filter", filter), ("title", "nothing")]).len(), 1);
    let (case, _) = of_template(&bench);
    bench
        .get(&format!("/case_templates/{}", case["id"].as_str().unwrap()))
        .is(404, NOT_FOUND);
    bench.get("/case_templates/1").is_bad("id must be a UUID");
    bench.token = seed::GLOBEX_TOKEN.to_owned();
    bench.get(&path).is(403, FORBIDDEN);
}
