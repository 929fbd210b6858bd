//! A receiver of webhooks on a port of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Inbox, Sender, channel};
use std::thread;
use std::time::Duration;

/// A request as it came.
pub(crate) struct Received {
    pub(crate) head: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// The values of a header, by its name in lower case.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(key, _)| key == name);
        named.map(|(_, value)| value.as_str()).collect()
    }
}

/// What a receiver does with a request.
#[derive(Clone, Copy)]
pub(crate) enum Reply {
    Status(u16),
    /// No answer before the sender goes.
    Hang,
    /// Closed without an answer, most of the request unread.
    Cut,
}

/// Everything that came, in the order in which it came.
pub(crate) struct Receiver {
    pub(crate) url: String,
    inbox: Inbox<Received>,
}

impl Receiver {
    /// A receiver that decides by the request's number, from 0 on, and its body.
    pub(crate) fn start(reply: impl Fn(usize, &[u8]) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, inbox) = channel();
        // It ends with the test's process.
        thread::spawn(move || {
            let reply = std::sync::Arc::new(reply);
            for (number, stream) in listener.incoming().enumerate() {
                let (sender, reply) = (sender.clone(), std::sync::Arc::clone(&reply));
                thread::spawn(move || serve(&stream.unwrap(), number, &*reply, &sender));
            }
        });
        Self { url, inbox }
    }

    pub(crate) fn next(&self) -> Received {
        self.inbox
            .recv_timeout(Duration::from_secs(20))
            .expect("a delivery")
    }

    /// Everything that has come.
    pub(crate) fn rest(&self) -> Vec<Received> {
        self.inbox.try_iter().collect()
    }
}

fn serve(
    stream: &TcpStream,
    number: usize,
    reply: &dyn Fn(usize, &[u8]) -> Reply,
    sender: &Sender<Received>,
) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    reader.read_line(&mut head).unwrap();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    let reply = reply(number, &body);
    let head = head.trim_end().to_owned();
    // The test may have seen enough.
    let _ = sender.send(Received {
        head,
        headers,
        body,
    });
    match reply {
        Reply::Status(status) => {
            let answer = format!("HTTP/1.1 {status} Told\r\nContent-Length: 2\r\n\r\nok");
            let _ = (&*stream).write_all(answer.as_bytes());
        }
        Reply::Hang => {
            // Ends when the sender closes.
            let _ = reader.read(&mut [0]);
        }
        Reply::Cut => {}
    }
}
