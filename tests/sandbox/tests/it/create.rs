use penbox_sandbox::{Clock, NewToken, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Bench, FORBIDDEN, NOT_FOUND, bench};

const NO_TEMPLATE: &str =
    r#"{"statusCode":404,"error":"Not Found","message":"Form template not found or not enabled"}"#;

/// 2026-01-01T00:00:00Z.
const NEW_YEAR: i64 = 1_767_225_600_000;

#[test]
fn the_least_a_form_can_be() {
    let bench = Bench::with(SandboxOptions::default().clock(Clock::manual(NEW_YEAR)));
    let answer = bench.post("/forms", &json!({"flow": {"slug": "client-onboarding"}}));
    let form = answer.json();
    let id = form["id"].as_str().unwrap();
    let origin = bench.sandbox.origin();
    answer.is(
        201,
        &format!(
            concat!(
                r#"{{"id":"{id}","created_at":"2026-01-01T00:00:00.000000Z","status":"pending","#,
                r#""archived":false,"archived_at":null,"processed_at":null,"#,
                r#""active_from":"2026-01-01T00:00:00Z","active_until":null,"#,
                r#""links":{{"fill":"{origin}/fill/{id}","app":"{origin}/app/forms/{id}"}},"#,
                r#""user":{{"anonymous":true,"email":null,"phone":null,"given_name":null,"family_name":null,"#,
                r#""company_name":null,"internal_ref":null,"locale":null}},"#,
                r#""owner":null,"flow":{{"slug":"client-onboarding"}},"#,
                r#""workspace":{{"id":"c3d4e5f6-a7b8-9012-cdef-123456789012","slug":"acme-corp"}},"#,
                r#""data":{{}},"external_args":{{}},"options":{{}},"#,
                r#""responses":[],"notifications":[],"webhooks":{{}}}}"#
            ),
            id = id,
            origin = origin
        ),
    );
    let again = bench.get(&format!("/forms/{id}"));
    assert_eq!((again.status, again.text), (200, answer.text));
    let upper = bench.get(&format!("/forms/{}", id.to_uppercase()));
    assert_eq!(upper.json()["id"], id);
}

#[test]
fn every_documented_member() {
    let bench = bench();
    let form = bench.form(&json!({
        "flow": {"slug": "kyc-renewal"},
        "company": {"slug": "acme-corp"},
        "user": {"email": "john@example.com", "phone": "+32470123456", "given_name": "John", "family_name": "Doe",
                 "locale": "fr", "internal_ref": "C-1", "company_name": "Doe SA"},
        "data": {"a": [1, 2.5, null, {"b": "é"}]},
        "options": {"signature_method": "sms"},
        "external_args": {"crm_id": "12345"},
        "redirect_url": "https://example.com/done",
        "draft": true,
        "active_from": "2024-01-15T11:30:00+01:00",
        "active_until": "2099-12-31",
        "owner": {"email": "sam@example.com"},
        "branding": {"slug": "blue"},
        "webhooks": {"https://example.com/hook": ["responses:completed", "requests:archived"],
                     "http://127.0.0.1:9/hook": []},
        "not_documented": 1,
    }));
    assert_eq!(form["status"], "draft");
    assert_eq!(form["active_from"], "2024-01-15T10:30:00Z");
    assert_eq!(form["active_until"], "2099-12-31T00:00:00Z");
    assert_eq!(
        form["user"],
        json!({"anonymous": false, "email": "john@example.com", "phone": "+32470123456", "given_name": "John",
               "family_name": "Doe", "company_name": "Doe SA", "internal_ref": "C-1", "locale": "fr"})
    );
    assert_eq!(form["owner"]["email"], "sam@example.com");
    assert_eq!(form["data"], json!({"a": [1, 2.5, null, {"b": "é"}]}));
    assert_eq!(form["options"], json!({"signature_method": "sms"}));
    assert_eq!(form["external_args"], json!({"crm_id": "12345"}));
    assert_eq!(
        form["webhooks"],
        json!({"https://example.com/hook": ["responses:completed", "requests:archived"],
               "http://127.0.0.1:9/hook": []})
    );
    assert_eq!(form.get("not_documented"), None);
    let again = bench
        .form(&json!({"flow": {"slug": "kyc-renewal"}, "owner": {"email": "sam@example.com"}}));
    assert_eq!(again["owner"]["id"], form["owner"]["id"]);
}

