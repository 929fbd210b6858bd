//! TLS connections that must not be used again: bytes stand behind the answer, or the server has closed TLS.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use penbox::{Client, FormCreate};
use rustls::ServerConnection;

use crate::common::TOKEN;
use crate::tls::{Authority, Files, Leaf};

/// A server of many connections, which answers each request by a script in one write.
fn scripted(
    leaf: &Leaf,
    no_tickets: bool,
    answers: Vec<Vec<Vec<u8>>>,
) -> (SocketAddr, Arc<AtomicUsize>) {
    let mut config = Arc::into_inner(leaf.server_config(None)).unwrap();
    if no_tickets {
        config.send_tls13_tickets = 0;
    }
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let made = Arc::clone(&connections);
    std::thread::spawn(move || {
        let mut answers = answers.into_iter();
        let mut kept = Vec::new();
        while let Ok((mut socket, _)) = listener.accept() {
            made.fetch_add(1, SeqCst);
            let mut session = ServerConnection::new(Arc::clone(&config)).unwrap();
            loop {
                let mut seen = Vec::new();
                while !seen.ends_with(b"\r\n\r\n") && !seen.ends_with(b"}") {
                    let mut bytes = [0; 1024];
                    if session.wants_write() {
                        session.write_tls(&mut socket).unwrap();
                        continue;
                    }
                    match session.read_tls(&mut socket) {
                        Ok(1..) => {}
                        _ => break,
                    }
                    session.process_new_packets().unwrap();
                    if let Ok(count) = session.reader().read(&mut bytes) {
                        seen.extend_from_slice(&bytes[..count]);
                    }
                }
                if seen.is_empty() {
                    break;
                }
                let Some(records) = answers.next() else {
                    return;
                };
                let is_last = records.is_empty();
                for record in &records {
                    if record.is_empty() {
                        session.send_close_notify();
                    }
                    session.writer().write_all(record).unwrap();
                }
                // All records in one write, so that the client reads them together.
                let mut bytes = Vec::new();
                while session.wants_write() {
                    session.write_tls(&mut bytes).unwrap();
                }
                socket.write_all(&bytes).unwrap();
                if is_last || records.iter().any(Vec::is_empty) {
                    break;
                }
            }
            // The socket stays open: only TLS says that the connection has ended.
            kept.push(socket);
        }
    });
    (address, connections)
}

/// An answer of so many bytes, head and body.
fn form_of(size: usize, id: &str) -> Vec<u8> {
    let body = format!(r#"{{"id":"{id}"}}"#);
    for padding in 0..size {
        let length = body.len() + padding;
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        if head.len() + length == size {
            return (head + &body + &" ".repeat(padding)).into_bytes();
        }
    }
    unreachable!("{size}")
}

#[test]
fn a_record_behind_an_answer_is_never_given_to_the_next_call() {
    let (authority, files) = (Authority::new(), Files::new());
    let ca = files.put("ca.pem", &authority.certificate.pem());
    let leaf = authority.leaf("localhost", |_| {});
    // Records around the sizes in which TLS reads: a record of 4,074 bytes takes exactly 4,096.
    for size in [200, 4_000, 4_073, 4_074, 4_075, 8_000, 16_000] {
        let evil = form_of(200, "evil");
        let script = vec![
            vec![form_of(size, "a"), evil.clone()],
            vec![form_of(size, "b"), evil],
            vec![form_of(200, "c")],
        ];
        let (address, connections) = scripted(&leaf, true, script);
        let client = Client::builder()
            .token(TOKEN)
            .base_url(format!("https://localhost:{}/v1", address.port()))
            .ca_file(&ca)
            .build()
            .unwrap();
        let ids = ["a", "b", "c"].map(|id| client.forms().get(id).unwrap().id.to_string());
        assert_eq!(ids, ["a", "b", "c"], "{size}");
        assert_eq!(connections.load(SeqCst), 3, "{size}");
    }
}

#[test]
fn a_connection_whose_server_has_closed_tls_is_not_used_again() {
    let (authority, files) = (Authority::new(), Files::new());
    let ca = files.put("ca.pem", &authority.certificate.pem());
    let leaf = authority.leaf("localhost", |_| {});
    for size in [200, 4_074, 8_000] {
        // The close comes with the answer, and the end of the socket does not.
        let script = vec![
            vec![form_of(size, "a"), Vec::new()],
            vec![form_of(200, "b")],
        ];
        let (address, connections) = scripted(&leaf, true, script);
        let client = Client::builder()
            .token(TOKEN)
            .base_url(format!("https://localhost:{}/v1", address.port()))
            .ca_file(&ca)
            .max_attempts(1)
            .read_timeout(Duration::from_secs(5))
            .build()
            .unwrap();
        assert_eq!(client.forms().get("a").unwrap().id, "a");
        let created = client.forms().create(FormCreate::new("x"));
        assert_eq!(created.unwrap().id, "b", "{size}");
        assert_eq!(connections.load(SeqCst), 2, "{size}");
    }
}
