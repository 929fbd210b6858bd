//! A Penbox API token, which is never printed.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::token_finder::{PART, TokenFinder};
use crate::error::{Error, Reason, Result, printable};

/// The beginning of each token (Authentication page).
pub(crate) const PREFIX: &str = "pnbx_";
/// The scheme of the `Authorization` header (RFC 6750, section 2.1).
const SCHEME: &str = "Bearer ";
/// The index in the header's value at which the part begins that differs between tokens.
pub(crate) const SECRET: usize = SCHEME.len() + PREFIX.len();
/// The documentation states no length, and its sample has 48 characters. This bound refuses what can be no token, such as the
/// content of a wrong file, before it becomes a header.
const MAX_LENGTH: usize = 512;
/// The length of the documentation's sample, prefix included. It is no rule: another length is only remarked upon.
pub(crate) const USUAL_LENGTH: usize = 53;
/// The text that is shown instead of a token.
const SHOWN: &str = "pnbx_***";
/// The text that is shown instead of a part of a token's secret.
const SHOWN_PART: &str = "***";
/// The placeholders of the API's own documentation.
const PLACEHOLDERS: &[&str] = &["YOUR_TOKEN", "pnbx_...", "pnbx_your_token_here"];

/// An API token, kept in one buffer that is wiped when the last clone is dropped.
///
/// It must start with `pnbx_` and hold only visible ASCII (Authentication page). The length is not documented; up to 512
/// characters after the prefix are accepted. It prints as `pnbx_***` everywhere.
///
/// ```
/// use penbox::Token;
///
/// let text = String::from("pnbx_") + "an-example-for-the-documentation";
/// let token = Token::new(&text)?;
/// assert_eq!(format!("{token} {token:?}"), "pnbx_*** Token(pnbx_***)");
/// assert_eq!(token.fingerprint().len(), 8);
/// assert!(Token::new(&format!("{text}\n")).is_err());
/// # Ok::<(), penbox::Error>(())
/// ```
#[derive(Clone)]
pub struct Token {
    /// The whole value of the header, so that each request shares it.
    header: HeaderValue,
}

impl Token {
    /// Validates a token. The error names the fault and never repeats the token.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config).
    pub fn new(text: &str) -> Result<Token> {
        if let Some((message, hint)) = fault(text) {
            let error = Error::config(message).with_hint(hint);
            return Err(error.with_reason(Reason::TokenMalformed));
        }
        // At its whole size: a buffer that grows would leave a copy that is never wiped.
        let mut value = Zeroizing::new(Vec::with_capacity(SCHEME.len() + text.len()));
        value.extend_from_slice(SCHEME.as_bytes());
        value.extend_from_slice(text.as_bytes());
        // The header takes over the buffer, which is wiped with its last clone. A copy of it would stay.
        let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(value))
            .map_err(|_| Error::config("the token holds a character that no header may hold"))?;
        // `Debug` of a sensitive value does not print it.
        header.set_sensitive(true);
        Ok(Token { header })
    }

    /// The token of a file or of a program's output, which one line break may end.
    pub(super) fn of_line(text: &str) -> Result<Token> {
        let line = text.strip_suffix('\n');
        let line = line.map(|line| line.strip_suffix('\r').unwrap_or(line));
        Token::new(line.unwrap_or(text))
    }

    /// The number of characters, prefix included.
    pub(crate) fn length(&self) -> usize {
        self.secret().len()
    }

    /// The token of a request's `Authorization` header.
    #[cfg(any(test, fuzzing, feature = "testing"))]
    pub(crate) fn of_header(header: &HeaderValue) -> Token {
        Token {
            header: header.clone(),
        }
    }

    /// The value of the `Authorization` header; clones share the one buffer.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// A hash of the token.
    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::new()
            // The prefix makes the digest differ from a plain hash of the token that another program may keep.
            .chain_update(b"penbox token fingerprint\0")
            .chain_update(self.secret())
            .finalize()
            .into()
    }

    /// Eight hexadecimal digits of a hash of the token.
    pub fn fingerprint(&self) -> String {
        self.digest()
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Blanks the token in text that a server sent back: each part of eight characters and more of its secret, also in other case, over
    /// line breaks and in other encodings. The prefix alone is no secret.
    pub(crate) fn blank(&self, text: &str) -> String {
        self.blank_parts(text, PART)
    }

    /// Replaces the whole token in the name of a file. A name is the caller's data, and one that shares eight characters with the token
    /// has to stay.
    pub(crate) fn blank_whole(&self, name: &str) -> String {
        self.blank_parts(name, self.secret().len() - PREFIX.len())
    }

    /// Replaces each part of the token that has this many bytes at least.
    fn blank_parts(&self, text: &str, least: usize) -> String {
        let secret = &self.secret()[PREFIX.len()..];
        if secret.len() < PART {
            // Too short to be told from ordinary text without its prefix.
            return match std::str::from_utf8(self.secret()) {
                Ok(token) => text.replace(token, SHOWN),
                // A token is ASCII, so this is never reached. No text is better than one with the token in it.
                Err(_) => String::new(),
            };
        }
        let mut blanked = String::with_capacity(text.len());
        let mut end = 0;
        for part in TokenFinder::of(secret).find(text.as_bytes()) {
            if part.len() < least {
                continue;
            }
            blanked.push_str(text.get(end..part.start).unwrap_or_default());
            blanked.push_str(SHOWN_PART);
            end = part.end;
        }
        blanked.push_str(text.get(end..).unwrap_or_default());
        blanked
    }

    /// Reports whether a caller's text holds the token, which may leave the client in its own header only.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let secret = self.secret();
        let wanted = match &secret[PREFIX.len()..] {
            short if short.len() < PART => secret,
            long => long,
        };
        std::str::from_utf8(wanted).is_ok_and(|wanted| text.contains(wanted))
    }

    /// A server's text that can be shown: the token is blanked, control characters are escaped, and it is cut to `limit`.
    pub(crate) fn shown(&self, text: &str, limit: usize) -> String {
        printable(&self.blank(text), limit)
    }

    /// The token itself.
    fn secret(&self) -> &[u8] {
        &self.header.as_bytes()[SCHEME.len()..]
    }
}

