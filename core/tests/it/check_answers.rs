//! The check of a client: the findings about the call, each made by an answer of its own.

use std::time::Duration;

use penbox::{CallOptions, CancelToken, Client, ErrorKind, Level, Report};

use crate::check::{LONG, WORKSPACES, good, message, nowhere, only, problems, report};
use crate::common::{Server, Step, TOKEN, answer, json};
use crate::sandbox::start;

/// The report on a server that answers once.
fn answered(step: Step) -> Report {
    let server = Server::start(vec![step]);
    let report = report(server.builder().max_attempts(3));
    assert_eq!(server.requests().len(), 1, "one request and no more");
    report
}

#[test]
fn a_server_that_says_nothing_is_a_timeout() {
    let server = Server::start(vec![Step::Hang]);
    let client = server
        .builder()
        .token(LONG)
        .token_name("CRM")
        .build()
        .unwrap();
    let hurried = client.with_options(CallOptions::new().timeout(Duration::from_millis(200)));
    let found = hurried.check_with(&nowhere()).unwrap();
    assert_eq!(problems(&found), [("timeout", Level::Error)]);
}

#[test]
fn each_answer_that_is_none_of_the_api_has_a_finding() {
    let html = || {
        answer(
            "200 OK",
            "content-type: text/html\r\n",
            b"<html>Log in</html>",
        )
    };
    let moved = || answer("302 Found", "location: https://login.example/\r\n", b"");
    for (step, id) in [
        (Step::AnswerAndClose(Vec::new()), "connection"),
        (html(), "answer"),
        (moved(), "answer"),
        (json("200 OK", r#"{"status":"up"}"#), "answer"),
        (json("503 Service Unavailable", "{}"), "server_error"),
        (
            json(
                "403 Forbidden",
                r#"{"message":"No access to this resource"}"#,
            ),
            "no_access",
        ),
        (json("404 Not Found", r#"{"message":"Not found"}"#), "call"),
        (
            json(
                "401 Unauthorized",
                r#"{"message":"Missing authorization header"}"#,
            ),
            "header_missing",
        ),
        (
            json("401 Unauthorized", r#"{"message":"Invalid token"}"#),
            "token_not_accepted",
        ),
        (json("401 Unauthorized", ""), "token_not_accepted"),
    ] {
        let found = answered(step);
        let (found_id, level, said) = only(&found);
        assert_eq!((found_id, level), (id, Level::Error), "{said}");
        assert!(
            found
                .findings()
                .iter()
                .any(|one| one.id == id && one.fix.is_some())
        );
        assert!(!good(&found).contains(&"token_accepted"));
    }
}

#[test]
fn only_a_token_that_worked_before_is_said_to_be_revoked() {
    let (sandbox, _) = start();
    let builder = Client::builder().base_url(sandbox.url()).token_name("CRM");
    let client = builder.token(sandbox.token()).build().unwrap();
    assert!(client.check_with(&nowhere()).unwrap().is_ok());
    sandbox.revoke_token(sandbox.token()).unwrap();
    let found = client.check_with(&nowhere()).unwrap();
    assert_eq!(problems(&found), [("token_revoked", Level::Error)]);
    let fresh = Client::builder().base_url(sandbox.url()).token_name("CRM");
    let fresh = fresh.token(sandbox.token()).build().unwrap();
    let found = fresh.check_with(&nowhere()).unwrap();
    assert_eq!(problems(&found), [("token_not_accepted", Level::Error)]);
}

#[test]
fn a_wrong_workspace_lists_those_that_the_token_opens() {
    let with = |body: &str, slug: &str| {
        let server = Server::start(vec![json("200 OK", body)]);
        let client = server
            .builder()
            .token(LONG)
            .token_name("CRM")
            .build()
            .unwrap();
        client.check_with(&nowhere().workspace(slug)).unwrap()
    };
    assert_eq!(problems(&with(WORKSPACES, "acme")), []);
    assert_eq!(problems(&with(WORKSPACES, "w2")), [], "by its id");
    assert_eq!(
        problems(&with(r#"[{"id":"w1","slug":"acme"}]"#, "acme")),
        [],
        "a bare list"
    );
    let (id, level, said) = only(&with(WORKSPACES, "Acme"));
    assert_eq!((id, level), ("wrong_workspace", Level::Error));
    assert_eq!(
        said,
        "The token does not open the workspace Acme; it opens the workspaces acme, beta."
    );
    let more = WORKSPACES.replace(":2}", ":240}");
    assert_eq!(
        problems(&with(&more, "zeta")),
        [("workspace_unknown", Level::Warning)]
    );
    assert_eq!(problems(&with(&more, "acme")), []);
    let none = r#"{"data":[]}"#;
    let both = [
        ("no_workspace", Level::Warning),
        ("wrong_workspace", Level::Error),
    ];
    assert_eq!(problems(&with(none, "acme")), both);
    assert_eq!(problems(&answered(json("200 OK", none))), [both[0]]);
    let hostile = with(WORKSPACES, "pnbx_12345678\u{1b}[2J\u{202e}");
    let text = format!("{hostile} {}", hostile.to_json());
    assert!(
        !text.contains("12345678") && !text.contains(['\u{1b}', '\u{202e}']),
        "{text}"
    );
}

#[test]
fn a_clock_that_is_wrong_is_seen_in_the_date_of_any_answer() {
    let now = jiff::Timestamp::now();
    let date = |minutes: i64| {
        let at = now + jiff::SignedDuration::from_mins(minutes);
        at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    let with = |status: &str, headers: String| {
        let found = answered(answer(status, &headers, WORKSPACES.as_bytes()));
        let is_skewed = problems(&found).contains(&("clock_skew", Level::Warning));
        assert_eq!(is_skewed, !good(&found).contains(&"clock"), "{found}");
        is_skewed.then(|| message(&found, "clock_skew"))
    };
    assert_eq!(with("200 OK", format!("date: {}\r\n", date(0))), None);
    let behind = with("200 OK", format!("date: {}\r\n", date(10))).unwrap();
    assert!(behind.contains("behind"), "{behind}");
    let ahead = with("401 Unauthorized", format!("date: {}\r\n", date(-10))).unwrap();
    assert!(ahead.contains("ahead of"), "{ahead}");
    // A cache answers with the date at which the answer was made.
    assert_eq!(
        with("200 OK", format!("date: {}\r\nage: 600\r\n", date(-10))),
        None
    );
}

#[test]
fn after_a_429_the_pause_is_shown_and_nothing_is_sent() {
    let limited = r#"{"message":"Rate limit exceeded.","retryAfter":60}"#;
    let server = Server::start(vec![json("429 Too Many Requests", limited)]);
    let client = server
        .builder()
        .token(LONG)
        .token_name("CRM")
        .build()
        .unwrap();
    let found = client.check_with(&nowhere()).unwrap();
    assert_eq!(problems(&found), [("rate_limited", Level::Error)]);
    assert!(message(&found, "rate_limited").contains("60 s"));
    let found = client.check_with(&nowhere()).unwrap();
    assert_eq!(problems(&found), [("paused", Level::Warning)]);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_rate_limits_rest_is_shown_and_nothing_is_sent_without_one() {
    let server = Server::start(vec![json("200 OK", WORKSPACES)]);
    let builder = server.builder().token(LONG).token_name("CRM");
    let client = builder.rate_limit("1/h, 5/d").build().unwrap();
    let found = client.check_with(&nowhere()).unwrap();
    assert_eq!(problems(&found), []);
    assert!(message(&found, "rate_budget").starts_with("1 of 1 requests in 3600 s"));
    let found = client.check_with(&nowhere()).unwrap();
    assert_eq!(problems(&found), [("budget_used", Level::Warning)]);
    assert!(message(&found, "rate_budget").starts_with("4 of 5 requests in 86400 s"));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn only_a_close_and_a_cancel_end_a_check_with_an_error() {
    let server = Server::start(vec![]);
    let client = server.client();
    let token = CancelToken::new();
    token.cancel();
    let cancelled = client.with_options(CallOptions::new().cancel(&token));
    assert_eq!(cancelled.check().unwrap_err().kind(), ErrorKind::Cancelled);
    let odd = client.with_options(CallOptions::new().header("authorization", "x"));
    assert!(!odd.check_with(&nowhere()).unwrap().is_ok());
    client.close();
    let error = client.check().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert_eq!(error.operation(), Some("workspaces.list"));
}

#[test]
fn a_report_holds_no_part_of_a_token_that_the_server_repeats() {
    let part = &TOKEN[12..30];
    let refused = format!(r#"{{"message":"Invalid token {TOKEN} ({part})"}}"#);
    let echoed = format!(r#"{{"data":[{{"id":"w1","slug":"{part}"}},{{"id":"{TOKEN}"}}]}}"#);
    for step in [json("401 Unauthorized", &refused), json("200 OK", &echoed)] {
        let server = Server::start(vec![step]);
        let found = server.client().check_with(&nowhere()).unwrap();
        let text = format!("{found} {found:?} {}", found.to_json());
        for part in TOKEN.as_bytes()["pnbx_".len()..].windows(8) {
            let part = std::str::from_utf8(part).unwrap();
            assert!(!text.contains(part), "{part} in {text}");
        }
    }
}

#[test]
fn settings_of_which_no_client_can_be_made_are_a_finding() {
    for (builder, id) in [
        (Client::builder(), "token_missing"),
        (Client::builder().token("Bearer pnbx_x"), "token_malformed"),
        (Client::builder().token(LONG).proxy("ftp://x"), "settings"),
        (
            Client::builder().token(LONG).base_url("http://x.example"),
            "settings",
        ),
    ] {
        let found = builder.check(&nowhere());
        let (found_id, level, said) = only(&found);
        assert_eq!((found_id, level), (id, Level::Error), "{said}");
        assert!(!found.is_ok() && found.curl().is_none());
        assert!(found.findings()[0].fix.is_some());
    }
}