#[test]
fn nulls_that_are_allowed() {
    let bench = bench();
    let form = bench.form(&json!({
        "flow": {"slug": "kyc-renewal"}, "owner": null,
        "user": {"email": null, "phone": null, "given_name": "Ann"},
    }));
    assert_eq!(form["owner"], Value::Null);
    assert_eq!(form["user"]["anonymous"], false);
}

#[test]
fn a_body_that_is_no_json_object() {
    let bench = bench();
    for body in ["", "{", "{\"flow\":", "nope", "{}x", "\u{feff}{}"] {
        bench
            .call("POST", "/forms", body.as_bytes())
            .is_bad("Malformed JSON");
    }
    bench
        .call("POST", "/forms", b"{\"a\":\"\xff\"}")
        .is_bad("Malformed JSON");
    for body in ["[]", "null", "1", "\"text\""] {
        bench
            .call("POST", "/forms", body.as_bytes())
            .is_bad("Body must be a JSON object");
    }
}

#[test]
fn members_of_the_wrong_kind() {
    let bench = bench();
    let events = "requests:created, requests:updated, requests:deleted, requests:archived, requests:unarchived, \
                  responses:created, responses:updated, responses:deleted, responses:completed";
    let hooks = format!("webhooks: each value must be an array of {events}");
    for (member, message) in [
        (json!({"flow": null}), "flow must be an object"),
        (json!({"flow": "kyc-renewal"}), "flow must be an object"),
        (json!({"flow": {}}), "flow.slug is required"),
        (
            json!({"flow": {"slug": ""}}),
            "flow.slug must be a non-empty string",
        ),
        (json!({"flow": {"slug": 1}}), "flow.slug must be a string"),
        (json!({"user": []}), "user must be an object"),
        (
            json!({"user": {"email": "john"}}),
            "user.email must be a valid email",
        ),
        (
            json!({"user": {"email": "[email protected]"}}),
            "user.email must be a valid email",
        ),
        (
            json!({"user": {"phone": 32}}),
            "user.phone must be a string",
        ),
        (
            json!({"owner": {"email": "sam@"}}),
            "owner.email must be a valid email",
        ),
        (
            json!({"owner": "sam@example.com"}),
            "owner must be an object",
        ),
        (json!({"data": []}), "data must be an object"),
        (json!({"data": null}), "data must be an object"),
        (json!({"options": "x"}), "options must be an object"),
        (
            json!({"external_args": 1}),
            "external_args must be an object",
        ),
        (
            json!({"redirect_url": "http://example.com"}),
            "redirect_url must be an HTTPS URL",
        ),
        (json!({"draft": "true"}), "draft must be a boolean"),
        (
            json!({"active_from": "soon"}),
            "active_from must be an ISO 8601 date-time",
        ),
        (json!({"active_until": 5}), "active_until must be a string"),
        (
            json!({"branding": {"slug": 5}}),
            "branding.slug must be a string",
        ),
        (json!({"company": "acme-corp"}), "company must be an object"),
        (
            json!({"workspace": {"id": "acme"}}),
            "workspace.id must be a UUID",
        ),
        (
            json!({"webhooks": {"http://example.com": []}}),
            "webhooks: each key must be an HTTPS URL",
        ),
        (
            json!({"webhooks": {"https://example.com": "responses:completed"}}),
            &hooks,
        ),
        (
            json!({"webhooks": {"https://example.com": ["forms:created"]}}),
            &hooks,
        ),
    ] {
        let mut body = json!({"flow": {"slug": "kyc-renewal"}});
        for (key, value) in member.as_object().unwrap() {
            body[key] = value.clone();
        }
        bench.post("/forms", &body).is_bad(message);
    }
    bench
        .post("/forms", &json!({}))
        .is_bad("flow.slug is required");
    assert_eq!(bench.get("/forms").json()["meta"]["total_count"], 0);
}

