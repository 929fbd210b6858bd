//! Refusals that come while the request is sent, through proxies: a tunnel, and TLS within TLS.

use std::io::{ErrorKind as Io, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use penbox::Outcome;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::early_answers::{After, Early, answer, send};
use crate::proxy::{Agree, Proxy, connect};

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
