//! `POST /attachments`.

use std::io::{Read, Write};
use std::net::TcpStream;

use penbox_sandbox::{SandboxOptions, SettingsPatch, seed};
use serde_json::{Value, json};

use crate::support::{Bench, FORBIDDEN, INVALID_TOKEN, bench};

const FILE: &[u8] =
    b"Content-Disposition: form-data; name=\"file\"; filename=\"document.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4\n";

fn text(name: &str, value: &str) -> Vec<u8> {
    format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}").into_bytes()
}

#[test]
fn json_and_base64() {
    let bench = bench();
    let answer = bench.post(
        "/attachments",
        &json!({"name": "document.pdf", "data": "JVBERi0xLjQK", "type": "application/pdf", "scope": "public"}),
    );
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let origin = bench.sandbox.origin();
    answer.is(
        201,
        &format!(
            concat!(
                r#"{{"id":"{id}","name":"document.pdf","type":"application/pdf","scope":"public","#,
                r#""uri":"{origin}/v1/attachments/{id}","metadata":{{"size":9,"width":null,"height":null}}}}"#
            ),
            id = id,
            origin = origin
        ),
    );
    let least = bench
        .post("/attachments", &json!({"name": "photo.jpg", "data": ""}))
        .good(201);
    assert_eq!(
        (&least["type"], &least["scope"]),
        (&json!("image/jpeg"), &json!("restricted"))
    );
    assert_eq!(least["metadata"]["size"], 0);
    let png = "iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAYAAAA10dzk";
    let photo = bench
        .post("/attachments", &json!({"name": "x", "data": png}))
        .good(201);
    assert_eq!(photo["type"], "image/png");
    assert_eq!(
        (&photo["metadata"]["width"], &photo["metadata"]["height"]),
        (&json!(640), &json!(480))
    );
}

#[test]
fn json_that_cannot_be() {
    let bench = bench();
    for (body, message) in [
        (json!({"data": ""}), "name is required"),
        (json!({"name": "", "data": ""}), "name is required"),
        (json!({"name": 1, "data": ""}), "name must be a string"),
        (json!({"name": "a"}), "data is required"),
        (json!({"name": "a", "data": null}), "data must be a string"),
        (json!({"name": "a", "data": "a"}), "data must be base64"),
        (
            json!({"name": "a", "data": "data:,x"}),
            "data must be base64",
        ),
        (
            json!({"name": "a", "data": "", "type": "pdf"}),
            "type must be a MIME type",
        ),
        (
            json!({"name": "a", "data": "", "scope": "all"}),
            "scope must be public or restricted",
        ),
        (json!([]), "Body must be a JSON object"),
    ] {
        bench.post("/attachments", &body).is_bad(message);
    }
    bench
        .call("POST", "/attachments", b"%PDF")
        .is_bad("Malformed JSON");
}

#[test]
fn a_form_with_a_file() {
    let bench = bench();
    let made = bench.upload("/attachments", &[FILE]).good(201);
    assert_eq!(
        (
            &made["name"],
            &made["type"],
            &made["scope"],
            &made["metadata"]["size"]
        ),
        (
            &json!("document.pdf"),
            &json!("application/pdf"),
            &json!("restricted"),
            &json!(9)
        )
    );
    // Text parts before and after it, and an unknown one, win over what the part itself says.
    let parts = [
        &text("scope", "public")[..],
        FILE,
        &text("name", "other.bin"),
        &text("type", "text/plain"),
        &text("color", "red"),
    ];
    let made = bench.upload("/attachments", &parts).good(201);
    assert_eq!(
        (&made["name"], &made["type"], &made["scope"]),
        (&json!("other.bin"), &json!("text/plain"), &json!("public"))
    );
    let made = bench
        .upload(
            "/attachments?scope=public&name=q.csv&type=text%2Fcsv",
            &[FILE],
        )
        .good(201);
    assert_eq!(
        (&made["name"], &made["type"], &made["scope"]),
        (&json!("q.csv"), &json!("text/csv"), &json!("public"))
    );
    let path = format!("/attachments/{}", made["id"].as_str().unwrap());
    assert_eq!(
        bench.get_as(&path, "application/octet-stream").bytes,
        b"%PDF-1.4\n"
    );
}

#[test]
fn forms_that_cannot_be() {
    let bench = bench();
    bench.upload("/attachments", &[]).is_bad("file is required");
    bench
        .upload("/attachments", &[&text("name", "a")])
        .is_bad("file is required");
    bench
        .upload("/attachments", &[FILE, FILE])
        .is_bad("file: one file per call");
    bench
        .upload("/attachments", &[&text("file", "nameless")])
        .is_bad("name is required");
    bench
        .upload("/attachments", &[FILE, &text("scope", "all")])
        .is_bad("scope must be public or restricted");
    bench
        .upload("/attachments", &[&text("name", &"a".repeat(70_000)), FILE])
        .is_bad("name is too long");
    let bearer = format!("Bearer {}", bench.token);
    for (media, body) in [
        ("multipart/form-data", &b""[..]),
        ("multipart/form-data; boundary=x", b"--y\r\n"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\ncut",
        ),
    ] {
        let headers = [("authorization", bearer.as_str()), ("content-type", media)];
        let answer = bench.send("POST", "/v1/attachments", &headers, body);
        assert_eq!(answer.status, 400, "{media}: {}", answer.text);
    }
}

