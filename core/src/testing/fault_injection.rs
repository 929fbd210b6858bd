//! Fault injection: every step of input and output fails once, in every way, in a scenario for every operation. The call
//! succeeds or its error has a true outcome, a call that acts is not sent twice, and the client's next call succeeds.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cancel::CancelScope;
use crate::client::Client;
use crate::config::ClientBuilder;
use crate::endpoints::forms::FormList;
use crate::endpoints::registry::OPERATIONS;
use crate::error::{ErrorKind, Result};
use crate::files::{Download, Upload};
use crate::send::options::CallOptions;
use crate::send::request::Safety;
use crate::send::runtime::Runtime;
use crate::send::sender::Sender;
use crate::transport;
use crate::transport::fault_injection;
use crate::transport::fault_injection::{INJECTED_FAULTS, InjectedFault};

/// A runtime whose sleeps take no time, so that thousands of repeats take seconds.
#[derive(Debug)]
struct NoSleep;

impl Runtime for NoSleep {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, _: Duration, cancel: &CancelScope) -> bool {
        cancel.cause().is_some()
    }

    fn random(&self) -> f64 {
        0.5
    }
}

/// A server that gives every request the same answer. It counts the complete requests of each client: a request of a failed call
/// may be received while the next call is under way.
struct Server {
    address: SocketAddr,
    answer: Arc<Mutex<Vec<u8>>>,
    complete: Arc<Mutex<HashMap<String, usize>>>,
}

impl Server {
    fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (answer, complete) = (Arc::default(), Arc::default());
        let (answers, counts) = (Arc::clone(&answer), Arc::clone(&complete));
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let (answers, counts) = (Arc::clone(&answers), Arc::clone(&counts));
                std::thread::spawn(move || serve(stream, &answers, &counts));
            }
        });
        Server {
            address,
            answer,
            complete,
        }
    }

    fn set_answer(&self, answer: &[u8]) {
        *self.answer.lock().unwrap() = answer.to_vec();
    }

    fn client(&self, name: &str) -> Client {
        let builder = ClientBuilder::new()
            .token("pnbx_injected")
            .user_agent_suffix(name)
            .base_url(format!("http://{}/v1", self.address));
        let settings = builder.build_settings().unwrap();
        let transport = transport::open(&settings);
        Client::of(Sender::simulated(settings, transport, Box::new(NoSleep)))
    }
}

/// Answers the requests of a connection until it ends.
fn serve(mut stream: TcpStream, answer: &Mutex<Vec<u8>>, complete: &Mutex<HashMap<String, usize>>) {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        while let Some(end) = end_of_request(&bytes) {
            let request: Vec<u8> = bytes.drain(..end).collect();
            let client = agent_of(&String::from_utf8_lossy(&request));
            *complete.lock().unwrap().entry(client).or_default() += 1;
            let answer = answer.lock().unwrap().clone();
            if stream.write_all(&answer).is_err() {
                return;
            }
        }
        match stream.read(&mut buffer) {
            Ok(count @ 1..) => bytes.extend_from_slice(&buffer[..count]),
            _ => return,
        }
    }
}

/// The last word of a client's `User-Agent`.
fn agent_of(request: &str) -> String {
    let agent = request
        .lines()
        .find(|line| line.to_lowercase().starts_with("user-agent:"));
    agent
        .and_then(|line| line.rsplit(' ').next())
        .unwrap_or_default()
        .to_owned()
}

/// The end of the first request in `bytes`, if the request is complete by its length or its last chunk.
fn end_of_request(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
    if text.contains("transfer-encoding: chunked") {
        let last = bytes[head..]
            .windows(5)
            .position(|window| window == b"0\r\n\r\n")?;
        return Some(head + last + 5);
    }
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let end = head + length.map_or(0, |length| length.trim().parse().unwrap());
    (bytes.len() >= end).then_some(end)
}

fn json(status: u64, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

type Call = Box<dyn Fn(&Client) -> Result<()>>;

/// A call, the answer that the server gives it, and whether the call may be sent again.
struct Scenario {
    name: String,
    answer: Vec<u8>,
    may_repeat: bool,
    call: Call,
}

/// A good call of every operation that moves no file, with the answer of its conformance case.
fn of_operations() -> Vec<Scenario> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/cases");
    let mut files: Vec<_> = std::fs::read_dir(cases)
        .unwrap()
        .flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let mut found: Vec<Scenario> = Vec::new();
    for file in files {
        let case: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        // A case with rows has placeholders in place of a call's values.
        if !case["rows"].is_null() {
            continue;
        }
        let (Some(operation), Some([answer])) = (
            case["operation"].as_str(),
            case["answers"].as_array().map(Vec::as_slice),
        ) else {
            continue;
        };
        let status = answer["status"].as_u64().unwrap_or(200);
        let is_good = case["expect"]["error"].is_null() && (200..300).contains(&status);
        let is_plain = answer["json"].is_object() && answer["times"].is_null();
        let is_new = !found.iter().any(|scenario| scenario.name == operation);
        let moves_file = !case["file"].is_null() || !case["to"].is_null();
        if !is_good || !is_plain || !is_new || moves_file || operation.ends_with("extract") {
            continue;
        }
        // A request of the caller's own is no operation.
        let Some(spec) = OPERATIONS.iter().find(|spec| spec.id == operation) else {
            continue;
        };
        let params = case["params"].as_object().cloned().unwrap_or_default();
        let (id, params) = (operation.to_owned(), Value::from(params).to_string());
        found.push(Scenario {
            name: operation.to_owned(),
            answer: json(status, &answer["json"].to_string()),
            may_repeat: spec.safety != Safety::Unsafe,
            call: Box::new(move |client| {
                client.invoke(&id, &params, &CallOptions::new()).map(drop)
            }),
        });
    }
    found
}

