//! A process that is stopped while the answer comes: a suspended laptop, a container that is frozen, a debugger. An answer that lies
//! in the socket when the process goes on is the result, though the call's time has passed meanwhile.
#![cfg(target_os = "linux")]

use std::io::Write;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use penbox::{CallOptions, Client, ErrorKind, FormCreate, Outcome};

use crate::common::{TOKEN, read_request};
use crate::tls::{Authority, Files, Server};

const URL: &str = "PENBOX_TEST_STOPPED_URL";
const WHOLE: &str = "PENBOX_TEST_STOPPED_WHOLE";
/// The limit of the call. The process is stopped for longer.
const LIMIT: Duration = Duration::from_millis(1_000);

/// The stopped process: `stopped_amid_a_call` runs this test alone, in a process of its own.
#[test]
#[ignore = "a process of its own"]
fn the_stopped_process() {
    let url = std::env::var(URL).unwrap();
    // The environment names the CA of the server.
    let client = Client::builder()
        .use_environment()
        .token(TOKEN)
        .base_url(url)
        .build()
        .unwrap();
    let client = client.with_options(CallOptions::new().timeout(LIMIT));
    let created = client.forms().create(FormCreate::new("x"));
    match std::env::var(WHOLE).unwrap().as_str() {
        "true" => assert_eq!(created.unwrap().id, "a"),
        _ => {
            // The head of a success says that the server acted.
            let error = created.unwrap_err();
            assert_eq!(
                (error.kind(), error.outcome()),
                (ErrorKind::Timeout, Outcome::Done)
            );
        }
    }
}

fn signal(process: u32, signal: &str) {
    let sent = Command::new("kill")
        .args([signal, &process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// The stopped process, with a request to send to this address.
fn start(url: &str, is_whole: bool, ca_file: Option<&str>) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "--ignored", "stopped::the_stopped_process"])
        .env(URL, url)
        .env(WHOLE, is_whole.to_string())
        // Its report would be taken for one of this process's own.
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(ca_file) = ca_file {
        child.env("SSL_CERT_FILE", ca_file);
    }
    child.spawn().unwrap()
}

/// Stops a process while something is written to it, and for longer than its call may take.
fn stopped_while(process: u32, write: impl FnOnce()) {
    signal(process, "-STOP");
    write();
    std::thread::sleep(LIMIT + Duration::from_millis(300));
    signal(process, "-CONT");
}

fn ends_well(child: Child, is_whole: bool) {
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "whole: {is_whole}, it said: {said}");
}

/// The head of an answer, and its body. One read of the connection finds all of it: of a longer answer the HTTP library would ask
/// for no more after the limit.
fn answer() -> (String, String) {
    let body = format!(r#"{{"id":"a","title":"{}"}}"#, "x".repeat(12_000));
    let head = format!(
        "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    (head, body)
}

#[test]
fn stopped_amid_a_call() {
    let (head, body) = answer();
    for (answer, is_whole) in [(head.clone() + &body, true), (head, false)] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let child = start(&url, is_whole, None);
        let (mut stream, _) = listener.accept().unwrap();
        read_request(&mut stream).unwrap();
        stopped_while(child.id(), || {
            stream.write_all(answer.as_bytes()).unwrap();
        });
        ends_well(child, is_whole);
    }
}

#[test]
fn stopped_amid_a_call_over_https() {
    let (authority, files) = (Authority::new(), Files::new());
    let ca_file = files.put("ca.pem", &authority.certificate.pem());
    let leaf = authority.leaf("localhost", |_| {});
    let (head, body) = answer();
    for (answer, is_whole) in [(head.clone() + &body, true), (head, false)] {
        let (sender, process) = channel();
        let (done, written) = channel::<()>();
        let server = Server::answering(&leaf, None, move |tls| {
            stopped_while(process.recv().unwrap(), || {
                tls.write_all(answer.as_bytes()).unwrap();
            });
            // The connection stays open until the process has ended.
            let _ = written.recv();
        });
        let url = format!("https://localhost:{}/v1", server.address.port());
        let child = start(&url, is_whole, Some(&ca_file));
        sender.send(child.id()).unwrap();
        ends_well(child, is_whole);
        drop(done);
        server.seen();
    }
}
