//! A timeout names the limit that passed: the setting or option to raise, its length, and the work that it ended.

use std::io::{self, Read};
use std::net::TcpListener;
use std::time::Duration;

use penbox::{CallOptions, Client, ClientBuilder, Download, Error, ErrorKind, FormCreate, Upload};

use crate::common::{Server, Step, TOKEN};

/// The limit that passes. All others are their defaults, of which the shortest is 5 s.
const LIMIT: Duration = Duration::from_millis(300);

fn hint(error: &Error) -> String {
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
    error.hint().unwrap_or_default().to_owned()
}

/// Checks the beginning and the end of the hint.
fn check(error: &Error, named: &str) {
    let hint = hint(error);
    assert!(
        hint.starts_with(&format!("{named}: raise it if ")),
        "{hint}"
    );
    assert!(
        hint.ends_with("look for the object before sending it again."),
        "{hint}"
    );
}

/// An answer of which the last bytes never come.
fn cut(kind: &str) -> Step {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: 99\r\n\r\n{{");
    Step::Answer(head.into_bytes())
}

/// The client of a server that does this after each request.
fn with(
    step: Step,
    set: impl FnOnce(ClientBuilder) -> ClientBuilder,
    call: impl FnOnce(&Client) -> Error,
) -> Error {
    let server = Server::start(vec![step]);
    let client = set(server.builder()).build().unwrap();
    let error = call(&client);
    // The server may read from the connection still.
    drop(client);
    error
}

fn create(client: &Client) -> Error {
    client.forms().create(FormCreate::new("x")).unwrap_err()
}

fn upload(client: &Client) -> Error {
    let upload = Upload::bytes("bytes", "a.bin");
    client.attachments().upload(upload).unwrap_err()
}

fn download(client: &Client) -> Error {
    let download = Download::memory();
    client.attachments().download("a", download).unwrap_err()
}

#[test]
fn each_limit_is_named_with_the_work_that_it_ended() {
    let awaited = "passed while the answer was awaited";
    let received = "passed while the answer's body was received";
    let attempt = |builder: ClientBuilder| builder.attempt_timeout(LIMIT);
    let read = |builder: ClientBuilder| builder.read_timeout(LIMIT);

    let error = with(Step::Hang, |builder| builder.timeout(LIMIT), create);
    check(&error, &format!("timeout (0.3 s) {awaited}"));
    let error = with(Step::Hang, attempt, create);
    check(&error, &format!("attempt_timeout (0.3 s) {awaited}"));
    let error = with(Step::Hang, read, create);
    check(&error, &format!("read_timeout (0.3 s) {awaited}"));
    let error = with(cut("application/json"), read, create);
    check(&error, &format!("read_timeout (0.3 s) {received}"));
    let error = with(cut("application/json"), attempt, create);
    check(&error, &format!("attempt_timeout (0.3 s) {received}"));

    // A file has a limit of its own for the call, and that of an attempt holds for heads and answers.
    let error = with(Step::Hang, |builder| builder.file_timeout(LIMIT), upload);
    check(&error, &format!("file_timeout (0.3 s) {awaited}"));
    let error = with(Step::Hang, attempt, upload);
    check(&error, &format!("attempt_timeout (0.3 s) {awaited}"));
    let error = with(cut("application/pdf"), read, download);
    check(&error, &format!("read_timeout (0.3 s) {received}"));

    // The option has the setting's name, and its length is the caller's own.
    for call in [create, upload] {
        let error = with(
            Step::Hang,
            |builder| builder,
            |client| call(&client.with_options(CallOptions::new().timeout(LIMIT))),
        );
        check(&error, &format!("timeout {awaited}"));
    }
}

#[test]
fn a_connection_that_is_not_made_names_the_limit_of_connecting() {
    // It takes connections and says nothing, so that TLS waits.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/v1", silent.local_addr().unwrap());
    let builder = Client::builder().token(TOKEN).base_url(url).max_attempts(1);
    let client = builder.connect_timeout(LIMIT).build().unwrap();
    let named = "connect_timeout (0.3 s) passed while a connection was made";
    check(&create(&client), named);
}

/// A source that gives up by itself.
struct GivesUp;

impl Read for GivesUp {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::TimedOut.into())
    }
}

impl io::Write for GivesUp {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::TimedOut.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_stream_that_gives_up_by_itself_is_no_limit_of_the_clients() {
    let own = "This limit is of the stream that was given to the call";
    let error = with(
        Step::Hang,
        |builder| builder,
        |client| {
            let upload = Upload::reader(GivesUp, None, "a.bin");
            client.attachments().upload(upload).unwrap_err()
        },
    );
    assert!(hint(&error).starts_with(own), "{error}");
    let error = with(
        cut("application/pdf"),
        |builder| builder,
        |client| {
            let download = Download::writer(GivesUp);
            client.attachments().download("a", download).unwrap_err()
        },
    );
    assert!(hint(&error).starts_with(own), "{error}");
}

#[cfg(unix)]
#[test]
fn a_source_that_gives_nothing_names_the_limit_of_the_call() {
    let (reader, _writer) = io::pipe().unwrap();
    let error = with(
        Step::Hang,
        |builder| builder.file_timeout(LIMIT),
        |client| {
            let upload = Upload::pipe(reader, "a.bin");
            client.attachments().upload(upload).unwrap_err()
        },
    );
    let hint = hint(&error);
    let named = "file_timeout (0.3 s) passed while the request was sent: raise it";
    // What becomes of the source follows.
    assert!(hint.starts_with(named), "{hint}");
}
