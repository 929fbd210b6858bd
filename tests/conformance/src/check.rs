//! Compares what happened with what a case expects.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::case::Case;
use crate::convention;
use crate::folder::Folder;
use crate::http::Request;
use crate::json::{differences, shorten, show, without_infinities};
use crate::leak::LeakScan;
use crate::moved::{self, Told};
use crate::multipart;
use crate::script::{ExpectedRequest, present};
use crate::server::{BROKEN, Record};
use crate::spec::Spec;
use crate::transfer::SourceWay;
use crate::vars::Vars;
use crate::verdict;

/// The line that a testee answered with, read.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// The call succeeded.
    Result(Value),
    /// The call failed.
    Error(Map<String, Value>),
}

impl Reply {
    /// Reads an answer line: what came of the call, and the progress that was told.
    ///
    /// # Errors
    /// Says what is wrong with a line that is not an answer to call `id`.
    pub fn parse(line: &str, id: u64) -> Result<(Self, Told), String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Line {
            id: u64,
            #[serde(default)]
            error: Option<Map<String, Value>>,
            #[serde(default, deserialize_with = "present")]
            result: Option<Value>,
            #[serde(default)]
            progress: Told,
        }
        let read: Line = serde_json::from_str(&without_infinities(line)).map_err(|error| {
            format!("the testee's line is no answer: {error}: {}", shorten(line))
        })?;
        match (read.result, read.error) {
            _ if read.id != id => Err(format!(
                "the testee answered call {} instead of {id}",
                read.id
            )),
            (Some(result), None) => Ok((Self::Result(result), read.progress)),
            (None, Some(error)) => Ok((Self::Error(error), read.progress)),
            _ => Err("the testee's line holds neither or both of `result` and `error`".to_owned()),
        }
    }
}

/// Judges the reply to a call, of which these requests were heard.
#[must_use]
pub fn reply(
    case: &Case,
    reply: &Reply,
    heard: &[Request],
    spec: Option<&Spec>,
    folder: &Folder,
) -> Vec<String> {
    match (reply, &case.expect.result, &case.expect.error) {
        (Reply::Result(got), Some(expected), _) if case.to.is_some() => {
            moved::result(case, expected, got, folder)
        }
        (Reply::Result(got), Some(expected), _) => {
            let mut wrong = differences(expected, got);
            wrong
                .iter_mut()
                .for_each(|line| line.insert_str(0, "result "));
            wrong
        }
        (Reply::Error(got), _, Some(expected)) => verdict::judge(expected, got, heard, spec),
        (Reply::Error(got), ..) => vec![format!(
            "expected a result, got an error: {}",
            shorten(&Value::Object(got.clone()).to_string())
        )],
        (Reply::Result(got), ..) => vec![format!(
            "expected an error, got the result {}",
            show(Some(got))
        )],
    }
}

/// Judges what crossed the wire.
#[must_use]
pub fn wire(
    case: &Case,
    record: &Record,
    vars: &Vars,
    token: Option<&str>,
    scan: &LeakScan,
) -> Vec<String> {
    let mut wrong = record.faults.clone();
    wrong.retain(|fault| !(case.hangs_up() && fault.starts_with(BROKEN)));
    let expected = &case.expect.requests;
    if expected.len() != record.requests.len() {
        wrong.push(format!(
            "expected {} requests, got {}",
            expected.len(),
            record.requests.len()
        ));
    }
    let connected = record.connections > 0 && !case.hangs_up();
    if expected.is_empty() && connected && record.requests.is_empty() {
        wrong.push("expected no connection, got one".to_owned());
    }
    for (index, (expected, got)) in expected.iter().zip(&record.requests).enumerate() {
        let mut lines = request(expected, got, vars);
        let mut named: Vec<&str> = expected.headers.keys().map(String::as_str).collect();
        if let (Some(parts), Some(file)) = (&expected.multipart, &case.file) {
            let bytes = file.content.as_ref().map_or(&[][..], |content| &content.0);
            lines.extend(multipart::differences(got, parts, bytes));
            named.push("content-type");
            if file.way != SourceWay::Reader {
                let length = got.body.len().to_string();
                lines.extend(convention::header(got, "content-length", Some(&length)));
            }
        }
        if case.to.is_some() && !named.contains(&"accept-encoding") {
            lines.extend(convention::header(got, "accept-encoding", Some("identity")));
            named.push("accept-encoding");
        }
        lines.extend(convention::violations(got, &named, vars.port, token, scan));
        wrong.extend(
            lines
                .iter()
                .map(|line| format!("request {}: {line}", index + 1)),
        );
    }
    wrong
}

