//! A raw server for tests: it sends scripted bytes and records the received ones.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use penbox::{Client, ClientBuilder};

/// A token in which each window of eight bytes is unique, so that any part of it is found.
pub(crate) const TOKEN: &str = "pnbx_Qw3rTy7uIoP0aSdF2gHjK5lZxC8vBnM1eXaMpLe";

/// One step of a script: the server's reaction to a request.
#[derive(Clone)]
pub(crate) enum Step {
    /// Writes these bytes and keeps the connection.
    Answer(Vec<u8>),
    /// Writes these bytes and closes.
    AnswerAndClose(Vec<u8>),
    /// Waits until the test drops the server, then closes.
    Hang,
}

/// A JSON answer with a `content-length`.
pub(crate) fn json(status: &str, body: &str) -> Step {
    answer(
        status,
        "content-type: application/json\r\n",
        body.as_bytes(),
    )
}

/// An answer with a `content-length` and further header lines.
pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Step {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    Step::Answer(bytes)
}

/// A server that answers requests by its script, in order, over any number of connections.
pub(crate) struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<usize>>,
    arrived: Receiver<()>,
    release: Vec<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(script: Vec<Step>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(Mutex::new(0));
        let (arrival, arrived) = channel();
        let (release, hold) = channel();
        let thread = std::thread::spawn({
            let (requests, connections) = (requests.clone(), connections.clone());
            move || {
                let mut script = script.into_iter();
                while let Some(mut stream) = accept(&listener) {
                    *connections.lock().unwrap() += 1;
                    while let Some(request) = read_request(&mut stream) {
                        requests.lock().unwrap().push(request);
                        let step = script.next().expect("a request beyond the script");
                        let _ = arrival.send(());
                        match step {
                            Step::Answer(bytes) => {
                                let _ = stream.write_all(&bytes);
                            }
                            Step::AnswerAndClose(bytes) => {
                                let _ = stream.write_all(&bytes);
                                break;
                            }
                            Step::Hang => {
                                let _ = hold.recv();
                                break;
                            }
                        }
                    }
                }
            }
        });
        Server {
            port,
            requests,
            connections,
            arrived,
            release: vec![release],
            thread: Some(thread),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    /// A builder of clients that make one attempt, so that a test sees the result of each answer.
    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder()
            .token(TOKEN)
            .base_url(self.url())
            .max_attempts(1)
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// Waits until a request has been read.
    pub(crate) fn wait_for_request(&self) {
        self.arrived.recv().unwrap();
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.release.clear();
        // Wakes `accept`. The byte says that this is the last connection.
        if let Ok(mut last) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = last.write_all(b"\0");
        }
        let result = self.thread.take().map(JoinHandle::join);
        if let (Some(Err(panic)), false) = (result, std::thread::panicking()) {
            std::panic::resume_unwind(panic);
        }
    }
}

fn accept(listener: &TcpListener) -> Option<TcpStream> {
    let (stream, _) = listener.accept().unwrap();
    let mut first = [0];
    match stream.peek(&mut first) {
        Ok(1) if first[0] == 0 => None,
        _ => Some(stream),
    }
}

/// The next complete request, or `None` if the connection ends before.
pub(crate) fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.trim().parse().unwrap());
    // A chunked body ends with an empty chunk. Its own line begins anew: the head, or a chunk's size, may end with a 0, too.
    let is_chunked = text.contains("\r\ntransfer-encoding: chunked\r\n");
    let is_whole = |body: &[u8]| body == b"0\r\n\r\n" || body.ends_with(b"\r\n0\r\n\r\n");
    while bytes.len() < head + length || (is_chunked && !is_whole(&bytes[head..])) {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
