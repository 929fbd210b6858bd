use crate::support::bench;

#[test]
fn a_request_as_it_came_in() {
    let bench = bench();
    let bearer = format!("Bearer {}", bench.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("x-own", "1"),
        ("content-type", "application/json"),
    ];
    let body = r#"{"flow":{"slug":"kyc-renewal"}}"#;
    let answer = bench.send("POST", "/v1/forms?a=%5B1%5D", &headers, body.as_bytes());
    assert_eq!(answer.status, 201);
    let requests = bench.sandbox.requests();
    let [record] = requests.as_slice() else {
        panic!("one request: {requests:?}");
    };
    assert_eq!(record.method, "POST");
    assert_eq!(record.path, "/v1/forms");
    assert_eq!(record.query.as_deref(), Some("a=%5B1%5D"));
    assert_eq!(
        (record.body.as_str(), record.body_bytes),
        (body, body.len())
    );
    assert_eq!(record.status, Some(201));
    assert!(record.authorized);
    assert_eq!(record.token_name.as_deref(), Some("Acme default"));
    assert_eq!(
        Some(record.request_id.as_str()),
        answer.header("x-request-id")
    );
    assert!(record.at.ends_with('Z'));
    let has = |name: &str, value: &str| {
        record
            .headers
            .contains(&(name.to_owned(), value.to_owned()))
    };
    assert!(has("authorization", "Bearer pnbx_***"));
    assert!(has("x-own", "1"));
}

#[test]
fn refused_requests_are_there_and_no_token_is() {
    let bench = bench();
    bench.get("/forms");
    for value in [
        "Bearer pnbx_secret_one",
        "Basic c2VjcmV0X3R3bw==",
        "pnbx_secret_three",
    ] {
        bench.send("GET", "/v1/forms", &[("authorization", value)], b"");
    }
    bench.send("GET", "/elsewhere", &[], b"");
    let answer = bench.steer("GET", "/requests", "");
    for secret in [
        bench.token.as_str(),
        "secret_one",
        "c2VjcmV0X3R3bw",
        "secret_three",
    ] {
        assert!(!answer.text.contains(secret), "{secret}");
    }
    let json = answer.json();
    let seen: Vec<_> = json["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            (
                r["status"].as_u64().unwrap(),
                r["authorized"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (200, true),
            (401, false),
            (401, false),
            (401, false),
            (404, false)
        ]
    );
}

#[test]
fn control_routes_stay_out_of_it_and_it_can_be_cleared() {
    let bench = bench();
    bench.get("/forms");
    bench.steer("PUT", "/settings", "{}");
    assert_eq!(bench.sandbox.requests().len(), 1);
    bench
        .steer("DELETE", "/requests", "")
        .is(200, r#"{"ok":true}"#);
    bench
        .steer("GET", "/requests", "")
        .is(200, r#"{"requests":[]}"#);
    bench.get("/forms");
    bench.sandbox.clear_requests();
    assert!(bench.sandbox.requests().is_empty());
}

#[test]
fn every_answer_has_an_id_of_its_own() {
    let bench = bench();
    let mut ids: Vec<String> = [
        "/v1/forms",
        "/nothing",
        "/_sandbox/requests",
        "/_sandbox/nothing",
    ]
    .iter()
    .map(|path| {
        bench
            .send("GET", path, &[], b"")
            .header("x-request-id")
            .unwrap()
            .to_owned()
    })
    .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}