/// The fault of a token: a message and a hint. Neither holds any part of the token.
fn fault(text: &str) -> Option<(&'static str, &'static str)> {
    const COPY: &str = "Copy the whole token from https://app.penbox.io/workspace/settings/api; it starts with pnbx_.";
    const NO_BEARER: &str =
        "Give the token alone; the client writes the Authorization header itself.";
    const NO_SPACE: &str = "Remove spaces and line breaks around the token; a token file may end with one newline, a variable may not.";
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Some(("the token is empty", COPY));
    }
    if trimmed
        // Checked before spaces, since `Bearer ` has one and deserves its own hint.
        .get(..SCHEME.len() - 1)
        .is_some_and(|start| start.eq_ignore_ascii_case("bearer"))
    {
        return Some(("the token must be given without \"Bearer \"", NO_BEARER));
    }
    // Checked before the prefix, which some placeholders lack.
    if PLACEHOLDERS.contains(&trimmed)
        || (trimmed.starts_with(PREFIX) && trimmed.ends_with("_token_here"))
    {
        return Some((
            "the token is a placeholder from the documentation, not a real one",
            COPY,
        ));
    }
    if text.ends_with(['\n', '\r']) {
        return Some(("the token ends with a line break", NO_SPACE));
    }
    if text.chars().any(char::is_whitespace) {
        return Some(("the token contains a space or line break", NO_SPACE));
    }
    if !text.starts_with(PREFIX) {
        return Some(("the token does not start with pnbx_", COPY));
    }
    if text.len() == PREFIX.len() {
        return Some(("the token has nothing after pnbx_", COPY));
    }
    if !text.bytes().all(|byte| (0x21..=0x7e).contains(&byte)) {
        return Some((
            "the token contains a character that is not visible ASCII",
            COPY,
        ));
    }
    if text.len() - PREFIX.len() > MAX_LENGTH {
        return Some(("the token is longer than 512 characters", COPY));
    }
    None
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(pnbx_***)")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SHOWN)
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.secret() == other.secret()
    }
}

impl Eq for Token {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sample of the documentation, in two parts so that a scan for tokens finds none.
    const GOOD: &str = concat!("pnbx_", "1234567890abcdef1234567890abcdef1234567890abcdef");

