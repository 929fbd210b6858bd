//! Text from a server, made safe to print.

use std::fmt::Write as _;

/// The longest message of an error, in characters. It stands in a line of a log beside the facts and the hint; the body has the
/// server's whole text.
pub(crate) const MAX_MESSAGE: usize = 512;

/// Escapes characters that could change a terminal or the reading order of a log line, and cuts the text to `limit` characters.
/// Escapes and the mark of the cut count.
pub(crate) fn printable(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit));
    let mut left = limit;
    // The end of the longest part that leaves room for the mark.
    let mut cut = 0;
    for c in text.trim().chars() {
        let before = out.len();
        let size = match c {
            // A line break would let a server forge a line of a log.
            '\n' | '\r' | '\t' => {
                out.push(' ');
                1
            }
            c if is_dangerous(c) => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
                out.len() - before
            }
            c => {
                out.push(c);
                1
            }
        };
        if size > left {
            // An escape is cut off whole, since a part of one would be misread.
            out.truncate(cut);
            out.push('…');
            break;
        }
        left -= size;
        if left > 0 {
            cut = out.len();
        }
    }
    out
}

/// The beginning of every token, in any case.
const TOKEN_PREFIX: &str = "pnbx_";
/// The characters after the prefix from which on a text is taken for a token. Messages name the prefix alone.
const TOKEN_LENGTH: usize = 8;

/// A message without what looks like a token: a caller may give one as the name of a parameter, and the error repeats that name.
pub(crate) fn without_tokens(message: String) -> String {
    let folded = message.to_ascii_lowercase();
    let mut out = String::new();
    let mut end = 0;
    for (start, _) in folded.match_indices(TOKEN_PREFIX) {
        let after = start + TOKEN_PREFIX.len();
        let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '…');
        let length = message[after..]
            .find(is_end)
            .unwrap_or(message.len() - after);
        if start >= end && length >= TOKEN_LENGTH {
            out.push_str(&message[end..after]);
            out.push_str("***");
            end = after + length;
        }
    }
    match end {
        0 => message,
        _ => out + &message[end..],
    }
}

/// Reports whether a character is C0, DEL, C1, a line separator, or one that reorders or hides text.
///
/// Characters that reorder text make it look different from what it is (CVE-2021-42574).
pub(crate) fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_controls_and_bidi() {
        for c in [
            '\0',
            '\u{7}',
            '\u{8}',
            '\u{1b}',
            '\u{7f}',
            '\u{80}',
            '\u{9b}',
            '\u{200e}',
            '\u{202a}',
            '\u{202e}',
            '\u{2066}',
            '\u{2069}',
            '\u{feff}',
            '\u{2028}',
            '\u{e0041}',
        ] {
            let shown = printable(&format!("a{c}b"), MAX_MESSAGE);
            assert!(!shown.contains(c), "{c:?} stayed");
            assert_eq!(shown, format!("a\\u{{{:x}}}b", c as u32));
        }
    }

    #[test]
    fn keeps_ordinary_text_and_cuts_long_text() {
        assert_eq!(
            printable("Dossier n° 4 – été", MAX_MESSAGE),
            "Dossier n° 4 – été"
        );
        assert_eq!(printable("two\nlines", MAX_MESSAGE), "two lines");
        assert_eq!(printable(&"x".repeat(10), 10), "x".repeat(10));
        assert_eq!(
            printable(&"x".repeat(11), 10),
            format!("{}…", "x".repeat(9))
        );
    }

    #[test]
    fn a_token_in_a_message_is_left_out() {
        for (message, shown) in [
            (
                "there is no parameter a.pnbx_12345678",
                "there is no parameter a.pnbx_***",
            ),
            (
                "é 'PNBX_12345678…', \"pnbx_abcdefgh\" x",
                "é 'PNBX_***…', \"pnbx_***\" x",
            ),
            ("pnbx_pnbx_12345678 é", "pnbx_*** é"),
            ("it starts with pnbx_.", "it starts with pnbx_."),
            (
                "pnbx_*** is not pnbx_1234567",
                "pnbx_*** is not pnbx_1234567",
            ),
            ("", ""),
        ] {
            assert_eq!(without_tokens(message.to_owned()), shown);
        }
    }

    #[test]
    fn an_escape_counts_whole_and_is_not_cut_in_two() {
        assert_eq!(printable("12345\u{7}", 10), "12345\\u{7}");
        assert_eq!(printable("12345\u{7}x", 10), "12345…");
        assert_eq!(printable("123456\u{7}", 10), "123456…");
        let shown = printable(&"\u{202e}".repeat(600), MAX_MESSAGE);
        assert!(shown.chars().count() <= MAX_MESSAGE, "{shown}");
        assert!(shown.ends_with("\\u{202e}…"), "{shown}");
    }
}
