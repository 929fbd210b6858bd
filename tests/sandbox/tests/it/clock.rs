//! The clock by its control route, and what depends on the time.

use penbox_sandbox::{Clock, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Bench, bench};

fn form(bench: &Bench, window: &Value) -> String {
    let mut body = json!({"flow": {"slug": "client-onboarding"}});
    for (key, value) in window.as_object().unwrap() {
        body[key] = value.clone();
    }
    bench.form(&body)["id"].as_str().unwrap().to_owned()
}

fn complete(bench: &Bench, id: &str) -> u16 {
    bench
        .steer("POST", &format!("/forms/{id}/complete"), "")
        .status
}

#[test]
fn a_form_is_answered_inside_its_window_only() {
    let bench = bench();
    let set = |body: &str| bench.steer("PUT", "/clock", body).good(200)["now"].clone();
    let now = set(r#"{"now":"2029-12-31T00:00:00Z"}"#);
    assert!(
        now.as_str().unwrap().starts_with("2029-12-31T00:00:0"),
        "{now}"
    );
    let later = form(&bench, &json!({"active_from": "2030-01-01T00:00:00Z"}));
    assert_eq!(complete(&bench, &later), 409);
    let short = form(&bench, &json!({"active_until": "2029-12-31T12:00:00Z"}));
    set(r#"{"advance_ms":86400000}"#);
    assert_eq!(complete(&bench, &short), 409);
    assert_eq!(complete(&bench, &later), 200);
    // A reset gives the start's clock back.
    bench.sandbox.reset();
    let id = form(&bench, &json!({}));
    let created = bench.get(&format!("/forms/{id}")).json()["created_at"].clone();
    assert!(created.as_str().unwrap() < "2029", "{created}");
}

#[test]
fn a_manual_clock_is_steered_too_and_a_bad_moment_is_refused() {
    let clock = Clock::manual(1_700_000_000_000);
    let bench = Bench::with(SandboxOptions::default().clock(clock));
    let moved = bench.steer("PUT", "/clock", r#"{"advance_ms":1500}"#);
    assert_eq!(moved.good(200)["now"], "2023-11-14T22:13:21.500000Z");
    let back = bench.steer("PUT", "/clock", "null").good(200);
    assert_eq!(back["now"], "2023-11-14T22:13:20.000000Z");
    for bad in [
        r#"{"now":"soon"}"#,
        "{}",
        r#"{"now":"2030-01-01","advance_ms":1}"#,
    ] {
        assert_eq!(bench.steer("PUT", "/clock", bad).status, 400, "{bad}");
    }
}

#[test]
fn the_moment_a_form_opens_is_shown_as_its_creation_is() {
    let id = |bench: &Bench| form(bench, &json!({}));
    let bench = bench();
    let shown = bench.get(&format!("/forms/{}", id(&bench))).json();
    assert_eq!(shown["active_from"], shown["created_at"]);
}

#[test]
fn a_page_number_beyond_64_bits_is_refused() {
    let answer = bench().query("/forms", &[("page[number]", "99999999999999999999")]);
    assert_eq!(answer.status, 400, "{}", answer.text);
}
