//! Guesses at the body that was sent, from one that a framework parsed and wrote again.
//!
//! A guess explains a digest that differs. It is never accepted: only the bytes that were sent are signed.

/// The bodies that this one may have been before it was written again: compact JSON, with its escapes, and without those that
/// compact JSON does not need.
pub(super) fn origins(body: &[u8]) -> [Vec<u8>; 2] {
    let compact = without_space(body);
    let unescaped = match std::str::from_utf8(&compact) {
        Ok(text) => without_escapes(text).into_bytes(),
        Err(_) => Vec::new(),
    };
    [compact, unescaped]
}

/// The text without the space between its values.
fn without_space(body: &[u8]) -> Vec<u8> {
    let (mut out, mut in_text, mut escaped) = (Vec::with_capacity(body.len()), false, false);
    for byte in body {
        if in_text || !byte.is_ascii_whitespace() {
            out.push(*byte);
        }
        in_text ^= *byte == b'"' && !escaped;
        escaped = in_text && *byte == b'\\' && !escaped;
    }
    out
}

/// The text with characters in the place of their escapes, as JavaScript writes JSON: only quotes, backslashes and control
/// characters stay escaped.
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let escape = &rest[at..];
        let (taken, character) = unescaped(escape).unwrap_or_else(|| {
            // Two bytes stay as they are, and so does what stands at the end alone.
            let length = escape
                .char_indices()
                .nth(2)
                .map_or(escape.len(), |(at, _)| at);
            (length, None)
        });
        match character {
            Some(character) => out.push(character),
            None => out.push_str(&escape[..taken]),
        }
        rest = &escape[taken..];
    }
    out + rest
}

/// The length of an escape that JavaScript would not write, and its character.
fn unescaped(escape: &str) -> Option<(usize, Option<char>)> {
    if escape.starts_with("\\/") {
        return Some((2, Some('/')));
    }
    let unit = |text: &str| u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
    let first = unit(escape)?;
    let second = escape.get(6..).and_then(unit);
    let pair = char::decode_utf16([first].into_iter().chain(second))
        .next()?
        .ok()?;
    let length = 6 * pair.len_utf16();
    let is_plain = !pair.is_control() && !matches!(pair, '"' | '\\');
    is_plain.then_some((length, Some(pair)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_goes_outside_of_texts_only() {
        let compact = |text: &str| String::from_utf8(without_space(text.as_bytes())).unwrap();
        assert_eq!(compact("{ \"a b\" :\n[ 1,\t2 ] }\r\n"), "{\"a b\":[1,2]}");
        assert_eq!(compact(r#"{"a \" b\\": " c"}"#), r#"{"a \" b\\":" c"}"#);
    }

    #[test]
    fn escapes_that_javascript_does_not_write_become_characters() {
        for (text, plain) in [
            (r#""\u00e9\/\ud83d\ude00""#, "\"é/😀\""),
            (
                r#""\n \" \\ \u0007 \u0022 \u005c""#,
                r#""\n \" \\ \u0007 \u0022 \u005c""#,
            ),
            (r#""\\u00e9""#, r#""\\u00e9""#),
            (r#""\ud83d x \u12""#, r#""\ud83d x \u12""#),
            ("\\", "\\"),
            ("\\é\\", "\\é\\"),
        ] {
            assert_eq!(without_escapes(text), plain, "{text}");
        }
    }
}
