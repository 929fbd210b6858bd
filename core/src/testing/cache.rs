//! Equal calls at the same time, of which one sends its request.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::cache::{Found, Key};
use crate::{CallOptions, CancelToken, Client, ErrorKind, Result};

/// The longest that a test waits for what should come at once.
const PATIENCE: Duration = Duration::from_secs(60);
const TOKEN: &str = "pnbx_cached-calls";
const PATH: &str = "/form_templates/a/options";

/// A server that holds each request until the test answers it.
struct Gate {
    url: String,
    requests: Arc<AtomicUsize>,
    arrived: Mutex<std::sync::mpsc::Receiver<()>>,
    answers: Sender<(&'static str, String)>,
}

impl Gate {
    fn open() -> Gate {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let requests = Arc::<AtomicUsize>::default();
        let (answers, next) = channel();
        let (arrival, arrived) = channel();
        let (counted, next) = (Arc::clone(&requests), Arc::new(Mutex::new(next)));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (counted, next, arrival) = (counted.clone(), next.clone(), arrival.clone());
                thread::spawn(move || serve(stream.unwrap(), &counted, &next, &arrival));
            }
        });
        Gate {
            url,
            requests,
            arrived: Mutex::new(arrived),
            answers,
        }
    }

    fn client(&self) -> Client {
        Client::builder()
            .token(TOKEN)
            .base_url(&self.url)
            .max_attempts(1)
            .cache_ttl(Duration::from_secs(60))
            .build()
            .unwrap()
    }

    fn wait_for_request(&self) {
        // The bound is for a fault only: no test waits for it.
        let arrived = self.arrived.lock().unwrap().recv_timeout(PATIENCE);
        arrived.expect("a request");
    }

    fn answer(&self, status: &'static str, body: &str) {
        self.answers.send((status, body.to_owned())).unwrap();
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

type Answers = Mutex<std::sync::mpsc::Receiver<(&'static str, String)>>;

fn serve(mut stream: TcpStream, counted: &AtomicUsize, answers: &Answers, arrival: &Sender<()>) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let Ok(count @ 1..) = stream.read(&mut buffer) else {
            return;
        };
        head.extend_from_slice(&buffer[..count]);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        head.clear();
        counted.fetch_add(1, Ordering::SeqCst);
        let _ = arrival.send(());
        let Ok((status, body)) = answers.lock().unwrap().recv() else {
            return;
        };
        let length = body.len();
        let text = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}");
        let _ = stream.write_all(text.as_bytes());
    }
}

fn options(client: &Client) -> Result<String> {
    let options = client.form_templates().options("a")?;
    Ok(options.as_str().to_owned())
}

/// Waits until so many calls wait for the request in flight.
fn wait_for_waiters(client: &Client, count: usize) {
    let sender = client.sender();
    let key = Key::of(sender.token().unwrap().digest(), PATH, &[]);
    let cache = sender.state().cache.as_ref().unwrap();
    let begun = Instant::now();
    loop {
        assert!(begun.elapsed() < PATIENCE, "fewer calls wait");
        let waiting = match cache.look(&key, Instant::now()) {
            Found::InFlight(flight) => flight.waiting(),
            _ => panic!("no request is in flight"),
        };
        if waiting == count {
            return;
        }
        thread::yield_now();
    }
}

