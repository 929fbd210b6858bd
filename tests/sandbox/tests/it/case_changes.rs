//! Data, contacts and steps of a case.

use penbox_sandbox::{CaseSeed, seed};
use serde_json::{Value, json};

use crate::cases::of_template;
use crate::support::bench;

#[test]
fn data_is_merged() {
    let bench = bench();
    let (before, path) = of_template(&bench);
    let case = bench
        .post(
            &format!("{path}/data"),
            &json!({"data": {"company_name": "Acme", "employees": 5, "founded_on": "2020-02-29"}}),
        )
        .good(200);
    let values = |case: &Value| -> Vec<Value> {
        case["schema"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["value"].clone())
            .collect()
    };
    assert_eq!(
        values(&case),
        [
            json!("Acme"),
            json!(5),
            json!("2020-02-29"),
            Value::Null,
            Value::Null
        ]
    );
    assert_ne!(case["updated_at"], before["updated_at"]);
    let case = bench
        .post(
            &format!("{path}/data"),
            &json!({"data": {"employees": null, "is_vat_payer": true, "documents": ["any"]}}),
        )
        .good(200);
    assert_eq!(
        values(&case),
        [
            json!("Acme"),
            Value::Null,
            json!("2020-02-29"),
            json!(true),
            json!(["any"])
        ]
    );
    for (body, message) in [
        (json!({}), "data is required"),
        (json!({"data": null}), "data must be an object"),
        (
            json!({"data": {"company_name": "New", "colour": 1}}),
            "data.colour is not a field of this case",
        ),
        (
            json!({"data": {"company_name": "New", "employees": "5"}}),
            "data.employees must be a number",
        ),
        (
            json!({"data": {"founded_on": "soon"}}),
            "data.founded_on must be an ISO 8601 date",
        ),
    ] {
        bench.post(&format!("{path}/data"), &body).is_bad(message);
    }
    // All or nothing.
    assert_eq!(bench.get(&path).good(200), case);
}

#[test]
fn contacts_by_key() {
    let bench = bench();
    let (before, path) = of_template(&bench);
    let contacts = format!("{path}/contacts");
    let case = bench
        .post(&contacts, &json!({"contacts": [{"key": "main", "phone": "+321", "given_name": "Joanna"}, {"key": "accountant", "name": "Ann"}]}))
        .good(200);
    let list = case["contacts"].as_array().unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(
        list[0],
        json!({"id": before["contacts"][0]["id"], "key": "main", "name": "Joanna Doe", "email": "jo@example.com",
               "given_name": "Joanna", "family_name": "Doe", "phone": "+321"})
    );
    assert_eq!(
        (&list[1]["key"], &list[1]["name"], &list[1]["email"]),
        (&json!("accountant"), &json!("Ann"), &Value::Null)
    );
    let case = bench
        .post(
            &contacts,
            &json!({"contacts": [{"email": "new@example.com", "phone": null, "given_name": "Jo"}]}),
        )
        .good(200);
    let main = &case["contacts"][0];
    assert_eq!(
        (&main["email"], &main["phone"], &main["name"]),
        (&json!("new@example.com"), &Value::Null, &json!("Jo Doe"))
    );
    assert_ne!(main["id"], before["contacts"][0]["id"]);
    bench
        .post(&contacts, &json!({}))
        .is_bad("contacts is required");
    bench
        .post(&contacts, &json!({"contacts": [{"key": "a-b"}]}))
        .is_bad("contacts[0].key must be lower-case letters, digits and underscores, at most 120");
}

#[test]
fn a_step_starts_once() {
    let bench = bench();
    let (_, path) = of_template(&bench);
    let start = |step: &str, body: &[u8]| bench.call("POST", &format!("{path}/start/{step}"), body);
    let case = start("send_welcome", b"").good(200);
    assert_eq!(case["steps"][0]["status"], "started");
    assert_eq!(
        (&case["parent_status"], &case["status"]),
        (&json!("in_progress"), &json!("in_progress"))
    );
    assert_eq!(case["waiting_for"], "contact");
    start("send_welcome", b"{}").refuses(409, "Conflict", "Step send_welcome is already started");
    let case = start("collect_documents", br#"{"data":{"language":"fr"}}"#).good(200);
    assert_eq!(case["steps"][1]["data"], json!({"language": "fr"}));
    start("nothing", b"").refuses(404, "Not Found", "Step nothing not found");
    start("final_review", b"[]").is_bad("Body must be a JSON object");
    start("final_review", br#"{"data":1}"#).is_bad("data must be an object");
    start("final_review", b"").refuses(
        422,
        "Unprocessable Entity",
        "Step final_review needs a value in company_name",
    );
    bench
        .post(
            &format!("{path}/data"),
            &json!({"data": {"company_name": "Acme"}}),
        )
        .good(200);
    start("final_review", b"{}").good(200);
    assert_eq!(bench.get(&path).good(200)["steps"][2]["status"], "started");
}

#[test]
fn templates_and_archived_cases_stay() {
    let bench = bench();
    let archived = CaseSeed {
        count: 1,
        archived: true,
        ..CaseSeed::default()
    };
    let archived = bench.sandbox.seed_cases(archived).unwrap().remove(0);
    for (id, message) in [
        (seed::ACME_CASE_TEMPLATE, "This case is a template"),
        (archived.as_str(), "This case is archived"),
    ] {
        for (part, body) in [
            ("start/send_welcome", json!({})),
            ("data", json!({"data": {}})),
            ("contacts", json!({"contacts": []})),
        ] {
            bench.post(&format!("/cases/{id}/{part}"), &body).refuses(
                422,
                "Unprocessable Entity",
                message,
            );
        }
    }
    assert_eq!(
        bench
            .get(&format!("/cases/{}", seed::ACME_CASE_TEMPLATE))
            .status,
        200
    );
}
