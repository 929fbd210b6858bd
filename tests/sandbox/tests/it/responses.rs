//! Responses and signatures.

use std::time::Duration;

use penbox_sandbox::{Clock, SandboxOptions, seed};
use serde_json::{Value, json};

use crate::merged::pages;
use crate::support::{Bench, FORBIDDEN, NOT_FOUND, bench};

/// 2026-01-01T00:00:00Z.
const NEW_YEAR: i64 = 1_767_225_600_000;

fn answered(bench: &Bench) -> Value {
    let id = bench.pending();
    bench.complete(
        &id,
        &json!({"attachments": [{"name": "a.txt", "data": ""}], "signature": {"key": "customer_signature"}}),
    )
}

#[test]
fn the_document_letter_by_letter() {
    let clock = Clock::manual(NEW_YEAR);
    let bench = Bench::with(SandboxOptions::default().clock(clock.clone()));
    let id = bench.pending();
    clock.advance(Duration::from_secs(1));
    let done = bench.complete(
        &id,
        &json!({"attachments": [{"name": "a.txt", "data": ""}]}),
    );
    let (response, file) = (
        done["response_id"].as_str().unwrap(),
        done["attachment_ids"][0].as_str().unwrap(),
    );
    let answer = bench.get(&format!("/responses/{response}"));
    let start = format!(
        concat!(
            r#"{{"data":{{"id":"{response}","type":"responses","attributes":{{"#,
            r#""$created_at":"2026-01-01T00:00:01.000000Z","$updated_at":"2026-01-01T00:00:01.000000Z","#,
            r#""completed_at":"2026-01-01T00:00:01.000000Z","declined_at":null,"#,
            r#""user":{{"email":"john@example.com","given_name":"John","family_name":null,"phone":null,"locale":"fr"}},"#,
            r#""data":{{"city":"Gent","company_name":"Acme"}},"rating":null}},"#,
            r#""relationships":{{"request":{{"data":{{"id":"{id}","type":"requests"}}}},"#,
            r#""attachments":{{"data":[{{"id":"{file}","type":"attachments"}}]}}}}}},"included":["#
        ),
        response = response,
        id = id,
        file = file
    );
    assert!(answer.text.starts_with(&start), "{}", answer.text);
    let included = &answer.good(200)["included"];
    assert_eq!(included[0], bench.get(&format!("/forms/{id}")).json());
    assert_eq!(
        (&included[1]["id"], &included[1]["type"]),
        (&json!(file), &json!("text/plain"))
    );
    for accept in ["application/json", "*/*", "text/html"] {
        assert_eq!(
            bench.get_as(&format!("/responses/{response}"), accept).text,
            answer.text
        );
    }
}

#[test]
fn as_a_pdf() {
    let bench = bench();
    let done = answered(&bench);
    let id = done["response_id"].as_str().unwrap();
    let answer = bench.get_as(&format!("/responses/{id}"), "application/pdf");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/pdf"));
    assert_eq!(
        answer.header("content-disposition"),
        Some(
            format!(
                "attachment; filename=\"response-{id}.pdf\"; filename*=UTF-8''response-{id}.pdf"
            )
            .as_str()
        )
    );
    assert_eq!(
        answer.header("content-length"),
        Some(answer.bytes.len().to_string().as_str())
    );
    let pages = pages(&answer.bytes);
    assert_eq!(pages.len(), 1);
    for part in [
        id,
        "john@example.com",
        "company_name: Acme",
        "File: a.txt (0 bytes)",
        "Signature: customer_signature",
    ] {
        assert!(pages[0].contains(part), "{part}: {}", pages[0]);
    }
}

#[test]
fn responses_and_signatures_that_are_not_for_the_caller() {
    let mut bench = bench();
    let done = answered(&bench);
    let paths = [
        format!("/responses/{}", done["response_id"].as_str().unwrap()),
        format!("/signatures/{}", done["signature_id"].as_str().unwrap()),
    ];
    for family in ["responses", "signatures"] {
        bench
            .get(&format!("/{family}/1"))
            .is_bad("id must be a UUID");
        bench
            .get(&format!("/{family}/{}", seed::ACME_ID))
            .is(404, NOT_FOUND);
    }
    bench.token = seed::GLOBEX_TOKEN.to_owned();
    for path in paths {
        bench.get(&path).is(403, FORBIDDEN);
    }
}

#[test]
fn a_signature_and_its_file() {
    let bench = Bench::with(SandboxOptions::default().clock(Clock::manual(NEW_YEAR)));
    let id = bench.pending();
    let done = bench.complete(
        &id,
        &json!({"signature": {"key": "customer_signature", "name": "Contract"}}),
    );
    let id = done["signature_id"].as_str().unwrap();
    let path = format!("/signatures/{id}");
    let json = format!(
        concat!(
            r#"{{"id":"{id}","created_at":"2026-01-01T00:00:00.000001Z","updated_at":"2026-01-01T00:00:00.000001Z","#,
            r#""name":"Contract","key":"customer_signature","status":"completed","items":1,"#,
            r#""method":"electronic","merge":true,"cost":2.5,"locale":"fr"}}"#
        ),
        id = id
    );
    for accept in ["application/json", "*/*", "text/html"] {
        bench.get_as(&path, accept).is(200, &json);
    }
    for accept in ["application/octet-stream", "application/pdf"] {
        let file = bench.get_as(&path, accept);
        assert_eq!(file.header("content-type"), Some("application/pdf"));
        assert_eq!(
            file.header("content-disposition"),
            Some(
                "attachment; filename=\"customer_signature.pdf\"; filename*=UTF-8''customer_signature.pdf"
            )
        );
        assert!(pages(&file.bytes)[0].contains("Contract"));
    }
}
