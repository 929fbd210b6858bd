//! A second reader of HTTP answers, independent of the client's. Tests compare the two.

/// The answer that a server sent on a connection.
#[derive(Debug, PartialEq)]
pub(crate) struct HttpReference {
    /// `None` if no complete head was received.
    pub(crate) status: Option<u16>,
    pub(crate) body: Body,
}

/// The body, without its transfer coding.
#[derive(Debug, PartialEq)]
pub(crate) enum Body {
    Whole(Vec<u8>),
    /// The connection ended before the body did.
    Cut,
    /// Compressed, or with two lengths: this reader does not decide.
    Unknown,
}

impl HttpReference {
    /// Reads the first answer in the bytes of a connection that has ended.
    pub(crate) fn of(bytes: &[u8]) -> HttpReference {
        let mut rest = bytes;
        loop {
            let Some((status, headers, body)) = head(rest) else {
                return HttpReference {
                    status: None,
                    body: Body::Cut,
                };
            };
            // Informational answers come before the answer itself; a 101 is final (RFC 9110, section 15.2).
            if (100..=199).contains(&status) && status != 101 {
                rest = body;
                continue;
            }
            return HttpReference {
                status: Some(status),
                body: body_of(status, &headers, body),
            };
        }
    }
}

/// Names in lower case, and their values.
type Headers = Vec<(String, String)>;

/// The status and headers of the next head, and the bytes after it.
fn head(bytes: &[u8]) -> Option<(u16, Headers, &[u8])> {
    let blank = |byte: &&u8| matches!(byte, b'\r' | b'\n');
    let mut rest = &bytes[bytes.iter().take_while(blank).count()..];
    let first = line(&mut rest)?;
    let status = status_of(&first)?;
    let mut headers = Headers::new();
    loop {
        let line = line(&mut rest)?;
        if line.is_empty() {
            // HTTP/1.0 has no transfer codings (RFC 9112, section 6.1).
            let is_old = first.starts_with("HTTP/1.0");
            headers.retain(|(name, _)| !is_old || name != "transfer-encoding");
            return Some((status, headers, rest));
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
}

/// The next line without its end.
fn line(rest: &mut &[u8]) -> Option<String> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let line = String::from_utf8_lossy(&rest[..end]);
    *rest = &rest[end + 1..];
    Some(line.strip_suffix('\r').unwrap_or(&line).to_owned())
}

/// The status of a status line.
fn status_of(line: &str) -> Option<u16> {
    let (_, rest) = line.strip_prefix("HTTP/1.")?.split_once(' ')?;
    rest.trim_start().get(..3)?.parse().ok()
}

/// The body by the rules of RFC 9112, section 6.3, as far as they leave one reading.
fn body_of(status: u16, headers: &Headers, rest: &[u8]) -> Body {
    let named = |name: &str| -> Vec<&str> {
        let same = headers.iter().filter(|(known, _)| known == name);
        same.map(|(_, value)| value.as_str()).collect()
    };
    if matches!(status, 204 | 304) {
        return Body::Whole(Vec::new());
    }
    let coded = |values: &[&str]| values.iter().any(|value| *value != "identity");
    let (lengths, codings) = (named("content-length"), named("transfer-encoding"));
    if coded(&named("content-encoding")) || lengths.len() + codings.len() > 1 {
        return Body::Unknown;
    }
    match (lengths.first(), codings.first()) {
        (_, Some(coding)) if coding.eq_ignore_ascii_case("chunked") => {
            chunks(rest).map_or(Body::Cut, Body::Whole)
        }
        (_, Some(_)) => Body::Unknown,
        (Some(length), None) => match length.parse().map(|length: usize| rest.get(..length)) {
            Ok(Some(body)) => Body::Whole(body.to_vec()),
            Ok(None) => Body::Cut,
            Err(_) => Body::Unknown,
        },
        // Without a length the body ends with the connection (RFC 9112, section 6.3).
        (None, None) => Body::Whole(rest.to_vec()),
    }
}

/// Joins the chunks of a body. Returns nothing where the last one is missing.
fn chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = line(&mut rest)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?;
        rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        rest = rest.strip_prefix(b"\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<u16>, Body) {
        let answer = HttpReference::of(text.as_bytes());
        (answer.status, answer.body)
    }

    fn whole(text: &str) -> Body {
        Body::Whole(text.as_bytes().to_vec())
    }

    #[test]
    fn an_answer_ends_by_its_length() {
        let by_length = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1";
        assert_eq!(read(by_length), (Some(200), whole("{}")));
        let chunked =
            "HTTP/1.1 201 X\r\ntransfer-encoding: chunked\r\n\r\n1;x\r\n{\r\n1\r\n}\r\n0\r\n\r\n";
        assert_eq!(read(chunked), (Some(201), whole("{}")));
        let by_close = "HTTP/1.1 100 C\r\n\r\nHTTP/1.0 404\r\n\r\nno";
        assert_eq!(read(by_close), (Some(404), whole("no")));
        assert_eq!(read("HTTP/1.1 204 N\n\nx"), (Some(204), whole("")));
    }

    #[test]
    fn a_cut_or_unclear_answer_is_none() {
        let cut = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{}";
        assert_eq!(read(cut), (Some(200), Body::Cut));
        let cut = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{}\r\n";
        assert_eq!(read(cut), (Some(200), Body::Cut));
        let two = "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(read(two), (Some(200), Body::Unknown));
        assert_eq!(read("HTTP/1.1 200 OK\r\n"), (None, Body::Cut));
        assert_eq!(read("SSH-2.0-x\r\n\r\n"), (None, Body::Cut));
    }
}
