//! What a server in good health answers.

use penbox_conformance::http::Request;
use serde_json::{Value, json};

/// The status and the body of the right answer: it names what was asked for.
#[must_use]
pub fn answer(request: &Request) -> (u16, Value) {
    let path = request.target.split('?').next().unwrap_or_default();
    let id = path.rsplit('/').next().unwrap_or_default();
    match request.method.as_str() {
        "POST" => (201, json!({"id": "made", "status": "draft"})),
        _ if id == "forms" => (
            200,
            json!({
                "meta": {"total_count": 1, "total_pages": 1, "page_size": 100, "current_page": 1},
                "data": [{"id": "f1"}]
            }),
        ),
        _ => (200, json!({"id": id, "status": "draft"})),
    }
}

/// The answer's bytes.
#[must_use]
pub fn bytes(request: &Request) -> Vec<u8> {
    let (status, json) = answer(request);
    let body = json.to_string();
    format!(
        "HTTP/1.1 {status} Well\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
