//! The server's limits: a 429 throttles the whole client, and a rate limit of its own prevents the 429.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use penbox::{Client, ClientBuilder, ErrorKind, Outcome};

use crate::common::TOKEN;

const FORM: &str = r#"{"id":"a"}"#;

/// A server of any number of connections. `decide` answers each request by the arrival times of those before it.
struct Gate {
    address: SocketAddr,
    arrivals: Arc<Mutex<Vec<Instant>>>,
}

/// The answer to a request: the wait in seconds of a 429, or the form.
type Decide = fn(&[Instant]) -> Option<f64>;

impl Gate {
    fn new(decide: Decide) -> Gate {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let arrivals = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&arrivals);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let seen = Arc::clone(&seen);
                std::thread::spawn(move || serve(stream, &seen, decide));
            }
        });
        Gate { address, arrivals }
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder()
            .token(TOKEN)
            .base_url(format!("http://{}/v1", self.address))
    }

    fn arrivals(&self) -> Vec<Instant> {
        self.arrivals.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<Instant>>, decide: Decide) {
    let mut head = Vec::new();
    let mut byte = [0];
    while let Ok(1) = stream.read(&mut byte) {
        head.push(byte[0]);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        head.clear();
        let wait = {
            let mut seen = seen.lock().unwrap();
            let wait = decide(&seen);
            seen.push(Instant::now());
            wait
        };
        if seen.lock().unwrap().len() == 2 {
            std::thread::sleep(PROBE);
        }
        let (status, body) = match wait {
            None => ("200 OK", FORM.to_owned()),
            Some(wait) => (
                "429 Too Many Requests",
                format!(r#"{{"statusCode":429,"error":"e","message":"m","retryAfter":{wait}}}"#),
            ),
        };
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// The time that the server takes for the second request.
const PROBE: Duration = Duration::from_millis(150);

/// The first request is refused for 0.6 s.
fn once(before: &[Instant]) -> Option<f64> {
    before.is_empty().then_some(0.6)
}

#[test]
fn a_429_keeps_the_whole_client_quiet_and_one_call_finds_out() {
    const WAITERS: usize = 200;
    let gate = Gate::new(once);
    let client = gate.builder().build().unwrap();
    let hasty = client.with_options(penbox::CallOptions::new().max_attempts(1));
    let error = hasty.forms().get("a").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimit);
    std::thread::scope(|scope| {
        for _ in 0..WAITERS {
            scope.spawn(|| client.forms().get("a").unwrap());
        }
    });
    let arrivals = gate.arrivals();
    assert_eq!(arrivals.len(), 1 + WAITERS);
    let (refused, probe) = (arrivals[0], arrivals[1]);
    assert!(probe - refused >= Duration::from_millis(600));
    assert!(
        arrivals[2..].iter().all(|at| *at - probe >= PROBE),
        "the rest waits for its answer"
    );
}

#[test]
fn a_call_that_would_wait_too_long_is_refused_unsent() {
    let gate = Gate::new(|before| before.is_empty().then_some(60.0));
    let client = gate.builder().max_attempts(1).build().unwrap();
    let error = client.forms().get("a").unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    let quick = client.with_options(penbox::CallOptions::new().timeout(Duration::from_secs(2)));
    let refused = quick.forms().get("a").unwrap_err();
    assert_eq!(
        (refused.kind(), refused.outcome(), refused.attempts()),
        (ErrorKind::RateLimit, Outcome::NotSent, 0)
    );
    assert!(refused.retry_after() > Some(Duration::from_secs(50)));
    assert!(refused.retryable());
    assert_eq!(gate.arrivals().len(), 1);
    // Another client is not throttled.
    let other = gate.builder().build().unwrap();
    other.forms().get("a").unwrap();
}

#[test]
fn a_wait_that_nobody_accepts_keeps_the_client_quiet_all_the_same() {
    let gate = Gate::new(|before| before.is_empty().then_some(3_600.0));
    let client = gate.builder().build().unwrap();
    assert_eq!(client.forms().get("a").unwrap_err().attempts(), 1);
    let refused = client.forms().get("a").unwrap_err();
    assert_eq!(
        (refused.kind(), refused.reason(), refused.outcome()),
        (ErrorKind::RateLimit, Some("paused"), Outcome::NotSent)
    );
    assert_eq!(gate.arrivals().len(), 1);
}

#[test]
fn a_budget_is_waited_for_beyond_max_retry_wait() {
    let gate = Gate::new(|_| None);
    let builder = gate.builder().rate_limit("1/s");
    let client = builder.max_retry_wait(Duration::ZERO).build().unwrap();
    let started = Instant::now();
    for _ in 0..3 {
        client.forms().get("a").unwrap();
    }
    assert!(started.elapsed() >= Duration::from_secs(2));
    assert_eq!(gate.arrivals().len(), 3);
    let hasty = penbox::CallOptions::new().timeout(Duration::from_millis(500));
    let error = client.with_options(hasty).forms().get("a").unwrap_err();
    let hint = error.hint().unwrap();
    // The call waited for the caller's own rate limit, not for a throttle.
    assert_eq!((error.outcome(), error.reason()), (Outcome::NotSent, None));
    assert!(hint.contains("timeout") && hint.contains("rate_limit"));
}

#[test]
fn a_budget_never_meets_the_servers_limit() {
    const LIMIT: usize = 10;
    let window = Duration::from_secs(1);
    let gate = Gate::new(|before| {
        let recent = before
            .iter()
            .filter(|at| at.elapsed() < Duration::from_secs(1))
            .count();
        (recent >= LIMIT).then_some(1.0)
    });
    let client = gate.builder().rate_limit("10/s, 1000/h").build().unwrap();
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_eq!(client.forms().get("a").unwrap().id, "a");
                }
            });
        }
    });
    let arrivals = gate.arrivals();
    assert_eq!(arrivals.len(), 30, "none was refused and repeated");
    assert!(started.elapsed() >= window * 2);
    for first in arrivals.windows(LIMIT + 1) {
        assert!(first[LIMIT] - first[0] >= window);
    }
}

