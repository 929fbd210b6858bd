//! Calls in the pool, over real sockets: none holds up another client's, and each ends on time while it waits for a thread.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use penbox::bindings::PageStep;
use penbox::{
    CallOptions, CancelToken, Client, ClientBuilder, Error, ErrorKind, FormList, Outcome,
};

use crate::common::{TOKEN, read_request};

/// The timeout of a receiver, far longer than any test takes: only a failure waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A server that serves each connection on a thread of its own. A path with `hang` is never answered, one with `limited` by a 429
/// that names an hour, `busy` once by a 503 that names a second; `document_intelligence` needs two looks.
pub(crate) struct Crowd {
    url: String,
    pub(crate) arrived: Receiver<String>,
    held: Arc<Mutex<Vec<TcpStream>>>,
}

impl Crowd {
    pub(crate) fn start() -> Crowd {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let (arrival, arrived) = channel();
        let held: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
        let kept = Arc::clone(&held);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (arrival, held) = (arrival.clone(), Arc::clone(&kept));
                let stream = stream.unwrap();
                thread::spawn(move || serve(stream, &arrival, &held));
            }
        });
        Crowd { url, arrived, held }
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder().token(TOKEN).base_url(&self.url)
    }

    /// Answers the requests that hang, and closes their connections.
    pub(crate) fn release(&self) {
        for mut stream in self.held.lock().unwrap().drain(..) {
            let _ = stream.write_all(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 10\r\n\r\n{\"id\":\"a\"}",
            );
        }
    }

    /// Waits for so many requests.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<String> {
        (0..count)
            .map(|_| self.arrived.recv_timeout(PATIENCE).unwrap())
            .collect()
    }
}

