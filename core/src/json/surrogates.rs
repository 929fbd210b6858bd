//! Replaces halves of surrogate pairs in a JSON text. No UTF-8, and so no string of Rust, can hold such a character.

use super::escape::unit;

/// The escape of U+FFFD. It is as long as the escape that it replaces, so that nothing else in the text moves.
const REPLACEMENT: &[u8; 6] = b"\\ufffd";

/// Replaces each escape that is half of a surrogate pair by U+FFFD. Reports whether there was one.
///
/// Servers that cut texts by UTF-16 units send such halves, and `JSON.parse` accepts them. A backslash is part of a string in any
/// JSON, so a text that is JSON but for the halves is JSON afterwards.
pub(crate) fn replace_lone_surrogates(text: &mut String) -> bool {
    if lone(text.as_bytes(), 0).is_none() {
        return false;
    }
    let mut bytes = std::mem::take(text).into_bytes();
    let mut from = 0;
    while let Some(start) = lone(&bytes, from) {
        from = start + REPLACEMENT.len();
        if let Some(escape) = bytes.get_mut(start..from) {
            escape.copy_from_slice(REPLACEMENT);
        }
    }
    // ASCII replaced ASCII, so the bytes are valid UTF-8 and are not copied.
    *text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    true
}

/// The position of the next escape that is half of a pair, from a position on.
fn lone(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += text.get(at..)?.iter().position(|byte| *byte == b'\\')?;
        at += match unit(text, at) {
            Some(0xd800..=0xdbff) => match unit(text, at + 6) {
                Some(0xdc00..=0xdfff) => 12,
                _ => return Some(at),
            },
            Some(0xdc00..=0xdfff) => return Some(at),
            Some(_) => 6,
            // Any other escape. Its second byte may be a backslash, which begins no escape.
            None => 2,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_replaced_and_pairs_stay() {
        for (text, expected) in [
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\uDE00\uD83D""#, r#""\ufffd\ufffd""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ud83d\ude00\ude00""#, r#""\ud83d\ude00\ufffd""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\ud83d\n\ud83dé""#, r#""\ufffd\n\ufffdé""#),
            (r#"{"\ud83d":["\udfff"]}"#, r#"{"\ufffd":["\ufffd"]}"#),
        ] {
            let mut found = text.to_owned();
            assert!(replace_lone_surrogates(&mut found));
            assert_eq!(found, expected, "{text}");
            let read: serde_json::Value = serde_json::from_str(&found).unwrap();
            assert!(read.to_string().contains('\u{fffd}'));
            assert!(!replace_lone_surrogates(&mut found));
        }
    }

    #[test]
    fn what_has_none_stays() {
        for text in [
            "",
            r#""\ud83d\ude00""#,
            r#""\\ud83d""#,
            r#""\ufffd\u00e9""#,
            r#""\ud83"#,
            "\\",
            "\\u",
            r#""\ud8zz""#,
        ] {
            let mut found = text.to_owned();
            assert!(!replace_lone_surrogates(&mut found), "{text}");
            assert_eq!(found, text);
        }
    }

    #[test]
    fn every_unit_is_replaced_or_read() {
        for unit in 0..=0xffff_u32 {
            let mut text = format!("\"\\u{unit:04X}\"");
            let replaced = replace_lone_surrogates(&mut text);
            assert_eq!(replaced, char::from_u32(unit).is_none(), "{unit:x}");
            assert!(serde_json::from_str::<String>(&text).is_ok());
        }
    }
}