fn request(expected: &ExpectedRequest, got: &Request, vars: &Vars) -> Vec<String> {
    let mut wrong = Vec::new();
    let (path, query) = got.target.split_once('?').unwrap_or((&got.target, ""));
    for (what, expected, got) in [
        ("method", &expected.method, got.method.as_str()),
        ("path", &expected.path, path),
    ] {
        if expected != got {
            wrong.push(format!("{what}: expected {expected}, got {}", shorten(got)));
        }
    }
    match parse_query(query) {
        Ok(query) if query == expected.query => {}
        Ok(query) => wrong.push(format!(
            "query: expected {:?}, got {:?}",
            expected.query, query
        )),
        Err(problem) => wrong.push(format!("query: {problem} in {}", shorten(query))),
    }
    for (name, value) in &expected.headers {
        match value.as_deref().map(|value| vars.fill(value)).transpose() {
            Ok(value) => wrong.extend(convention::header(got, name, value.as_deref())),
            Err(problem) => wrong.push(problem),
        }
    }
    match (&expected.json, &got.body[..]) {
        (None, []) => {}
        (None, _) if expected.multipart.is_some() => {}
        (None, body) => wrong.push(format!(
            "body: expected none, got {}",
            shorten(&String::from_utf8_lossy(body))
        )),
        (Some(expected), body) => match serde_json::from_slice(body) {
            Ok(body) => wrong.extend(
                differences(expected, &body)
                    .iter()
                    .map(|line| format!("body {line}")),
            ),
            Err(error) => wrong.push(format!(
                "body: not JSON ({error}): {}",
                shorten(&String::from_utf8_lossy(body))
            )),
        },
    }
    wrong
}

/// A query as pairs, decoded as a server does it: a raw `+` is a space.
///
/// # Errors
/// A `%` without two digits, bytes that are not UTF-8, a parameter without `=`.
pub fn parse_query(query: &str) -> Result<Vec<(String, String)>, String> {
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let mut pairs = Vec::new();
    for part in query.split('&') {
        let (name, value) = part
            .split_once('=')
            .ok_or_else(|| format!("{part:?} has no `=`"))?;
        pairs.push((decode(name)?, decode(value)?));
    }
    Ok(pairs)
}

fn decode(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
                let (high, low) = (digit(), digit());
                let (Some(high), Some(low)) = (high, low) else {
                    return Err("a `%` without two digits".to_owned());
                };
                (high * 16 + low) as u8
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| "a value that is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(query: &str) -> Result<Vec<(String, String)>, String> {
        parse_query(query)
    }

    #[test]
    fn a_query_is_decoded_in_order() {
        let expected = [("user[email]", "a+b@c"), ("x", "ü & ="), ("x", "")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            pairs("user%5Bemail%5D=a%2Bb%40c&x=%C3%BC+%26%20=&x=").unwrap(),
            expected
        );
        for wrong in ["x=%4", "x=%zz", "x=%ff", "x", "a=1&&b=2"] {
            assert!(pairs(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_line_that_is_no_answer_is_refused() {
        assert_eq!(
            Reply::parse(r#"{"id": 7, "result": null}"#, 7),
            Ok((Reply::Result(Value::Null), Told::new()))
        );
        let line = r#"{"id": 7, "result": 1, "progress": [[1, 2], [2, null]]}"#;
        let (_, told) = Reply::parse(line, 7).unwrap();
        assert_eq!(told, [(1, Some(2)), (2, None)]);
        for line in [
            "hello",
            r#"{"id": 7}"#,
            r#"{"id": 7, "result": 1, "error": {}}"#,
            r#"{"id": 6, "result": 1}"#,
            r#"{"id": 7, "result": 1, "log": ""}"#,
        ] {
            assert!(Reply::parse(line, 7).is_err(), "{line}");
        }
    }
}
