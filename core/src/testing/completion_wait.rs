//! Waits for the completion of a form, played on a clock on which only sleep takes time.

use std::io::Cursor;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use http::HeaderMap;
use http::header::{HeaderValue, RETRY_AFTER};

use super::clock::Clock;
use crate::client::Client;
use crate::config::ClientBuilder;
use crate::error::{ErrorKind, Outcome, Result};
use crate::send::CallOptions;
use crate::send::runtime::Runtime;
use crate::send::sender::Sender;
use crate::transport::{Reply, Request, Transport, TransportError};

const HOUR: Duration = Duration::from_secs(3600);

/// An answer of the server: its status, a `Retry-After` and its body.
#[derive(Clone, Copy)]
struct Planned(u16, Option<&'static str>, &'static str);

const PENDING: Planned = Planned(200, None, r#"{"id": "f-1", "status": "pending"}"#);
const COMPLETED: Planned = Planned(200, None, r#"{"id": "f-1", "status": "completed"}"#);

/// A server that gives these answers in order, and the last one again and again. It keeps the times of the requests.
struct Server {
    clock: Clock,
    plan: Vec<Planned>,
    arrivals: Arc<Mutex<Vec<Instant>>>,
    /// Has a hint come while each request is answered.
    hints: Arc<OnceLock<Client>>,
}

impl Transport for Server {
    fn exchange(&self, _: Request<'_>) -> std::result::Result<Reply, TransportError> {
        let mut arrivals = self.arrivals.lock().unwrap();
        let index = arrivals.len().min(self.plan.len() - 1);
        let Planned(status, retry_after, body) = self.plan[index];
        arrivals.push(self.clock.now());
        if let Some(client) = self.hints.get() {
            assert_eq!(client.notify_form("f-1"), 1);
        }
        let retry_after = retry_after.map(|wait| (RETRY_AFTER, HeaderValue::from_static(wait)));
        Ok(Reply {
            status,
            headers: retry_after.into_iter().collect::<HeaderMap>(),
            body: Box::new(Cursor::new(body.as_bytes().to_vec())),
        })
    }

    fn shutdown(&self) {}
}

/// The end of a wait, and the times of its requests.
type Waited = (Result<()>, Vec<Duration>);

/// Waits within a limit, typed and by id.
fn wait(plan: &[Planned], limit: Duration) -> [Waited; 2] {
    wait_with(plan, limit, false)
}

/// The same, perhaps with hints that come all the time.
fn wait_with(plan: &[Planned], limit: Duration, is_hinted: bool) -> [Waited; 2] {
    let typed = |client: &Client| {
        let client = client.with_options(CallOptions::new().timeout(limit));
        client.forms().wait_completed("f-1").map(drop)
    };
    let by_id = |client: &Client| {
        let options = CallOptions::new().timeout(limit);
        let answer = client.invoke("forms.wait_completed", r#"{"id": "f-1"}"#, &options);
        answer.map(drop)
    };
    [&typed as &dyn Fn(&Client) -> Result<()>, &by_id].map(|call| {
        let clock = Clock::new();
        let arrivals = Arc::default();
        let server = Server {
            clock: clock.clone(),
            plan: plan.to_vec(),
            arrivals: Arc::clone(&arrivals),
            hints: Arc::default(),
        };
        let hints = Arc::clone(&server.hints);
        let settings = ClientBuilder::new()
            .token("pnbx_waiting")
            .build_settings()
            .unwrap();
        let begun = clock.now();
        let sender = Sender::simulated(settings, Box::new(server), Box::new(clock));
        let client = Client::of(sender);
        if is_hinted {
            hints.set(client.clone()).unwrap();
        }
        let end = call(&client);
        let arrivals = arrivals.lock().unwrap();
        (end, arrivals.iter().map(|at| *at - begun).collect())
    })
}

fn pauses(arrivals: &[Duration]) -> Vec<Duration> {
    let pairs = arrivals.windows(2);
    pairs.map(|pair| pair[1] - pair[0]).collect()
}

#[test]
fn pauses_double_up_to_a_minute_and_are_spread() {
    let mut plan = vec![PENDING; 12];
    plan.push(COMPLETED);
    for (end, arrivals) in wait(&plan, HOUR) {
        end.unwrap();
        assert_eq!(arrivals[0], Duration::ZERO);
        let mut longest = Duration::from_millis(250);
        for pause in pauses(&arrivals) {
            let shortest = longest.mul_f64(0.75);
            assert!(
                (shortest..=longest).contains(&pause),
                "{pause:?} {longest:?}"
            );
            longest = (longest * 2).min(Duration::from_secs(60));
        }
        assert_eq!(arrivals.len(), 13);
    }
}

#[test]
fn the_last_look_is_made_shortly_before_the_end() {
    let limit = Duration::from_secs(600);
    for (end, arrivals) in wait(&[PENDING], limit) {
        let error = end.unwrap_err();
        assert_eq!(
            (
                error.kind(),
                error.phase(),
                error.outcome(),
                error.retryable()
            ),
            (ErrorKind::Timeout, Some("total"), Outcome::Done, true)
        );
        assert!(error.message().contains("f-1"), "{error}");
        assert!(error.message().contains("its status is pending"), "{error}");
        assert_eq!(error.attempts() as usize, arrivals.len());
        let last = arrivals.last().unwrap();
        assert_eq!(limit - *last, Duration::from_secs(1));
        assert!(arrivals.len() < 25, "{arrivals:?}");
    }
}

#[test]
fn a_server_in_trouble_does_not_end_the_wait() {
    let down = Planned(503, None, r#"{"message": "Down"}"#);
    for plan in [
        vec![PENDING, down, down, down, down, COMPLETED],
        // From the beginning, too: a 503 is an answer of the API.
        vec![down, down, down, down, PENDING, COMPLETED],
    ] {
        for (end, arrivals) in wait(&plan, HOUR) {
            end.unwrap();
            assert_eq!(arrivals.len(), plan.len());
        }
    }
    let limit = Duration::from_secs(100);
    for (end, _) in wait(&[PENDING, down], limit) {
        let error = end.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(
            error.message().contains("the last look failed: Down"),
            "{error}"
        );
    }
}

#[test]
fn a_wait_that_the_server_names_is_kept_however_long() {
    let limited = Planned(429, Some("900"), r#"{"message": "Too many"}"#);
    for (end, arrivals) in wait(&[PENDING, limited, COMPLETED], HOUR) {
        end.unwrap();
        let paused = pauses(&arrivals)[1];
        assert!(paused >= Duration::from_secs(900), "{paused:?}");
        assert_eq!(arrivals.len(), 3);
    }
    // It is over only after the end of the wait.
    let limit = Duration::from_secs(600);
    for (end, arrivals) in wait(&[PENDING, limited, COMPLETED], limit) {
        let error = end.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimit);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(900)));
        assert_eq!(arrivals.len(), 2);
    }
}

#[test]
fn a_form_that_goes_away_ends_the_wait() {
    let gone = Planned(404, None, r#"{"message": "Not found"}"#);
    for (end, arrivals) in wait(&[PENDING, gone], HOUR) {
        let error = end.unwrap_err();
        assert_eq!(
            (error.kind(), error.reason(), error.http_status()),
            (ErrorKind::NotCompleted, Some("form_deleted"), Some(404))
        );
        assert_eq!(
            (error.outcome(), error.retryable()),
            (Outcome::Rejected, false)
        );
        assert_eq!(error.body(), Some(gone.2));
        assert_eq!((error.attempts(), arrivals.len()), (2, 2));
    }
    for (end, arrivals) in wait(&[gone], HOUR) {
        let error = end.unwrap_err();
        assert_eq!((error.kind(), error.reason()), (ErrorKind::NotFound, None));
        assert_eq!(arrivals.len(), 1);
    }
}

#[test]
fn hints_bring_looks_and_not_more_than_four_a_second() {
    let mut plan = vec![PENDING; 20];
    plan.push(COMPLETED);
    for (end, arrivals) in wait_with(&plan, HOUR, true) {
        end.unwrap();
        assert_eq!(pauses(&arrivals), [Duration::from_millis(250); 20]);
    }
}
