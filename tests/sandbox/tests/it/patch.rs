use std::time::Duration;

use penbox_sandbox::{Clock, FormSeed, FormStatus, SandboxOptions, seed};
use serde_json::{Value, json};

use crate::support::{Bench, FORBIDDEN, NOT_FOUND, bench};

/// 2026-01-01T00:00:00Z.
const NEW_YEAR: i64 = 1_767_225_600_000;

impl Bench {
    /// The path of a new form of this status.
    fn of(&self, status: FormStatus) -> String {
        let wanted = FormSeed {
            count: 1,
            status: Some(status),
            ..FormSeed::default()
        };
        format!("/forms/{}", self.sandbox.seed_forms(wanted).unwrap()[0])
    }
}

#[test]
fn archive_and_back() {
    let clock = Clock::manual(NEW_YEAR);
    let bench = Bench::with(SandboxOptions::default().clock(clock.clone()));
    let path = bench.of(FormStatus::Pending);
    clock.advance(Duration::from_secs(60));
    let form = bench.patch(&path, &json!({"archived": true})).good(200);
    assert_eq!(form["archived"], true);
    assert_eq!(form["archived_at"], "2026-01-01T00:01:00.000000Z");
    assert_eq!(form["status"], "pending");
    assert_eq!(bench.get(&path).json(), form);
    // Again: the moment stays.
    let again = bench.patch(&path, &json!({"archived": true})).good(200);
    assert_eq!(again, form);
    assert_eq!(bench.get("/forms").json()["meta"]["total_count"], 0);
    assert_eq!(
        bench.get("/forms?archived=true").json()["meta"]["total_count"],
        1
    );
    let form = bench.patch(&path, &json!({"archived": false})).good(200);
    assert_eq!(
        (&form["archived"], &form["archived_at"]),
        (&json!(false), &Value::Null)
    );
}

#[test]
fn processed_and_back() {
    let bench = bench();
    let path = bench.of(FormStatus::Completed);
    let form = bench.patch(&path, &json!({"processed": true})).good(200);
    assert_eq!(form["status"], "processed");
    assert!(form["processed_at"].is_string());
    assert_eq!(
        bench.get("/forms?processed=true").json()["meta"]["total_count"],
        1
    );
    let form = bench.patch(&path, &json!({"processed": false})).good(200);
    assert_eq!(
        (&form["status"], &form["processed_at"]),
        (&json!("completed"), &Value::Null)
    );
}

#[test]
fn a_draft_is_sent_and_taken_back() {
    let bench = bench();
    let path = bench.of(FormStatus::Draft);
    let form = bench.patch(&path, &json!({"draft": false})).good(200);
    assert_eq!(form["status"], "pending");
    assert!(form["active_from"].is_string());
    let form = bench.patch(&path, &json!({"draft": true})).good(200);
    assert_eq!(form["status"], "draft");
}

#[test]
fn the_expiry_moves_and_goes() {
    let bench = bench();
    let path = bench.of(FormStatus::Pending);
    let form = bench
        .patch(&path, &json!({"active_until": "2099-01-01T01:00:00+01:00"}))
        .good(200);
    assert_eq!(form["active_until"], "2099-01-01T00:00:00Z");
    bench
        .patch(&path, &json!({"active_until": "2001-01-01"}))
        .refuses(
            422,
            "Unprocessable Entity",
            "active_until must be after active_from",
        );
    let form = bench.patch(&path, &json!({"active_until": null})).good(200);
    assert_eq!(form["active_until"], Value::Null);
}

#[test]
fn moves_that_cannot_be() {
    let bench = bench();
    use FormStatus::{Completed, Declined, Draft, Pending, Processed};
    for (status, name) in [
        (Draft, "draft"),
        (Pending, "pending"),
        (Declined, "declined"),
    ] {
        let message = format!("A form that is {name} cannot be marked processed");
        let path = bench.of(status);
        bench
            .patch(&path, &json!({"processed": true, "archived": true}))
            .refuses(422, "Unprocessable Entity", &message);
        // Nothing of it was done.
        assert_eq!(bench.get(&path).json()["archived"], false);
    }
    for (status, name) in [
        (Completed, "completed"),
        (Declined, "declined"),
        (Processed, "processed"),
    ] {
        let message = format!("A form that is {name} cannot become a draft");
        bench
            .patch(&bench.of(status), &json!({"draft": true}))
            .refuses(422, "Unprocessable Entity", &message);
    }
}

#[test]
fn what_is_so_already_is_no_move() {
    let bench = bench();
    use FormStatus::{Completed, Declined, Draft, Pending, Processed};
    for (status, body) in [
        (Draft, json!({"draft": true})),
        (Pending, json!({"draft": false, "processed": false})),
        (Declined, json!({"processed": false, "archived": false})),
        (Completed, json!({"processed": false, "draft": false})),
        (Processed, json!({"processed": true})),
        (Pending, json!({})),
        (Pending, json!({"status": "completed", "user": 1})),
    ] {
        let path = bench.of(status);
        let before = bench.get(&path).json();
        assert_eq!(bench.patch(&path, &body).good(200), before, "{body}");
    }
}

#[test]
fn wrong_bodies_and_ids() {
    let mut bench = bench();
    let path = bench.of(FormStatus::Pending);
    for (body, message) in [
        (json!({"archived": 1}), "archived must be a boolean"),
        (json!({"draft": null}), "draft must be a boolean"),
        (json!({"processed": "true"}), "processed must be a boolean"),
        (
            json!({"active_until": "soon"}),
            "active_until must be an ISO 8601 date-time",
        ),
        (json!([]), "Body must be a JSON object"),
    ] {
        bench.patch(&path, &body).is_bad(message);
    }
    bench.call("PATCH", &path, b"{").is_bad("Malformed JSON");
    bench
        .patch("/forms/1", &json!({}))
        .is_bad("id must be a UUID");
    bench
        .patch(&format!("/forms/{}", seed::ACME_ID), &json!({}))
        .is(404, NOT_FOUND);
    bench.token = seed::GLOBEX_TOKEN.to_owned();
    bench
        .patch(&path, &json!({"archived": true}))
        .is(403, FORBIDDEN);
}

#[test]
fn a_change_sorts_last() {
    let bench = bench();
    let first = bench.of(FormStatus::Pending);
    bench.of(FormStatus::Pending);
    bench.patch(&first, &json!({"archived": false})).good(200);
    let newest = bench.get("/forms?sort=-updated_at").json()["data"][0]["id"].clone();
    assert_eq!(format!("/forms/{}", newest.as_str().unwrap()), first);
}
