//! The body of an error response, in any of the forms that servers and gateways write.

use std::time::Duration;

use super::lenient_json::LenientJson;
use super::retry_after;
use crate::error::MAX_BODY;
use crate::transport::Body;

/// The depth of lists and objects to which texts are read. The errors of class-validator with children are four deep. Without an
/// end a hostile body could exhaust the stack.
const MAX_DEPTH: u8 = 6;
/// The most texts of a list that are joined. A message shows 512 characters, so more would only take memory.
const MAX_TEXTS: usize = 100;

/// The parsed body of an error response: `{statusCode, error, message, retryAfter}` of the Authentication page, the older
/// `{"errors": [{status, title, detail}]}`, or the forms that frameworks and gateways write in their place.
#[derive(Debug, Default)]
pub(crate) struct ErrorBody {
    /// The beginning of the body as it was received.
    pub(crate) beginning: Vec<u8>,
    pub(crate) title: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) retry_after: Option<Duration>,
}

/// The texts of the members that may hold a message, by the member they were found in.
#[derive(Default)]
struct Members {
    error: Option<String>,
    title: Option<String>,
    message: Vec<String>,
    detail: Vec<String>,
    errors: Vec<String>,
    of_error: Vec<String>,
    of_errors: Option<String>,
    retry_after: Option<Duration>,
}

impl ErrorBody {
    /// Reads a body as far as it is JSON, and at most `limit` bytes of it. That is more than an error keeps: the message may follow
    /// a long stack trace.
    pub(crate) fn read(body: &mut dyn Body, limit: usize) -> ErrorBody {
        let mut json = LenientJson::new(body, MAX_BODY, limit);
        let mut members = Members::default();
        // A body that ends early, or is not JSON, still counts with the members that were read by then.
        let _ = members.read(&mut json);
        let joined = |texts: Vec<String>| (!texts.is_empty()).then(|| texts.join("; "));
        ErrorBody {
            beginning: json.into_beginning(),
            title: members.error.or(members.of_errors).or(members.title),
            message: joined(members.message)
                .or(joined(members.errors))
                .or(joined(members.detail))
                .or(joined(members.of_error)),
            retry_after: members.retry_after,
        }
    }
}

impl Members {
    /// Reads a body: an object with members, or a list of errors.
    fn read(&mut self, json: &mut LenientJson<'_>) -> Option<()> {
        json.skip_mark()?;
        match json.next_token()? {
            b'{' => json.object(&mut |json, name| self.member(json, name)),
            b'[' => self.errors(json),
            _ => None,
        }
    }

    /// Reads one member of the outermost object. Members that say nothing of the error are skipped.
    fn member(&mut self, json: &mut LenientJson<'_>, name: &str) -> Option<()> {
        match name {
            "message" => texts(json, &mut self.message, 0),
            "detail" => texts(json, &mut self.detail, 0),
            "errors" => self.errors(json),
            "error" => match json.next_token()? {
                b'"' => title(json, &mut self.error),
                _ => texts(json, &mut self.of_error, 0),
            },
            "title" => title(json, &mut self.title),
            "retryAfter" => match json.next_token()? {
                b'"' => {
                    let mut text = String::new();
                    json.string(&mut text)?;
                    self.retry_after = retry_after::of_text(&text);
                    Some(())
                }
                b'{' | b'[' => json.skip(),
                _ => {
                    self.retry_after = retry_after::of_number(&json.word()?);
                    Some(())
                }
            },
            _ => json.skip(),
        }
    }

    /// Reads errors: a list of texts or objects, or an object with the names of fields.
    fn errors(&mut self, json: &mut LenientJson<'_>) -> Option<()> {
        match json.next_token()? {
            b'[' => json.list(&mut |json| match json.next_token()? {
                b'{' => json.object(&mut |json, name| match name {
                    "title" => title(json, &mut self.of_errors),
                    _ => texts_of_member(json, name, &mut self.errors, 1),
                }),
                _ => texts(json, &mut self.errors, 1),
            }),
            b'{' => json.object(&mut |json, name| match name {
                "message" | "detail" => texts(json, &mut self.errors, 1),
                field => {
                    let mut of_field = Vec::new();
                    let read = texts(json, &mut of_field, 1);
                    let named = of_field.iter().map(|text| format!("{field}: {text}"));
                    self.errors.extend(named);
                    read
                }
            }),
            _ => texts(json, &mut self.errors, 0),
        }
    }
}

/// Reads a title, unless it is blank or another was read before.
fn title(json: &mut LenientJson<'_>, into: &mut Option<String>) -> Option<()> {
    if json.next_token()? != b'"' {
        return json.skip();
    }
    let mut text = String::new();
    json.string(&mut text)?;
    if !text.trim().is_empty() {
        into.get_or_insert(text);
    }
    Some(())
}

/// Adds the texts of a value: its own, those of a list, and those of an object's members that hold messages. Other members are
/// skipped: class-validator repeats there the values that the caller sent, which have no place in an error.
fn texts(json: &mut LenientJson<'_>, into: &mut Vec<String>, depth: u8) -> Option<()> {
    match json.next_token()? {
        _ if depth >= MAX_DEPTH || into.len() >= MAX_TEXTS => json.skip(),
        b'"' => {
            let mut text = String::new();
            let read = json.string(&mut text);
            let text = text.trim();
            if !text.is_empty() {
                into.push(text.to_owned());
            }
            read
        }
        b'[' => json.list(&mut |json| texts(json, into, depth + 1)),
        b'{' => json.object(&mut |json, name| texts_of_member(json, name, into, depth + 1)),
        _ => json.skip(),
    }
}

