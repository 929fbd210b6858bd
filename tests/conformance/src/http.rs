//! Just enough of HTTP/1.1 to hear a request whole and to answer it.

use std::io::{self, BufRead, Read, Write};

use crate::script::Answer;
use crate::vars::Vars;

const MAX_HEAD: u64 = 64 * 1024;
const MAX_BODY: u64 = 16 * 1024 * 1024;

/// A request as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The target: path and query, still encoded.
    pub target: String,
    /// The headers, in order, doubles kept; the names as they were written.
    pub headers: Vec<(String, String)>,
    /// The body, without its framing.
    pub body: Vec<u8>,
}

impl Request {
    /// Every value of a header; the name's case does not matter.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = move |(known, value): &'a (String, String)| {
            known.eq_ignore_ascii_case(name).then_some(value.as_str())
        };
        self.headers.iter().filter_map(named)
    }

    /// Reads the next request of a connection; `None` at its end.
    ///
    /// # Errors
    /// What was read is not a whole HTTP/1.1 request.
    pub fn read(from: &mut impl BufRead, to: &mut impl Write) -> Result<Option<Self>, String> {
        if from.fill_buf().map_or(true, <[u8]>::is_empty) {
            return Ok(None);
        }
        let mut head = from.by_ref().take(MAX_HEAD);
        let first = line(&mut head)?;
        let mut request = Self::default();
        match first.split(' ').collect::<Vec<_>>()[..] {
            [method, target, "HTTP/1.1"] => {
                request.method = method.to_owned();
                request.target = target.to_owned();
            }
            _ => return Err(format!("not a request line: {first:?}")),
        }
        loop {
            let text = line(&mut head)?;
            if text.is_empty() {
                break;
            }
            let parts = text
                .split_once(':')
                .filter(|(name, _)| !name.is_empty() && !name.contains([' ', '\t']));
            let (name, value) = parts.ok_or_else(|| format!("not a header: {text:?}"))?;
            request
                .headers
                .push((name.to_owned(), value.trim_matches([' ', '\t']).to_owned()));
        }
        if request
            .all("expect")
            .any(|value| value.eq_ignore_ascii_case("100-continue"))
        {
            to.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")
                .map_err(lost)?;
        }
        request.body = body(&request, from)?;
        Ok(Some(request))
    }
}

fn body(request: &Request, from: &mut impl BufRead) -> Result<Vec<u8>, String> {
    let lengths: Vec<&str> = request.all("content-length").collect();
    let codings: Vec<&str> = request.all("transfer-encoding").collect();
    match (&lengths[..], &codings[..]) {
        ([], []) => Ok(Vec::new()),
        ([length], []) => exactly(
            from,
            length
                .parse()
                .map_err(|_| format!("Content-Length: {length}"))?,
        ),
        ([], [coding]) if coding.eq_ignore_ascii_case("chunked") => {
            let mut body = Vec::new();
            loop {
                let size = line(&mut from.by_ref().take(MAX_HEAD))?;
                let digits = size.split(';').next().unwrap_or_default().trim();
                let size =
                    u64::from_str_radix(digits, 16).map_err(|_| format!("chunk size {size:?}"))?;
                body.extend(exactly(from, size)?);
                if body.len() as u64 > MAX_BODY {
                    return Err("the body is too large".to_owned());
                }
                let end = line(&mut from.by_ref().take(MAX_HEAD))?;
                if !end.is_empty() {
                    return Err(format!("after a chunk: {end:?}"));
                }
                if size == 0 {
                    return Ok(body);
                }
            }
        }
        _ => Err(format!(
            "contradictory framing: Content-Length {lengths:?}, Transfer-Encoding {codings:?}"
        )),
    }
}

fn exactly(from: &mut impl BufRead, length: u64) -> Result<Vec<u8>, String> {
    if length > MAX_BODY {
        return Err("the body is too large".to_owned());
    }
    let mut bytes = Vec::new();
    from.by_ref()
        .take(length)
        .read_to_end(&mut bytes)
        .map_err(lost)?;
    if bytes.len() as u64 == length {
        Ok(bytes)
    } else {
        Err(format!(
            "the body ends after {} of {length} bytes",
            bytes.len()
        ))
    }
}

fn line(from: &mut impl BufRead) -> Result<String, String> {
    let mut bytes = Vec::new();
    from.read_until(b'\n', &mut bytes).map_err(lost)?;
    let text = bytes
        .strip_suffix(b"\r\n")
        .ok_or("a line without CR LF, or a head cut short or too long")?;
    String::from_utf8(text.to_vec()).map_err(|_| "a head that is not UTF-8".to_owned())
}

fn lost(error: io::Error) -> String {
    format!("the connection broke: {error}")
}

/// The bytes of an answer.
///
/// # Errors
/// Names a variable that does not exist.
pub fn render(answer: &Answer, vars: &Vars) -> Result<Vec<u8>, String> {
    let body = answer.body();
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
    let named = |wanted: &str| {
        answer
            .headers
            .keys()
            .any(|name| name.eq_ignore_ascii_case(wanted))
    };
    if answer.json.is_some() && !named("content-type") {
        head.push_str("Content-Type: application/json; charset=utf-8\r\n");
    }
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {}\r\n", vars.fill(value)?));
    }
    if !matches!(answer.status, 204 | 304) {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&body[..answer.cut_at.unwrap_or(body.len())]);
    Ok(bytes)
}

/// The reason phrase of a status.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Payload Too Large",
        418 => "I'm a teapot",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unnamed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Request>, String> {
        Request::read(&mut text.as_bytes(), &mut Vec::new())
    }

    #[test]
    fn a_request_is_read_whole() {
        let request = read(
            "POST /v1/x?a=1 HTTP/1.1\r\nHost: h\r\nA: 1\r\na:  2 \r\nContent-Length: 2\r\n\r\nhi",
        )
        .unwrap()
        .unwrap();
        assert_eq!(
            (request.method.as_str(), request.target.as_str()),
            ("POST", "/v1/x?a=1")
        );
        assert_eq!(request.all("A").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(request.body, b"hi");
    }

    #[test]
    fn a_chunked_body_is_read() {
        let request = read(
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1;x\r\n!\r\n0\r\n\r\n",
        )
        .unwrap()
        .unwrap();
        assert_eq!(request.body, b"hi!");
    }

    #[test]
    fn a_continue_is_granted() {
        let mut told = Vec::new();
        let text = "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx";
        Request::read(&mut text.as_bytes(), &mut told).unwrap();
        assert_eq!(told, b"HTTP/1.1 100 Continue\r\n\r\n");
    }

    #[test]
    fn the_end_is_no_request_and_rubbish_is_an_error() {
        assert_eq!(read("").unwrap(), None);
        for text in [
            "\x16\x03\x01",
            "GET / HTTP/1.0\r\n\r\n",
            "GET / HTTP/1.1\n\n",
            "GET / HTTP/1.1\r\nHost h\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhi",
            "POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
            "POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nhi",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }
}
