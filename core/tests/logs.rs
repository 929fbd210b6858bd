//! The records of a host's logger at level TRACE, of the SDK and of the libraries that it uses, searched for the token. The test is
//! a process of its own, since a process has one logger.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use log::{LevelFilter, Log, Metadata, Record};
use penbox::{CallOptions, Client, Download, FormCreate, FormList, Upload, User};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A token in which each window of eight bytes is unique, so that any part of it is found.
const TOKEN: &str = "pnbx_Qw3rTy7uIoP0aSdF2gHjK5lZxC8vBnM1eXaMpLe";
/// The token of the second client.
const OTHER: &str = "pnbx_9mNbVcXzLkJhGfDsApOiUyTrEwQ8642013579zyxwv";
/// The characters of the row that the HTTP library prints for 16 bytes.
const ROW: usize = 16;

/// A logger that keeps the texts, and the bytes that the HTTP library prints in rows.
struct Keeper(Mutex<Kept>);

struct Kept {
    text: String,
    /// The bytes by thread, since those of two threads would mix.
    rows: Vec<(ThreadId, String)>,
}

static KEEPER: Keeper = Keeper(Mutex::new(Kept {
    text: String::new(),
    rows: Vec::new(),
}));

impl Log for Keeper {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let message = record.args().to_string();
        let mut kept = self.0.lock().unwrap();
        if record.target() == "ureq_proto::util" {
            let characters: Vec<char> = message.chars().collect();
            let here = thread::current().id();
            let at = kept.rows.iter().position(|(thread, _)| *thread == here);
            let at = at.unwrap_or_else(|| {
                kept.rows.push((here, String::new()));
                kept.rows.len() - 1
            });
            kept.rows[at]
                .1
                .extend(&characters[characters.len() - ROW..]);
        }
        writeln!(
            kept.text,
            "{} {}: {message}",
            record.level(),
            record.target()
        )
        .unwrap();
    }

    fn flush(&self) {}
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// A server that repeats the token in its answers, and keeps the requests that it received.
struct Server {
    address: SocketAddr,
    received: Arc<Mutex<String>>,
}

impl Server {
    fn start(tls: Option<Arc<ServerConfig>>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(String::new()));
        let all = Arc::clone(&received);
        thread::spawn(move || {
            while let Ok((socket, _)) = listener.accept() {
                let (all, tls) = (Arc::clone(&all), tls.clone());
                thread::spawn(move || match tls {
                    None => serve(socket, &all),
                    Some(config) => {
                        let connection = ServerConnection::new(config).unwrap();
                        serve(StreamOwned::new(connection, socket), &all);
                    }
                });
            }
        });
        Server { address, received }
    }

    /// The number of requests that had the whole token in its header.
    fn authorized(&self, token: &str) -> usize {
        let line = format!("\r\nauthorization: Bearer {token}\r\n");
        self.received.lock().unwrap().matches(&line).count()
    }

    fn requests(&self) -> usize {
        self.received
            .lock()
            .unwrap()
            .matches(" HTTP/1.1\r\n")
            .count()
    }
}

