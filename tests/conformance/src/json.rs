//! JSON equality as the cases mean it, and what differs.

use std::borrow::Cow;

use serde_json::{Number, Value};

/// Whether two values are the same JSON: numbers by value, members in any order.
#[must_use]
pub fn same(expected: &Value, got: &Value) -> bool {
    differences(expected, got).is_empty()
}

/// Every place where two values differ, each as `at: expected .., got ..`.
#[must_use]
pub fn differences(expected: &Value, got: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(Some(expected), Some(got), &mut String::new(), &mut found);
    found
}

fn walk(expected: Option<&Value>, got: Option<&Value>, at: &mut String, found: &mut Vec<String>) {
    match (expected, got) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                step(key, a.get(key), b.get(key), at, found);
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for index in 0..a.len().max(b.len()) {
                step(&index.to_string(), a.get(index), b.get(index), at, found);
            }
        }
        (Some(Value::Number(a)), Some(Value::Number(b))) if same_number(a, b) => {}
        (a, b) if a == b => {}
        (a, b) => found.push(format!(
            "{}expected {}, got {}",
            if at.is_empty() {
                String::new()
            } else {
                format!("{at}: ")
            },
            show(a),
            show(b)
        )),
    }
}

fn step(key: &str, a: Option<&Value>, b: Option<&Value>, at: &mut String, found: &mut Vec<String>) {
    let length = at.len();
    at.push('/');
    at.push_str(key);
    walk(a, b, at, found);
    at.truncate(length);
}

fn same_number(a: &Number, b: &Number) -> bool {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a.as_f64() == b.as_f64(),
    }
}

/// JSON text with null for each number beyond all doubles, for which a tree has no place: as `JSON.stringify` writes them.
#[must_use]
pub fn without_infinities(text: &str) -> Cow<'_, str> {
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    let (mut kept, mut done, mut at) = (String::new(), 0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = match rest.as_bytes().first() {
            Some(b'"') => string(rest),
            Some(b'-' | b'0'..=b'9') => rest.find(|c| !is_number(c)).unwrap_or(rest.len()),
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        let token = &rest[..length];
        if token.parse::<f64>().is_ok_and(f64::is_infinite) {
            kept.push_str(&text[done..at]);
            kept.push_str("null");
            done = at + length;
        }
        at += length;
    }
    match done {
        0 => text.into(),
        _ => (kept + &text[done..]).into(),
    }
}

/// How long the string is that a text begins with.
fn string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

/// The value of a whole number, however it is written: `5`, `5.0`.
fn whole(number: &Number) -> Option<i128> {
    let exact = number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from));
    exact.or_else(|| {
        let value = number.as_f64()?;
        // Beyond 2^53 a float no longer says which whole number it stands for.
        (value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0).then_some(value as i128)
    })
}

/// A value on one line, cut when long; `absent` where there is none.
#[must_use]
pub fn show(value: Option<&Value>) -> String {
    value.map_or_else(|| "absent".to_owned(), |value| shorten(&value.to_string()))
}

/// A text of at most about 400 characters.
#[must_use]
pub fn shorten(text: &str) -> String {
    match text.char_indices().nth(400) {
        Some((end, _)) => format!("{}... ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn order_and_spelling_of_numbers_do_not_matter() {
        assert!(same(&json!({"a": 1, "b": 2}), &json!({"b": 2.0, "a": 1})));
        assert!(same(&json!(0.5), &json!(0.5)));
        assert!(!same(
            &json!(9_007_199_254_740_993_u64),
            &json!(9_007_199_254_740_992_u64)
        ));
        assert!(!same(&json!(1), &json!("1")));
        assert!(!same(&json!(1), &json!(true)));
    }

    #[test]
    fn a_number_beyond_doubles_is_null() {
        for (text, expected) in [
            (
                r#"{"a":1e400,"b":[-1e999,1e308]}"#,
                r#"{"a":null,"b":[null,1e308]}"#,
            ),
            (r#"["1e400","\"1e400",1]"#, r#"["1e400","\"1e400",1]"#),
            (r#"["é\\",1e400]"#, r#"["é\\",null]"#),
            ("1e400", "null"),
            ("\"1e400", "\"1e400"),
        ] {
            assert_eq!(without_infinities(text), expected);
        }
    }

    #[test]
    fn absent_is_not_null() {
        assert_eq!(
            differences(&json!({"a": null}), &json!({})),
            ["/a: expected null, got absent"]
        );
        assert_eq!(
            differences(&json!({}), &json!({"a": null})),
            ["/a: expected absent, got null"]
        );
    }

    #[test]
    fn each_difference_has_its_place() {
        assert_eq!(
            differences(
                &json!({"x": [{"id": "a"}, 2]}),
                &json!({"x": [{"id": "b"}]})
            ),
            [
                "/x/0/id: expected \"a\", got \"b\"",
                "/x/1: expected 2, got absent"
            ]
        );
        assert_eq!(differences(&json!([]), &json!({})), ["expected [], got {}"]);
    }
}
