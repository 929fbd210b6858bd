//! What a server in good health answers.

use penbox_conformance::http::Request;
use serde_json::{Value, json};

/// The content of every file that nothing is said of.
pub const FILE: &str = "%PDF-1.7\nhello";

/// The status and the body of the right answer to a call of JSON: it names what was asked for.
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
    let (status, headers, body) = match is_of_file(request) {
        true => {
            let named = "application/pdf\r\nContent-Disposition: attachment; filename=\"mine.pdf\"";
            (200, named, FILE.to_owned())
        }
        false => {
            let (status, json) = answer(request);
            (status, "application/json", json.to_string())
        }
    };
    format!(
        "HTTP/1.1 {status} Well\r\nContent-Type: {headers}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Whether a file is asked for: it must come as it is.
fn is_of_file(request: &Request) -> bool {
    let codings: Vec<&str> = request.all("accept-encoding").collect();
    request.method == "GET" && codings == ["identity"]
}
