//! Calls that are cancelled: each wait ends at once, the error states the outcome, and no other call is affected.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use penbox::{
    CallOptions, CancelToken, Client, Download, Error, ErrorKind, FormCreate, FormList, Outcome,
    Upload,
};

use crate::common::{Server, TOKEN, json};

/// The longest time that a cancelled call may take: far below every limit of the client, far above the time it needs.
const SOON: Duration = Duration::from_secs(5);

/// Ends a call after `ready` returns. Returns the call's error, which must follow soon.
pub(crate) fn ended_by<T: Send>(
    end: impl FnOnce() + Send,
    ready: impl FnOnce(),
    call: impl FnOnce() -> Result<T, Error> + Send,
) -> Error {
    std::thread::scope(|scope| {
        let calling = scope.spawn(call);
        ready();
        let started = Instant::now();
        end();
        let error = calling.join().unwrap().err().unwrap();
        let took = started.elapsed();
        assert!(took < SOON, "{took:?}");
        println!("ended {:?} after {took:?}", error.kind());
        error
    })
}

pub(crate) fn facts(error: &Error) -> (ErrorKind, Outcome, u32) {
    (error.kind(), error.outcome(), error.attempts())
}

/// A listener whose queue is full, so that a connection waits.
struct BlackHole {
    address: SocketAddr,
    _kept: Vec<TcpStream>,
    _listener: socket2::Socket,
}

impl BlackHole {
    fn new() -> BlackHole {
        use socket2::{Domain, Socket, Type};
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        listener.bind(&any.into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let kept = (0..3).map(|_| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.set_nonblocking(true).unwrap();
            let _ = socket.connect(&address.into());
            TcpStream::from(socket)
        });
        BlackHole {
            address,
            _kept: kept.collect(),
            _listener: listener,
        }
    }
}

pub(crate) fn client(address: impl std::fmt::Display) -> Client {
    Client::builder()
        .token(TOKEN)
        .base_url(format!("http://{address}/v1"))
        .connect_timeout(Duration::from_secs(60))
        .build()
        .unwrap()
}

/// Runs a check with both ways to end a call: its token, and the client's close.
pub(crate) fn both(
    mut check: impl FnMut(
        &Client,
        &dyn Fn(Client) -> (CancelToken, Box<dyn FnOnce() + Send>),
        ErrorKind,
    ),
    address: SocketAddr,
) {
    let by_token = |_: Client| {
        let token = CancelToken::new();
        let own = token.clone();
        (
            token,
            Box::new(move || own.cancel()) as Box<dyn FnOnce() + Send>,
        )
    };
    check(&client(address), &by_token, ErrorKind::Cancelled);
    let by_close = |client: Client| {
        (
            CancelToken::new(),
            Box::new(move || client.close()) as Box<dyn FnOnce() + Send>,
        )
    };
    check(&client(address), &by_close, ErrorKind::Closed);
}

#[test]
fn a_call_that_connects_ends_and_sent_nothing() {
    let hole = BlackHole::new();
    both(
        |client, way, kind| {
            let (token, end) = way(client.clone());
            let options = CallOptions::new().cancel(&token);
            let call = || {
                client
                    .with_options(options.clone())
                    .forms()
                    .create(FormCreate::new("x"))
            };
            // If the connection was not started yet, it is never started.
            let error = ended_by(end, std::thread::yield_now, call);
            assert_eq!((error.kind(), error.outcome()), (kind, Outcome::NotSent));
        },
        hole.address,
    );
}

/// A server of any number of connections at once. The test writes each answer.
pub(crate) struct Lines {
    pub(crate) address: SocketAddr,
    arrived: Receiver<TcpStream>,
    _accepting: JoinHandle<()>,
}

impl Lines {
    pub(crate) fn new() -> Lines {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, arrived) = channel();
        let accepting = std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                if sender.send(stream).is_err() {
                    return;
                }
            }
        });
        Lines {
            address,
            arrived,
            _accepting: accepting,
        }
    }

    /// The next connection, of which nothing was read.
    pub(crate) fn connection(&self) -> TcpStream {
        self.arrived.recv().unwrap()
    }

    /// The next connection, after its first request was read.
    pub(crate) fn request(&self) -> TcpStream {
        let mut stream = self.connection();
        read_head(&mut stream);
        stream
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.arrived = channel().1;
        let _ = TcpStream::connect(self.address);
    }
}

fn read_head(stream: &mut TcpStream) {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        seen.push(byte[0]);
    }
}

