//! Reads a multipart body as a strict server does, and compares it with what a case expects.

use crate::http::Request;
use crate::json::shorten;
use crate::transfer::ExpectedPart;

/// One part of a body.
#[derive(Debug, PartialEq, Eq)]
struct Part<'a> {
    name: String,
    filename: Option<String>,
    content_type: Option<String>,
    bytes: &'a [u8],
}

/// Lists what is wrong with a request that must hold these parts, `file` being the bytes of the case's file.
#[must_use]
pub fn differences(request: &Request, expected: &[ExpectedPart], file: &[u8]) -> Vec<String> {
    let parts = match boundary(request).and_then(|boundary| parse(&request.body, boundary)) {
        Ok(parts) => parts,
        Err(problem) => return vec![format!("multipart: {problem}")],
    };
    let mut wrong = Vec::new();
    if parts.len() != expected.len() {
        wrong.push(format!(
            "multipart: expected {} parts, got {}",
            expected.len(),
            parts.len()
        ));
    }
    for (index, (part, expected)) in parts.iter().zip(expected).enumerate() {
        let mut differs = |what: &str, expected: String, got: String| {
            if expected != got {
                wrong.push(format!(
                    "part {}: {what}: expected {expected}, got {got}",
                    index + 1
                ));
            }
        };
        differs("name", show(Some(&expected.name)), show(Some(&part.name)));
        differs(
            "filename",
            show(expected.filename.as_deref()),
            show(part.filename.as_deref()),
        );
        differs(
            "content type",
            show(expected.content_type.as_deref()),
            show(part.content_type.as_deref()),
        );
        let bytes = expected.content.as_ref().map_or(file, |content| &content.0);
        if part.bytes != bytes {
            differs(
                "bytes",
                summary(bytes),
                summary(part.bytes) + " (other ones)",
            );
        }
    }
    wrong
}

fn show(text: Option<&str>) -> String {
    text.map_or_else(|| "none".to_owned(), |text| format!("{text:?}"))
}

/// Bytes in a message.
#[must_use]
pub fn summary(bytes: &[u8]) -> String {
    let beginning = &bytes[..bytes.len().min(100)];
    let text = shorten(&String::from_utf8_lossy(beginning));
    format!("{} bytes: {text:?}", bytes.len())
}

/// The boundary that the only `Content-Type` names.
fn boundary(request: &Request) -> Result<&str, String> {
    let types: Vec<&str> = request.all("content-type").collect();
    let boundary = match types[..] {
        [only] => only.strip_prefix("multipart/form-data; boundary="),
        _ => None,
    };
    let boundary = boundary.ok_or_else(|| format!("the content type is {types:?}"))?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
    match (1..=70).contains(&boundary.len()) && boundary.bytes().all(fits) {
        true => Ok(boundary),
        false => Err(format!("the boundary is not well-formed: {boundary:?}")),
    }
}

fn parse<'a>(body: &'a [u8], boundary: &str) -> Result<Vec<Part<'a>>, String> {
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = body
        .strip_prefix(&delimiter.as_bytes()[2..])
        .ok_or("the body does not begin with the boundary")?;
    let mut parts = Vec::new();
    loop {
        match rest {
            b"--" | b"--\r\n" => return Ok(parts),
            [b'\r', b'\n', inner @ ..] => {
                let end = find(inner, delimiter.as_bytes()).ok_or("a part has no end")?;
                parts.push(part(&inner[..end])?);
                rest = &inner[end + delimiter.len()..];
            }
            _ => {
                return Err("a boundary is followed by neither a line break nor the end".to_owned());
            }
        }
    }
}

