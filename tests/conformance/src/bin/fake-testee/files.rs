//! An upload and a download, right or with one thing wrong.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use super::{Answered, Outcome, exchange};

/// What came of a call that moves a file.
pub(crate) struct Moved {
    pub(crate) status: u16,
    pub(crate) result: Value,
    pub(crate) told: Vec<(u64, Option<u64>)>,
}

/// Whether the call cancels by its progress callback.
fn cancels(call: &Value) -> bool {
    call["progress"] == "cancel"
}

fn told(call: &Value, size: usize, bug: &str) -> Vec<(u64, Option<u64>)> {
    let size = size as u64;
    match (call["progress"].as_str(), bug) {
        (None, _) | (Some(_), "progress-none") => vec![],
        (Some("cancel"), "cancel-again") => vec![(1, Some(size)), (2, Some(size))],
        (Some("cancel"), _) => vec![(1, Some(size))],
        (_, "progress-back") => vec![(2, Some(size)), (1, Some(size)), (size, Some(size))],
        (_, "progress-short") => vec![(size - 1, Some(size))],
        (_, "progress-total") => vec![(size, Some(size + 1))],
        (_, "progress-total-changes") => vec![(1, None), (size, Some(size))],
        _ => vec![(1, Some(size)), (size, Some(size))],
    }
}

pub(crate) fn upload(call: &Value, head: &str, host: &str, bug: &str) -> Outcome<Moved> {
    let path = call["file"]["path"].as_str().ok_or("no path")?;
    let content = fs::read_to_string(path)?;
    let name = call["params"]["name"].as_str().unwrap_or_default();
    let escaped = match bug {
        "name-raw" => name.to_owned(),
        _ => name.replace('"', "%22"),
    };
    let boundary = if bug == "bad-boundary" { "a b" } else { "fake" };
    let field = if bug == "wrong-field" {
        "files"
    } else {
        "file"
    };
    let kind = match bug {
        "wrong-type" => "text/plain",
        _ => "application/pdf",
    };
    let sent = if bug == "wrong-bytes" {
        &content[1..]
    } else {
        &content
    };
    let scope = match bug {
        "lost-part" => String::new(),
        _ => format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"scope\"\r\n\r\npublic\r\n"
        ),
    };
    let body = format!(
        "{scope}--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{escaped}\"\r\n\
         Content-Type: {kind}\r\n\r\n{sent}\r\n--{boundary}--\r\n"
    );
    let (framing, body) = match bug {
        "no-length" => (
            "Transfer-Encoding: chunked".to_owned(),
            format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()),
        ),
        _ => (format!("Content-Length: {}", body.len()), body),
    };
    let head = format!(
        "POST /v1/attachments HTTP/1.1\r\n{head}Accept: application/json\r\nAccept-Encoding: gzip\r\n\
         Content-Type: multipart/form-data; boundary={boundary}\r\n{framing}\r\n"
    );
    if cancels(call) {
        // Hangs up in the middle, like a client that is told to stop.
        exchange(host, &head, &body[..1]).err();
    }
    let answered = match cancels(call) {
        true => Answered::default(),
        false => exchange(host, &head, &body)?,
    };
    Ok(Moved {
        status: answered.status,
        result: serde_json::from_str(&answered.body).unwrap_or(Value::Null),
        told: told(call, content.len(), bug),
    })
}

pub(crate) fn download(call: &Value, head: &str, host: &str, bug: &str) -> Outcome<Moved> {
    let folder = Path::new(call["to"]["path"].as_str().ok_or("no path")?);
    let coding = if bug == "wrong-coding" {
        "gzip"
    } else {
        "identity"
    };
    let accept = match bug {
        "wrong-accept" => "application/json",
        _ => "application/octet-stream",
    };
    let head = format!(
        "GET /v1/attachments/{} HTTP/1.1\r\n{head}Accept: {accept}\r\nAccept-Encoding: {coding}\r\n",
        call["params"]["id"].as_str().unwrap_or_default()
    );
    let answered = exchange(host, &head, "")?;
    let body = answered.body.as_str();
    if bug == "temporary-left" {
        fs::write(folder.join(".temporary"), "")?;
    }
    let told = match answered.status {
        200 => told(call, body.len(), bug),
        _ => vec![],
    };
    if answered.status == 200 && !cancels(call) {
        let kept = if bug == "file-short" {
            &body[1..]
        } else {
            body
        };
        let name = if bug == "name-climbs" { "../../x" } else { "x" };
        fs::write(folder.join(name), kept)?;
        if bug == "wrong-mode" {
            fs::set_permissions(folder.join(name), Permissions::from_mode(0o600))?;
        }
        if bug == "writes-over" {
            fs::write(folder.join("old"), body)?;
        }
    }
    let digest = match bug {
        "wrong-digest" => "00",
        _ => "6ca13d52ca70c883e0f0bb101e425a89e8624de51db2d2392593af6a84118090",
    };
    let size = if bug == "wrong-size" { 5 } else { body.len() };
    let kept = if bug == "wrong-path" { "../x" } else { "x" };
    let result = json!({"path": folder.join(kept), "name": "x", "content_type": null, "size": size, "sha256": digest});
    Ok(Moved {
        status: answered.status,
        result,
        told,
    })
}