#[test]
fn in_the_workspace_that_is_named() {
    let mut bench = bench();
    let body = json!({"name": "a", "data": ""});
    for key in ["company", "workspace"] {
        let to = |place: &str| bench.post(&format!("/attachments?{key}={place}"), &body);
        to(seed::ACME_ID).good(201);
        to("acme-corp").good(201);
        to(seed::GLOBEX_ID).is(403, FORBIDDEN);
        to("nowhere").refuses(404, "Not Found", "Workspace not found");
    }
    bench
        .post("/attachments?company=acme-corp&workspace=globex", &body)
        .is_bad("company and workspace name different workspaces");
    bench.open_both();
    bench
        .post("/attachments", &body)
        .is_bad("company is required: the token opens several workspaces");
    let made = bench.post("/attachments?company=globex", &body).good(201);
    bench.token = seed::ACME_TOKEN.to_owned();
    let path = format!("/attachments/{}", made["id"].as_str().unwrap());
    bench.get(&path).is(403, FORBIDDEN);
}

#[test]
fn larger_than_allowed() {
    let bench = Bench::with(SandboxOptions::default());
    bench.sandbox.settings(SettingsPatch {
        attachment_limit: Some(8),
        ..SettingsPatch::default()
    });
    let message = "File is larger than 8 bytes";
    bench
        .upload("/attachments", &[FILE])
        .refuses(413, "Payload Too Large", message);
    bench
        .post(
            "/attachments",
            &json!({"name": "a", "data": "JVBERi0xLjQK"}),
        )
        .refuses(413, "Payload Too Large", message);
    bench
        .post(
            "/attachments",
            &json!({"name": "a", "data": "JVBERi0xLjQ="}),
        )
        .good(201);
    // The answer comes although megabytes are still on their way.
    let big = [FILE, &vec![b'x'; 8 << 20]].concat();
    bench
        .upload("/attachments", &[&big])
        .refuses(413, "Payload Too Large", message);
}

#[test]
fn a_big_one_passes_whole_and_the_log_has_its_size_only() {
    let bench = bench();
    let head = b"Content-Disposition: form-data; name=\"file\"; filename=\"big.bin\"\r\n\r\n";
    let bytes: Vec<u8> = (0..20_000_003_u32).map(|n| (n % 253) as u8).collect();
    let part = [&head[..], &bytes].concat();
    let made = bench.upload("/attachments", &[&part]).good(201);
    assert_eq!(made["metadata"]["size"], 20_000_003);
    let path = format!("/attachments/{}", made["id"].as_str().unwrap());
    assert!(bench.get_as(&path, "application/octet-stream").bytes == bytes);
    let record = &bench.sandbox.requests()[0];
    assert_eq!((record.body.as_str(), record.status), ("", Some(201)));
    assert_eq!(
        record.body_bytes,
        part.len() + "--frontier\r\n\r\n--frontier--\r\n".len()
    );
    // JSON beyond the limit of other routes, too.
    let data = "QUFB".repeat(6 << 20);
    let made = bench
        .post("/attachments", &json!({"name": "a", "data": data}))
        .good(201);
    assert_eq!(made["metadata"]["size"], 18 << 20);
}

#[test]
fn a_stranger_is_told_so_after_all_was_sent() {
    let mut bench = bench();
    bench.token = "pnbx_unknown".to_owned();
    let big = [FILE, &vec![b'x'; 8 << 20]].concat();
    bench.upload("/attachments", &[&big]).is(401, INVALID_TOKEN);
    let record = &bench.sandbox.requests()[0];
    assert!(record.body_bytes > 8 << 20);
    bench.sandbox.reset();
    let answer: Value = bench
        .steer("PUT", "/rate_limit", r#"{"requests":0,"window_ms":1000}"#)
        .good(200);
    assert_eq!(answer["requests"], 0);
    bench.token = seed::ACME_TOKEN.to_owned();
    assert_eq!(bench.upload("/attachments", &[FILE]).status, 429);
}

#[test]
fn json_has_a_limit_of_its_own() {
    let bench = bench();
    let address = bench.sandbox.origin().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /v1/attachments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        bench.token,
        257 << 20
    );
    stream.write_all(head.as_bytes()).unwrap();
    let block = vec![b' '; 1 << 20];
    for _ in 0..257 {
        stream.write_all(&block).unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 413 Payload Too Large\r\n"),
        "{answer}"
    );
    assert!(answer.ends_with(r#""JSON upload is larger than 256 MiB: send multipart/form-data"}"#));
}
