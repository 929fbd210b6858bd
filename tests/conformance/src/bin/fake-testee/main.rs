//! A testee without an SDK, to try the runner itself: it does five operations right, and one thing wrong when its
//! argument says so.

mod files;

use std::error::Error;
use std::io::{self, BufRead, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// An answer of the server.
#[derive(Default)]
struct Answered {
    status: u16,
    body: String,
}

fn main() -> Outcome<()> {
    let bug = std::env::args().nth(1).unwrap_or_default();
    let ours = std::env::vars().filter(|(name, _)| name.starts_with("PENBOX_"));
    if ours
        .into_iter()
        .any(|(name, _)| name != "PENBOX_API_TOKEN_FILE")
    {
        return Err("the environment was not cleared".into());
    }
    for line in io::stdin().lock().lines() {
        let call: Value = serde_json::from_str(&line?)?;
        let reply = answer(&call, &bug)?;
        writeln!(io::stdout().lock(), "{reply}")?;
    }
    Ok(())
}

fn answer(call: &Value, bug: &str) -> Outcome<String> {
    let token = token(call, bug);
    let token = token.as_str();
    match bug {
        "hang" => std::thread::sleep(Duration::from_secs(60)),
        "crash" => return Err("crashed on purpose".into()),
        "garbage" => return Ok("Traceback (most recent call last):".to_owned()),
        "leak-stderr" => writeln!(io::stderr().lock(), "> Authorization: Bearer {token}")?,
        _ => {}
    }
    let mut reply = json!({"id": call["id"]});
    if token.is_empty() {
        reply["error"] = json!({"kind": "config", "class": "ConfigError", "message": "no token", "outcome": "not_sent", "retryable": false});
        return Ok(reply.to_string());
    }
    let (mut status, mut result) = request(call, token, bug, &mut reply)?;
    if status == 401 && from_file(call) {
        // What the file holds now.
        (status, result) = request(call, &self::token(call, bug), bug, &mut reply)?;
    }
    if bug == "extra-request" {
        request(call, token, bug, &mut reply)?;
    }
    if call["progress"] == "cancel" {
        let outcome = if status == 0 { "unknown" } else { "done" };
        reply["error"] = json!({"kind": "cancelled", "message": "cancelled", "outcome": outcome, "retryable": false});
    } else if status < 300 {
        reply["result"] = match bug {
            "wrong-result" => json!({"id": "another"}),
            _ => result,
        };
    } else {
        reply["error"] = failure(
            &result,
            status,
            call["settings"]["base_url"].as_str().unwrap_or_default(),
            bug,
        );
    }
    if call["around"].get("stats").is_some() {
        let calls = if bug == "wrong-stats" { 2 } else { 1 };
        reply = json!({"id": call["id"], "result": {"calls": calls}});
    }
    if bug == "leak-answer" {
        reply["error"] =
            json!({"kind": "not_found", "message": format!("refused: {}", &token[10..30])});
    }
    Ok(reply.to_string())
}

/// The token of a call: the one that is set, that of the settings, or what the file of the environment holds.
fn token(call: &Value, bug: &str) -> String {
    let path = std::env::var("PENBOX_API_TOKEN_FILE").unwrap_or_default();
    let set = call["around"]["set_token"].as_str();
    match set.filter(|_| bug != "keeps-token") {
        Some(set) => set.to_owned(),
        None if from_file(call) && bug == "old-file" => "pnbx_old".to_owned(),
        None if from_file(call) => std::fs::read_to_string(path).unwrap_or_default(),
        None => call["settings"]["token"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
    }
}

/// Whether the call has its token from a file.
fn from_file(call: &Value) -> bool {
    call["settings"].get("from_env").is_some()
}

fn failure(said: &Value, status: u16, base: &str, bug: &str) -> Value {
    let mut error = json!({"kind": "not_found", "class": "NotFoundError", "message": said["message"],
        "http_status": status, "outcome": "rejected", "retryable": false});
    error["curl"] = json!(format!("curl '{base}/forms/missing'"));
    match bug {
        "wrong-curl" => error["curl"] = json!("curl"),
        "wrong-kind" => error["kind"] = json!("status"),
        "wrong-class" => error["class"] = json!("PenboxError"),
        "no-outcome" => error["outcome"] = Value::Null,
        "wrong-outcome" => error["outcome"] = json!("unknown"),
        "no-retryable" => error["retryable"] = Value::Null,
        "wrong-retryable" => error["retryable"] = json!(true),
        _ => {}
    }
    error
}

/// Sends the request of a call; the status and the result or what the server said.
fn request(call: &Value, token: &str, bug: &str, reply: &mut Value) -> Outcome<(u16, Value)> {
    let base = call["settings"]["base_url"].as_str().unwrap_or_default();
    let host = base
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_suffix("/v1"))
        .ok_or("base_url")?;
    let scheme = if bug == "wrong-header" {
        "bearer"
    } else {
        "Bearer"
    };
    let head = format!(
        "Host: {host}\r\nUser-Agent: penbox-fake/0.1.0\r\nAuthorization: {scheme} {token}\r\nConnection: close\r\n"
    );
    let moved = match call["operation"].as_str() {
        Some("attachments.upload") => files::upload(call, &head, host, bug)?,
        Some("attachments.download") => files::download(call, &head, host, bug)?,
        _ => return plain(call, &head, host, bug),
    };
    reply["progress"] = json!(moved.told);
    let said = json!({"message": "No such file"});
    let result = if moved.status < 300 {
        moved.result
    } else {
        said
    };
    Ok((moved.status, result))
}

/// A call that moves no file.
fn plain(call: &Value, head: &str, host: &str, bug: &str) -> Outcome<(u16, Value)> {
    let params = &call["params"];
    let (method, target, body) = match call["operation"].as_str() {
        Some("forms.create") => ("POST", "/v1/forms".to_owned(), params.to_string()),
        Some("forms.get") => (
            "GET",
            format!("/v1/forms/{}", params["id"].as_str().unwrap_or_default()),
            String::new(),
        ),
        _ => {
            let size = if bug == "wrong-query" { "10" } else { "100" };
            (
                "GET",
                format!("/v1/forms?sort=-created_at&page%5Bnumber%5D=1&page%5Bsize%5D={size}"),
                String::new(),
            )
        }
    };
    let mut head = format!(
        "{method} {target} HTTP/1.1\r\n{head}Accept: application/json\r\nAccept-Encoding: gzip\r\n"
    );
    let body = if bug == "wrong-body" {
        body.replace("slug", "key")
    } else {
        body
    };
    if !body.is_empty() {
        head.push_str(&format!(
            "Content-Type: application/json\r\nContent-Length: {}\r\n",
            body.len()
        ));
    }
    let Answered { status, body } = exchange(host, &head, &body)?;
    let mut body: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
    if call["operation"] == "forms.list" && status < 300 {
        body = body["data"].take();
    }
    Ok((status, body))
}

/// Sends a request on a connection of its own, and reads an answer whose end is given by its `Content-Length`. A body that is
/// shorter than its head says is the end of the connection.
fn exchange(host: &str, head: &str, body: &str) -> Outcome<Answered> {
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "{head}\r\n{body}")?;
    if head.contains("Content-Length")
        && !head.contains(&format!("Content-Length: {}\r", body.len()))
    {
        return Err("hung up".into());
    }
    let mut bytes = Vec::new();
    let mut some = [0; 1024];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("Content-Length: "))
                .ok_or("no length")?;
            if body.len() >= length.parse()? {
                return Ok(Answered {
                    status: head.split(' ').nth(1).ok_or("no status")?.parse()?,
                    body: body.to_owned(),
                });
            }
        }
        match stream.read(&mut some)? {
            0 => return Err("the answer was cut short".into()),
            count => bytes.extend_from_slice(&some[..count]),
        }
    }
}