pub(crate) const FORM: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{\"id\":\"a\"}";

#[test]
fn a_call_that_waits_for_its_answer_ends_and_may_have_acted() {
    let lines = Lines::new();
    both(
        |client, way, kind| {
            let (token, end) = way(client.clone());
            let options = CallOptions::new().cancel(&token);
            let mut kept = None;
            let error = ended_by(
                end,
                || kept = Some(lines.request()),
                || {
                    client
                        .with_options(options.clone())
                        .forms()
                        .create(FormCreate::new("x"))
                },
            );
            assert_eq!(facts(&error), (kind, Outcome::Unknown, 1));
            assert!(!error.retryable());
            // The call's connection is closed, and not kept for other calls.
            let mut rest = Vec::new();
            let _ = kept.unwrap().read_to_end(&mut rest);
        },
        lines.address,
    );
}

#[test]
fn a_call_that_reads_its_answer_ends_and_has_acted() {
    let lines = Lines::new();
    both(
        |client, way, kind| {
            let (token, end) = way(client.clone());
            let options = CallOptions::new().cancel(&token);
            let mut kept = None;
            let error = ended_by(
                end,
                || {
                    let mut stream = lines.request();
                    stream.write_all(&FORM[..FORM.len() - 4]).unwrap();
                    kept = Some(stream);
                },
                || {
                    client
                        .with_options(options.clone())
                        .forms()
                        .create(FormCreate::new("x"))
                },
            );
            // The call may end before the head was read.
            assert_eq!(error.kind(), kind);
            assert!(matches!(error.outcome(), Outcome::Done | Outcome::Unknown));
        },
        lines.address,
    );
}

#[test]
fn a_call_that_sleeps_before_another_attempt_ends() {
    let refused = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    both(
        |_, way, kind| {
            let limited = json(
                "429 Too Many Requests",
                r#"{"statusCode":429,"error":"e","message":"m","retryAfter":60}"#,
            );
            let server = Server::start(vec![limited]);
            let client = client(
                server
                    .url()
                    .trim_start_matches("http://")
                    .trim_end_matches("/v1"),
            );
            let (token, end) = way(client.clone());
            let options = CallOptions::new().cancel(&token);
            let call = || {
                client
                    .with_options(options.clone())
                    .forms()
                    .create(FormCreate::new("x"))
            };
            let error = ended_by(end, || server.wait_for_request(), call);
            assert_eq!(error.kind(), kind);
            // The call was cancelled in its sleep, or before the 429 was received.
            let expected = [Outcome::NotSent, Outcome::Unknown];
            assert!(expected.contains(&error.outcome()), "{error:?}");
            assert_eq!(server.requests().len(), 1);
        },
        refused,
    );
}

#[test]
fn transfers_of_files_end() {
    let lines = Lines::new();
    both(
        |client, way, kind| {
            let (token, end) = way(client.clone());
            let options = CallOptions::new().cancel(&token);
            let mut kept = None;
            // The buffers between client and server cannot hold it all.
            let upload = Upload::bytes(vec![7_u8; 64 << 20], "x.bin");
            let call = || {
                client
                    .with_options(options.clone())
                    .attachments()
                    .upload(upload)
            };
            let error = ended_by(end, || kept = Some(lines.request()), call);
            assert_eq!(facts(&error), (kind, Outcome::Unknown, 1));

            let folder = tempfile::tempdir().unwrap();
            let client = crate::cancel::client(lines.address);
            let (token, end) = way(client.clone());
            let options = CallOptions::new().cancel(&token);
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nabc";
            let error = ended_by(
                end,
                || {
                    let mut stream = lines.request();
                    stream.write_all(head).unwrap();
                    kept = Some(stream);
                },
                || {
                    client
                        .with_options(options.clone())
                        .attachments()
                        .download("a", Download::to(folder.path().join("x")))
                },
            );
            assert_eq!(error.kind(), kind);
            assert_eq!(
                std::fs::read_dir(folder.path()).unwrap().count(),
                0,
                "nothing half written"
            );
        },
        lines.address,
    );
}

#[test]
fn other_calls_continue() {
    let lines = Lines::new();
    let client = client(lines.address);
    let token = CancelToken::new();
    let options = CallOptions::new().cancel(&token);
    std::thread::scope(|scope| {
        let neighbour = scope.spawn(|| client.forms().get("a"));
        let mut of_neighbour = lines.request();
        let cancelled = scope.spawn(|| client.with_options(options.clone()).forms().get("b"));
        let _of_cancelled = lines.request();
        token.cancel();
        let error = cancelled.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        of_neighbour.write_all(FORM).unwrap();
        assert_eq!(neighbour.join().unwrap().unwrap().id, "a");
        // The neighbour's connection serves the next call.
        let next = scope.spawn(|| client.forms().get("a"));
        read_head(&mut of_neighbour);
        of_neighbour.write_all(FORM).unwrap();
        assert_eq!(next.join().unwrap().unwrap().id, "a");
    });
}

#[test]
fn a_token_has_no_effect_on_a_finished_calls_connection() {
    let lines = Lines::new();
    let client = client(lines.address);
    let token = CancelToken::new();
    let options = CallOptions::new().cancel(&token);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| client.with_options(options.clone()).forms().get("a"));
        let mut stream = lines.request();
        stream.write_all(FORM).unwrap();
        first.join().unwrap().unwrap();
        let second = scope.spawn(|| client.forms().get("a"));
        read_head(&mut stream);
        token.cancel();
        stream.write_all(FORM).unwrap();
        assert_eq!(second.join().unwrap().unwrap().id, "a");
    });
}

#[test]
fn a_cancelled_token_sends_nothing_more() {
    let server = Server::start(vec![json(
        "200 OK",
        r#"{"data":[{"id":"1"},{"id":"2"}],"meta":{"total_count":4,"total_pages":2,"current_page":1}}"#,
    )]);
    let token = CancelToken::new();
    let options = CallOptions::new().cancel(&token);
    let client = server.client();
    let mut forms = client
        .with_options(options.clone())
        .forms()
        .list(FormList::default());
    assert_eq!(forms.next().unwrap().unwrap().id, "1");
    token.cancel();
    assert!(token.is_cancelled());
    assert_eq!(forms.next().unwrap().unwrap().id, "2", "it is here already");
    let error = forms.next().unwrap().unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Cancelled, Outcome::NotSent, 0));
    let error = client
        .with_options(options.clone())
        .forms()
        .get("a")
        .unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Cancelled, Outcome::NotSent, 0));
    assert_eq!(server.requests().len(), 1);
}