/// Adds the texts of one member of an object, if it is one that holds messages.
fn texts_of_member(
    json: &mut LenientJson<'_>,
    name: &str,
    into: &mut Vec<String>,
    depth: u8,
) -> Option<()> {
    match (name, json.next_token()?) {
        ("message" | "detail" | "msg" | "children", _) => texts(json, into, depth),
        ("constraints", b'{') => json.object(&mut |json, _| texts(json, into, depth)),
        _ => json.skip(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(body: impl AsRef<[u8]>) -> ErrorBody {
        ErrorBody::read(&mut Cursor::new(body.as_ref().to_vec()), 1 << 20)
    }

    fn parsed(body: impl AsRef<[u8]>) -> (Option<String>, Option<String>, Option<u64>) {
        let body = read(body);
        (
            body.title,
            body.message,
            body.retry_after.map(|wait| wait.as_secs()),
        )
    }

    fn message(body: &str) -> Option<String> {
        read(body).message
    }

    #[test]
    fn the_documented_bodies_are_read() {
        let (title, text) = (Some("T".to_owned()), Some("m".to_owned()));
        let today = r#"{"statusCode":429,"error":"T","message":"m","retryAfter":60}"#;
        assert_eq!(parsed(today), (title.clone(), text.clone(), Some(60)));
        let older = r#"{"errors":[{"status":"404","title":"T","detail":"m"}]}"#;
        assert_eq!(parsed(older), (title, text, None));
    }

    #[test]
    fn a_broken_body_is_read_as_far_as_it_goes() {
        let expected = |text: &str| (None, Some(text.to_owned()), Some(7));
        let body = r#"{"message":"m","retryAfter":7}"#;
        assert_eq!(
            parsed([b"\xef\xbb\xbf", body.as_bytes()].concat()),
            expected("m")
        );
        assert_eq!(
            parsed(b"{\"message\":\"\xe9t\xe9\",\"retryAfter\":7}"),
            expected("\u{fffd}t\u{fffd}")
        );
        assert_eq!(
            parsed(r#"{"x":NaN,"message":"m","retryAfter":7,"y""#),
            expected("m")
        );
        assert_eq!(
            parsed(r#"{"retryAfter":7,"message":"half"#),
            expected("half")
        );
        assert_eq!(
            parsed(r#"{"message":"m","retryAfter":7}<html>"#),
            expected("m")
        );
        assert_eq!(parsed("<html>slow down</html>"), (None, None, None));
        assert_eq!(parsed(r#""message""#), (None, None, None));
        assert_eq!(parsed(""), (None, None, None));
    }

    #[test]
    fn members_after_the_kept_part_are_read() {
        let large = "x".repeat(MAX_BODY);
        for body in [
            format!(r#"{{"trace":"{large}","message":"m","retryAfter":7}}"#),
            format!(r#"{{"trace":["{large}",{{"message":"no"}}],"message":"m","retryAfter":7}}"#),
            format!(
                r#"{}{{"message":"m","retryAfter":7}}"#,
                " ".repeat(MAX_BODY)
            ),
        ] {
            let body = read(&body);
            assert_eq!(body.message.as_deref(), Some("m"));
            assert_eq!(body.retry_after, Some(Duration::from_secs(7)));
            assert_eq!(body.beginning.len(), MAX_BODY);
        }
        let long = format!(r#"{{"message":"{large}","retryAfter":7}}"#);
        let body = read(&long);
        assert!(
            body.message
                .is_some_and(|text| text.len() > 10_000 && text.len() < 20_000)
        );
        assert_eq!(body.retry_after, Some(Duration::from_secs(7)));
    }

    #[test]
    fn texts_in_lists_and_objects_are_joined() {
        let joined = Some("a; b".to_owned());
        for body in [
            r#"{"message":["a","b"]}"#,
            r#"{"message":[["a"],[],["b",""," ",null,5]]}"#,
            r#"{"message":{"message":["a","b"],"statusCode":400}}"#,
            r#"{"errors":["a","b"]}"#,
            r#"{"errors":[{"detail":["a","b"]}]}"#,
            r#"{"errors":[{"detail":"a"},{"message":"b"}]}"#,
            r#"{"errors":{"message":["a","b"]}}"#,
            r#"[{"message":"a"},{"message":"b"}]"#,
            r#"{"detail":[{"loc":["x"],"msg":"a"},{"msg":"b"}]}"#,
            r#"{"error":{"message":"a","detail":"b"}}"#,
            r#"{"message":[{"property":"p","value":"mine","target":{"message":"mine"},"constraints":{"x":"a"},"children":[{"constraints":{"y":"b"}}]}]}"#,
        ] {
            assert_eq!(message(body), joined, "{body}");
        }
        let by_field = r#"{"errors":{"email":["is invalid"],"slug":"is empty"}}"#;
        assert_eq!(
            message(by_field).as_deref(),
            Some("email: is invalid; slug: is empty")
        );
        let deep = format!(
            r#"{{"message":{}"a"{},"retryAfter":7}}"#,
            "[".repeat(5_000),
            "]".repeat(5_000)
        );
        assert_eq!(parsed(deep), (None, None, Some(7)));
        let many = format!(r#"{{"message":[{}"a"]}}"#, r#""a","#.repeat(5_000));
        assert_eq!(message(&many).map(|text| text.len()), Some(298));
    }

    #[test]
    fn members_of_other_types_are_absent() {
        for wait in [
            "-1",
            "NaN",
            "null",
            "[7]",
            "{\"a\":7}",
            "\"soon\"",
            "\"-7\"",
            "true",
        ] {
            let body =
                format!(r#"{{"retryAfter":{wait},"message":{{"a":1}},"error":5,"title":[]}}"#);
            assert_eq!(parsed(body), (None, None, None), "{wait}");
        }
        assert_eq!(parsed(r#"{"retryAfter":"7"}"#), (None, None, Some(7)));
    }
}
