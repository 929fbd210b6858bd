use std::time::Duration;

use penbox_sandbox::{Clock, RateLimit, SandboxOptions, seed};

use crate::support::{Answer, Bench, INVALID_TOKEN};

fn limited(limit: RateLimit) -> (Bench, Clock) {
    let clock = Clock::manual(1_700_000_000_000);
    let options = SandboxOptions::default()
        .clock(clock.clone())
        .rate_limit(limit);
    (Bench::with(options), clock)
}

#[track_caller]
fn is_limited(answer: &Answer, seconds: u64) {
    let body = format!(
        r#"{{"statusCode":429,"error":"Too Many Requests","message":"Rate limit exceeded. Please try again later.","retryAfter":{seconds}}}"#
    );
    answer.is(429, &body);
    assert_eq!(
        answer.header("retry-after"),
        Some(seconds.to_string().as_str())
    );
}

#[test]
fn a_sliding_window() {
    let (bench, clock) = limited(RateLimit {
        requests: 2,
        window_ms: 60_000,
        retry_after: None,
    });
    assert_eq!(bench.get("/forms").status, 200);
    clock.advance(Duration::from_secs(30));
    assert_eq!(bench.get("/workspaces").status, 200);
    is_limited(&bench.get("/forms"), 30);
    clock.advance(Duration::from_millis(29_500));
    is_limited(&bench.get("/forms"), 1);
    clock.advance(Duration::from_millis(500));
    // The first left the window, the second is still in it; refusals did not count.
    assert_eq!(bench.get("/forms").status, 200);
    is_limited(&bench.get("/forms"), 30);
    clock.advance(Duration::from_secs(60));
    assert_eq!(bench.get("/forms").status, 200);
}

#[test]
fn the_sample_of_the_authentication_page() {
    let (bench, _) = limited(RateLimit {
        requests: 0,
        window_ms: 1,
        retry_after: Some(60),
    });
    is_limited(&bench.get("/forms"), 60);
    is_limited(&bench.call("POST", "/forms", b"{"), 60);
    is_limited(&bench.get("/nothing"), 60);
}

#[test]
fn it_counts_by_token_and_only_who_is_known() {
    let (mut bench, _) = limited(RateLimit {
        requests: 1,
        window_ms: 1000,
        retry_after: Some(7),
    });
    assert_eq!(bench.get("/forms").status, 200);
    is_limited(&bench.get("/forms"), 7);
    bench.token = seed::GLOBEX_TOKEN.to_owned();
    assert_eq!(bench.get("/forms").status, 200);
    bench.token = "pnbx_nobody".to_owned();
    for _ in 0..3 {
        bench.get("/forms").is(401, INVALID_TOKEN);
    }
}

#[test]
fn it_is_set_and_lifted_while_running() {
    let bench = Bench::with(SandboxOptions::default());
    let limit = RateLimit {
        requests: 1,
        window_ms: 600_000,
        retry_after: Some(3),
    };
    bench.sandbox.set_rate_limit(limit);
    assert_eq!(bench.get("/forms").status, 200);
    is_limited(&bench.get("/forms"), 3);
    bench.steer("PUT", "/rate_limit", "null").is(200, "null");
    for _ in 0..5 {
        assert_eq!(bench.get("/forms").status, 200);
    }
    let set = bench.steer("PUT", "/rate_limit", r#"{"requests":1,"window_ms":600000}"#);
    set.is(
        200,
        r#"{"requests":1,"window_ms":600000,"retry_after":null}"#,
    );
    assert_eq!(bench.get("/forms").status, 200);
    is_limited(&bench.get("/forms"), 600);
    // Counting starts anew with each setting, and control routes are never limited.
    bench.sandbox.set_rate_limit(limit);
    assert_eq!(bench.get("/forms").status, 200);
    is_limited(&bench.get("/forms"), 3);
    bench.sandbox.set_rate_limit(None);
    assert_eq!(bench.get("/forms").status, 200);
}
