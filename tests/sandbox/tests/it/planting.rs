//! Workspaces, templates, members and tokens of a user's own.

use penbox_sandbox::{Plant, Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Bench, bench};

fn plant(bench: &Bench, seed: &Value) -> Value {
    let answer = bench.steer("POST", "/seed", &seed.to_string());
    answer.good(201)
}

#[test]
fn a_template_of_ones_own_makes_forms() {
    let bench = bench();
    let steps = json!([{"id": "s", "title": "You", "elements": []}]);
    let seed = json!({"form_templates": [{"slug": "my-intake", "name": "My intake", "steps": steps, "options": {"a": 1}}]});
    let planted = plant(&bench, &seed);
    let body = br#"{"flow":{"slug":"my-intake"}}"#;
    let form = bench.call("POST", "/forms", body).good(201);
    assert_eq!(form["flow"]["slug"], "my-intake");
    assert_eq!(
        bench.get("/form_templates/my-intake/steps").good(200),
        steps
    );
    let options = bench.get("/form_templates/my-intake/options").good(200);
    assert_eq!(options, json!({"a": 1}));
    let list = bench.get("/form_templates?page[size]=100").good(200);
    let mine = list["data"].as_array().unwrap().iter();
    let mine: Vec<_> = mine.filter(|item| item["slug"] == "my-intake").collect();
    assert_eq!(mine.len(), 1);
    assert_eq!(
        (&mine[0]["id"], &mine[0]["name"]),
        (&planted["form_templates"][0], &json!("My intake"))
    );
    // A reset forgets what was added later.
    bench.steer("POST", "/reset", "").good(200);
    assert_eq!(bench.call("POST", "/forms", body).status, 404);
}

#[test]
fn a_workspace_of_ones_own_has_a_token_forms_and_members() {
    let bench = bench();
    let seed = json!({
        "workspaces": [{"slug": "my-team", "id": "0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"}],
        "form_templates": [{"slug": "a", "workspace": "my-team"}],
        "members": [{"email": "me@example.com", "workspace": "my-team", "given_name": "Me"}, {"email": "new@example.com"}],
        "tokens": [{"token": "pnbx_mine", "workspaces": ["my-team"]}],
        "forms": [{"count": 2, "workspace": "my-team", "flow": "a"}],
        "cases": [{"count": 1}]
    });
    let planted = plant(&bench, &seed);
    assert_eq!(
        planted["workspaces"],
        json!(["0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"])
    );
    assert_eq!(planted["tokens"], json!(["pnbx_mine"]));
    let ids = planted["forms"].as_array().unwrap();
    assert_eq!(
        (ids.len(), planted["cases"].as_array().unwrap().len()),
        (2, 1)
    );
    let bearer = [("authorization", "Bearer pnbx_mine")];
    let list = bench.send("GET", "/v1/workspaces", &bearer, b"").good(200);
    assert_eq!(list["data"][0]["slug"], "my-team");
    let form = format!("/v1/forms/{}", ids[0].as_str().unwrap());
    bench.send("GET", &form, &bearer, b"").good(200);
    // The workspace's own, and nobody else's.
    assert_eq!(
        bench
            .send(
                "GET",
                &form,
                &[("authorization", &format!("Bearer {}", bench.token))],
                b""
            )
            .status,
        403
    );
}

#[test]
fn what_does_not_fit_is_refused() {
    let bench = bench();
    for (seed, status) in [
        (json!({"workspaces": [{"slug": "acme-corp"}]}), 409),
        (json!({"workspaces": [{"slug": "My Team"}]}), 400),
        (json!({"workspaces": [{"slug": "a", "id": "1"}]}), 400),
        (
            json!({"form_templates": [{"slug": "client-onboarding"}]}),
            409,
        ),
        (
            json!({"form_templates": [{"slug": "a", "workspace": "nobody"}]}),
            404,
        ),
        (json!({"form_templates": [{"slug": "b", "steps": {}}]}), 400),
        (json!({"members": [{"email": "sam@example.com"}]}), 409),
        (json!({"members": [{"email": "sam"}]}), 400),
        (json!({"forms": [{"count": 1, "flow": "nobody"}]}), 404),
        (json!({"templates": []}), 400),
    ] {
        let answer = bench.steer("POST", "/seed", &seed.to_string());
        assert_eq!(answer.status, status, "{seed}: {}", answer.text);
    }
    let seed: Plant = serde_json::from_str(r#"{"tokens": [{"token": "bearer"}]}"#).unwrap();
    assert!(Sandbox::start(SandboxOptions::default().seed(seed)).is_err());
}

#[test]
fn the_seed_of_a_start_comes_back_with_a_reset() {
    let seed = r#"{"form_templates": [{"slug": "my-intake"}], "forms": [{"count": 3, "flow": "my-intake"}]}"#;
    let seed: Plant = serde_json::from_str(seed).unwrap();
    let bench = Bench::with(SandboxOptions::default().seed(seed));
    let count = || bench.get("/forms").good(200)["meta"]["total_count"].clone();
    assert_eq!(count(), 3);
    bench
        .call("POST", "/forms", br#"{"flow":{"slug":"my-intake"}}"#)
        .good(201);
    assert_eq!(count(), 4);
    bench.sandbox.reset();
    assert_eq!(count(), 3);
}

#[test]
fn answers_have_the_date_of_the_sandboxs_clock() {
    let bench = bench();
    let now = r#"{"now": "2030-01-02T03:04:05Z"}"#;
    bench.steer("PUT", "/clock", now).good(200);
    let answer = bench.get("/forms");
    let date = answer.header("date").unwrap();
    assert!(date.starts_with("Wed, 02 Jan 2030 03:04:0"), "{date}");
    assert!(date.ends_with(" GMT"), "{date}");
}
