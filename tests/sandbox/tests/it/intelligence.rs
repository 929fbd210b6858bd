use std::time::Duration;

use penbox_sandbox::{Clock, SandboxOptions, seed};
use serde_json::{Value, json};

use crate::support::{Bench, FORBIDDEN, NOT_FOUND, bench};

/// 2026-01-01T00:00:00Z.
const NEW_YEAR: i64 = 1_767_225_600_000;

fn file(bench: &Bench) -> String {
    let made = bench
        .post("/attachments", &json!({"name": "id.jpg", "data": ""}))
        .good(201);
    made["id"].as_str().unwrap().to_owned()
}

#[test]
fn results_at_once() {
    let bench = Bench::with(SandboxOptions::default().clock(Clock::manual(NEW_YEAR)));
    let file = file(&bench);
    let body = json!({
        "attachments": [{"id": file}],
        "fields": [{"name": "firstname", "type": "text"},
                   {"key": "birthday", "name": "date de naissance", "hint": "DD MMM YYYY", "type": "text"},
                   {"name": "amount", "type": "number"}, {"name": "due", "type": "date"}],
        "language": "en",
    });
    let job = bench.post("/document_intelligence", &body).good(201);
    assert_eq!(job["created_at"], "2026-01-01T00:00:00.000000Z");
    assert_eq!(job["updated_at"], job["created_at"]);
    assert_eq!(
        job["attachments"],
        json!([{"id": file, "name": "id.jpg", "type": "image/jpeg"}])
    );
    let fields = &job["results"]["fields"];
    assert_eq!(
        fields[0],
        json!({"key": "firstname", "name": "firstname", "type": "text", "value": "Jane", "confidence": "high"})
    );
    assert_eq!(
        fields[1],
        json!({"key": "birthday", "name": "date de naissance", "hint": "DD MMM YYYY", "type": "text",
               "value": "01 JAN 1990", "confidence": "high"})
    );
    assert!(fields[2]["value"].is_number() && fields[3]["value"].is_string());
    assert_eq!(job["results"]["validation"]["is_valid"], true);
    assert_eq!(job["results"]["document_type"], "ID Card");
    assert_eq!(
        (&job["language"], &job["creator"]["email"]),
        (&json!("en"), &json!("api@acme-corp.example"))
    );
    assert_eq!(
        job["usage"],
        json!({"input": 100, "output": 40, "total": 140, "pages": 1})
    );
    let id = job["id"].as_str().unwrap();
    assert_eq!(
        bench.get(&format!("/document_intelligence/{id}")).good(200),
        job
    );
    // The same question has the same answer.
    let again = bench.post("/document_intelligence", &body).good(201);
    assert_eq!(
        (&again["results"], &again["creator"]),
        (&job["results"], &job["creator"])
    );
}

#[test]
fn results_after_a_delay_of_the_clock() {
    let clock = Clock::manual(NEW_YEAR);
    let options = SandboxOptions::default()
        .clock(clock.clone())
        .extraction_delay_ms(10_000);
    let bench = Bench::with(options);
    let body = json!({"attachments": [{"name": "a.pdf", "type": "application/pdf", "data": "JVBERi0="}],
                      "template": {"id": seed::EXTRACTION_TEMPLATE}});
    let job = bench.post("/document_intelligence", &body).good(201);
    let path = format!("/document_intelligence/{}", job["id"].as_str().unwrap());
    assert_eq!(
        (&job["results"], &job["usage"]),
        (&Value::Null, &Value::Null)
    );
    clock.advance(Duration::from_millis(9_999));
    assert_eq!(bench.get(&path).good(200), job);
    clock.advance(Duration::from_millis(1));
    let done = bench.get(&path).good(200);
    assert_eq!(done["updated_at"], "2026-01-01T00:00:10.000000Z");
    let keys: Vec<&Value> = done["results"]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| &field["key"])
        .collect();
    assert_eq!(keys, ["firstname", "birthday", "amount"]);
    // The file that came along is an attachment now.
    let file = done["attachments"][0]["id"].as_str().unwrap();
    assert_eq!(
        bench.get(&format!("/attachments/{file}")).good(200)["data"],
        "JVBERi0="
    );
    bench
        .steer("PUT", "/settings", r#"{"extraction_delay_ms":0}"#)
        .good(200);
    assert!(bench.post("/document_intelligence", &body).good(201)["results"].is_object());
}

