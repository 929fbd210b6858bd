//! The parser of a caller's JSON. Its errors name the member and the reason, and repeat no value.

use serde_json::{Map, Value};

use crate::auth::PREFIX;
use crate::error::{Error, Result, printable};

/// Parses a caller's JSON object. Empty text is an empty object.
pub(crate) fn json_object(json: &str, what: &str) -> Result<Map<String, Value>> {
    if json.trim().is_empty() {
        return Ok(Map::new());
    }
    match parse(json, what)? {
        Value::Object(map) => Ok(map),
        _ => Err(Error::invalid_argument(format!(
            "the {what} must be a JSON object"
        ))),
    }
}

/// Parses any JSON value of a caller's. `what` is a plural, such as `parameters`.
///
/// # Errors
/// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) names the member and the reason, and repeats no value.
pub fn parse(json: &str, what: &str) -> Result<Value> {
    serde_json::from_str(json).map_err(|error| refusal(json.as_bytes(), what, &error))
}

/// The error for bytes that are not UTF-8 where text was expected.
pub fn not_utf8(bytes: &[u8], what: &str, error: &std::str::Utf8Error) -> Error {
    let at = error.valid_up_to();
    let path = JsonPath::of(bytes, at);
    Error::invalid_argument(format!(
        "the {what} are not valid UTF-8: byte {}{}",
        at + 1,
        path.within()
    ))
    .with_hint("Convert the text to UTF-8 first; it may be in Latin-1 or another older encoding.")
}

/// The error for text that is not JSON.
pub fn refusal(json: &[u8], what: &str, error: &serde_json::Error) -> Error {
    let path = JsonPath::of(json, offset(json, error.line(), error.column()));
    let text = error.to_string();
    let known = REASONS.iter().find(|(begins, ..)| text.starts_with(begins));
    if let Some((_, reason, hint)) = known {
        let message = match (path.steps.is_empty(), path.in_name) {
            (true, false) => format!("one of the {what} {reason}"),
            (true, true) => format!("the name of one of the {what} {reason}"),
            (false, false) => format!("the {} {} {reason}", one_of(what), path.shown()),
            (false, true) => format!("the name of a member of {} {reason}", path.shown()),
        };
        return Error::invalid_argument(message).with_hint(*hint);
    }
    Error::invalid_argument(format!(
        "the {what} are not valid JSON: {} at line {} column {}{}",
        match error.is_eof() {
            true => "they end too early",
            false => "syntax error",
        },
        error.line(),
        error.column(),
        path.within()
    ))
}

/// The beginnings of serde_json's messages, each with the reason and the hint that a caller sees. The parser has no other way to
/// tell its errors apart.
const REASONS: [(&str, &str, &str); 5] = [
    (
        "recursion limit exceeded",
        "is nested too deeply: at most 100 levels can be sent",
        "Give flatter data, or text that holds the JSON.",
    ),
    (
        "lone leading surrogate",
        "holds a lone surrogate, half a character, which is not text",
        "Look where the text was cut: it must not end or begin within a character.",
    ),
    (
        "unexpected end of hex escape",
        "holds a lone surrogate, half a character, which is not text",
        "Look where the text was cut: it must not end or begin within a character.",
    ),
    (
        "number out of range",
        "is a number that is out of range",
        "Give it as text.",
    ),
    (
        "control character",
        "holds a control character that is not escaped",
        "Write it as an escape, such as \\n.",
    ),
];

/// The singular of `what`: `parameter` for `parameters`.
fn one_of(what: &str) -> &str {
    what.strip_suffix('s').unwrap_or(what)
}

/// The position in the text of a line and column as the parser counts them: bytes, from 1.
fn offset(json: &[u8], line: usize, column: usize) -> usize {
    let lines = json.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    before + column
}

/// The path to a position in JSON. The parser accepted the text up to there, so it is scanned without a check.
struct JsonPath {
    steps: Vec<String>,
    /// True where the position is in the name of a member of the value at the path.
    in_name: bool,
}

/// An object or a list around a position.
enum Level {
    /// An object, with the name of its current member.
    Object(Option<String>),
    List(usize),
}