/// Reads a list to its end.
fn collect_forms(client: &Client) -> Result<()> {
    let forms = client.forms().list(FormList::default());
    forms.collect::<Result<Vec<_>>>().map(drop)
}

/// The calls that move a file, and lists in more than one form.
fn of_files_and_lists() -> Vec<Scenario> {
    let attachment = json(
        201,
        r#"{"id":"a1","name":"x.bin","type":"application/octet-stream"}"#,
    );
    let file = b"HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: 60\r\n\r\n123456789012345678901234567890123456789012345678901234567890".to_vec();
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1d\r\n{\"data\":[{\"id\":\"1\"},{\"id\":\"2\"\r\n3\r\n}]}\r\n0\r\n\r\n".to_vec();
    let forms: Vec<String> = (0..20)
        .map(|id| format!(r#"{{"id":"{id}","status":"draft"}}"#))
        .collect();
    let longer = json(200, &format!(r#"{{"data":[{}]}}"#, forms.join(",")));
    let scenario = |name: &str, answer: &[u8], may_repeat, call: Call| Scenario {
        name: name.to_owned(),
        answer: answer.to_vec(),
        may_repeat,
        call,
    };
    vec![
        scenario(
            "upload of bytes",
            &attachment,
            false,
            Box::new(|client| {
                client
                    .attachments()
                    .upload(Upload::bytes("x".repeat(300), "x.bin"))
                    .map(drop)
            }),
        ),
        scenario(
            "upload of a reader",
            &attachment,
            false,
            Box::new(|client| {
                let reader = std::io::Cursor::new(vec![7; 300]);
                client
                    .attachments()
                    .upload(Upload::reader(reader, None, "x.bin"))
                    .map(drop)
            }),
        ),
        scenario(
            "upload of a file",
            &attachment,
            false,
            Box::new(|client| {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("x.bin");
                std::fs::write(&path, [7; 300]).unwrap();
                client.attachments().upload(Upload::path(path)).map(drop)
            }),
        ),
        scenario(
            "download to memory",
            &file,
            true,
            Box::new(|client| {
                client
                    .attachments()
                    .download("a", Download::memory())
                    .map(drop)
            }),
        ),
        scenario(
            "download to a path",
            &file,
            true,
            Box::new(|client| {
                let folder = tempfile::tempdir().unwrap();
                let result = client
                    .responses()
                    .download_pdf("a", Download::to(folder.path().join("x")));
                let left = std::fs::read_dir(folder.path()).unwrap().count();
                assert_eq!(left, usize::from(result.is_ok()), "whole or not at all");
                result.map(drop)
            }),
        ),
        scenario(
            "download to a writer",
            &file,
            true,
            Box::new(|client| {
                let mut bytes = Vec::new();
                client
                    .signatures()
                    .download("a", Download::writer(&mut bytes))
                    .map(drop)
            }),
        ),
        scenario("a list in chunks", &chunked, true, Box::new(collect_forms)),
        scenario(
            "download of merged files",
            &file,
            true,
            Box::new(|client| {
                let files = crate::AttachmentMerge::of(["a", "b"]);
                client
                    .attachments()
                    .download_merged(files, Download::memory())
                    .map(drop)
            }),
        ),
        scenario("a longer list", &longer, true, Box::new(collect_forms)),
        scenario(
            "two calls on a connection",
            &json(200, r#"{"id":"a"}"#),
            true,
            Box::new(|client| {
                client.forms().get("a")?;
                client.forms().get("a").map(drop)
            }),
        ),
    ]
}

/// Makes the given step of a call fail. Returns whether the call reached the step.
fn inject(server: &Server, scenario: &Scenario, step: usize, fault: InjectedFault) -> bool {
    let name = format!("{step}-{fault:?}-{}", scenario.name.replace(' ', "-"));
    let client = server.client(&name);
    let context = format!("{}: step {step} {fault:?}", scenario.name);
    fault_injection::begin(step, fault);
    let result = (scenario.call)(&client);
    let was_reached = fault_injection::end();
    let kind = result.as_ref().err().map(crate::Error::kind);
    let listed = [
        ErrorKind::Connection,
        ErrorKind::Timeout,
        ErrorKind::Response,
    ];
    assert!(
        kind.is_none_or(|kind| listed.contains(&kind)),
        "{context}: {result:?}"
    );
    // The client goes on after these by itself, so the call must succeed.
    let harmless = matches!(
        fault,
        InjectedFault::Timeout | InjectedFault::Interrupted | InjectedFault::Short
    );
    if harmless || !was_reached {
        assert!(result.is_ok(), "{context}: {result:?}");
    }
    if !scenario.may_repeat {
        let sent = server.complete.lock().unwrap().get(&name).copied();
        assert!(
            sent.is_none_or(|sent| sent == 1),
            "{context}: sent {sent:?}"
        );
    }
    // A connection that a fault left in doubt must not serve another call.
    let next = (scenario.call)(&client);
    assert!(next.is_ok(), "{context}: the next call: {next:?}");
    was_reached
}

#[test]
fn every_step_fails_in_every_way() {
    let server = Server::start();
    let mut scenarios = of_operations();
    scenarios.extend(of_files_and_lists());
    assert!(scenarios.len() >= 30, "{}", scenarios.len());
    let mut injected = 0;
    for scenario in &scenarios {
        server.set_answer(&scenario.answer);
        for fault in INJECTED_FAULTS {
            injected += (1..)
                .take_while(|step| inject(&server, scenario, *step, fault))
                .count();
        }
    }
    println!(
        "fault injection: {injected} of {injected} failures in {} scenarios",
        scenarios.len()
    );
    assert!(injected >= 3_000, "{injected}");
}
