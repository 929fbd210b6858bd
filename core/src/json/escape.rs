//! Reads the escapes in strings of JSON (RFC 8259, section 7).

use super::swar::special;

/// The character of the escape whose backslash is at a position, and the position after the escape. Returns nothing where it is
/// not an escape, or half of a surrogate pair.
pub(super) fn character(text: &[u8], at: usize) -> Option<(char, usize)> {
    let character = match text.get(at + 1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(text, at),
        _ => return None,
    };
    Some((character, at + 2))
}

/// The character of a `\u` escape or of the two that make a surrogate pair, and the position after them.
fn unicode(text: &[u8], at: usize) -> Option<(char, usize)> {
    let unit = unit(text, at)?;
    match char::from_u32(unit) {
        Some(character) => Some((character, at + 6)),
        // A unit that is no character is half of a pair, and the other half must follow as an escape (RFC 8259, section 7).
        None => {
            let second = self::unit(text, at + 6)?;
            let pair = [u16::try_from(unit).ok()?, u16::try_from(second).ok()?];
            let character = char::decode_utf16(pair).next()?.ok()?;
            Some((character, at + 12))
        }
    }
}

/// The UTF-16 unit of the `\u` escape at a position.
pub(super) fn unit(text: &[u8], at: usize) -> Option<u32> {
    let [b'\\', b'u', digits @ ..] = text.get(at..at + 6)? else {
        return None;
    };
    digits.iter().try_fold(0, |number, digit| {
        Some(number * 16 + char::from(*digit).to_digit(16)?)
    })
}

/// Unescapes the rest of a string from a position on. Returns the position after its closing quote. Without `KEPT` the string is
/// checked only.
pub(super) fn unescape<const KEPT: bool>(
    text: &str,
    mut at: usize,
    into: &mut String,
) -> Option<usize> {
    let bytes = text.as_bytes();
    loop {
        let rest = special(bytes.get(at..)?);
        let end = bytes.len() - rest.len();
        if KEPT {
            into.push_str(text.get(at..end)?);
        }
        match rest.first()? {
            b'"' => return Some(end + 1),
            b'\\' => {
                let character;
                (character, at) = self::character(bytes, end)?;
                if KEPT {
                    into.push(character);
                }
            }
            // A control character, which a string may hold as an escape only (RFC 8259, section 7).
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unescapes a literal. Asserts that serde_json reads the same, and that a check without the text ends at the same position.
    fn read(literal: &str) -> Option<String> {
        let mut text = String::new();
        let end = unescape::<true>(literal, 1, &mut text);
        let checked = unescape::<false>(literal, 1, &mut String::new());
        assert_eq!(checked, end, "{literal}");
        let text = end.map(|end| {
            assert_eq!(end, literal.len(), "{literal}");
            text
        });
        let expected = serde_json::from_str(literal).ok();
        assert_eq!(text, expected, "{literal}");
        text
    }

    #[test]
    fn every_escape_of_one_unit_is_read_as_serde_json_reads_it() {
        for byte in 0..128 {
            let other = format!("\"a\\{}b\"", char::from(byte));
            // A backslash before the closing quote leaves the string open.
            if byte != b'"' {
                read(&other);
            }
        }
        let mut good = 0;
        for unit in 0..=0xffff {
            let lower = read(&format!("\"\\u{unit:04x}\"")).is_some();
            let upper = read(&format!("\"é\\u{unit:04X}z\"")).is_some();
            assert_eq!(lower, upper);
            good += usize::from(lower);
        }
        assert_eq!(good, 0x1_0000 - 0x800, "all but the surrogates");
    }

    #[test]
    fn a_pair_is_a_character_and_half_of_one_is_none() {
        assert_eq!(read(r#""\ud83d\ude00""#).unwrap(), "😀");
        assert_eq!(read(r#""\uD83D\uDE00!""#).unwrap(), "😀!");
        assert_eq!(read(r#""\udbff\udfff""#).unwrap(), "\u{10ffff}");
        for half in [
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83d ude00""#,
            r#""\ud83d\n""#,
            r#""\ud83d\u0041""#,
            r#""\ud83d\ud83d""#,
            r#""\ude00\ud83d""#,
            r#""\ud83d\ude0""#,
        ] {
            assert_eq!(read(half), None, "{half}");
        }
    }

    #[test]
    fn what_is_cut_or_no_escape_is_none() {
        for bad in [
            r#""\u12"#,
            r#""\u+123""#,
            r#""\u12g4""#,
            r#""\u 123""#,
            r#""\uéé""#,
            r#""\é""#,
            r#""\"#,
            r#""a"#,
            "\"\u{1}\"",
            "\"a\nb\"",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        let all = r#"" \" \\ \/ \b \f \n \r \t \u00e9 \ud83d\ude00 é""#;
        assert_eq!(read(all).unwrap(), " \" \\ / \u{8} \u{c} \n \r \t é 😀 é");
        for end in 1..all.len() - 1 {
            if let Some(cut) = all.get(..end) {
                assert_eq!(read(cut), None, "{cut}");
            }
        }
    }
}
