//! Faults that are set by the control route: early refusals, latency, drips.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use penbox_sandbox::{Cut, Fault};
use serde_json::json;

use crate::support::{Bench, bench};

/// A path that a fault of another is not to touch.
const NOBODY: &str = "/forms/00000000-0000-4000-8000-000000000000";

/// Sends the head of an upload whose body never comes, and reads the answer to its end.
fn answer_before_the_body(bench: &Bench) -> String {
    let address = bench.sandbox.origin().replace("http://", "");
    let mut stream = TcpStream::connect(&address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let token = &bench.token;
    let head = format!(
        "POST /v1/attachments HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/octet-stream\r\nContent-Length: 10000000\r\n\r\nbegin"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_refusal_comes_before_the_body_is_read() {
    let bench = bench();
    let refusal = |status, retry_after| Fault {
        status: Some(status),
        retry_after,
        count: Some(1),
        ..Fault::on("POST", "/attachments")
    };
    let faults = vec![refusal(413, None), refusal(429, Some(7))];
    bench.sandbox.set_faults(faults).unwrap();

    let first = answer_before_the_body(&bench);
    assert!(first.starts_with("HTTP/1.1 413 "), "{first}");
    assert!(first.contains("connection: close\r\n"), "{first}");
    let second = answer_before_the_body(&bench);
    assert!(second.starts_with("HTTP/1.1 429 "), "{second}");
    assert!(second.contains("retry-after: 7\r\n") && second.contains(r#""retryAfter":7"#));
    // Each was met once, and nothing was stored.
    let stored = bench.call("POST", "/attachments", b"%PDF-1.7");
    assert_eq!(stored.status, 400, "{}", stored.text);
    let log = bench.sandbox.requests();
    let statuses: Vec<_> = log.iter().map(|request| request.status).collect();
    assert_eq!(statuses, [Some(413), Some(429), Some(400)]);
    assert_eq!(log[0].body_bytes, 0);
}

#[test]
fn an_answer_is_slow_by_route_and_count() {
    let bench = bench();
    let fault = r#"{"faults":[{"method":"get","path":"/forms/{id}","count":1,"latency_ms":300},{"path":"/workspaces","drip_ms":1}]}"#;
    bench.steer("PUT", "/faults", fault).good(200);
    let timed = |path: &str| {
        let begun = Instant::now();
        let answer = bench.get(path);
        (answer, begun.elapsed())
    };
    // Another route is not touched, nor does it use the fault up.
    assert!(timed("/forms").1 < Duration::from_millis(300));
    let (answer, took) = timed(NOBODY);
    assert_eq!(answer.status, 404);
    assert!(took >= Duration::from_millis(300), "{took:?}");
    assert!(timed(NOBODY).1 < Duration::from_millis(300));
    let (answer, took) = timed("/workspaces");
    assert_eq!(answer.good(200)["data"][0]["slug"], "acme-corp");
    let length: usize = answer.header("content-length").unwrap().parse().unwrap();
    assert_eq!(length, answer.bytes.len());
    let bytes = u32::try_from(length).unwrap();
    assert!(took >= Duration::from_millis(1) * (bytes - 1), "{took:?}");
}

#[test]
fn a_new_list_and_a_reset_end_what_was_set() {
    let bench = bench();
    let refuse = |path: &str| Fault {
        status: Some(503),
        ..Fault::on("", path)
    };
    let set = |path: &str| bench.sandbox.set_faults(vec![refuse(path)]).unwrap();
    set("/forms");
    assert_eq!(bench.get("/forms").status, 503);
    assert_eq!(bench.get("/forms").status, 503);
    assert_eq!(bench.get(NOBODY).status, 404, "one segment more");
    set("/{list}");
    assert_eq!(bench.get("/workspaces").status, 503);
    bench.steer("POST", "/reset", "").good(200);
    assert_eq!(bench.get("/workspaces").status, 200);
}

#[test]
fn what_is_no_fault_is_refused() {
    let bench = bench();
    for (fault, message) in [
        (json!({"path": "forms"}), "path must begin with /"),
        (
            json!({"path": "/forms", "status": 200}),
            "status must be from 400 to 599",
        ),
        (
            json!({"path": "/forms", "retry_after": 3}),
            "retry_after needs a status",
        ),
        (
            json!({"path": "/forms", "probability": 0}),
            "probability must be above 0 and at most 1",
        ),
        (
            json!({"path": "/forms", "probability": 1.5}),
            "probability must be above 0 and at most 1",
        ),
        (
            json!({"path": "/forms", "status": 503, "cut": "after"}),
            "a fault has a status or a cut",
        ),
    ] {
        let body = json!({"faults": [fault]}).to_string();
        bench.steer("PUT", "/faults", &body).is_bad(message);
    }
    let unknown = r#"{"faults":[{"path":"/forms","satus":503}]}"#;
    assert_eq!(bench.steer("PUT", "/faults", unknown).status, 400);
    assert_eq!(bench.get("/forms").status, 200);
}

#[test]
fn a_part_of_the_requests_meets_a_fault() {
    let bench = bench();
    let fault = r#"{"faults":[{"path":"/forms","status":503,"probability":0.5,"count":20}]}"#;
    bench.steer("PUT", "/faults", fault).good(200);
    let statuses: Vec<u16> = (0..200).map(|_| bench.get("/forms").status).collect();
    let (refused, good) = statuses
        .iter()
        .partition::<Vec<u16>, _>(|status| **status == 503);
    // Only those that met it are counted, and the dice are fair: 200 throws bring 20 but once in 10^34.
    assert_eq!((refused.len(), good.len()), (20, 180));
    let last = statuses.iter().rposition(|status| *status == 503).unwrap();
    assert!(last > 20, "{last}");
}

/// Creates a form over a connection of its own, and returns all that comes back.
fn create(bench: &Bench) -> Vec<u8> {
    let address = bench.sandbox.origin().replace("http://", "");
    let mut stream = TcpStream::connect(&address).unwrap();
    let limit = Some(Duration::from_secs(10));
    stream.set_read_timeout(limit).unwrap();
    let body = r#"{"flow":{"slug":"client-onboarding"}}"#;
    let (token, length) = (&bench.token, body.len());
    let request = format!(
        "POST /v1/forms HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A reset is an end like any other.
    let _ = stream.read_to_end(&mut answer);
    answer
}

#[test]
fn a_connection_breaks_off_where_the_fault_says() {
    let forms = |bench: &Bench| bench.get("/forms").good(200)["meta"]["total_count"].clone();
    for (cut, made) in [(Cut::Before, 0), (Cut::After, 1), (Cut::Body, 1)] {
        let bench = bench();
        let fault = Fault {
            cut: Some(cut),
            count: Some(1),
            ..Fault::on("POST", "/forms")
        };
        bench.sandbox.set_faults(vec![fault]).unwrap();
        let answer = String::from_utf8(create(&bench)).unwrap();
        if cut == Cut::Body {
            assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            let length = head.split("content-length: ").nth(1).unwrap();
            let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
            assert!(!body.is_empty() && body.len() < length, "{answer}");
        } else {
            assert_eq!(answer, "", "{cut:?}");
        }
        assert_eq!(forms(&bench), made, "{cut:?}");
        let log = bench.sandbox.requests();
        let expected = (cut == Cut::Body).then_some(201);
        assert_eq!(log[0].status, expected, "{cut:?}");
        // The sandbox goes on.
        assert!(create(&bench).starts_with(b"HTTP/1.1 201 "));
    }
}
