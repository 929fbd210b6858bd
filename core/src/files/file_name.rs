//! Makes a file name from a server safe to create.

use percent_encoding::percent_decode_str;

/// The longest name of a file on Linux (`NAME_MAX`). macOS and Windows count 255 characters, so it fits there, too.
const MOST_BYTES: usize = 255;
/// An ending of so many bytes, its dot included, is not kept when a name is cut. Text after a dot that is longer is no ending that a program looks for.
const MOST_OF_ENDING: usize = 32;
/// Names that are devices on Windows, with any ending or none.
const RESERVED: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// The name in a `Content-Disposition` header. `filename*` comes before `filename`, as RFC 6266 (section 4.3) asks for.
pub(crate) fn of_disposition(header: &str) -> Option<String> {
    let extended = parameter(header, "filename*").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let (_, encoded) = rest.split_once('\'')?;
        let bytes: Vec<u8> = percent_decode_str(encoded).collect();
        match charset.to_ascii_lowercase().as_str() {
            "utf-8" => String::from_utf8(bytes).ok(),
            "iso-8859-1" => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            _ => None,
        }
    });
    // Some servers encode `filename`, too. Decoding comes before `safe`, so that no encoded slash passes it.
    let plain = || {
        parameter(header, "filename")
            .map(|name| percent_decode_str(&name).decode_utf8_lossy().into_owned())
    };
    extended.or_else(plain).and_then(|name| safe(&name))
}

/// The last part of a name, without characters that a file system or a terminal would act on. Returns nothing if none is left.
pub(crate) fn safe(name: &str) -> Option<String> {
    // Both separators on every system: the name may come from a program on another one.
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !is_troublesome(*c)).collect();
    // Windows drops dots and spaces at the end of a name.
    let kept = kept.trim_matches(' ').trim_end_matches(['.', ' ']);
    if kept.is_empty() {
        return None;
    }
    let stem = kept
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_lowercase();
    let device = RESERVED.contains(&stem.as_str())
        || stem
            .strip_prefix("com")
            .or(stem.strip_prefix("lpt"))
            .is_some_and(|rest| {
                rest.chars().count() == 1
                    && rest
                        .chars()
                        // `COM¹` is a device on Windows, too.
                        .all(|c| c.is_ascii_digit() || "¹²³".contains(c))
            });
    let mut safe = if device {
        format!("_{kept}")
    } else {
        kept.to_owned()
    };
    while safe.len() > MOST_BYTES {
        // Cuts before the ending, since programs choose by it how to open a file.
        let dot = safe
            .rfind('.')
            .filter(|dot| safe.len() - dot < MOST_OF_ENDING && *dot > 0)
            .unwrap_or(safe.len());
        let cut = safe[..dot]
            .char_indices()
            .next_back()
            .map(|(index, _)| index)?;
        safe.replace_range(cut..dot, "");
    }
    Some(safe)
}

/// Reports whether a character is a control, is reserved on Windows, or is invisible or turns the direction of text, which can
/// hide a name's real ending.
fn is_troublesome(c: char) -> bool {
    c.is_control()
        || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The value of a parameter of a header, quoted or not.
fn parameter(header: &str, wanted: &str) -> Option<String> {
    // The type, such as `attachment`, stands before the first parameter.
    let mut rest = header.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => match after.split_once(';') {
                Some((value, next)) => (value.trim().to_owned(), next),
                None => (after.trim().to_owned(), ""),
            },
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        // After a quoted value the semicolon is still there.
        rest = next.trim_start().trim_start_matches(';');
    }
}

/// A quoted string up to its closing quote, and the text after it. A backslash is kept unless a quote follows, as in browsers.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((index, c)) = chars.next() {
        match c {
            '"' => return (value, &text[index + 1..]),
            '\\' if chars.peek().is_some_and(|(_, next)| *next == '"') => {
                value.push('"');
                chars.next();
            }
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_a_server_stay_in_their_folder() {
        for (given, kept) in [
            ("../../x", Some("x")),
            ("..\\..\\x", Some("x")),
            ("/etc/x", Some("x")),
            ("C:\\x", Some("x")),
            ("C:x", Some("Cx")),
            ("a\0b\u{202e}c\u{7}.pdf", Some("abc.pdf")),
            ("CON", Some("_CON")),
            ("nul.txt", Some("_nul.txt")),
            ("com1.pdf", Some("_com1.pdf")),
            ("LPT9", Some("_LPT9")),
            ("common.pdf", Some("common.pdf")),
            ("x. .", Some("x")),
            (" x ", Some("x")),
            (".", None),
            ("..", None),
            ("", None),
            ("a/", None),
            ("dossier été.pdf", Some("dossier été.pdf")),
            (".profile", Some(".profile")),
        ] {
            assert_eq!(safe(given).as_deref(), kept, "{given:?}");
        }
        let long = safe(&format!("{}.pdf", "é".repeat(300))).unwrap();
        assert!(long.len() <= 255 && long.ends_with(".pdf"), "{long}");
    }

    #[test]
    fn both_forms_of_a_disposition_are_read() {
        for (header, name) in [
            (
                "attachment; filename=\"passport.pdf\"",
                Some("passport.pdf"),
            ),
            ("attachment; filename=passport.pdf", Some("passport.pdf")),
            ("attachment; filename=\"a;b.pdf\"; size=3", Some("a;b.pdf")),
            ("attachment; filename=\"a\\\"b.pdf\"", Some("ab.pdf")),
            ("attachment; filename=\"..\\..\\x\"", Some("x")),
            (
                "attachment; FileName*=UTF-8''..%2f..%2f%c3%a9.pdf; filename=x",
                Some("é.pdf"),
            ),
            ("attachment; filename*=latin-9''x; filename=y", Some("y")),
            ("attachment; filename*=UTF-8''%ff; filename=y", Some("y")),
            ("attachment; filename=\"..%2f..%2fx\"", Some("x")),
            ("attachment", None),
            ("attachment; filename", None),
            ("attachment; filename=\"", None),
        ] {
            assert_eq!(of_disposition(header).as_deref(), name, "{header}");
        }
    }
}
