//! TLS that is damaged after its handshake, on the way or by the peer: a broken connection, which says nothing of certificates.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;

use penbox::{Client, Error, ErrorKind, FormCreate, Outcome};
use rustls::{ServerConfig, ServerConnection};

use crate::common::TOKEN;
use crate::tls::{Authority, Files};

/// The damage to a connection whose handshake is over.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Damage {
    /// Bytes that are sent in the place of a record.
    Record(&'static [u8]),
    /// A bit of the client's own record is turned over, so that the server sends the alert `bad_record_mac`.
    OfRequest,
    /// None: the form is sent.
    Nothing,
}

/// A record that nobody can decrypt.
const FOREIGN: Damage = Damage::Record(&[
    0x17, 3, 3, 0, 32, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
]);
/// Bytes that are no record.
const PLAIN: Damage = Damage::Record(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
/// A record that is longer than one may be.
const TOO_LONG: Damage = Damage::Record(&[0x17, 3, 3, 0xff, 0xff, 0, 0, 0]);
/// A handshake's record where the handshake is over, not encrypted.
const LATE_HANDSHAKE: Damage = Damage::Record(&[0x16, 3, 3, 0, 4, 0, 0, 0, 0]);

const EACH: [Damage; 5] = [FOREIGN, PLAIN, TOO_LONG, LATE_HANDSHAKE, Damage::OfRequest];

const HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n";
const BODY: &str = r#"{"id":"a"}"#;

/// A server with a connection for each damage, which it does after it has sent the first bytes of an answer.
struct Damaging {
    port: u16,
    thread: JoinHandle<()>,
}

impl Damaging {
    fn start(config: Arc<ServerConfig>, sent_before: &'static str, damages: Vec<Damage>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || {
            for damage in damages {
                let (socket, _) = listener.accept().unwrap();
                serve(socket, &config, sent_before, damage);
            }
        });
        Damaging { port, thread }
    }

    fn call<T>(self, ca: &str, attempts: u32, call: impl FnOnce(&Client) -> T) -> T {
        let client = Client::builder()
            .token(TOKEN)
            .base_url(format!("https://localhost:{}/v1", self.port))
            .ca_file(ca)
            .max_attempts(attempts)
            .build()
            .unwrap();
        let result = call(&client);
        client.close();
        self.thread.join().unwrap();
        result
    }
}

/// Answers one request, then reads until the client closes: a close of ours must not overtake what we sent.
fn serve(mut socket: TcpStream, config: &Arc<ServerConfig>, sent_before: &str, damage: Damage) {
    let mut session = ServerConnection::new(Arc::clone(config)).unwrap();
    while session.is_handshaking() {
        take(&mut session, &record(&mut socket)).unwrap();
        send(&mut session, &mut socket);
    }
    let mut request = record(&mut socket);
    if damage == Damage::OfRequest {
        *request.last_mut().unwrap() ^= 1;
        take(&mut session, &request).unwrap_err();
    } else {
        take(&mut session, &request).unwrap();
    }
    let answer = match damage {
        Damage::Record(_) => sent_before.to_owned(),
        Damage::OfRequest => String::new(),
        Damage::Nothing => [HEAD, BODY].concat(),
    };
    session.writer().write_all(answer.as_bytes()).unwrap();
    send(&mut session, &mut socket);
    if let Damage::Record(bytes) = damage {
        socket.write_all(bytes).unwrap();
    }
    while matches!(socket.read(&mut request), Ok(1..)) {}
}

/// Reads one record: the request must not be taken with the end of the handshake.
fn record(socket: &mut TcpStream) -> Vec<u8> {
    let mut record = vec![0; 5];
    socket.read_exact(&mut record).unwrap();
    let length = u16::from_be_bytes([record[3], record[4]]);
    record.resize(5 + usize::from(length), 0);
    socket.read_exact(&mut record[5..]).unwrap();
    record
}

fn take(session: &mut ServerConnection, record: &[u8]) -> Result<(), rustls::Error> {
    session.read_tls(&mut &*record).unwrap();
    session.process_new_packets().map(|_| ())
}

fn send(session: &mut ServerConnection, socket: &mut TcpStream) {
    while session.wants_write() {
        session.write_tls(socket).unwrap();
    }
}

fn facts(error: &Error) -> (ErrorKind, Option<&str>, Outcome) {
    (error.kind(), error.reason(), error.outcome())
}

#[test]
fn damage_before_an_answer_is_a_broken_connection() {
    let (authority, files) = (Authority::new(), Files::new());
    let ca = files.put("ca.pem", &authority.certificate.pem());
    let config = authority.leaf("localhost", |_| {}).server_config(None);
    for damage in EACH {
        for sent_before in ["", "HTTP/1.1 200 OK\r\ncontent-"] {
            let start = |damages| Damaging::start(Arc::clone(&config), sent_before, damages);

            let server = start(vec![damage]);
            let error = server.call(&ca, 3, |client| {
                client.forms().create(FormCreate::new("f")).unwrap_err()
            });
            let expected = (ErrorKind::Connection, Some("closed"), Outcome::Unknown);
            assert_eq!(facts(&error), expected, "{damage:?} {error:?}");
            assert_eq!(
                error.message(),
                "TLS was damaged before an answer came, and the connection was closed",
                "{damage:?}"
            );
            let hint = error.hint().unwrap_or_default();
            assert!(
                !hint.contains("ca_file") && !hint.contains("certificate"),
                "{hint}"
            );

            let server = start(vec![damage, Damage::Nothing]);
            let form = server.call(&ca, 2, |client| client.forms().get("a"));
            assert_eq!(form.unwrap().id, "a", "{damage:?}: a read is repeated");
        }
    }
}

#[test]
fn damage_within_an_answer_cuts_it_short() {
    let (authority, files) = (Authority::new(), Files::new());
    let ca = files.put("ca.pem", &authority.certificate.pem());
    let config = authority.leaf("localhost", |_| {}).server_config(None);
    for damage in [FOREIGN, PLAIN, TOO_LONG, LATE_HANDSHAKE] {
        let start = |damages| Damaging::start(Arc::clone(&config), HEAD, damages);

        let server = start(vec![damage]);
        let error = server.call(&ca, 3, |client| {
            client.forms().create(FormCreate::new("f")).unwrap_err()
        });
        let expected = (ErrorKind::Response, Some("truncated"), Outcome::Done);
        assert_eq!(facts(&error), expected, "{damage:?} {error:?}");

        let server = start(vec![damage, Damage::Nothing]);
        let form = server.call(&ca, 2, |client| client.forms().get("a"));
        assert_eq!(form.unwrap().id, "a", "{damage:?}: a read is repeated");
    }
}
