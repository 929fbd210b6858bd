//! Half of a surrogate pair in a JSON text: a character that no text of Rust, and no UTF-8, can hold.

use super::escape::unit;

/// The escape of U+FFFD: as long as the one whose place it takes, so that nothing else in the text moves.
const REPLACEMENT: &[u8; 6] = b"\\ufffd";

/// Puts U+FFFD in the place of each escape that is half of a surrogate pair. Whether there was one.
///
/// Servers that cut texts by UTF-16 units send such halves, and `JSON.parse` takes them. A backslash stands in strings only, so
/// a text that is JSON but for them is JSON afterwards.
pub(crate) fn replace_lone_surrogates(text: &mut String) -> bool {
    if lone(text.as_bytes(), 0).is_none() {
        return false;
    }
    let mut bytes = std::mem::take(text).into_bytes();
    let mut from = 0;
    while let Some(place) = lone(&bytes, from) {
        from = place + REPLACEMENT.len();
        if let Some(escape) = bytes.get_mut(place..from) {
            escape.copy_from_slice(REPLACEMENT);
        }
    }
    // ASCII took the place of ASCII, so this takes the bytes as they are.
    *text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    true
}

/// Where, from a position on, the next escape begins that is half of a pair.
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
            // Another escape, which may be that of a backslash.
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
