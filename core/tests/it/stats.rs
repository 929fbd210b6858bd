//! The counts of a client and of a process, the alerts, and the notices of deprecated operations.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use penbox::stats::{Alert, AlertRule, OperationStats};
use penbox::{
    CallOptions, Client, ClientBuilder, ErrorKind, FormCreate, Stats, Upload, WorkspaceList,
};

use crate::common::{Server, Step, answer, json};
use crate::crowd::Crowd;

const FORM: &str = r#"{"id":"a"}"#;

/// A token that no other test uses, so that the counts of its process are those of this test.
fn token(name: &str) -> String {
    format!("pnbx_{name}Qw3rTy7uIoP0aSdF2gHjK5lZxC8vBnM1eX")
}

fn builder(server: &Server, name: &str) -> ClientBuilder {
    Client::builder().token(token(name)).base_url(server.url())
}

fn of_process(client: &Client) -> Stats {
    let fingerprint = client.auth().fingerprint();
    let mut all = penbox::process_stats();
    all.retain(|stats| stats.token_fingerprint == fingerprint);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn a_client_counts_what_it_does() {
    let script = vec![
        json("503 Service Unavailable", "{}"),
        json("200 OK", FORM),
        json("404 Not Found", "{}"),
        json("429 Too Many Requests", r#"{"retryAfter":0}"#),
        json("201 Created", FORM),
    ];
    let answered: usize = script
        .iter()
        .map(|step| match step {
            Step::Answer(bytes) | Step::AnswerAndClose(bytes) => bytes.len(),
            Step::Hang => 0,
        })
        .sum();
    let server = Server::start(script);
    let client = builder(&server, "counts")
        .token_name("nightly job")
        .build()
        .unwrap();
    let before = client.stats();
    assert_eq!(
        (before.calls, before.attempts, before.last_used_at()),
        (0, 0, None)
    );
    client.forms().get("a").unwrap();
    client.forms().get("b").unwrap_err();
    client.forms().create(FormCreate::new("x")).unwrap();
    // Neither an argument that is refused nor a client that is made counts.
    client.forms().get("").unwrap_err();
    let stats = client.stats();
    assert_eq!((stats.calls, stats.attempts, stats.repeats), (3, 5, 2));
    assert_eq!((stats.rate_limited, stats.waits), (1, 2));
    // The least pause after the 503. The 429 names no time, so the wait after it is spread from nothing on.
    assert!(
        stats.waited >= Duration::from_millis(100),
        "{:?}",
        stats.waited
    );
    let requested: usize = server.requests().iter().map(String::len).sum();
    assert_eq!(
        (stats.bytes_sent, stats.bytes_received),
        (requested as u64, answered as u64)
    );
    assert_eq!(
        stats.errors.iter().collect::<Vec<_>>(),
        [(&"not_found", &1)]
    );
    let get = &stats.operations["forms.get"];
    assert_eq!(
        (get.calls, get.errors, get.histogram.iter().sum::<u64>()),
        (2, 1, 2)
    );
    assert!(get.max >= Duration::from_millis(100) && get.max <= get.total);
    assert_eq!(stats.operations["forms.create"].calls, 1);
    assert_eq!(stats.operations.len(), 2);
    assert_eq!(stats.token_name.as_deref(), Some("nightly job"));
    assert_eq!(stats.token_fingerprint, client.auth().fingerprint());
    let seconds = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let last = stats.last_used_at().unwrap();
    assert!(
        last > stats.since() && last.ends_with('Z') && seconds > 0,
        "{last}"
    );
}

#[test]
fn the_steps_of_the_histogram_are_told() {
    let steps = OperationStats::STEPS;
    assert_eq!(
        (steps[0], steps[steps.len() - 1]),
        (Duration::from_millis(10), Duration::from_secs(10))
    );
    let server = Server::start(vec![json("200 OK", FORM)]);
    let client = builder(&server, "steps").build().unwrap();
    client.forms().get("a").unwrap();
    assert_eq!(
        client.stats().operations["forms.get"].histogram.len(),
        steps.len() + 1
    );
}

#[test]
fn the_counts_of_many_threads_are_exact() {
    const THREADS: u64 = 8;
    const CALLS: u64 = 1_000;
    let server = Crowd::start();
    let client = server.builder().token(token("threads")).build().unwrap();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let client = client.clone();
            scope.spawn(move || {
                for _ in 0..CALLS {
                    client.forms().get("quick").unwrap();
                }
            });
        }
    });
    let stats = client.stats();
    let get = &stats.operations["forms.get"];
    let all = THREADS * CALLS;
    assert_eq!((stats.calls, stats.attempts, get.calls), (all, all, all));
    assert_eq!((get.histogram.iter().sum::<u64>(), get.errors), (all, 0));
}

#[test]
fn the_clients_of_a_token_are_counted_together() {
    let server = Server::start(vec![json("200 OK", FORM); 3]);
    let first = builder(&server, "together").build().unwrap();
    let second = builder(&server, "together")
        .token_name("shared")
        .build()
        .unwrap();
    let other = builder(&server, "apart").build().unwrap();
    for client in [&first, &second] {
        client
            .with_options(CallOptions::new().max_attempts(1))
            .forms()
            .get("a")
            .unwrap();
        client.close();
    }
    drop(second);
    other.forms().get("a").unwrap();
    let together = of_process(&first);
    assert_eq!((together.calls, together.clients), (2, 2));
    assert_eq!(together.token_name.as_deref(), Some("shared"));
    assert_eq!(
        together.operations["forms.get"]
            .histogram
            .iter()
            .sum::<u64>(),
        2
    );
    assert_eq!(of_process(&other).calls, 1);
    drop(first);
    let fingerprint = &together.token_fingerprint;
    let left = penbox::process_stats();
    let left = left
        .iter()
        .find(|stats| stats.token_fingerprint == *fingerprint)
        .unwrap();
    assert_eq!(left.calls, 2, "dropped clients stay counted");
}

