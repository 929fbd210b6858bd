//! A testee without an SDK, to try the runner itself: it does three operations right, and one thing wrong when its
//! argument says so.

use std::error::Error;
use std::io::{self, BufRead, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let bug = std::env::args().nth(1).unwrap_or_default();
    if std::env::vars().any(|(name, _)| name.starts_with("PENBOX_")) {
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
    let token = call["settings"]["token"].as_str().unwrap_or_default();
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
    let (status, body) = request(call, token, bug)?;
    if bug == "extra-request" {
        request(call, token, bug)?;
    }
    if status < 300 {
        reply["result"] = if call["operation"] == "forms.list" {
            body["data"].clone()
        } else {
            body
        };
        if bug == "wrong-result" {
            reply["result"] = json!({"id": "another"});
        }
    } else {
        let kind = if bug == "wrong-kind" {
            "status"
        } else {
            "not_found"
        };
        let class = if bug == "wrong-class" {
            "PenboxError"
        } else {
            "NotFoundError"
        };
        reply["error"] = json!({"kind": kind, "class": class, "message": body["message"], "http_status": status, "outcome": "rejected", "retryable": false});
    }
    if bug == "leak-answer" {
        reply["error"] =
            json!({"kind": "not_found", "message": format!("refused: {}", &token[10..30])});
    }
    Ok(reply.to_string())
}

/// Sends the request of a call on a connection of its own.
fn request(call: &Value, token: &str, bug: &str) -> Outcome<(u16, Value)> {
    let base = call["settings"]["base_url"].as_str().unwrap_or_default();
    let host = base
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_suffix("/v1"))
        .ok_or("base_url")?;
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
    let scheme = if bug == "wrong-header" {
        "bearer"
    } else {
        "Bearer"
    };
    let mut head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nAccept-Encoding: gzip\r\n\
         User-Agent: penbox-fake/0.1.0\r\nAuthorization: {scheme} {token}\r\nConnection: close\r\n"
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
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "{head}\r\n{body}")?;
    read_answer(&mut stream)
}

/// Reads an answer whose end is given by its `Content-Length`.
fn read_answer(stream: &mut TcpStream) -> Outcome<(u16, Value)> {
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
                let status = head.split(' ').nth(1).ok_or("no status")?.parse()?;
                return Ok((status, serde_json::from_str(body).unwrap_or(Value::Null)));
            }
        }
        match stream.read(&mut some)? {
            0 => return Err("the answer was cut short".into()),
            count => bytes.extend_from_slice(&some[..count]),
        }
    }
}
