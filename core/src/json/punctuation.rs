//! Steps from one value of a JSON text to the next. Each step takes the rest of the text, and returns the rest after it.
//!
//! Servers write JSON without space, so each step tries that form first with one or two comparisons. The rest is out of line.

/// The next byte after any space, and the text from it on.
#[inline(always)]
pub(super) fn next(rest: &[u8]) -> Option<(u8, &[u8])> {
    match rest {
        // JSON's four space characters are the only bytes up to this one that a text may have here.
        [byte, ..] if *byte > b' ' => Some((*byte, rest)),
        _ => after_space(rest),
    }
}

/// The same where space, or a byte that begins nothing, is next.
#[cold]
fn after_space(rest: &[u8]) -> Option<(u8, &[u8])> {
    // Any other control character is returned as it is. It begins no value and is no punctuation, so the caller refuses it.
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r');
    let start = rest.iter().position(|byte| !is_space(byte))?;
    let rest = rest.get(start..)?;
    Some((*rest.first()?, rest))
}

/// Steps over the colon after a member's name. Returns the first byte of the value, and the text from it on.
#[inline(always)]
pub(super) fn after_name(rest: &[u8]) -> Option<(u8, &[u8])> {
    match rest {
        [b':', value @ ..] => next(value),
        _ => match next(rest)? {
            (b':', rest) => next(rest.get(1..)?),
            _ => None,
        },
    }
}

/// Steps over the punctuation after a member. Returns true and the text after the quote of the next name where another member
/// follows, and false and the text after the brace where the object ends.
#[inline(always)]
pub(super) fn after_member(rest: &[u8]) -> Option<(bool, &[u8])> {
    match rest {
        [b',', b'"', rest @ ..] => Some((true, rest)),
        [b'}', rest @ ..] => Some((false, rest)),
        _ => after_spaced_member(rest),
    }
}

/// The same where space is between the signs. Any other text is refused here.
#[cold]
fn after_spaced_member(rest: &[u8]) -> Option<(bool, &[u8])> {
    match next(rest)? {
        (b',', rest) => match next(rest.get(1..)?)? {
            (b'"', rest) => Some((true, rest.get(1..)?)),
            _ => None,
        },
        (b'}', rest) => Some((false, rest.get(1..)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_goes_over_space_and_one_sign() {
        for space in ["", " ", "\n\t\r "] {
            let text = |parts: &[&str]| parts.join(space);
            let value = text(&["", "1,"]);
            assert_eq!(next(value.as_bytes()), Some((b'1', &b"1,"[..])), "{value}");
            let value = text(&["", ":", "\"a"]);
            let found = Some((b'"', &b"\"a"[..]));
            assert_eq!(after_name(value.as_bytes()), found, "{value}");
            let other = text(&["", ",", "\"b\""]);
            let found = Some((true, &b"b\""[..]));
            assert_eq!(after_member(other.as_bytes()), found, "{other}");
            let end = text(&["", "}"]) + "]";
            let found = Some((false, &b"]"[..]));
            assert_eq!(after_member(end.as_bytes()), found, "{end}");
            for bad in [
                text(&[",", "}"]),
                text(&[",", ""]),
                text(&["]"]),
                text(&[":", ""]),
                text(&[]),
                "\u{b}".to_owned(),
            ] {
                assert_eq!(after_member(bad.as_bytes()), None, "{bad}");
                assert_eq!(after_name(bad.as_bytes()), None, "{bad}");
            }
        }
        assert_eq!(next("\u{a0}".as_bytes()), Some((0xc2, &b"\xc2\xa0"[..])));
    }
}
