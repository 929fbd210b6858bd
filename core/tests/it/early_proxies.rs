//! Refusals that come while the request is sent, through proxies: a tunnel, and TLS within TLS.

use std::io::{ErrorKind as Io, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use penbox::{Client, Outcome, Upload};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::common::TOKEN;
use crate::early_answers::{After, Early, answer, send};
use crate::proxy::{Agree, Proxy, connect};
use crate::tls::{Authority, Files};

/// A proxy that is reached by TLS itself. It forwards what either side sends, and never waits for one side to take it.
fn tls_proxy(config: Arc<ServerConfig>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        while let Ok((socket, _)) = listener.accept() {
            let config = Arc::clone(&config);
            thread::spawn(move || forward(socket, config));
        }
    });
    port
}

fn forward(socket: TcpStream, config: Arc<ServerConfig>) {
    let mut client = StreamOwned::new(ServerConnection::new(config).unwrap(), socket);
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let port = head.strip_prefix("CONNECT localhost:").unwrap();
    let port: u16 = port.split(' ').next().unwrap().parse().unwrap();
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    let mut server = TcpStream::connect(("127.0.0.1", port)).unwrap();
    server.set_nonblocking(true).unwrap();
    // Each side has the thread for a moment.
    client
        .sock
        .set_read_timeout(Some(Duration::from_millis(1)))
        .unwrap();
    let mut buffer = vec![0; 1 << 15];
    let mut pending = Vec::new();
    loop {
        match server.read(&mut buffer) {
            Ok(count @ 1..) => {
                let sent = client.write_all(&buffer[..count]);
                if sent.and_then(|()| client.flush()).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == Io::WouldBlock => {}
            // Closed or reset: so is the tunnel, with what was not forwarded.
            _ => return,
        }
        match server.write(&pending) {
            Ok(count) => drop(pending.drain(..count)),
            Err(error) if error.kind() == Io::WouldBlock => {}
            Err(_) => pending.clear(),
        }
        // A server that reads no more holds the client up, as its own connection would.
        if pending.len() < 1 << 20 {
            match client.read(&mut buffer) {
                Ok(count @ 1..) => pending.extend_from_slice(&buffer[..count]),
                Err(error) if matches!(error.kind(), Io::WouldBlock | Io::TimedOut) => {}
                _ => return,
            }
        }
    }
}

/// Sends to a server that refuses, through a proxy at this address, and expects its refusal.
fn is_refused(server: &Early, proxy: String, kind: &str, case: &str) {
    let client = server.builder().proxy(proxy).no_proxy("").build().unwrap();
    let error = send(&client, kind);
    let facts = (error.http_status(), error.outcome(), error.message());
    assert_eq!(facts, (Some(413), Outcome::Rejected, "too large"), "{case}");
}

#[test]
fn a_refusal_comes_through_a_tunnel() {
    for kind in ["file", "stream", "json"] {
        let refusal = answer("413 Content Too Large", "", r#"{"message":"too large"}"#);
        let server = Early::start("https", refusal, After::StopsReading);
        let proxy = Proxy::start(connect as Agree);
        is_refused(&server, format!("http://{}", proxy.address), kind, kind);
    }
}

#[test]
fn a_refusal_comes_through_tls_within_tls() {
    for after in [After::StopsReading, After::HalfCloses, After::ReadsOn] {
        for kind in ["file", "stream", "json"] {
            let refusal = answer("413 Content Too Large", "", r#"{"message":"too large"}"#);
            let server = Early::start("https", refusal, after);
            let config = server
                .authority
                .leaf("localhost", |_| {})
                .server_config(None);
            let proxy = format!("https://localhost:{}", tls_proxy(config));
            is_refused(&server, proxy, kind, &format!("{after:?} {kind}"));
        }
    }
}

/// A source of two parts. It gives the second one when the server has answered to the first, and ends when the server has the second.
struct Parts {
    next: usize,
    answered: Receiver<()>,
    arrived: Receiver<()>,
}

/// The longest that one side waits for the other.
const LONGEST: Duration = Duration::from_secs(20);

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.next += 1;
        let part: &[u8] = match self.next {
            1 => b"part one",
            2 => {
                self.answered
                    .recv_timeout(LONGEST)
                    .map_err(std::io::Error::other)?;
                // Until the proxy has forwarded the answer. If that takes longer, the test shows nothing.
                thread::sleep(Duration::from_millis(200));
                b"part two"
            }
            _ => {
                let arrived = self.arrived.recv_timeout(LONGEST);
                arrived.map_err(|_| std::io::Error::other("the second part was held back"))?;
                b""
            }
        };
        buffer[..part.len()].copy_from_slice(part);
        Ok(part.len())
    }
}

#[test]
fn what_the_proxys_tls_holds_back_is_sent_before_the_source_is_read_again() {
    let (authority, files) = (Authority::new(), Files::new());
    let ca = files.put("ca.pem", &authority.certificate.pem());
    let config = || authority.leaf("localhost", |_| {}).server_config(None);
    let (answer, answered) = channel();
    let (arrival, arrived) = channel();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let of_server = config();
    let server = thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        let mut stream = StreamOwned::new(ServerConnection::new(of_server).unwrap(), socket);
        let mut seen = Vec::new();
        let mut read_to = |stream: &mut StreamOwned<_, _>, end: &[u8]| {
            while !seen.windows(end.len()).any(|bytes| bytes == end) {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                seen.push(byte[0]);
            }
        };
        read_to(&mut stream, b"part one");
        // An interim answer, which does not end the sending, lies in the socket when the second part is written.
        stream
            .write_all(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")
            .unwrap();
        answer.send(()).unwrap();
        read_to(&mut stream, b"part two");
        arrival.send(()).unwrap();
        read_to(&mut stream, b"\r\n0\r\n\r\n");
        let body = r#"{"id":"a","name":"a.bin"}"#;
        let length = body.len();
        let head = "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length";
        stream
            .write_all(format!("{head}: {length}\r\n\r\n{body}").as_bytes())
            .unwrap();
        stream.flush().unwrap();
    });
    let client = Client::builder()
        .token(TOKEN)
        .base_url(format!("https://localhost:{port}/v1"))
        .ca_file(&ca)
        .proxy(format!("https://localhost:{}", tls_proxy(config())))
        .no_proxy("")
        .max_attempts(1)
        .build()
        .unwrap();
    let source = Parts {
        next: 0,
        answered,
        arrived,
    };
    let upload = Upload::reader(source, None, "a.bin");
    assert_eq!(client.attachments().upload(upload).unwrap().id, "a");
    server.join().unwrap();
}
