//! What the server does with a script, seen from a client.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use penbox_faults::fault::Fault;
use penbox_faults::server::Server;
use penbox_faults::variant::Variant;
use penbox_faults::vars::Vars;

const GET: &[u8] = b"GET /v1/forms/f1 HTTP/1.1\r\nHost: x\r\n\r\n";

fn server(script: &str) -> Server {
    let text =
        format!(r#"{{"title": "t", "variants": [{{{script}, "get": "n/a", "post": "n/a"}}]}}"#);
    let fault = Fault::parse("d1_empty_reply", &text).expect("a case");
    Server::start(Ipv4Addr::LOCALHOST, &fault.variants[0], Vars::default()).expect("a server")
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("a limit");
    stream
}

/// Reads until this text has come.
fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let mut some = [0; 512];
        let count = stream.read(&mut some).expect("bytes");
        assert_ne!(count, 0, "the connection ended after {text:?}");
        text.push_str(std::str::from_utf8(&some[..count]).expect("UTF-8"));
    }
    text
}

#[test]
fn answers_follow_the_script_until_the_fault_is_over() {
    let mut server =
        server(r#""answers": [[{"reply": {"status": 500}}], [{"send": {"text": "${N}${N+1}."}}]]"#);
    let mut stream = connect(&server);
    stream.write_all(GET).unwrap();
    assert!(until(&mut stream, "\r\n\r\n").starts_with("HTTP/1.1 500 "));
    for expected in ["23.", "34."] {
        stream.write_all(GET).unwrap();
        assert_eq!(until(&mut stream, "."), expected);
    }
    server.heal().unwrap();
    stream.write_all(GET).unwrap();
    assert!(until(&mut stream, "}").ends_with(r#"{"id":"f1","status":"draft"}"#));
    let record = server.stop();
    assert_eq!((record.connections.len(), record.requests.len()), (1, 4));
    assert_eq!(record.connections[0].bytes, GET.repeat(4));
    assert!(record.faults.is_empty(), "{:?}", record.faults);
}

#[test]
fn a_connection_ends_as_told() {
    let server = server(
        r#""connections": [[{"send": {"text": "a"}}, "fin"], [{"read": 4}, "rst"], ["half_close"]]"#,
    );
    let mut text = String::new();
    connect(&server).read_to_string(&mut text).unwrap();
    assert_eq!(text, "a");
    let mut reset = connect(&server);
    reset.write_all(b"four").unwrap();
    let error = reset.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let mut half = connect(&server);
    assert_eq!(half.read(&mut [0]).unwrap(), 0);
    half.write_all(GET).unwrap();
    let start = Instant::now();
    while server.shared().record().requests.is_empty() {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "it reads no more"
        );
    }
}

#[test]
fn slices_have_pauses_between_them() {
    let server =
        server(r#""connections": [[{"send": {"text": "abc", "slice": 1, "every_ms": 60}}]]"#);
    let mut stream = connect(&server);
    let start = Instant::now();
    assert_eq!(until(&mut stream, "c"), "abc");
    assert!(start.elapsed() >= Duration::from_millis(110));
}

#[test]
fn what_never_ends_ends_with_the_case() {
    let server =
        server(r#""connections": [[{"send": {"repeat": {"text": "x"}}}], [{"read": 1}, "stall"]]"#);
    let mut endless = connect(&server);
    endless.read_exact(&mut [0; 1_000_000]).unwrap();
    let mut stalled = connect(&server);
    stalled.write_all(&[0; 9]).unwrap();
    drop(server.stop());
    // With an end or a reset: what counts is that nobody waits for ever.
    for mut stream in [endless, stalled] {
        let ended = stream.read_to_end(&mut Vec::new());
        assert!(!ended.is_err_and(|error| error.kind() == ErrorKind::WouldBlock));
    }
}

#[test]
fn a_proxy_leads_on() {
    let well = Server::start(Ipv4Addr::LOCALHOST, &Variant::well(), Vars::default()).unwrap();
    let scripts = Vec::new();
    let proxy = Variant::proxy(&scripts);
    let proxy = Server::start(Ipv4Addr::LOCALHOST, &proxy, Vars::default()).unwrap();
    let mut stream = connect(&proxy);
    write!(stream, "CONNECT 127.0.0.1:{} HTTP/1.1\r\n\r\n", well.port()).unwrap();
    assert!(until(&mut stream, "\r\n\r\n").starts_with("HTTP/1.1 200 "));
    stream.write_all(GET).unwrap();
    assert!(until(&mut stream, "}").contains("f1"));
    drop(stream);
    assert_eq!(well.stop().requests.len(), 1);
    assert_eq!(proxy.stop().requests.len(), 1);
}

#[test]
fn a_script_that_cannot_be_played_is_told() {
    let server = server(r#""answers": [[{"send": {"text": "${WHAT}"}}]]"#);
    let mut stream = connect(&server);
    stream.write_all(GET).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(server.stop().faults, ["unknown variable ${WHAT}"]);
}
