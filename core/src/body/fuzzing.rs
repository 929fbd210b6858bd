//! Targets of what comes in and goes out as a body.

use serde_json::Value;

use super::{Document, Step, file_name, multipart};

/// A name is one segment that a file can have.
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

/// A file's name and a field's value stay where they belong.
pub(crate) fn multipart(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (name, value) = text.split_once('\n').unwrap_or((&text, ""));
    if let Ok(frame) = multipart::Frame::new(&[("scope", value)], name, "text/csv") {
        let boundary = frame.content_type.rsplit('=').next().unwrap_or_default();
        let head = String::from_utf8_lossy(&frame.head);
        assert_eq!(head.matches(boundary).count(), 2, "{head}");
        let line = head.lines().find(|line| line.contains("filename="));
        assert!(line.is_some_and(|line| line.ends_with('"')), "{head}");
    }
}

/// A document takes what serde_json takes, and reads it the same.
pub(crate) fn document(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let by_serde: Result<Value, _> = serde_json::from_str(&text);
    match (Document::parse(text), by_serde) {
        (Ok(document), Ok(value)) => {
            let mut steps = 0;
            for step in document.root().walk() {
                steps += usize::from(!matches!(step, Step::Null));
            }
            assert!(steps > 0 || value.is_null());
            same(document.root(), &value);
        }
        (Err(_), Err(_)) => {}
        (ours, theirs) => panic!(
            "{:?} {theirs:?}",
            ours.map(|document| document.text().to_owned())
        ),
    }
}

fn same(node: super::Node<'_>, value: &Value) {
    match value {
        Value::String(text) => assert_eq!(node.as_str(), Some(text.as_str())),
        Value::Null => assert!(node.is_null()),
        Value::Object(members) => {
            for (name, member) in members {
                let Some(found) = node.get(name) else {
                    panic!("{name} is missing");
                };
                same(found, member);
            }
        }
        _ => {}
    }
}