impl JsonPath {
    /// The path to the position `end`.
    fn of(json: &[u8], end: usize) -> JsonPath {
        let end = end.min(json.len());
        let mut levels: Vec<Level> = Vec::new();
        let mut in_name = false;
        let mut at = 0;
        while at < end && !in_name {
            let byte = json[at];
            at += 1;
            match (byte, levels.last_mut()) {
                (b'{', _) => levels.push(Level::Object(None)),
                (b'[', _) => levels.push(Level::List(0)),
                // The closing mark at the position itself may be the mistake, so it does not end its level.
                (b'}' | b']', _) if at < end => drop(levels.pop()),
                (b',', Some(Level::Object(name))) => *name = None,
                (b',', Some(Level::List(position))) => *position += 1,
                (b'"', top) => {
                    let start = at;
                    at = closing(json, at);
                    match top {
                        Some(Level::Object(name @ None)) if at < end => {
                            *name =
                                Some(String::from_utf8_lossy(&json[start..at - 1]).into_owned());
                        }
                        Some(Level::Object(None)) => in_name = true,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        let steps = levels.into_iter().filter_map(|level| match level {
            Level::Object(name) => name,
            Level::List(position) => Some(position.to_string()),
        });
        JsonPath {
            steps: steps.collect(),
            in_name,
        }
    }

    /// The path as a message shows it, such as `user.given_name`.
    fn shown(&self) -> String {
        match self.steps.iter().any(|name| name.contains(PREFIX)) {
            // A name may be a token that was pasted into the wrong place. It must not be shown.
            true => "a member".to_owned(),
            false => printable(&self.steps.join("."), 80),
        }
    }

    /// The path as the end of a message, such as `, in user.given_name`; empty for the outermost value.
    fn within(&self) -> String {
        match self.steps.is_empty() {
            true => String::new(),
            false => format!(", in {}", self.shown()),
        }
    }
}

/// The position after the quote that ends a string.
fn closing(json: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < json.len() {
        match json[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len().max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(json: &str) -> String {
        parse(json, "parameters").unwrap_err().message().to_owned()
    }

    #[test]
    fn half_a_character_is_refused_by_its_path() {
        let lone = "holds a lone surrogate, half a character, which is not text";
        for (json, path) in [
            (
                r#"{"user":{"given_name":"\ud83d"}}"#,
                "the parameter user.given_name",
            ),
            (
                r#"{"data":{"a":"ok","note":"x \ud83d y"},"z":1}"#,
                "the parameter data.note",
            ),
            (
                r#"{"data":{"list":[1,{"b":"\"\\"},"\udc00"]}}"#,
                "the parameter data.list.2",
            ),
            (r#"{"data":{"a":"\ud83d\u0041"}}"#, "the parameter data.a"),
            (r#"{"data":{"\ud83d":1}}"#, "the name of a member of data"),
            (
                "{\n \"data\": {\n  \"a\": [\"\\ud83d\"]}}",
                "the parameter data.a.0",
            ),
            (r#"{"\ud83d":1}"#, "the name of one of the parameters"),
        ] {
            assert_eq!(message(json), format!("{path} {lone}"), "{json}");
        }
    }

    #[test]
    fn levels_and_numbers_are_refused_by_their_path() {
        let deep = format!("{{\"data\":{}1{}}}", "{\"a\":".repeat(127), "}".repeat(127));
        let message_of_deep = message(&deep);
        assert!(
            message_of_deep.starts_with("the parameter data.a.a.a."),
            "{message_of_deep}"
        );
        assert!(
            message_of_deep.ends_with("… is nested too deeply: at most 100 levels can be sent"),
            "{message_of_deep}"
        );
        assert_eq!(
            message(r#"{"data":{"n":[1e999]}}"#),
            "the parameter data.n.0 is a number that is out of range"
        );
        assert_eq!(
            message("{\"data\":{\"n\":\"a\u{1}\"}}"),
            "the parameter data.n holds a control character that is not escaped"
        );
    }

    #[test]
    fn other_faults_keep_their_line_and_column() {
        assert_eq!(
            message(r#"{"data":{"n":}}"#),
            "the parameters are not valid JSON: syntax error at line 1 column 14, in data.n"
        );
        assert_eq!(
            message(r#"{"data":{"n":1"#),
            "the parameters are not valid JSON: they end too early at line 1 column 14, in data.n"
        );
        assert_eq!(
            message("{"),
            "the parameters are not valid JSON: they end too early at line 1 column 1"
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_by_their_path() {
        let bytes = [&b"{\"user\":{\"given_name\":\"Andr"[..], &[0xe9], b"\"}}"].concat();
        let error = std::str::from_utf8(&bytes).unwrap_err();
        let refused = not_utf8(&bytes, "parameters", &error);
        assert_eq!(
            refused.message(),
            "the parameters are not valid UTF-8: byte 28, in user.given_name"
        );
    }
}