fn part(text: &[u8]) -> Result<Part<'_>, String> {
    let end = find(text, b"\r\n\r\n").ok_or("a part has no end of its head")?;
    let head = std::str::from_utf8(&text[..end]).map_err(|_| "a head that is not UTF-8")?;
    let mut disposition = None;
    let mut content_type = None;
    for line in head.split("\r\n") {
        let place = match line.split_once(": ") {
            Some(("Content-Disposition", value)) => disposition.replace(value),
            Some(("Content-Type", value)) => content_type.replace(value),
            _ => return Err(format!("a part has the line {line:?} in its head")),
        };
        if place.is_some() {
            return Err(format!("a part has the line {line:?} twice"));
        }
    }
    let disposition = disposition.ok_or("a part has no Content-Disposition")?;
    let (name, filename) =
        names(disposition).ok_or_else(|| format!("a part has the disposition {disposition:?}"))?;
    Ok(Part {
        name,
        filename,
        content_type: content_type.map(str::to_owned),
        bytes: &text[end + 4..],
    })
}

/// `form-data; name="a"`, perhaps with `; filename="b"`: quoted, without a quote, a backslash or a control character within.
fn names(disposition: &str) -> Option<(String, Option<String>)> {
    let quoted = |text: &str| {
        let (value, rest) = text.strip_prefix('"')?.split_once('"')?;
        let plain = !value.contains(|c: char| c == '\\' || c.is_control());
        plain.then(|| (value.to_owned(), rest.to_owned()))
    };
    let (name, rest) = quoted(disposition.strip_prefix("form-data; name=")?)?;
    if rest.is_empty() {
        return Some((name, None));
    }
    let (filename, rest) = quoted(rest.strip_prefix("; filename=")?)?;
    rest.is_empty().then_some((name, Some(filename)))
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(content_type: &str, body: &str) -> Request {
        Request {
            headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
            body: body.as_bytes().to_vec(),
            ..Request::default()
        }
    }

    fn expected() -> Vec<ExpectedPart> {
        let text = r#"[{"name": "scope", "content": {"text": "public"}},
            {"name": "file", "filename": "a%22.pdf", "content_type": "application/pdf"}]"#;
        serde_json::from_str(text).unwrap()
    }

    const BODY: &str = "--b\r\nContent-Disposition: form-data; name=\"scope\"\r\n\r\npublic\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22.pdf\"\r\nContent-Type: application/pdf\r\n\r\n\
        %PDF\r\n\r\n--b--\r\n";
    const TYPE: &str = "multipart/form-data; boundary=b";

    #[test]
    fn a_right_body_has_no_differences() {
        let wrong = differences(&request(TYPE, BODY), &expected(), b"%PDF\r\n");
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn each_difference_is_named() {
        for (from, to, part) in [
            ("public", "private", "part 1: bytes: expected 6 bytes"),
            (
                "name=\"scope\"",
                "name=\"scop\"",
                "part 1: name: expected \"scope\", got \"scop\"",
            ),
            (
                "a%22.pdf",
                "a.pdf",
                "part 2: filename: expected \"a%22.pdf\", got \"a.pdf\"",
            ),
            (
                "application/pdf",
                "text/csv",
                "part 2: content type: expected \"application/pdf\"",
            ),
            ("a%22.pdf", "a\\\".pdf", "a part has the disposition"),
            ("%PDF", "%pdf", "part 2: bytes"),
            (
                "\r\n\r\npublic",
                "\r\nX: 1\r\n\r\npublic",
                "a part has the line \"X: 1\" in its head",
            ),
            ("--b--\r\n", "", "a part has no end"),
            ("--b--\r\n", "--b--\r\nmore", "followed by neither"),
        ] {
            let wrong = differences(
                &request(TYPE, &BODY.replacen(from, to, 1)),
                &expected(),
                b"%PDF\r\n",
            );
            assert!(
                wrong.iter().any(|line| line.contains(part)),
                "{part}: {wrong:?}"
            );
        }
        for content_type in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=a b",
        ] {
            assert_eq!(
                differences(&request(content_type, BODY), &expected(), b"").len(),
                1
            );
        }
        let wrong = differences(&request(TYPE, BODY), &expected()[..1], b"");
        assert_eq!(wrong, ["multipart: expected 1 parts, got 2"]);
    }
}