    #[test]
    fn takes_the_sample_of_the_documentation() {
        let token = Token::new(GOOD).unwrap();
        assert_eq!(
            token.header().as_bytes(),
            format!("Bearer {GOOD}").as_bytes()
        );
        assert!(token.header().is_sensitive());
    }

    #[test]
    fn a_token_is_shown_as_stars_and_equals_itself_alone() {
        let (token, other) = (Token::new(GOOD).unwrap(), format!("{GOOD}0"));
        assert_eq!(token.to_string(), "pnbx_***");
        assert_eq!(format!("{token:?}"), "Token(pnbx_***)");
        assert_eq!(token, Token::new(GOOD).unwrap());
        assert_ne!(token, Token::new(&other).unwrap());
        let echoed = format!("no {GOOD}\nfor you");
        assert_eq!(
            token.shown(&echoed, 10),
            printable("no pnbx_***\nfor you", 10)
        );
    }

    #[test]
    fn each_fault_has_its_own_message_and_none_repeats_the_token() {
        let faults = [
            String::new(),
            "  ".into(),
            format!("Bearer {GOOD}"),
            format!("bearer {GOOD}"),
            "YOUR_TOKEN".into(),
            "pnbx_...".into(),
            "pnbx_your_token_here".into(),
            "pnbx_dev_token_here".into(),
            format!("{GOOD}\n"),
            format!("{GOOD}\r\n"),
            format!(" {GOOD}"),
            "pnbx_1234 5678".into(),
            "sk_live_1234567890abcdef".into(),
            "pnbx_".into(),
            "pnbx_caf\u{e9}1234".into(),
            "pnbx_12\u{7}34".into(),
            format!("pnbx_{}", "a".repeat(513)),
        ];
        let mut messages = std::collections::BTreeSet::new();
        for text in faults {
            let error = Token::new(&text).unwrap_err();
            let shown = format!("{error} {error:?} {}", error.support_report());
            for window in text
                .as_bytes()
                .windows(9)
                .filter(|w| w.iter().any(u8::is_ascii_digit))
            {
                let window = String::from_utf8_lossy(window);
                assert!(!shown.contains(window.as_ref()), "{shown} shows {window}");
            }
            messages.insert(error.message().to_owned());
        }
        assert_eq!(messages.len(), 9);
    }

    #[test]
    fn a_fingerprint_distinguishes_tokens_and_is_no_part_of_one() {
        let (one, two) = (Token::new(GOOD).unwrap(), Token::new("pnbx_other").unwrap());
        assert_ne!(one.fingerprint(), two.fingerprint());
        assert!(!GOOD.contains(&one.fingerprint()));
    }

    #[test]
    fn blanks_an_echoed_token() {
        let token = Token::new(GOOD).unwrap();
        for (text, blanked) in [
            (format!("bad: {GOOD}!"), "bad: pnbx_***!"),
            (format!("cut: {}", &GOOD[..20]), "cut: pnbx_***"),
            (format!("cut: {}", &GOOD[5..20]), "cut: ***"),
            (format!("bad: {}!", &GOOD[5..]), "bad: ***!"),
            (format!("{0}, é {0}", &GOOD[30..]), "***, é ***"),
            (format!("few: {}", &GOOD[..12]), "few: pnbx_1234567"),
            (
                "pnbx_ is the prefix: pnbx_".into(),
                "pnbx_ is the prefix: pnbx_",
            ),
        ] {
            assert_eq!(token.blank(&text), blanked, "{text}");
        }
        let short = Token::new("pnbx_short").unwrap();
        assert_eq!(
            short.blank("pnbx_short is too short"),
            "pnbx_*** is too short"
        );
    }

    #[test]
    fn a_token_in_a_callers_text_is_recognised() {
        let (token, short) = (Token::new(GOOD).unwrap(), Token::new("pnbx_short").unwrap());
        for text in [GOOD, &GOOD[5..], &format!("Bearer {GOOD},")] {
            assert!(token.is_in(text), "{text}");
        }
        for text in ["", "pnbx_", &GOOD[..52], &GOOD[6..]] {
            assert!(!token.is_in(text), "{text}");
        }
        assert!(short.is_in("a pnbx_short") && !short.is_in("a short"));
    }
}