#[test]
fn a_hundred_threads_make_one_request_and_each_has_a_result_of_its_own() {
    let gate = Gate::open();
    let client = gate.client();
    thread::scope(|scope| {
        let calls: Vec<_> = (0..100)
            .map(|_| scope.spawn(|| options(&client).unwrap()))
            .collect();
        gate.wait_for_request();
        wait_for_waiters(&client, 99);
        gate.answer("200 OK", r#"{"n":1}"#);
        for call in calls {
            assert_eq!(call.join().unwrap(), r#"{"n":1}"#);
        }
    });
    assert_eq!(gate.requests(), 1);
    let stats = client.cache_stats();
    assert_eq!((stats.hits, stats.misses), (99, 1));
    assert_eq!(options(&client).unwrap(), r#"{"n":1}"#);
    assert_eq!(gate.requests(), 1);
}

#[test]
fn those_who_waited_for_a_request_that_failed_have_its_error() {
    let gate = Gate::open();
    let client = gate.client();
    thread::scope(|scope| {
        let calls: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| options(&client).unwrap_err()))
            .collect();
        gate.wait_for_request();
        wait_for_waiters(&client, 19);
        gate.answer("500 No", "{}");
        for call in calls {
            let error = call.join().unwrap();
            assert_eq!(
                (error.kind(), error.http_status(), error.operation()),
                (ErrorKind::Server, Some(500), Some("form_templates.options"))
            );
        }
        assert_eq!(gate.requests(), 1);
        // The error is not kept.
        let next = scope.spawn(|| options(&client).unwrap());
        gate.wait_for_request();
        gate.answer("200 OK", "{}");
        assert_eq!(next.join().unwrap(), "{}");
    });
}

#[test]
fn a_cancelled_caller_leaves_its_request_to_the_next_who_waits() {
    let gate = Gate::open();
    let client = gate.client();
    let token = CancelToken::new();
    let first = client.with_options(CallOptions::new().cancel(&token));
    thread::scope(|scope| {
        let cancelled = scope.spawn(|| options(&first).unwrap_err());
        gate.wait_for_request();
        let calls: Vec<_> = (0..5)
            .map(|_| scope.spawn(|| options(&client).unwrap()))
            .collect();
        wait_for_waiters(&client, 5);
        token.cancel();
        assert_eq!(cancelled.join().unwrap().kind(), ErrorKind::Cancelled);
        gate.wait_for_request();
        // The first answer goes to a connection that is closed.
        gate.answer("200 OK", "{}");
        gate.answer("200 OK", "{}");
        for call in calls {
            assert_eq!(call.join().unwrap(), "{}");
        }
    });
    assert_eq!(gate.requests(), 2);
}

#[test]
fn who_waits_is_cancelled_and_ends_in_time_while_the_request_goes_on() {
    let gate = Gate::open();
    let client = gate.client();
    let token = CancelToken::new();
    let cancellable = client.with_options(CallOptions::new().cancel(&token));
    let brief = client.with_options(CallOptions::new().timeout(Duration::from_millis(20)));
    thread::scope(|scope| {
        let first = scope.spawn(|| options(&client));
        gate.wait_for_request();
        let late = scope.spawn(|| options(&brief).unwrap_err()).join().unwrap();
        assert_eq!(
            (late.kind(), late.phase()),
            (ErrorKind::Timeout, Some("total"))
        );
        let waits = scope.spawn(|| options(&cancellable).unwrap_err());
        wait_for_waiters(&client, 2);
        token.cancel();
        let cancelled = waits.join().unwrap();
        assert_eq!(cancelled.kind(), ErrorKind::Cancelled);
        assert_eq!(cancelled.operation(), Some("form_templates.options"));
        gate.answer("200 OK", "{}");
        assert_eq!(first.join().unwrap().unwrap(), "{}");
    });
    assert_eq!(gate.requests(), 1);
}

#[test]
fn a_client_that_is_closed_ends_the_calls_that_wait() {
    let gate = Gate::open();
    let client = gate.client();
    thread::scope(|scope| {
        let calls: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| options(&client).unwrap_err()))
            .collect();
        gate.wait_for_request();
        wait_for_waiters(&client, 2);
        client.close();
        for call in calls {
            assert_eq!(call.join().unwrap().kind(), ErrorKind::Closed);
        }
    });
    assert_eq!(client.cache_stats().entries, 0);
}

#[test]
fn an_answer_that_was_requested_before_a_clear_is_not_given_to_those_after_it() {
    let gate = Gate::open();
    let client = gate.client();
    thread::scope(|scope| {
        let old = scope.spawn(|| options(&client).unwrap());
        gate.wait_for_request();
        client.clear_cache();
        let new = scope.spawn(|| options(&client).unwrap());
        gate.wait_for_request();
        gate.answer("200 OK", "{}");
        gate.answer("200 OK", "{}");
        assert_eq!(
            (old.join().unwrap(), new.join().unwrap()),
            ("{}".into(), "{}".into())
        );
    });
    assert_eq!(gate.requests(), 2);
}