#[test]
fn the_pause_and_the_rest_of_the_rates_are_shown() {
    let server = Server::start(vec![
        json("200 OK", FORM),
        json("429 Too Many Requests", r#"{"retryAfter":3600}"#),
    ]);
    let client = builder(&server, "pause")
        .rate_limit("10/min, 100/h")
        .build()
        .unwrap();
    let left = |client: &Client| -> Vec<u64> {
        client
            .stats()
            .rate_left
            .iter()
            .map(|rate| rate.left)
            .collect()
    };
    assert_eq!(left(&client), [10, 100]);
    client.forms().get("a").unwrap();
    assert_eq!(
        (left(&client), client.stats().paused_for),
        (vec![9, 99], None)
    );
    client.forms().get("a").unwrap_err();
    let paused = client.stats().paused_for.unwrap();
    // A client pauses for 15 minutes at most.
    assert!(
        paused <= Duration::from_secs(900) && paused > Duration::from_secs(800),
        "{paused:?}"
    );
    assert_eq!(client.stats().rate_left[0].window, Duration::from_secs(60));
}

#[test]
fn refusals_in_a_row_alert_once_an_episode() {
    let refused = json("401 Unauthorized", "{}");
    let mut script = vec![refused.clone(); 4];
    script.push(json("200 OK", FORM));
    script.extend(vec![refused; 7]);
    script.push(json("200 OK", FORM));
    let server = Server::start(script);
    let alerts: Arc<Mutex<Vec<Alert>>> = Arc::default();
    let seen = Arc::clone(&alerts);
    let client = builder(&server, "refusals")
        .on_alert(move |alert| {
            seen.lock().unwrap().push(alert.clone());
            Ok(())
        })
        .build()
        .unwrap();
    for _ in 0..5 {
        let _ = client.forms().get("a");
    }
    assert_eq!((client.stats().alerts, client.stats().unusual), (0, vec![]));
    for _ in 0..7 {
        client.forms().get("a").unwrap_err();
    }
    assert_eq!(client.stats().unusual, [AlertRule::Refusals]);
    client.forms().get("a").unwrap();
    let stats = client.stats();
    assert_eq!((stats.alerts, stats.unusual), (1, vec![]));
    let alerts = alerts.lock().unwrap();
    assert_eq!(
        (alerts.len(), alerts[0].rule, alerts[0].count),
        (1, AlertRule::Refusals, 5)
    );
}

#[test]
fn a_deprecated_operation_is_in_the_stats() {
    let headers = "Deprecation: @1767225600\r\nSunset: Wed, 31 Dec 2026 23:59:59 GMT\r\n";
    let server = Server::start(vec![
        answer("200 OK", headers, FORM.as_bytes()),
        answer("404 Not Found", "sunset: soon\r\n", b"{}"),
        json("200 OK", FORM),
    ]);
    let client = builder(&server, "deprecated").build().unwrap();
    client.forms().get("a").unwrap();
    client.cases().get("a").unwrap_err();
    client.signatures().get("a").unwrap();
    let [first, second] = client.stats().deprecations.try_into().unwrap();
    assert_eq!(
        (first.operation, first.deprecated, first.sunset.as_deref()),
        ("cases.get", None, Some("soon"))
    );
    assert_eq!(
        (second.operation, second.deprecated.as_deref()),
        ("forms.get", Some("@1767225600"))
    );
    assert_eq!(
        second.sunset.as_deref(),
        Some("Wed, 31 Dec 2026 23:59:59 GMT")
    );
}

#[test]
fn failures_without_an_answer_are_counted_by_kind() {
    let server = Server::start(vec![Step::AnswerAndClose(Vec::new()), Step::Hang]);
    let client = builder(&server, "kinds").max_attempts(1).build().unwrap();
    assert_eq!(
        client.forms().get("a").unwrap_err().kind(),
        ErrorKind::Connection
    );
    let quick = client.with_options(CallOptions::new().timeout(Duration::from_millis(50)));
    assert_eq!(
        quick.forms().get("a").unwrap_err().kind(),
        ErrorKind::Timeout
    );
    client.close();
    assert_eq!(
        client
            .attachments()
            .upload(Upload::bytes("a", "b"))
            .unwrap_err()
            .kind(),
        ErrorKind::Closed
    );
    let errors: Vec<_> = client.stats().errors.into_iter().collect();
    assert_eq!(errors, [("closed", 1), ("connection", 1), ("timeout", 1)]);
    // The call on the closed client was none that was sent.
    assert_eq!((client.stats().calls, client.stats().attempts), (3, 2));
}

#[test]
fn an_answer_of_the_cache_is_no_call() {
    let server = Server::start(vec![json("200 OK", r#"{"data":[]}"#)]);
    let client = builder(&server, "cached").cache_ttl(Duration::from_secs(60));
    let client = client.build().unwrap();
    for _ in 0..3 {
        let first = client.workspaces().list(WorkspaceList::default()).next();
        assert!(!matches!(first, Some(Err(_))), "{first:?}");
    }
    let stats = client.stats();
    assert_eq!((stats.calls, client.cache_stats().hits), (1, 2));
}
