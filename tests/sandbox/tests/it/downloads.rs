//! `GET /attachments/{id}` and synthetic files.

use std::io::Read;

use penbox_sandbox::{AttachmentSeed, seed};
use serde_json::{Value, json};

use crate::support::{Bench, FORBIDDEN, NOT_FOUND, bench};

fn file(bench: &Bench) -> String {
    let body =
        json!({"name": "résumé 1.txt", "data": "aGVsbG8=", "type": "text/plain; charset=utf-8"});
    let made = bench.post("/attachments", &body).good(201);
    format!("/attachments/{}", made["id"].as_str().unwrap())
}

#[test]
fn bytes() {
    let bench = bench();
    let path = file(&bench);
    // Anything but JSON is bytes.
    for accept in [
        "application/octet-stream",
        "application/pdf",
        "image/*",
        "text/plain, application/json;q=0.9",
    ] {
        let answer = bench.get_as(&path, accept);
        assert_eq!((answer.status, answer.text.as_str()), (200, "hello"));
        assert_eq!(answer.header("content-length"), Some("5"));
        assert_eq!(
            answer.header("content-type"),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(
            answer.header("content-disposition"),
            Some(
                "attachment; filename=\"r_sum_ 1.txt\"; filename*=UTF-8''r%C3%A9sum%C3%A9%201.txt"
            )
        );
    }
}

#[test]
fn json_with_the_data() {
    let bench = bench();
    let path = file(&bench);
    let id = path.rsplit('/').next().unwrap();
    let body = format!(
        concat!(
            r#"{{"id":"{id}","name":"résumé 1.txt","type":"text/plain; charset=utf-8","scope":"restricted","#,
            r#""uri":"{origin}/v1/attachments/{id}","metadata":{{"size":5,"width":null,"height":null}},"data":"aGVsbG8="}}"#
        ),
        id = id,
        origin = bench.sandbox.origin()
    );
    for accept in [
        "application/json",
        "*/*",
        "application/*",
        "application/json, text/plain",
    ] {
        let answer = bench.get_as(&path, accept);
        answer.is(200, &body);
        assert_eq!(
            answer.header("content-length"),
            Some(body.len().to_string().as_str())
        );
    }
    bench.get(&path).is(200, &body);
}

#[test]
fn data_up_to_fifty_megabytes() {
    let bench = bench();
    for (size, there) in [(49_999_999, true), (50_000_000, false)] {
        let wanted = AttachmentSeed {
            size,
            ..AttachmentSeed::default()
        };
        let id = bench.sandbox.seed_attachment(wanted).unwrap();
        let answer = bench.get(&format!("/attachments/{id}")).good(200);
        assert_eq!(answer["metadata"]["size"], size);
        let length = answer["data"].as_str().map(str::len);
        assert_eq!(length, there.then_some(66_666_668));
    }
}

#[test]
fn an_empty_file() {
    let bench = bench();
    let made = bench
        .post("/attachments", &json!({"name": "a.txt", "data": ""}))
        .good(201);
    let path = format!("/attachments/{}", made["id"].as_str().unwrap());
    let answer = bench.get_as(&path, "application/octet-stream");
    assert_eq!(
        (answer.status, answer.header("content-length")),
        (200, Some("0"))
    );
    assert!(answer.bytes.is_empty());
    assert_eq!(bench.get(&path).good(200)["data"], "");
}

#[test]
fn a_synthetic_file_of_any_size() {
    let bench = bench();
    let made = bench
        .steer(
            "POST",
            "/attachments",
            r#"{"size":1000003,"name":"scan.pdf"}"#,
        )
        .good(201);
    assert_eq!(
        (&made["type"], &made["metadata"]["size"]),
        (&json!("application/pdf"), &json!(1_000_003))
    );
    let path = format!("/attachments/{}", made["id"].as_str().unwrap());
    let answer = bench.get_as(&path, "application/octet-stream");
    assert_eq!(answer.bytes.len(), 1_000_003);
    assert!(
        answer
            .bytes
            .iter()
            .enumerate()
            .all(|(n, &byte)| byte as usize == n % 251)
    );
    for (body, status) in [
        (json!({}), 400),
        (json!({"size": -1}), 400),
        (json!({"size": 1, "type": "pdf"}), 400),
        (json!({"size": 1, "workspace": "nowhere"}), 404),
        (json!({"size": 1, "colour": 1}), 400),
    ] {
        assert_eq!(
            bench
                .steer("POST", "/attachments", &body.to_string())
                .status,
            status,
            "{body}"
        );
    }
}

#[test]
fn a_gibibyte_comes_through_and_takes_no_room() {
    let bench = bench();
    let wanted = AttachmentSeed {
        size: 1 << 30,
        ..AttachmentSeed::default()
    };
    let id = bench.sandbox.seed_attachment(wanted).unwrap();
    let address = bench.sandbox.origin().strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let request = format!(
        "GET /v1/attachments/{id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nAccept: application/octet-stream\r\nConnection: close\r\n\r\n",
        bench.token
    );
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut buffer = vec![0; 1 << 20];
    let (mut total, mut last) = (0_u64, 0);
    loop {
        match stream.read(&mut buffer).unwrap() {
            0 => break,
            count => {
                total += count as u64;
                last = buffer[count - 1];
            }
        }
    }
    assert!(((1 << 30)..(1 << 30) + 1000).contains(&total), "{total}");
    assert_eq!(u64::from(last), ((1_u64 << 30) - 1) % 251);
}

#[test]
fn other_ids() {
    let mut bench = bench();
    let path = file(&bench);
    bench.get("/attachments/1").is_bad("id must be a UUID");
    bench
        .get(&format!("/attachments/{}", seed::ACME_ID))
        .is(404, NOT_FOUND);
    bench.token = seed::GLOBEX_TOKEN.to_owned();
    bench
        .get_as(&path, "application/octet-stream")
        .is(403, FORBIDDEN);
    bench.sandbox.reset();
    bench.token = seed::ACME_TOKEN.to_owned();
    bench.get(&path).is(404, NOT_FOUND);
    assert_eq!(
        bench.get("/attachments").json()["message"],
        Value::from("ids is required")
    );
}