fn serve(mut stream: impl Stream, all: &Mutex<String>) {
    while let Some(head) = read_request(&mut stream) {
        let first = !all.lock().unwrap().contains("/v1/forms/again");
        all.lock().unwrap().push_str(&head);
        let form = r#"{"id":"f1","user":{"email":"a@b.c"}}"#;
        let (status, body) = match head.split(' ').nth(1).unwrap_or_default() {
            "/v1/forms/again" if first => {
                ("429 Too Many Requests", r#"{"retryAfter":0}"#.to_owned())
            }
            "/v1/forms/echo" => (
                "400 Bad Request",
                format!(r#"{{"message":"{TOKEN} is bad"}}"#),
            ),
            "/v1/forms/part" => (
                "401 Unauthorized",
                format!(r#"{{"message":"{}.. is bad"}}"#, &TOKEN[..20]),
            ),
            "/v1/forms/moved" => ("302 Found", String::new()),
            path if path.starts_with("/v1/forms?") => ("200 OK", format!(r#"{{"data":[{form}]}}"#)),
            path if path.starts_with("/v1/attachments") => ("200 OK", r#"{"id":"a1"}"#.to_owned()),
            _ => ("200 OK", form.to_owned()),
        };
        let echo = head.lines().find(|line| line.starts_with("authorization"));
        let (length, echo) = (body.len(), echo.unwrap_or_default());
        let token = echo.rsplit(' ').next().unwrap_or_default();
        let answer = format!(
            "HTTP/1.1 {status}\r\nx-echo: {echo}\r\nlocation: /{token}\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        // Two writes, so that the token may be cut in two.
        let (one, two) = answer.as_bytes().split_at(answer.len() - body.len() / 2);
        if stream.write_all(one).and_then(|()| stream.flush()).is_err()
            || stream.write_all(two).is_err()
        {
            return;
        }
        let _ = stream.flush();
    }
}

/// The head of the next request, after its body was read, too.
fn read_request(stream: &mut impl Stream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return None,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).ok()?;
    Some(head)
}

/// Makes calls of every kind, good and bad.
fn call_everything(client: &Client) {
    client.forms().get("f1").unwrap();
    let user = User::email("a@b.c");
    client
        .forms()
        .create(FormCreate::new("x").user(user))
        .unwrap();
    assert_eq!(client.forms().list(FormList::default()).count(), 1);
    client.forms().get("again").unwrap();
    for refused in ["echo", "part", "moved"] {
        client.forms().get(refused).unwrap_err();
    }
    let upload = Upload::bytes(vec![b'x'; 100_000], "x.txt");
    client.attachments().upload(upload).unwrap();
    client
        .attachments()
        .download("a1", Download::memory())
        .unwrap();
    // This head does not fit one buffer.
    let large = (0..3).fold(CallOptions::new(), |options, number| {
        options.header(format!("x-large-{number}"), "y".repeat(7_000))
    });
    client.with_options(large).forms().get("f1").unwrap();
}

/// The windows of eight characters of the token that stand in a text.
fn windows_in(text: &str) -> Vec<&str> {
    let text = text.to_lowercase();
    let windows = |token: &'static str| {
        let secret = &token[5..];
        (0..=secret.len() - 8).map(move |start| &secret[start..start + 8])
    };
    windows(TOKEN)
        .chain(windows(OTHER))
        .filter(|window| text.contains(&window.to_lowercase()))
        .collect()
}

#[test]
fn no_logger_receives_the_token() {
    log::set_logger(&KEEPER).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, certificate.pem()).unwrap();

    for (scheme, tls) in [("http", None), ("https", Some(Arc::new(config)))] {
        let server = Server::start(tls);
        let client = Client::builder()
            .token(TOKEN)
            .base_url(format!("{scheme}://{}/v1", server.address))
            .ca_file(ca.to_str().unwrap())
            .build()
            .unwrap();
        call_everything(&client);
        assert_eq!(server.requests(), 11, "{scheme}");
        assert_eq!(server.authorized(TOKEN), 11, "{scheme}");

        // Each thread uses both clients by turns.
        let other = Client::builder()
            .token(OTHER)
            .base_url(format!("{scheme}://{}/v1", server.address))
            .ca_file(ca.to_str().unwrap())
            .build()
            .unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for client in [&client, &other, &client, &other] {
                        client.forms().get("f1").unwrap();
                        let upload = Upload::bytes(vec![b'x'; 50_000], "x.txt");
                        client.attachments().upload(upload).unwrap();
                    }
                });
            }
        });
        assert_eq!(server.authorized(TOKEN), 11 + 16, "{scheme}");
        assert_eq!(server.authorized(OTHER), 16, "{scheme}");
    }

    let kept = KEEPER.0.lock().unwrap();
    let rows: String = kept.rows.iter().map(|(_, rows)| rows.as_str()).collect();
    // Built beside the bindings, TRACE is compiled out, as in what they ship: `cargo test -p penbox --test logs` has it.
    if log::STATIC_MAX_LEVEL == LevelFilter::Trace {
        // The library does print heads, with the stand-in for the token, and answers that repeat the token.
        assert_eq!(
            rows.matches(&"*".repeat("Bearer ".len() + TOKEN.len()))
                .count(),
            86
        );
        assert!(rows.matches("authorization:.Bearer.pnbx_***").count() >= 22);
        assert!(rows.contains("\"message\":\"pnbx_***"));
    }
    assert_eq!(windows_in(&rows), Vec::<&str>::new());
    assert_eq!(windows_in(&kept.text), Vec::<&str>::new());
    let above: Vec<&str> = kept
        .text
        .lines()
        .filter(|line| !line.starts_with("TRACE") && line.contains("a@b.c"))
        .collect();
    assert_eq!(above, Vec::<&str>::new(), "contact data above TRACE");
}
