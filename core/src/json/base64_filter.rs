//! Removes the base64 content from an attachment's JSON while it is received, so that a file of 50 MB is never held in memory.

/// A filter over JSON text: the value of the outermost object's member `data`, if it is a string, becomes null.
///
/// The filter reads strings, brackets and commas only. The parser finds out later whether the text is JSON.
#[derive(Debug, Default)]
pub(crate) struct Base64Filter {
    /// The number of containers that are open.
    depth: u32,
    state: State,
    /// The number of bytes in which the string that is being read equals `data` so far, or nothing once it differs.
    matched: Option<usize>,
    /// The last key at depth 1 was `data`, and its value is still to come.
    armed: bool,
    /// The next string at depth 1 is a key.
    key_next: bool,
}

/// The part of the text that the next byte belongs to.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum State {
    /// Punctuation, numbers and words.
    #[default]
    Outside,
    /// A string that is kept.
    Text,
    /// The byte after a backslash in such a string.
    Escaped,
    /// The content that is removed.
    Skipped,
    /// The byte after a backslash in that content.
    SkippedEscape,
}

/// The member that holds a file's content in the API's attachments.
const KEY: &[u8] = b"data";

impl Base64Filter {
    /// Filters the next bytes of the text, and appends the rest of them to `output`.
    pub(crate) fn feed(&mut self, input: &[u8], output: &mut Vec<u8>) {
        let mut start = 0;
        let mut index = 0;
        while index < input.len() {
            let byte = input[index];
            match self.state {
                State::Skipped | State::SkippedEscape => {
                    if self.state == State::SkippedEscape {
                        self.state = State::Skipped;
                    } else if byte == b'\\' {
                        self.state = State::SkippedEscape;
                    } else if byte == b'"' {
                        self.state = State::Outside;
                    } else {
                        // Base64 holds neither a quote nor a backslash, so this skips the whole input in one search.
                        let run = input[index..]
                            .iter()
                            .position(|byte| matches!(byte, b'"' | b'\\'));
                        index += run.unwrap_or(input.len() - index);
                        start = index;
                        continue;
                    }
                    start = index + 1;
                }
                State::Escaped => {
                    self.state = State::Text;
                    // A key with an escape is not compared: servers write `data` without one, and a miss only costs memory.
                    self.matched = None;
                }
                State::Text => self.text(byte),
                State::Outside if byte == b'"' && self.depth == 1 && self.armed => {
                    output.extend_from_slice(&input[start..index]);
                    output.extend_from_slice(b"null");
                    self.armed = false;
                    self.state = State::Skipped;
                    start = index + 1;
                }
                State::Outside => self.outside(byte),
            }
            index += 1;
        }
        output.extend_from_slice(&input[start.min(input.len())..]);
    }

    /// Reads a byte of a string. At its end the string is known to be the key or not.
    fn text(&mut self, byte: u8) {
        match byte {
            b'\\' => self.state = State::Escaped,
            b'"' => {
                self.state = State::Outside;
                if self.depth == 1 && self.key_next {
                    // The whole key: a longer one has lost its match, and a shorter one has not reached it.
                    self.armed = self.matched == Some(KEY.len());
                    self.key_next = false;
                }
            }
            byte => {
                self.matched = self
                    .matched
                    .filter(|count| KEY.get(*count) == Some(&byte))
                    .map(|count| count + 1);
            }
        }
    }

    /// Reads a byte between strings.
    fn outside(&mut self, byte: u8) {
        match byte {
            b'"' => {
                self.state = State::Text;
                self.matched = Some(0);
            }
            b'{' | b'[' => {
                self.depth += 1;
                self.key_next = self.depth == 1 && byte == b'{';
                self.armed = false;
            }
            // A text that is no JSON may close more than it opened. The parser refuses it later.
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b',' if self.depth == 1 => {
                // In a list, too. A string there may arm the filter, and the comma before the next string disarms it.
                self.key_next = true;
                self.armed = false;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn fed(text: &str, chunk: usize) -> String {
        let (mut filter, mut output) = (Base64Filter::default(), Vec::new());
        text.as_bytes()
            .chunks(chunk)
            .for_each(|part| filter.feed(part, &mut output));
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn only_the_outermost_data_is_removed() {
        let text = r#"{"id": "data", "name":"a\"data\":\"x","da\u0074a":"kept","meta":{"data":"kept","l":["data","x"]},"data" : "QUJ\/D\"==","type":"data","x":["data"]}"#;
        let expected = r#"{"id": "data", "name":"a\"data\":\"x","da\u0074a":"kept","meta":{"data":"kept","l":["data","x"]},"data" : null,"type":"data","x":["data"]}"#;
        for chunk in 1..text.len() {
            assert_eq!(fed(text, chunk), expected, "chunks of {chunk}");
        }
    }

    #[test]
    fn data_that_is_no_string_stays() {
        for text in [
            r#"{"data":{"data":"x"},"a":"b"}"#,
            r#"{"data":null,"a":"data"}"#,
            r#"["data","x"]"#,
            r#""data""#,
            "",
        ] {
            assert_eq!(fed(text, 3), text);
        }
    }

    #[test]
    fn a_large_content_is_not_kept() {
        let text = json!({"data": "A".repeat(1_000_000), "id": "a"}).to_string();
        let kept = fed(&text, 16 * 1024);
        assert_eq!(
            serde_json::from_str::<Value>(&kept).unwrap(),
            json!({"data": null, "id": "a"})
        );
    }
}