fn serve(mut stream: TcpStream, arrival: &Sender<String>, held: &Mutex<Vec<TcpStream>>) {
    let mut turns = 0;
    while let Some(request) = read_request(&mut stream) {
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        turns += 1;
        let _ = arrival.send(path.clone());
        let second = path.contains("/forms?") && number_of(&path) == 2;
        if path.contains("hang") || (second && path.contains("completed=true")) {
            held.lock().unwrap().push(stream);
            return;
        }
        let is_first = turns == 1;
        let (status, more, body) = if path.contains("limited") {
            (
                "429 Too Many Requests",
                "retry-after: 3600\r\n",
                "{}".to_owned(),
            )
        } else if path.contains("rest") {
            (
                "503 Service Unavailable",
                "retry-after: 60\r\n",
                "{}".to_owned(),
            )
        } else if path.contains("busy") && is_first {
            (
                "503 Service Unavailable",
                "retry-after: 1\r\n",
                "{}".to_owned(),
            )
        } else if path.ends_with("document_intelligence") {
            ("201 Created", "", r#"{"id":"j","results":null}"#.to_owned())
        } else if path.contains("document_intelligence") {
            (
                "200 OK",
                "",
                r#"{"id":"j","results":{"document_type":"x"}}"#.to_owned(),
            )
        } else if path.contains("/forms?") {
            // A client with one item a page has lists of 40 pages.
            let total = if path.contains("size%5D=1&") || path.ends_with("size%5D=1") {
                40
            } else {
                2
            };
            let page = number_of(&path);
            let body =
                format!(r#"{{"data":[{{"id":"{page}"}}],"meta":{{"total_pages":{total}}}}}"#);
            ("200 OK", "", body)
        } else {
            ("200 OK", "", r#"{"id":"a"}"#.to_owned())
        };
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{more}content-length: {}\r\n\r\n",
            body.len()
        );
        if stream.write_all((head + &body).as_bytes()).is_err() {
            return;
        }
    }
}

/// The number of the page that a path asks for.
fn number_of(path: &str) -> u32 {
    let after = path.split("number%5D=").nth(1).unwrap_or("1");
    after.split('&').next().unwrap().parse().unwrap()
}

pub(crate) type Ended = Receiver<Result<String, Error>>;

/// Starts a call in the pool.
pub(crate) fn start(
    client: &Client,
    operation: &'static str,
    params: &str,
    options: CallOptions,
) -> Ended {
    let options = options.begin();
    let (sender, ended) = channel();
    let (own, given, params) = (client.clone(), options.clone(), params.to_owned());
    let call = async move {
        let answer = own.resumable_invoke(operation, &params, &given).await?;
        Ok(answer.document.text().to_owned())
    };
    client.start(operation, &options, call, move |result| {
        let _ = sender.send(result);
    });
    ended
}

pub(crate) fn get(client: &Client, id: &str) -> Ended {
    let params = format!(r#"{{"id": "{id}"}}"#);
    start(client, "forms.get", &params, CallOptions::new())
}

pub(crate) fn end(ended: &Ended) -> Result<String, Error> {
    ended.recv_timeout(PATIENCE).unwrap()
}

/// The time of one call.
fn time_of(client: &Client) -> Duration {
    let begun = Instant::now();
    end(&get(client, "quick")).unwrap();
    begun.elapsed()
}

fn median(client: &Client) -> Duration {
    let mut times: Vec<Duration> = (0..21).map(|_| time_of(client)).collect();
    times.sort_unstable();
    times[10]
}

#[test]
fn no_client_holds_up_another() {
    let server = Crowd::start();
    let other = server.builder().build().unwrap();
    let alone = median(&other);
    let mut lines = Vec::new();
    let mut waiting: Vec<(Client, Ended)> = Vec::new();
    for (name, count, builder, id) in [
        ("64 hung", 64, server.builder(), "hang"),
        ("500 hung", 500, server.builder(), "hang"),
        (
            "170 budgeted",
            170,
            server.builder().rate_limit("100/min"),
            "x",
        ),
        ("80 paused", 80, server.builder(), "limited"),
    ] {
        let client = builder
            .max_retry_wait(Duration::from_secs(7_200))
            .build()
            .unwrap();
        let day = CallOptions::new().timeout(Duration::from_secs(86_400));
        let client = client.with_options(day.clone());
        if id == "limited" {
            // The first call begins the pause; the others wait for it.
            let first = start(&client, "forms.get", r#"{"id": "limited"}"#, day.clone());
            server.wait_for(1);
            waiting.push((client.clone(), first));
        }
        for _ in 0..count {
            let params = format!(r#"{{"id": "{id}"}}"#);
            let ended = start(&client, "forms.get", &params, day.clone());
            waiting.push((client.clone(), ended));
        }
        lines.push((name, alone, median(&other)));
    }
    for (name, alone, beside) in lines {
        println!("pool: a call takes {beside:.1?} beside {name}, {alone:.1?} alone");
    }
    for (client, _) in &waiting {
        client.close();
    }
    let closed = waiting
        .iter()
        .filter_map(|(_, ended)| end(ended).err())
        .filter(|error| error.kind() == ErrorKind::Closed)
        .count();
    // A hundred of those with a budget had an answer.
    assert_eq!(closed, waiting.len() - 100);
    drop(server.held.lock().unwrap());
}

#[test]
fn a_queued_call_ends_on_time() {
    let server = Crowd::start();
    let client = server.builder().max_workers(1).build().unwrap();
    let hung = get(&client, "hang");
    server.wait_for(1);
    let params = r#"{"id": "a"}"#;

    let begun = Instant::now();
    let limit = Duration::from_millis(200);
    let late = start(
        &client,
        "forms.get",
        params,
        CallOptions::new().timeout(limit),
    );
    let error = end(&late).unwrap_err();
    println!(
        "pool: a limit of 200 ms ended a queued call after {:.1?}",
        begun.elapsed()
    );
    assert!(begun.elapsed() >= limit);
    assert_eq!(facts(&error), (ErrorKind::Timeout, Outcome::NotSent, 0));
    assert_eq!(error.operation(), Some("forms.get"));
    assert!(error.hint().unwrap().contains("max_workers"), "{error:?}");

    let token = CancelToken::new();
    let cancelled = start(
        &client,
        "forms.get",
        params,
        CallOptions::new().cancel(&token),
    );
    let begun = Instant::now();
    token.cancel();
    let error = end(&cancelled).unwrap_err();
    println!(
        "pool: a token ended a queued call after {:.1?}",
        begun.elapsed()
    );
    assert_eq!(facts(&error), (ErrorKind::Cancelled, Outcome::NotSent, 0));

    let (sender, stepped) = channel();
    let pager = client
        .pager("forms.list", "{}", CallOptions::new())
        .unwrap();
    pager.start(PageStep::Next, move |pager, page| {
        sender
            .send((pager.is_some(), page.map(|page| page.is_some())))
            .unwrap();
    });
    let closed = get(&client, "a");
    let begun = Instant::now();
    client.close();
    for ended in [&closed, &hung] {
        assert_eq!(end(ended).unwrap_err().kind(), ErrorKind::Closed);
    }
    println!(
        "pool: close ended a queued call after {:.1?}",
        begun.elapsed()
    );
    let (has_pager, page) = stepped.recv_timeout(PATIENCE).unwrap();
    assert!(has_pager, "a step that ends gives the pager back");
    assert_eq!(page.unwrap_err().kind(), ErrorKind::Closed);
    assert!(server.arrived.try_recv().is_err(), "a queued call was sent");
}

pub(crate) fn facts(error: &Error) -> (ErrorKind, Outcome, u32) {
    (error.kind(), error.outcome(), error.attempts())
}

#[test]
fn a_pause_between_attempts_gives_the_only_thread_to_another_call() {
    let server = Crowd::start();
    let client = server.builder().max_workers(1).build().unwrap();
    let busy = get(&client, "busy");
    server.wait_for(1);
    // The first attempt is answered soon; this call waits for the thread until then, and not for the second.
    end(&get(&client, "quick")).unwrap();
    assert!(
        busy.try_recv().is_err(),
        "the pause of a second was not kept"
    );
    end(&busy).unwrap();
    let order = server.wait_for(2);
    assert!(
        order[0].ends_with("quick") && order[1].ends_with("busy"),
        "{order:?}"
    );
}

#[test]
fn an_extraction_gives_the_only_thread_to_another_call_between_two_looks() {
    let server = Crowd::start();
    let client = server.builder().max_workers(1).build().unwrap();
    let params = r#"{"attachments": [{"id": "a"}], "template": {"id": "t"}}"#;
    let extraction = start(
        &client,
        "document_intelligence.extract",
        params,
        CallOptions::new(),
    );
    server.wait_for(1);
    let quick = get(&client, "quick");
    end(&quick).unwrap();
    end(&extraction).unwrap();
    assert_eq!(server.wait_for(2).len(), 2);
}

#[test]
fn pages_come_one_after_another() {
    let server = Crowd::start();
    let client = server.builder().build().unwrap();
    let mut pager = client
        .pager("forms.list", "{}", CallOptions::new())
        .unwrap();
    for expected in [true, true, false] {
        let (sender, stepped) = channel();
        pager.start(PageStep::Next, move |pager, page| {
            sender
                .send((pager, page.map(|page| page.is_some())))
                .unwrap();
        });
        let (back, page) = stepped.recv_timeout(PATIENCE).unwrap();
        assert_eq!(page.unwrap(), expected);
        pager = back.unwrap();
    }
}

/// The page that is fetched ahead waits for the client's only thread, which another list's page has.
#[test]
fn a_page_ahead_that_gets_no_thread_ends_within_the_calls_time() {
    let server = Crowd::start();
    let client = server.builder().max_workers(1).build().unwrap();
    let list = |client: &Client, completed: bool| {
        let filter = FormList::default();
        let filter = if completed {
            filter.completed(true)
        } else {
            filter
        };
        client.forms().list(filter).prefetch()
    };
    let mut holding = list(&client, true);
    assert_eq!(holding.next().unwrap().unwrap().id.as_str(), "1");
    assert_eq!(server.wait_for(2).len(), 2);

    let limit = Duration::from_millis(200);
    let quick = client.with_options(CallOptions::new().timeout(limit));
    let mut waiting = list(&quick, false);
    assert_eq!(waiting.next().unwrap().unwrap().id.as_str(), "1");
    let begun = Instant::now();
    let error = waiting.next().unwrap().unwrap_err();
    println!(
        "pool: a limit of 200 ms ended a step whose page was queued after {:.1?}",
        begun.elapsed()
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(facts(&error), (ErrorKind::Timeout, Outcome::NotSent, 0));
    // The step asks for the same page again, on the caller's own thread.
    assert_eq!(waiting.next().unwrap().unwrap().id.as_str(), "2");
    assert!(waiting.next().is_none());
    server.wait_for(2);

    // A list that is dropped while its page waits: the page is never asked for.
    let mut dropped = list(&client, false);
    assert!(dropped.next().unwrap().is_ok());
    server.wait_for(1);
    drop(dropped);
    drop(holding);
    // The thread is free once the held page was ended, and takes what is queued.
    end(&get(&client, "quick")).unwrap();
    let asked = server.wait_for(1);
    assert!(asked[0].ends_with("quick"), "{asked:?}");
}
