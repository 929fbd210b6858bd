//! The contact of a form, played by `/_sandbox/forms/{id}/complete`.

use penbox_sandbox::{
    CompletionFile, CompletionSignature, FormCompletion, FormSeed, FormStatus, seed,
};
use serde_json::{Value, json};

use crate::support::{Bench, bench};

impl Bench {
    pub(crate) fn pending(&self) -> String {
        let body = json!({
            "flow": {"slug": "kyc-renewal"},
            "user": {"email": "john@example.com", "given_name": "John", "locale": "fr"},
            "data": {"company_name": "Acme", "city": "Gent"},
        });
        self.form(&body)["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn complete(&self, id: &str, body: &Value) -> Value {
        let path = format!("/forms/{id}/complete");
        self.steer("POST", &path, &body.to_string()).good(200)
    }
}

#[test]
fn everything_at_once() {
    let bench = bench();
    let id = bench.pending();
    let done = bench.complete(
        &id,
        &json!({
            "data": {"company_name": "Acme SA", "employees": 5},
            "attachments": [
                {"name": "id.txt", "type": "text/plain", "data": "aGVsbG8=", "key": "id_card"},
                {"name": "scan.pdf", "data": "JVBERi0xLjQK"},
            ],
            "signature": {"key": "customer_signature", "name": "Contract"},
            "user": {"family_name": "Doe", "phone": "+32470123456"},
        }),
    );
    assert_eq!(
        (&done["form_id"], &done["status"]),
        (&json!(id), &json!("completed"))
    );
    let form = bench.get(&format!("/forms/{id}")).good(200);
    assert_eq!(form["status"], "completed");
    // The form keeps what it was made with.
    assert_eq!(
        form["data"],
        json!({"company_name": "Acme", "city": "Gent"})
    );
    let response = &form["responses"][0];
    assert_eq!(response["id"], done["response_id"]);
    assert!(response["completed_at"].is_string());
    assert_eq!(response["updated_at"], response["completed_at"]);
    assert_eq!(response["declined_at"], Value::Null);
    assert_eq!(
        response["data"],
        json!({"company_name": "Acme SA", "city": "Gent", "employees": 5})
    );
    assert_eq!(
        response["user"],
        json!({"anonymous": false, "ip": "127.0.0.1", "email": "john@example.com", "phone": "+32470123456",
               "locale": "fr", "given_name": "John", "family_name": "Doe",
               "user-agent": "penbox-sandbox", "accept-language": "fr"})
    );
    let files = response["attachments"].as_array().unwrap();
    assert_eq!(
        json!([files[0]["id"], files[1]["id"]]),
        done["attachment_ids"]
    );
    assert_eq!(
        (
            &files[0]["name"],
            &files[0]["type"],
            &files[0]["metadata"]["size"]
        ),
        (&json!("id.txt"), &json!("text/plain"), &json!(5))
    );
    assert_eq!(files[1]["type"], "application/pdf");
    assert_eq!(
        response["files"],
        json!({"id_card": {"id": files[0]["id"], "name": "id.txt"}})
    );
    assert_eq!(
        response["signatures"],
        json!({"customer_signature": {"id": done["signature_id"], "key": "customer_signature",
                                      "name": "Contract", "status": "completed"}})
    );
    let bytes = bench.get_as(
        &format!("/attachments/{}", files[0]["id"].as_str().unwrap()),
        "application/octet-stream",
    );
    assert_eq!(bytes.text, "hello");
    assert_eq!(
        bench.get("/forms?completed=true").json()["meta"]["total_count"],
        1
    );
    // Now it can be marked.
    let form = bench
        .patch(&format!("/forms/{id}"), &json!({"processed": true}))
        .good(200);
    assert_eq!(form["status"], "processed");
    assert_eq!(form["responses"].as_array().unwrap().len(), 1);
}

#[test]
fn a_refusal() {
    let bench = bench();
    let id = bench.pending();
    let done = bench.complete(&id, &json!({"declined": true, "signature": {"key": "s"}}));
    assert_eq!(done["status"], "declined");
    let form = bench.get(&format!("/forms/{id}")).good(200);
    assert_eq!(form["status"], "declined");
    let response = &form["responses"][0];
    assert_eq!(response["completed_at"], Value::Null);
    assert!(response["declined_at"].is_string());
    assert_eq!(response["signatures"]["s"]["status"], "declined");
    assert_eq!(response["signatures"]["s"]["name"], "s");
}

#[test]
fn only_pending_forms_are_answered() {
    let bench = bench();
    for status in [
        FormStatus::Draft,
        FormStatus::Completed,
        FormStatus::Declined,
        FormStatus::Processed,
    ] {
        let wanted = FormSeed {
            count: 1,
            status: Some(status),
            ..FormSeed::default()
        };
        let id = &bench.sandbox.seed_forms(wanted).unwrap()[0];
        bench
            .steer("POST", &format!("/forms/{id}/complete"), "")
            .refuses(409, "Conflict", "Only a pending form can be answered");
    }
    let id = bench.pending();
    bench
        .steer("POST", &format!("/forms/{id}/complete"), "")
        .good(200);
    let again = bench.steer("POST", &format!("/forms/{id}/complete"), "");
    assert_eq!(again.status, 409);
}

#[test]
fn bodies_that_cannot_be() {
    let bench = bench();
    let id = bench.pending();
    for (body, status) in [
        (json!({"answers": {}}), 400),
        (json!({"attachments": [{"data": "aGVsbG8="}]}), 400),
        (json!({"attachments": [{"name": "a", "data": "?"}]}), 400),
        (json!({"attachments": [{"name": "a", "type": "x"}]}), 400),
        (json!({"attachments": [{"id": seed::ACME_ID}]}), 404),
        (json!({"signature": {"name": "no key"}}), 400),
    ] {
        let answer = bench.steer("POST", &format!("/forms/{id}/complete"), &body.to_string());
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
    }
    assert_eq!(
        bench.get(&format!("/forms/{id}")).json()["status"],
        "pending"
    );
    let nowhere = format!("/forms/{}/complete", seed::ACME_ID);
    assert_eq!(bench.steer("POST", &nowhere, "").status, 404);
}

#[test]
fn in_process() {
    let bench = bench();
    let id = bench.pending();
    let file = bench
        .sandbox
        .seed_attachment(penbox_sandbox::AttachmentSeed {
            size: 10,
            ..Default::default()
        })
        .unwrap();
    let done = bench
        .sandbox
        .complete_form(
            &id,
            FormCompletion {
                attachments: vec![
                    CompletionFile {
                        id: Some(file.clone()),
                        ..CompletionFile::default()
                    },
                    CompletionFile {
                        name: "a.csv".into(),
                        data: b"a,b".to_vec(),
                        ..CompletionFile::default()
                    },
                ],
                signature: Some(CompletionSignature {
                    key: "s".into(),
                    name: None,
                }),
                ..FormCompletion::default()
            },
        )
        .unwrap();
    assert_eq!(done.status, FormStatus::Completed);
    assert_eq!(
        (done.attachment_ids.len(), &done.attachment_ids[0]),
        (2, &file)
    );
    let response = bench
        .get(&format!("/responses/{}", done.response_id))
        .good(200);
    assert_eq!(
        response["data"]["relationships"]["request"]["data"]["id"],
        id.as_str()
    );
    let signature = format!("/signatures/{}", done.signature_id.unwrap());
    assert_eq!(bench.get(&signature).status, 200);
    let error = bench
        .sandbox
        .complete_form(&id, FormCompletion::default())
        .unwrap_err();
    assert_eq!(error.status(), 409);
}
