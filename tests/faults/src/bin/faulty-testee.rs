//! A testee without an SDK, to try the runner itself: it survives three faults, and does one thing wrong when its argument
//! says so.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// An answer of the server.
#[derive(Default)]
struct Answered {
    status: u16,
    location: Option<String>,
    body: String,
}

fn main() -> Outcome<()> {
    let bug = std::env::args().nth(1).unwrap_or_default();
    let mut settings = Value::Null;
    // What a client forgets to give back.
    let mut kept = Vec::new();
    // The settings of a second client.
    let mut second = Value::Null;
    for line in io::stdin().lock().lines() {
        let call: Value = serde_json::from_str(&line?)?;
        if call["settings"].is_object() {
            settings = call["settings"].clone();
        }
        if call["beside"].is_object() {
            let reply = beside(&call, &settings, &mut second, &bug)?;
            writeln!(io::stdout().lock(), "{reply}")?;
            continue;
        }
        let faulty = call["params"]["id"] == "f1" || call["operation"] == "forms.create";
        let mut reply = match call["operation"].as_str() {
            Some(operation) => answer(&call, operation, &settings, &bug)?,
            None => json!({"result": null}),
        };
        match bug.as_str() {
            "crash" if faulty => return Err("crashed on purpose".into()),
            "panic" if faulty => writeln!(io::stderr(), "thread 'x' panicked at src/x.rs:1:1")?,
            "tells-token" if faulty => writeln!(io::stderr(), "sent {}", settings["token"])?,
            "answers-token" if faulty => reply["error"]["hint"] = settings["token"].clone(),
            "keeps-descriptor" if faulty => kept.push(File::open("/dev/null")?),
            "keeps-thread" if faulty => {
                thread::spawn(|| thread::sleep(Duration::from_secs(60)));
            }
            _ => {}
        }
        reply["id"] = call["id"].clone();
        writeln!(io::stdout().lock(), "{reply}")?;
    }
    Ok(())
}

/// What becomes of a second client: one call at its beginning, one at its end, and none between them.
fn beside(call: &Value, first: &Value, second: &mut Value, bug: &str) -> Outcome<Value> {
    let given = &call["beside"]["settings"];
    let is_start = given.is_object();
    if is_start {
        *second = given.clone();
    }
    let token = match (bug, first["token"].as_str()) {
        ("mixes-tokens", Some(token)) => token,
        _ => second["token"].as_str().unwrap_or_default(),
    };
    let base = second["base_url"].as_str().unwrap_or_default();
    if bug != "holds-second" {
        request("GET", &format!("{base}/forms/beside"), token)?;
    }
    Ok(match (is_start, bug) {
        (false, "fails-second") => {
            json!({"id": call["id"], "error": {"kind": "timeout", "message": "held up"}})
        }
        (false, "holds-second") => json!({"id": call["id"], "result": {"calls": 0}}),
        (false, _) => json!({"id": call["id"], "result": {"calls": 2}}),
        (true, _) => json!({"id": call["id"], "result": null}),
    })
}

fn answer(call: &Value, operation: &str, settings: &Value, bug: &str) -> Outcome<Value> {
    let id = call["params"]["id"].as_str().unwrap_or_default();
    let (method, path) = match operation {
        "forms.create" => ("POST", "/forms".to_owned()),
        "forms.list" => ("GET", "/forms".to_owned()),
        _ => ("GET", format!("/forms/{id}")),
    };
    if bug == "no-next" && id == "after" {
        return Ok(json!({"error": {"kind": "closed", "message": "gone"}}));
    }
    let most = match (method, bug) {
        (_, "tires") => 1,
        ("POST", "insists") => 2,
        ("POST", _) => 1,
        _ => 2,
    };
    let base = settings["base_url"].as_str().unwrap_or_default();
    let token = settings["token"].as_str().unwrap_or_default();
    let mut attempts = 0;
    loop {
        attempts += 1;
        let answered = request(method, &format!("{base}{path}"), token)?;
        if let (Some(location), "follows") = (&answered.location, bug) {
            request(method, location, token)?;
        }
        let (kind, reason, outcome) = match answered.status {
            200..=299 => {
                let result: Value = serde_json::from_str(&answered.body)?;
                let result = match operation {
                    "forms.list" => result["data"].clone(),
                    _ => result,
                };
                return Ok(json!({"result": result}));
            }
            300..=399 => ("response", Some("redirect"), "rejected"),
            500..=599 if attempts < most => continue,
            500..=599 if bug == "wrong-outcome" => ("server", None, "rejected"),
            500..=599 => ("server", None, "unknown"),
            _ => ("permission_denied", None, "rejected"),
        };
        return Ok(json!({"error": {
            "kind": kind,
            "reason": reason,
            "outcome": outcome,
            "message": "it failed",
            "http_status": answered.status,
            "attempts": if bug == "miscounts" { 7 } else { attempts },
            "retryable": kind == "server" && method == "GET",
        }}));
    }
}

fn request(method: &str, url: &str, token: &str) -> Outcome<Answered> {
    let rest = url.strip_prefix("http://").ok_or("not http")?;
    let (host, path) = rest.split_once('/').ok_or("no path")?;
    let mut stream = TcpStream::connect(host)?;
    write!(
        stream,
        "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: penbox-fake/1\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: 0\r\n\r\n"
    )?;
    let mut reader = BufReader::new(stream);
    let mut answered = Answered::default();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end();
        if let Some(status) = line.strip_prefix("HTTP/1.1 ") {
            answered.status = status.get(..3).unwrap_or_default().parse()?;
        }
        match line.split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse()?,
            Some(("Location", value)) => answered.location = Some(value.to_owned()),
            _ if line.is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    answered.body = String::from_utf8(body)?;
    Ok(answered)
}
