//! Fuzz targets of bodies: file names, multipart and JSON.

use serde::de::IgnoredAny;
use serde_json::Value;

use crate::files::{file_name, multipart};
use crate::json::{Document, JsonEvent};

/// A file name is one path segment that a file can have.
pub(crate) fn file_name(data: &[u8]) {
    let header = String::from_utf8_lossy(data);
    for name in [file_name::of_disposition(&header), file_name::safe(&header)]
        .into_iter()
        .flatten()
    {
        assert!(!name.is_empty() && name != "." && name != "..", "{name:?}");
        assert!(!name.contains(['/', '\\', '\0']), "{name:?}");
        assert!(!name.chars().any(char::is_control), "{name:?}");
        assert!(name.len() <= 255, "{}", name.len());
    }
}

/// A file's name and a field's value stay within their parts: a reader of the parts finds both unchanged.
pub(crate) fn multipart(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (name, value) = text.split_once('\n').unwrap_or((&text, ""));
    let Ok(frame) = multipart::Frame::new(&[("scope", value)], name, "text/csv") else {
        return;
    };
    let boundary = frame.content_type.rsplit('=').next().unwrap_or_default();
    let body = [&frame.head, &b"a,b"[..], &frame.tail].concat();
    let body = String::from_utf8_lossy(&body);
    let (field, file) = parts(&body, boundary);
    let (head, content) = field;
    assert_eq!(head, "Content-Disposition: form-data; name=\"scope\"");
    assert_eq!(content, value);
    let (head, content) = file;
    let quoted = head
        .strip_prefix("Content-Disposition: form-data; name=\"file\"; filename=\"")
        .and_then(|rest| rest.strip_suffix("\"\r\nContent-Type: text/csv"));
    let Some(quoted) = quoted else {
        panic!("{head}")
    };
    assert!(!quoted.contains(['"', '\r', '\n']), "{quoted}");
    assert_eq!(unescaped(quoted), unescaped(name));
    assert_eq!(content, "a,b");
}

/// The heads and contents of a body's two parts.
fn parts<'b>(body: &'b str, boundary: &str) -> ((&'b str, &'b str), (&'b str, &'b str)) {
    let delimiter = format!("\r\n--{boundary}");
    let segments: Vec<&str> = body
        .strip_prefix(&delimiter[2..])
        .map(|rest| rest.split(&delimiter).collect())
        .unwrap_or_default();
    let [field, file, "--\r\n"] = segments[..] else {
        panic!("not two parts: {body}")
    };
    let part = |segment: &'b str| segment.strip_prefix("\r\n")?.split_once("\r\n\r\n");
    match (part(field), part(file)) {
        (Some(field), Some(file)) => (field, file),
        _ => panic!("a part without a head: {body}"),
    }
}

/// A name without the escapes of a multipart header.
fn unescaped(name: &str) -> String {
    name.replace("%22", "\"")
        .replace("%0D", "\r")
        .replace("%0A", "\n")
}

/// A document accepts the JSON that serde_json accepts, and reads it the same. It also accepts lone surrogates and numbers that no
/// double can hold, which serde_json accepts where it ignores the value.
pub(crate) fn document(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let by_serde: Result<Value, _> = serde_json::from_str(&text);
    match (Document::parse(text.clone()), by_serde) {
        (Ok(document), Ok(value)) => {
            let mut events = 0;
            for event in document.root().events() {
                events += usize::from(!matches!(event, JsonEvent::Null));
            }
            assert!(events > 0 || value.is_null());
            same(document.root(), &value);
        }
        (Ok(_), Err(_)) => assert!(is_ignored(&text), "{text}"),
        (Err(_), Err(error)) => assert!(!is_ignored(&text) || is_deep(&text), "{error}: {text}"),
        (ours, theirs) => panic!(
            "{:?} {theirs:?}",
            ours.map(|document| document.text().to_owned())
        ),
    }
}

/// Reports whether a text is JSON, if its strings and numbers are not read.
fn is_ignored(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Reports whether a text may nest deeper than a document accepts.
fn is_deep(text: &str) -> bool {
    text.matches(['[', '{']).count() > 127
}

/// Asserts that a node reads as the tree of serde_json.
fn same(node: crate::json::Node<'_>, value: &Value) {
    match value {
        Value::String(text) => assert_eq!(node.as_str(), Some(text.as_str())),
        Value::Null => assert!(node.is_null()),
        Value::Bool(value) => assert_eq!(node.as_bool(), Some(*value)),
        Value::Number(number) => {
            assert_eq!(
                (node.as_u64(), node.as_i64()),
                (number.as_u64(), number.as_i64())
            );
            assert_eq!(node.as_f64(), number.as_f64());
        }
        Value::Array(items) => {
            assert_eq!(node.len(), items.len());
            for (node, item) in node.items().zip(items) {
                same(node, item);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let Some(found) = node.get(name) else {
                    panic!("{name} is missing");
                };
                same(found, member);
            }
        }
    }
}
