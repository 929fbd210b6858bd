//! Waits for an extraction's results, played on a clock on which only sleep takes time.

use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::HeaderMap;

use super::clock::Clock;
use crate::call::input::Input;
use crate::call::invoke::Answer;
use crate::client::Client;
use crate::config::ClientBuilder;
use crate::endpoints::document_intelligence::{
    ExtractionCreate, ExtractionField, ExtractionSource,
};
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::send::runtime::Runtime;
use crate::send::sender::Sender;
use crate::send::{CallOptions, Method};
use crate::transport::{Reply, Request, Transport, TransportError};

/// A server whose extraction is done after so many requests for it, and the times of all requests.
struct Server {
    clock: Clock,
    pending: usize,
    arrivals: Arc<Mutex<Vec<Instant>>>,
}

impl Transport for Server {
    fn exchange(&self, request: Request<'_>) -> std::result::Result<Reply, TransportError> {
        let mut arrivals = self.arrivals.lock().unwrap();
        let is_done = arrivals.len() > self.pending;
        assert_eq!(
            request.method == Method::Post.to_http(),
            arrivals.is_empty()
        );
        arrivals.push(self.clock.now());
        let body = match is_done {
            true => r#"{"id": "e", "results": {"fields": {}}}"#,
            false => r#"{"id": "e", "results": null}"#,
        };
        Ok(Reply {
            status: 200,
            headers: HeaderMap::new(),
            body: Box::new(Cursor::new(body.as_bytes().to_vec())),
        })
    }

    fn shutdown(&self) {}
}

/// Extracts within a limit, typed and by id: how each ended, and when the requests came.
fn extract(pending: usize, limit: Duration) -> [(Result<()>, Vec<Duration>); 2] {
    let params = || {
        ExtractionCreate::fields_of(
            vec![ExtractionSource::id("a")],
            vec![ExtractionField::text("name")],
        )
    };
    let typed = |client: &Client| {
        let client = client.with_options(CallOptions::new().timeout(limit));
        client.document_intelligence().extract(params()).map(drop)
    };
    let by_id = |client: &Client| {
        let text = serde_json::Value::Object(params().into_map()).to_string();
        let options = CallOptions::new().timeout(limit);
        let answer: Result<Answer> =
            client.invoke("document_intelligence.extract", &text, &options);
        answer.map(drop)
    };
    [&typed as &dyn Fn(&Client) -> Result<()>, &by_id].map(|call| {
        let clock = Clock::new();
        let arrivals = Arc::default();
        let server = Server {
            clock: clock.clone(),
            pending,
            arrivals: Arc::clone(&arrivals),
        };
        let settings = ClientBuilder::new()
            .token("pnbx_extracting")
            .build_settings()
            .unwrap();
        let begun = clock.now();
        let sender = Sender::simulated(settings, Box::new(server), Box::new(clock));
        let end = call(&Client::of(sender));
        let arrivals = arrivals.lock().unwrap();
        (end, arrivals.iter().map(|at| *at - begun).collect())
    })
}

#[test]
fn pauses_double_up_to_four_seconds() {
    for (end, arrivals) in extract(7, Duration::from_secs(3600)) {
        end.unwrap();
        let pauses: Vec<u128> = arrivals
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).as_millis())
            .collect();
        assert_eq!(pauses, [250, 500, 1000, 2000, 4000, 4000, 4000, 4000]);
    }
}

#[test]
fn a_wait_ends_at_its_limit_and_the_job_was_made() {
    let limit = Duration::from_secs(10);
    for (end, arrivals) in extract(usize::MAX, limit) {
        let error: Error = end.unwrap_err();
        assert_eq!(
            (error.kind(), error.phase(), error.outcome()),
            (ErrorKind::Timeout, Some("total"), Outcome::Done)
        );
        let hint = error.hint().unwrap();
        assert!(hint.contains("document_intelligence().get"), "{hint}");
        // 250, 500, 1000, 2000 and 4000 ms fit, another 4000 do not.
        assert_eq!(arrivals.len(), 6);
        assert!(arrivals.iter().all(|at| *at < limit));
    }
}
