use penbox_sandbox::{NewToken, seed};
use serde_json::{Value, json};

use crate::support::bench;

#[test]
fn tokens_over_http() {
    let mut bench = bench();
    let made = bench.steer("POST", "/tokens", "");
    assert_eq!(made.status, 201);
    let made = made.json();
    assert_eq!(made["workspaces"], json!(["acme-corp"]));
    bench.token = made["token"].as_str().unwrap().to_owned();
    assert_eq!(bench.token.len(), "pnbx_".len() + 48);
    assert_eq!(bench.get("/workspaces").status, 200);
    let body = r#"{"workspaces":["globex"],"name":"CI","token":"pnbx_ci"}"#;
    bench.steer("POST", "/tokens", body).is(
        201,
        r#"{"token":"pnbx_ci","name":"CI","workspaces":["globex"]}"#,
    );
    let revoke = r#"{"token":"pnbx_ci"}"#;
    bench.token = "pnbx_ci".to_owned();
    assert_eq!(bench.get("/forms").status, 200);
    bench
        .steer("POST", "/tokens/revoke", revoke)
        .is(200, r#"{"ok":true}"#);
    assert_eq!(bench.get("/forms").status, 401);
    bench
        .steer("POST", "/tokens/revoke", r#"{"token":"pnbx_no"}"#)
        .is(
            404,
            r#"{"statusCode":404,"error":"Not Found","message":"This token does not exist"}"#,
        );
}

#[test]
fn tokens_that_cannot_be() {
    let bench = bench();
    for (body, status) in [
        (json!({"workspaces": []}), 400),
        (json!({"workspaces": ["nowhere"]}), 404),
        (json!({"token": "secret"}), 400),
        (json!({"token": "pnbx_"}), 400),
        (json!({"token": "pnbx_a b"}), 400),
        (json!({"token": format!("pnbx_{}", "a".repeat(513))}), 400),
        (json!({"token": seed::ACME_TOKEN}), 409),
        (json!({"scope": "all"}), 400),
        (json!([]), 400),
    ] {
        let answer = bench.steer("POST", "/tokens", &body.to_string());
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
    }
    let error = bench
        .sandbox
        .create_token(NewToken {
            token: Some("secret".into()),
            ..NewToken::default()
        })
        .unwrap_err();
    assert_eq!(
        error.message(),
        Some("token must start with pnbx_ and be printable ASCII without spaces")
    );
    assert!(error.to_string().starts_with("400 Bad Request: token must"));
}

#[test]
fn settings_over_http() {
    let bench = bench();
    bench
        .steer("PUT", "/settings", r#"{"short_401":true}"#)
        .is(200, r#"{"short_401":true,"strict_paging":true,"extraction_delay_ms":0,"attachment_limit":10000000000}"#);
    bench
        .steer("PUT", "/settings", r#"{"strict_paging":false}"#)
        .is(200, r#"{"short_401":true,"strict_paging":false,"extraction_delay_ms":0,"attachment_limit":10000000000}"#);
    for body in ["", "[", r#"{"strict":true}"#, r#"{"short_401":1}"#] {
        assert_eq!(bench.steer("PUT", "/settings", body).status, 400, "{body}");
    }
    assert_eq!(
        bench
            .steer("PUT", "/rate_limit", r#"{"requests":1}"#)
            .status,
        400
    );
}

#[test]
fn forms_over_http() {
    let bench = bench();
    let body = json!({"count": 3, "flow": "kyc-renewal", "status": "completed", "owner_email": "sam@example.com",
                      "created_at": "2024-01-01", "step_ms": 1500, "data": {"a": 1}});
    let made = bench.steer("POST", "/forms", &body.to_string());
    assert_eq!((made.status, &made.json()["count"]), (201, &json!(3)));
    let ids: Vec<Value> = made.json()["ids"].as_array().unwrap().clone();
    let list = bench.get("/forms?sort=created_at").json();
    for (n, form) in list["data"].as_array().unwrap().iter().enumerate() {
        assert_eq!(form["id"], ids[n]);
        assert_eq!(form["status"], "completed");
        assert_eq!(form["owner"]["email"], "sam@example.com");
        assert_eq!(form["user"]["email"], format!("contact-{n}@example.com"));
        assert_eq!(form["external_args"], json!({"index": n}));
    }
    assert_eq!(list["data"][2]["created_at"], "2024-01-01T00:00:03.000000Z");
    for (body, status) in [
        (json!({}), 400),
        (json!({"count": 100_001}), 400),
        (json!({"count": 1, "flow": "claim-report"}), 404),
        (json!({"count": 1, "workspace": "nowhere"}), 404),
        (json!({"count": 1, "status": "lost"}), 400),
        (json!({"count": 1, "created_at": "soon"}), 400),
    ] {
        assert_eq!(
            bench.steer("POST", "/forms", &body.to_string()).status,
            status,
            "{body}"
        );
    }
}

#[test]
fn reset_comes_back_to_the_seed() {
    let bench = bench();
    bench.form(&json!({"flow": {"slug": "kyc-renewal"}}));
    bench.steer("POST", "/tokens", r#"{"token":"pnbx_ci"}"#);
    bench.steer("PUT", "/settings", r#"{"short_401":true}"#);
    bench.steer("PUT", "/rate_limit", r#"{"requests":0,"window_ms":1}"#);
    bench.steer("POST", "/reset", "").is(200, r#"{"ok":true}"#);
    assert!(bench.sandbox.requests().is_empty());
    assert_eq!(bench.get("/forms").json()["meta"]["total_count"], 0);
    let gone = [("authorization", "Bearer pnbx_ci")];
    bench
        .send("GET", "/v1/forms", &gone, b"")
        .is(401, crate::support::INVALID_TOKEN);
}

#[test]
fn unknown_control_routes() {
    let bench = bench();
    let answer = bench.steer("GET", "/nothing", "");
    answer.refuses(404, "Not Found", "There is no route GET /_sandbox/nothing");
    let answer = bench.steer("GET", "/reset", "");
    answer.refuses(404, "Not Found", "There is no route GET /_sandbox/reset");
}