#[test]
fn a_window_that_ends_before_it_opens() {
    let bench = bench();
    let body = json!({"flow": {"slug": "kyc-renewal"}, "active_from": "2024-02-01", "active_until": "2024-01-01"});
    bench.post("/forms", &body).is(
        422,
        r#"{"statusCode":422,"error":"Unprocessable Entity","message":"active_until must be after active_from"}"#,
    );
}

#[test]
fn templates_and_workspaces_that_are_not_there() {
    let bench = bench();
    let in_place = |slug: &str, place: Value| {
        bench.post("/forms", &json!({"flow": {"slug": slug}, "company": place}))
    };
    bench
        .post("/forms", &json!({"flow": {"slug": "nothing"}}))
        .is(404, NO_TEMPLATE);
    // It exists, but in a workspace the token does not open.
    bench
        .post("/forms", &json!({"flow": {"slug": "claim-report"}}))
        .is(404, NO_TEMPLATE);
    in_place("client-onboarding", json!({"slug": "globex"})).is(403, FORBIDDEN);
    in_place("client-onboarding", json!({"slug": "nowhere"})).is(
        404,
        r#"{"statusCode":404,"error":"Not Found","message":"Workspace not found"}"#,
    );
}

#[test]
fn a_slug_of_several_workspaces_needs_one_named() {
    let mut bench = bench();
    let both = NewToken {
        workspaces: Some(vec!["acme-corp".into(), "globex".into()]),
        ..NewToken::default()
    };
    bench.token = bench.sandbox.create_token(both).unwrap().token;
    let mut body = json!({"flow": {"slug": "client-onboarding"}});
    bench.post("/forms", &body).is(
        409,
        concat!(
            r#"{"statusCode":409,"error":"Conflict","message":"#,
            r#""More than one form template matches flow.slug: name the workspace in company.slug"}"#
        ),
    );
    for place in [
        json!({"company": {"slug": "globex"}}),
        json!({"workspace": {"slug": "globex"}}),
        json!({"workspace": {"id": "d4e5f6a7-b8c9-4123-8def-234567890123"}}),
    ] {
        let mut body = body.clone();
        for (key, value) in place.as_object().unwrap() {
            body[key] = value.clone();
        }
        assert_eq!(bench.form(&body)["workspace"]["slug"], "globex");
    }
    // A slug of one workspace needs no name.
    let only = bench.form(&json!({"flow": {"slug": "claim-report"}}));
    assert_eq!(only["workspace"]["slug"], "globex");
    body["company"] = json!({"slug": "acme-corp"});
    body["workspace"] = json!({"slug": "globex"});
    bench
        .post("/forms", &body)
        .is_bad("company and workspace name different workspaces");
}

#[test]
fn ids_in_the_path() {
    let bench = bench();
    for id in ["1", "abc", "%ff", "c3d4e5f6a7b89012cdef123456789012"] {
        bench
            .get(&format!("/forms/{id}"))
            .is_bad("id must be a UUID");
    }
    bench
        .get("/forms/00000000-0000-4000-8000-000000000000")
        .is(404, NOT_FOUND);
}

#[test]
fn a_body_over_16_mib() {
    let bench = bench();
    let body = |length: usize| {
        let rest = r#"{"flow":{"slug":"kyc-renewal"},"data":{"x":""}}"#.len();
        format!(
            r#"{{"flow":{{"slug":"kyc-renewal"}},"data":{{"x":"{}"}}}}"#,
            "a".repeat(length - rest)
        )
    };
    let limit = 16 * 1024 * 1024;
    let fits = bench.call("POST", "/forms", body(limit).as_bytes());
    assert_eq!(fits.status, 201);
    bench.call("POST", "/forms", body(limit + 1).as_bytes()).is(
        413,
        r#"{"statusCode":413,"error":"Payload Too Large","message":"Request body is larger than 16 MiB"}"#,
    );
    let last = bench.sandbox.requests().pop().unwrap();
    assert_eq!((last.status, last.body_bytes), (Some(413), limit + 1));
}
