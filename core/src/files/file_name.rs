//! Makes a file name from a server safe to create.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;

use crate::error::is_dangerous;

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
        let name = parameter(header, "filename")?;
        Some(match encoded_word(&name) {
            Some(decoded) => decoded,
            None => percent_decode_str(&name).decode_utf8_lossy().into_owned(),
        })
    };
    extended.or_else(plain).and_then(|name| safe(&name))
}

/// The text of a name that is one encoded word of mail (RFC 2047, section 2), which some servers put into HTTP: `=?UTF-8?B?..?=`.
fn encoded_word(name: &str) -> Option<String> {
    let word = name.trim().strip_prefix("=?")?.strip_suffix("?=")?;
    let mut parts = word.splitn(3, '?');
    let (charset, encoding, text) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = match encoding {
        "B" | "b" => BASE64_STANDARD.decode(text).ok()?,
        // An underscore is a space, and `=5F` an underscore.
        "Q" | "q" => percent_decode_str(&text.replace('_', " ").replace('=', "%")).collect(),
        _ => return None,
    };
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" | "us-ascii" => String::from_utf8(bytes).ok(),
        "iso-8859-1" => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        _ => None,
    }
}

/// The last part of a name, without characters that a file system, a shell or a terminal would act on. Returns nothing if none is left.
pub(crate) fn safe(name: &str) -> Option<String> {
    // Both separators on every system: the name may come from a program on another one.
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !is_troublesome(*c)).collect();
    // A dot would hide the file or make it a program's settings, and commands take a dash for an option.
    let kept = kept.trim_start_matches(|c: char| matches!(c, '.' | '-') || c.is_whitespace());
    let kept = without_end(kept);
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
    if safe.len() > MOST_BYTES {
        // Cuts before the ending, since programs choose by it how to open a file.
        let dot = safe
            .rfind('.')
            .filter(|dot| safe.len() - dot < MOST_OF_ENDING && *dot > 0)
            .unwrap_or(safe.len());
        let mut cut = MOST_BYTES - (safe.len() - dot);
        while !safe.is_char_boundary(cut) {
            cut -= 1;
        }
        // The cut may have laid a dot or a space bare.
        let cut = without_end(&safe[..cut]).len();
        safe.replace_range(cut..dot, "");
    }
    Some(safe)
}

/// A name without the dots and spaces at its end, which Windows drops.
fn without_end(name: &str) -> &str {
    name.trim_end_matches(|c: char| c == '.' || c.is_whitespace())
}

/// Reports whether a character is a control, is reserved on Windows, or is invisible or turns the direction of text, which can
/// hide a name's real ending.
fn is_troublesome(c: char) -> bool {
    is_dangerous(c)
        || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180b}'
                ..='\u{180f}' | '\u{3164}' | '\u{ffa0}'
        )
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
            (".profile", Some("profile")),
            (".bashrc", Some("bashrc")),
            ("-rf", Some("rf")),
            ("--no-preserve-root", Some("no-preserve-root")),
            (" .- -.x-y.z", Some("x-y.z")),
            ("\u{200b}.\u{ad}-x", Some("x")),
            ("..pdf", Some("pdf")),
            ("---", None),
            (".-. ", None),
            ("-CON", Some("_CON")),
            (".nul.txt", Some("_nul.txt")),
            ("$(id).pdf", Some("$(id).pdf")),
            ("`id`;x&y.pdf", Some("`id`;x&y.pdf")),
            ("~x", Some("~x")),
            ("a - b.pdf", Some("a - b.pdf")),
            ("\u{a0}x\u{2003}", Some("x")),
            ("x\u{e0041}\u{fff9}.exe\u{3164}", Some("x.exe")),
        ] {
            assert_eq!(safe(given).as_deref(), kept, "{given:?}");
        }
        let long = safe(&format!("{}.pdf", "é".repeat(300))).unwrap();
        assert!(long.len() <= 255 && long.ends_with(".pdf"), "{long}");
    }

    #[test]
    fn a_long_name_is_cut_within_its_bytes_and_keeps_its_ending() {
        for (given, length, end) in [
            (format!("{}.pdf", "x".repeat(251)), 255, "xx.pdf"),
            (format!("{}.pdf", "x".repeat(252)), 255, "xx.pdf"),
            (format!("{}.pdf", "é".repeat(300)), 254, "éé.pdf"),
            (format!("x{}.pdf", "é".repeat(300)), 255, "éé.pdf"),
            (format!("{}.pdf", "😀".repeat(9_000)), 252, "😀.pdf"),
            ("x".repeat(9_000), 255, "xx"),
            (format!("x.{}", "y".repeat(300)), 255, "yy"),
            // Within what is cut there is nothing that Windows would drop.
            (
                format!("{}. . {}", "x".repeat(251), "y".repeat(300)),
                251,
                "xx",
            ),
            (
                format!("{}. . {}.pdf", "x".repeat(247), "y".repeat(300)),
                251,
                "xx.pdf",
            ),
            (format!("con.{}", "y".repeat(300)), 255, "yy"),
        ] {
            let kept = safe(&given).unwrap();
            assert!(
                kept.len() == length && kept.ends_with(end),
                "{kept}: {}",
                kept.len()
            );
            assert_eq!(safe(&kept).as_ref(), Some(&kept));
        }
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
            (
                "attachment; filename=\"=?UTF-8?B?YS/DqS5wZGY=?=\"",
                Some("é.pdf"),
            ),
            (
                "attachment; filename=\"=?iso-8859-1?Q?Stra=DFe_5=5F.pdf?=\"",
                Some("Straße 5_.pdf"),
            ),
            ("attachment; filename=\"=?x?B?YQ==?=\"", Some("=xBYQ===")),
            ("attachment", None),
            ("attachment; filename", None),
            ("attachment; filename=\"", None),
        ] {
            assert_eq!(of_disposition(header).as_deref(), name, "{header}");
        }
    }
}
