use penbox_sandbox::{NewToken, SandboxOptions, SettingsPatch, seed};

use crate::support::{Bench, FORBIDDEN, INVALID_TOKEN, bench};

const MISSING: &str =
    r#"{"statusCode":401,"error":"Unauthorized","message":"Missing authorization header"}"#;
const SHORT: &str = r#"{"statusCode":401,"error":"Unauthorized"}"#;

#[test]
fn the_quick_test_of_the_authentication_page() {
    let bench = bench();
    bench.get("/workspaces").is(
        200,
        concat!(
            r#"{"meta":{"total_count":1,"total_pages":1,"page_size":10,"current_page":1},"#,
            r#""data":[{"id":"c3d4e5f6-a7b8-9012-cdef-123456789012","#,
            r#""created_at":"2024-01-15T10:30:00Z","slug":"acme-corp","name":"Acme Corp"}]}"#
        ),
    );
}

#[test]
fn no_header() {
    let bench = bench();
    bench
        .send("GET", "/v1/workspaces", &[], b"")
        .is(401, MISSING);
}

#[test]
fn every_wrong_header_is_an_invalid_token() {
    let bench = bench();
    let token = bench.token.clone();
    for value in [
        String::new(),
        token.clone(),
        format!("Basic {token}"),
        format!("bearer {token}"),
        format!("Bearer  {token}"),
        format!("Bearer {token}x"),
        format!("Bearer {}", token.to_uppercase()),
        "Bearer pnbx_dev_token_here".to_owned(),
        "Bearer ".to_owned(),
    ] {
        let answer = bench.send("GET", "/v1/forms", &[("authorization", &value)], b"");
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (401, INVALID_TOKEN),
            "{value:?}"
        );
    }
}

#[test]
fn two_headers_are_an_invalid_token() {
    let bench = bench();
    let bearer = format!("Bearer {}", bench.token);
    let twice = [("authorization", bearer.as_str()); 2];
    bench
        .send("GET", "/v1/forms", &twice, b"")
        .is(401, INVALID_TOKEN);
}

#[test]
fn short_401() {
    let bench = Bench::with(SandboxOptions::default().short_401(true));
    bench.send("GET", "/v1/forms", &[], b"").is(401, SHORT);
    let bad = [("authorization", "Bearer pnbx_nobody")];
    bench.send("GET", "/v1/forms", &bad, b"").is(401, SHORT);
    let patch = SettingsPatch {
        short_401: Some(false),
        ..SettingsPatch::default()
    };
    assert!(!bench.sandbox.settings(patch).short_401);
    bench.send("GET", "/v1/forms", &[], b"").is(401, MISSING);
}

#[test]
fn a_token_lives_until_it_is_revoked() {
    let mut bench = bench();
    let made = bench.sandbox.create_token(NewToken::default()).unwrap();
    bench.token = made.token.clone();
    assert_eq!(bench.get("/forms").status, 200);
    bench.sandbox.revoke_token(&made.token).unwrap();
    bench.get("/forms").is(401, INVALID_TOKEN);
    bench.sandbox.revoke_token(&made.token).unwrap();
    let unknown = bench.sandbox.revoke_token("pnbx_nobody").unwrap_err();
    assert_eq!(unknown.status(), 404);
    // The default token is a token like any other.
    bench.sandbox.revoke_token(seed::ACME_TOKEN).unwrap();
    bench.token = seed::ACME_TOKEN.to_owned();
    bench.get("/forms").is(401, INVALID_TOKEN);
    bench.sandbox.reset();
    assert_eq!(bench.get("/forms").status, 200);
}

#[test]
fn a_token_sees_its_own_workspaces_only() {
    let mut bench = bench();
    let acme = bench.form(&serde_json::json!({"flow": {"slug": "kyc-renewal"}}));
    let path = format!("/forms/{}", acme["id"].as_str().unwrap());
    assert_eq!(bench.get(&path).status, 200);
    bench.token = seed::GLOBEX_TOKEN.to_owned();
    bench.get(&path).is(403, FORBIDDEN);
    assert_eq!(bench.get("/forms").json()["meta"]["total_count"], 0);
    assert_eq!(bench.get("/workspaces").json()["data"][0]["slug"], "globex");
}

#[test]
fn a_token_of_two_workspaces_sees_both() {
    let mut bench = bench();
    bench.form(&serde_json::json!({"flow": {"slug": "kyc-renewal"}}));
    let both = NewToken {
        workspaces: Some(vec!["globex".into(), "acme-corp".into(), "globex".into()]),
        ..NewToken::default()
    };
    let made = bench.sandbox.create_token(both).unwrap();
    assert_eq!(made.workspaces, ["globex", "acme-corp"]);
    bench.token = made.token;
    bench.form(&serde_json::json!({"flow": {"slug": "claim-report"}}));
    assert_eq!(bench.get("/forms").json()["meta"]["total_count"], 2);
    let workspaces = bench.get("/workspaces").json();
    let slugs: Vec<_> = workspaces["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| &w["slug"])
        .collect();
    assert_eq!(slugs, ["acme-corp", "globex"]);
}

#[test]
fn unknown_routes_and_wrong_methods() {
    let bench = bench();
    for path in ["/nothing", "/forms/", "/forms/a/b", "/workspaces/acme-corp"] {
        let message = format!("There is no route GET /v1{path}");
        bench.get(path).refuses(404, "Not Found", &message);
    }
    for method in ["DELETE", "PUT", "PATCH"] {
        let message = format!("There is no route {method} /v1/forms");
        let answer = bench.call(method, "/forms", b"");
        answer.refuses(404, "Not Found", &message);
    }
    let answer = bench.call("POST", "/workspaces", b"{}");
    answer.refuses(404, "Not Found", "There is no route POST /v1/workspaces");
    // A stranger learns nothing under /v1; outside of it, that the base URL is wrong.
    bench.send("GET", "/v1/nothing", &[], b"").is(401, MISSING);
    for path in ["/", "/v1", "/forms", "/v2/forms"] {
        let message = format!("There is no route GET {path}");
        let answer = bench.send("GET", path, &[], b"");
        answer.refuses(404, "Not Found", &message);
    }
}