#[test]
fn bodies_that_cannot_be() {
    let bench = bench();
    let file = file(&bench);
    let one = "exactly one of fields and template is required";
    let field = json!([{"name": "a", "type": "text"}]);
    let template = json!({"id": seed::EXTRACTION_TEMPLATE});
    for (body, message) in [
        (json!({"fields": field}), "attachments is required"),
        (
            json!({"attachments": [], "fields": field}),
            "attachments must hold at least one",
        ),
        (json!({"attachments": [{"id": file}]}), one),
        (
            json!({"attachments": [{"id": file}], "fields": field, "template": template}),
            one,
        ),
        (
            json!({"attachments": [{"id": file}], "fields": []}),
            "fields must hold at least one",
        ),
        (
            json!({"attachments": [{"id": file}], "fields": [{"type": "text"}]}),
            "fields[0].name is required",
        ),
        (
            json!({"attachments": [{"id": file}], "fields": [{"name": "a", "type": "colour"}]}),
            "fields[0].type must be one of text, number, date, list",
        ),
        (
            json!({"attachments": [{"id": file}], "fields": ["a"]}),
            "fields[0] must be an object",
        ),
        (
            json!({"attachments": [{"id": file}], "template": {}}),
            "template.id is required",
        ),
        (
            json!({"attachments": [{"id": file}], "template": {"id": seed::ACME_ID}}),
            "template.id is not a known template",
        ),
        (
            json!({"attachments": [{"id": "x"}], "fields": field}),
            "attachments[0].id must be a UUID",
        ),
        (
            json!({"attachments": [{}], "fields": field}),
            "attachments[0] needs id, or data, name and type",
        ),
        (
            json!({"attachments": [{"data": ""}], "fields": field}),
            "attachments[0].name is required",
        ),
        (
            json!({"attachments": [{"data": "", "name": "a"}], "fields": field}),
            "attachments[0].type is required",
        ),
        (
            json!({"attachments": [{"data": "?"}], "fields": field}),
            "attachments[0].data must be base64",
        ),
    ] {
        bench.post("/document_intelligence", &body).is_bad(message);
    }
    let missing = seed::GLOBEX_ID;
    bench
        .post(
            "/document_intelligence",
            &json!({"attachments": [{"id": missing}], "fields": field}),
        )
        .refuses(404, "Not Found", &format!("Attachment {missing} not found"));
}

#[test]
fn only_in_workspaces_of_the_token() {
    let mut bench = bench();
    let file = file(&bench);
    let field = json!([{"name": "a", "type": "text"}]);
    let body = json!({"attachments": [{"id": file}], "fields": field});
    let job = bench.post("/document_intelligence", &body).good(201);
    let path = format!("/document_intelligence/{}", job["id"].as_str().unwrap());
    let elsewhere = json!({"attachments": [{"id": file}], "fields": field, "workspace": {"id": seed::GLOBEX_ID}});
    bench
        .post("/document_intelligence", &elsewhere)
        .is(403, FORBIDDEN);
    bench
        .get("/document_intelligence/1")
        .is_bad("id must be a UUID");
    bench
        .get(&format!("/document_intelligence/{file}"))
        .is(404, NOT_FOUND);
    bench.token = seed::GLOBEX_TOKEN.to_owned();
    bench.get(&path).is(403, FORBIDDEN);
    bench
        .post("/document_intelligence", &body)
        .is(403, FORBIDDEN);
}