#[test]
fn a_budget_that_is_used_up_for_long_is_an_error() {
    let gate = Gate::new(|_| None);
    let client = gate.builder().rate_limit("2/h").build().unwrap();
    client.forms().get("a").unwrap();
    client.forms().get("a").unwrap();
    let error = client.forms().get("a").unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::RateLimit, Outcome::NotSent)
    );
    assert!(error.retry_after() > Some(Duration::from_secs(3_500)));
    assert!(error.message().contains("rate_limit"), "{error}");
    assert_eq!(gate.arrivals().len(), 2);
}

/// `PENBOX_TEST_STORM` is the number of calls, 250 by default. A minute of the API's limits is a second here.
#[test]
fn a_storm_of_callers_meets_no_limit() {
    const CALLERS: usize = 50;
    const RATES: [(usize, Duration); 2] = [
        (100, Duration::from_secs(1)),
        (1_000, Duration::from_secs(60)),
    ];
    let calls: usize =
        std::env::var("PENBOX_TEST_STORM").map_or(250, |calls| calls.parse().unwrap());
    let gate = Gate::new(|before| {
        let is_full = |(limit, window): &(usize, Duration)| {
            let recent = before.iter().rev().take_while(|at| at.elapsed() < *window);
            recent.count() >= *limit
        };
        RATES.iter().any(is_full).then_some(1.0)
    });
    let client = gate
        .builder()
        .rate_limit("100/s, 1000/min")
        .timeout(Duration::from_secs(3_600))
        .pool_size(CALLERS as u64)
        .build()
        .unwrap();
    let left = AtomicUsize::new(calls);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                let take = |left: usize| left.checked_sub(1);
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                    .is_ok()
                {
                    client.forms().get("a").unwrap();
                }
            });
        }
    });
    let (took, arrivals) = (started.elapsed(), gate.arrivals());
    assert_eq!(arrivals.len(), calls, "none was refused and repeated");
    for (limit, window) in RATES {
        let over = arrivals
            .windows(limit + 1)
            .find(|some| some[limit] - some[0] < window);
        assert!(over.is_none(), "more than {limit} in {window:?}");
    }
    println!("storm: {calls} of {calls} calls of {CALLERS} threads met no 429, {took:.1?}");
}
