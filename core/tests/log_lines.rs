//! The records that the crate writes itself, at every level: what they say, and that no token and nothing of a request's or an answer's
//! values is in them. The test is a process of its own, since a process has one logger.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, too")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::thread;

use log::{Level, LevelFilter, Log, Metadata, Record};
use penbox::{CallOptions, Client, FormCreate, FormList, Upload, User, UserFilter};

const TOKEN: &str = "pnbx_Qw3rTy7uIoP0aSdF2gHjK5lZxC8vBnM1eXaMpLe";
/// Data of a contact: in a path, a query, a body, a header, an answer, a file's name and a hook's failure.
const CANARY: &str = "jane.roe";

static KEPT: Mutex<Vec<(Level, String)>> = Mutex::new(Vec::new());

/// A logger that keeps the crate's own records.
struct Keeper;

impl Log for Keeper {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        if record.target().starts_with("penbox") {
            let line = record.args().to_string();
            KEPT.lock().unwrap().push((record.level(), line));
        }
    }

    fn flush(&self) {}
}

fn lines(level: Level) -> Vec<String> {
    let kept = KEPT.lock().unwrap();
    let of_level = kept.iter().filter(|(one, _)| *one == level);
    of_level.map(|(_, line)| line.clone()).collect()
}

/// A server that answers with one status after the other, and repeats a contact's data and the token in each answer.
fn serve(statuses: &'static [&'static str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    thread::spawn(move || {
        for status in statuses {
            let (mut stream, _) = listener.accept().unwrap();
            read(&mut stream);
            let body = format!(
                r#"{{"id":"{CANARY}","message":"{CANARY} {TOKEN}","retryAfter":0,"data":[],"archived":"{CANARY}"}}"#
            );
            let head = format!(
                "HTTP/1.1 {status}\r\nx-request-id: req-7\r\nDeprecation: {TOKEN}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all((head + &body).as_bytes());
        }
    });
    url
}

fn read(stream: &mut TcpStream) {
    let mut all = Vec::new();
    let mut buffer = [0; 4_096];
    let is_whole = |all: &[u8]| {
        let text = String::from_utf8_lossy(all).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            return false;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        body.len() >= length.map_or(0, |length| length.parse().unwrap())
    };
    while !is_whole(&all) {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) => all.extend_from_slice(&buffer[..count]),
        }
    }
}

#[test]
fn each_attempt_has_one_line_that_holds_no_value() {
    log::set_logger(&Keeper).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let url = serve(&[
        "503 Service Unavailable",
        "200 OK",
        "201 Created",
        "200 OK",
        "201 Created",
        "404 Not Found",
    ]);
    let client = Client::builder()
        .token(TOKEN)
        .base_url(url)
        .token_name("nightly")
        .on_response(|_| Err(format!("no {TOKEN}").into()))
        .build()
        .unwrap();
    client.forms().get(CANARY).unwrap();
    assert_eq!(lines(Level::Info).len(), 2, "one line an attempt");
    let options = CallOptions::new()
        .header("x-contact", CANARY)
        .query("contact", CANARY);
    let client = client.with_options(options);
    client
        .forms()
        .create(FormCreate::new(CANARY).user(User::email(format!("{CANARY}@a.b"))))
        .unwrap();
    let list = FormList::default().user(UserFilter::email(format!("{CANARY}@a.b")));
    client.forms().list(list).for_each(drop);
    client
        .attachments()
        .upload(Upload::bytes(format!("{CANARY}.txt"), CANARY))
        .unwrap();
    client.cases().get(CANARY).unwrap_err();
    client.close();
    client.forms().get(CANARY).unwrap_err();

    let shape = |line: &String| -> String {
        let (before, after) = line.split_once(", ").unwrap();
        let (ms, after) = after.split_once(" ms, ").unwrap();
        assert!(ms.parse::<f64>().is_ok(), "{line}");
        format!("{before} | {after}")
    };
    let info: Vec<String> = lines(Level::Info).iter().map(shape).collect();
    let expected = [
        "GET /forms/{id} 503 server | attempt 1",
        "GET /forms/{id} 200 | attempt 2",
        "POST /forms 201 | attempt 1",
        "GET /forms 200 | attempt 1",
        "POST /attachments 201 | attempt 1",
        "GET /cases/{id} 404 not_found | attempt 1",
        "GET /forms/{id} closed | attempt 1",
    ];
    assert_eq!(info, expected);
    let debug = lines(Level::Debug).join("\n");
    assert!(
        debug.contains("request id req-7") && debug.contains("attempt 2 follows in"),
        "{debug}"
    );
    let warned = lines(Level::Warn).join("\n");
    let deprecated = warned
        .matches("forms.get is deprecated by the server")
        .count();
    assert_eq!(deprecated, 1, "once an operation and process: {warned}");
    assert_eq!(lines(Level::Error).len(), 7, "the failures of the hook");
    let all: Vec<String> = KEPT
        .lock()
        .unwrap()
        .iter()
        .map(|(_, line)| line.clone())
        .collect();
    for line in &all {
        let lower = line.to_lowercase();
        assert!(!lower.contains(CANARY), "{line}");
        let secret = TOKEN[5..].to_lowercase();
        let parts = secret.as_bytes().windows(8);
        for part in parts {
            assert!(
                !lower.contains(std::str::from_utf8(part).unwrap()),
                "{line}"
            );
        }
    }
}
