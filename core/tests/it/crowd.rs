//! A server for calls in the pool, which serves many connections at a time, and the calls.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use penbox::{CallOptions, Client, ClientBuilder, Error, ErrorKind, Outcome};

use crate::common::{TOKEN, read_request};

/// The timeout of a receiver, far longer than any test takes: only a failure waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A server that serves each connection on a thread of its own. A path with `hang` is never answered, one with `limited` by a 429
/// that names an hour, `busy` once by a 503 that names a second; `document_intelligence` needs two looks.
pub(crate) struct Crowd {
    url: String,
    pub(crate) arrived: Receiver<String>,
    held: Held,
}

/// The requests that hang: their paths and connections.
type Held = Arc<Mutex<Vec<(String, TcpStream)>>>;

impl Crowd {
    pub(crate) fn start() -> Crowd {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let (arrival, arrived) = channel();
        let held = Held::default();
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
        for (path, mut stream) in self.held.lock().unwrap().drain(..) {
            let body = match path.contains("/forms?") {
                true => page(&path),
                false => r#"{"id":"a"}"#.to_owned(),
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all((head + &body).as_bytes());
        }
    }

    /// Waits for so many requests.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<String> {
        (0..count)
            .map(|_| self.arrived.recv_timeout(PATIENCE).unwrap())
            .collect()
    }
}

fn serve(mut stream: TcpStream, arrival: &Sender<String>, held: &Mutex<Vec<(String, TcpStream)>>) {
    let mut turns = 0;
    while let Some(request) = read_request(&mut stream) {
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        turns += 1;
        let _ = arrival.send(path.clone());
        let second = path.contains("/forms?") && number_of(&path) == 2;
        if path.contains("hang") || (second && path.contains("completed=true")) {
            held.lock().unwrap().push((path, stream));
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
        } else if path.contains("/file") {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: 5\r\n\r\n%PDF-";
            if stream.write_all(head.as_bytes()).is_err() {
                return;
            }
            continue;
        } else if path.ends_with("document_intelligence") {
            ("201 Created", "", r#"{"id":"j","results":null}"#.to_owned())
        } else if path.contains("document_intelligence") {
            (
                "200 OK",
                "",
                r#"{"id":"j","results":{"document_type":"x"}}"#.to_owned(),
            )
        } else if path.contains("/forms?") {
            ("200 OK", "", page(&path))
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

/// The page that a path asks for. A client with one item a page has lists of 40 pages, any other of two.
fn page(path: &str) -> String {
    let is_single = path.contains("size%5D=1&") || path.ends_with("size%5D=1");
    let total = if is_single { 40 } else { 2 };
    let page = number_of(path);
    format!(r#"{{"data":[{{"id":"{page}"}}],"meta":{{"total_pages":{total}}}}}"#)
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

pub(crate) fn facts(error: &Error) -> (ErrorKind, Outcome, u32) {
    (error.kind(), error.outcome(), error.attempts())
}
