//! A lenient JSON reader for error bodies: a body that is broken, cut or not UTF-8 is read up to there.
//!
//! `serde_json` refuses such a body as a whole, and with it the message and the wait that the server did send.

use crate::transport::Body;

/// The size of one read from the body: that of a connection's buffer, since a read returns no more at once.
const CHUNK: usize = 16 * 1024;
/// The most bytes of one text that are kept. A message shows 512 characters; the rest is kept so that a token that crosses its
/// end is found whole and masked.
const MAX_TEXT: usize = 16 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A reader of values in the order of the body. Every method returns none once the body has ended or is no longer JSON.
pub(crate) struct LenientJson<'a> {
    body: &'a mut dyn Body,
    /// The beginning of the body, at most `keep` bytes.
    kept: Vec<u8>,
    keep: usize,
    chunk: Vec<u8>,
    at: usize,
    /// The number of bytes that may still be read.
    left: usize,
}

impl<'a> LenientJson<'a> {
    /// A reader of at most `limit` bytes of a body, which keeps the first `keep` of them.
    pub(crate) fn new(body: &'a mut dyn Body, keep: usize, limit: usize) -> Self {
        LenientJson {
            body,
            kept: Vec::new(),
            keep,
            chunk: Vec::new(),
            at: 0,
            left: limit.max(keep),
        }
    }

    /// The beginning of the body, whether or not it could be parsed.
    pub(crate) fn into_beginning(mut self) -> Vec<u8> {
        while self.kept.len() < self.keep && self.fill().is_some() {}
        self.kept
    }

    /// Skips a byte order mark. RFC 8259, section 8.1 lets a parser ignore it.
    pub(crate) fn skip_mark(&mut self) -> Option<()> {
        for expected in BYTE_ORDER_MARK {
            if self.peek()? != *expected {
                break;
            }
            self.at += 1;
        }
        Some(())
    }

    /// The first byte of the next value or punctuation, which stays unread.
    pub(crate) fn next_token(&mut self) -> Option<u8> {
        while self.peek()?.is_ascii_whitespace() {
            self.at += 1;
        }
        self.peek()
    }

    /// Reads an object. `each` must read the value of every member.
    pub(crate) fn object(
        &mut self,
        each: &mut dyn FnMut(&mut Self, &str) -> Option<()>,
    ) -> Option<()> {
        self.elements(b'{', b'}', &mut |json| {
            let mut name = String::new();
            json.string(&mut name)?;
            (json.next_token()? == b':').then(|| json.at += 1)?;
            json.next_token()?;
            each(json, &name)
        })
    }

    /// Reads a list. `each` must read every item.
    pub(crate) fn list(&mut self, each: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.elements(b'[', b']', each)
    }

    /// Reads a string into `text`. Bytes that are not UTF-8, and lone surrogates, become U+FFFD. A string that was cut is kept, too.
    pub(crate) fn string(&mut self, text: &mut String) -> Option<()> {
        if self.next_token()? != b'"' {
            return None;
        }
        self.at += 1;
        let mut bytes = Vec::new();
        let ended = self.string_bytes(&mut bytes);
        text.push_str(&String::from_utf8_lossy(&bytes));
        ended
    }

    /// Reads a value without quotes: a number, a constant, or text such as `NaN` that is neither.
    pub(crate) fn word(&mut self) -> Option<String> {
        let mut word = String::new();
        while let Some(byte) = self.peek() {
            if byte.is_ascii_whitespace() || b",:]}[{\"".contains(&byte) {
                break;
            }
            if word.len() < MAX_TEXT {
                word.push(char::from(byte));
            }
            self.at += 1;
        }
        (!word.is_empty()).then_some(word)
    }

    /// Skips a value of any depth. It counts the depth, since recursion could exhaust the stack.
    pub(crate) fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.next_token()? {
                b'"' => self.string(&mut String::new())?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                _ => drop(self.word()?),
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Reads an object or a list. Commas separate its elements, and a missing or doubled comma is accepted.
    fn elements(
        &mut self,
        open: u8,
        close: u8,
        each: &mut dyn FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        (self.next_token()? == open).then(|| self.at += 1)?;
        loop {
            match self.next_token()? {
                byte if byte == close => {
                    self.at += 1;
                    return Some(());
                }
                b',' => self.at += 1,
                _ => each(self)?,
            }
        }
    }

    /// Reads the bytes of a string and the quote that ends it.
    fn string_bytes(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        let mut piece = Vec::new();
        loop {
            match self.take()? {
                b'"' => return Some(()),
                b'\\' => self.escape(&mut piece)?,
                byte => piece.push(byte),
            }
            if bytes.len() < MAX_TEXT {
                bytes.append(&mut piece);
            }
            piece.clear();
        }
    }

    /// Reads an escape after its backslash.
    fn escape(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        let character = match self.take()? {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.units(bytes),
            byte => char::from(byte),
        };
        bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        Some(())
    }

    /// Reads the UTF-16 unit of an escape, and that of the next escape where the two form a pair.
    fn units(&mut self, bytes: &mut Vec<u8>) -> Option<()> {
        let mut units = vec![self.unit()?];
        let mut other = Vec::new();
        // Only another escape can be the second half of a pair.
        if (0xd800..0xdc00).contains(&units[0]) && self.peek()? == b'\\' {
            self.at += 1;
            match self.peek()? {
                b'u' => {
                    self.at += 1;
                    units.push(self.unit()?);
                }
                _ => self.escape(&mut other)?,
            }
        }
        bytes.extend_from_slice(String::from_utf16_lossy(&units).as_bytes());
        bytes.append(&mut other);
        Some(())
    }

    /// Reads four hexadecimal digits.
    fn unit(&mut self) -> Option<u16> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = char::from(self.take()?).to_digit(16)?;
            unit = unit << 4 | digit as u16;
        }
        Some(unit)
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn peek(&mut self) -> Option<u8> {
        if self.at >= self.chunk.len() {
            self.fill()?;
        }
        self.chunk.get(self.at).copied()
    }

    /// Reads the next chunk of the body. An error ends the body here: the status of the answer decides the error, and the body only
    /// explains it.
    fn fill(&mut self) -> Option<()> {
        self.at = 0;
        self.chunk.resize(CHUNK.min(self.left), 0);
        if self.chunk.is_empty() {
            return None;
        }
        let count = self.body.read(&mut self.chunk).unwrap_or(0);
        self.chunk.truncate(count);
        // A body that has ended or failed must not be read again.
        self.left = if count == 0 { 0 } else { self.left - count };
        let kept = count.min(self.keep - self.kept.len());
        self.kept.extend_from_slice(&self.chunk[..kept]);
        (count > 0).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::transport::{SendState, TransportError};

    /// Gives so many bytes at a time, and an error at the end.
    struct Slices(&'static [u8], usize);

    impl Body for Slices {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
            let count = self.0.len().min(self.1).min(buffer.len());
            if count == 0 {
                return Err(TransportError::new(
                    ErrorKind::Connection,
                    "x",
                    SendState::MaybeSent,
                ));
            }
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn string(text: &'static [u8]) -> (String, bool) {
        let mut slices = Slices(text, 3);
        let mut read = String::new();
        let ended = LenientJson::new(&mut slices, 10, 10_000).string(&mut read);
        (read, ended.is_some())
    }

    #[test]
    fn strings_are_read_as_far_as_they_go() {
        let whole = |text: &str| (text.to_owned(), true);
        assert_eq!(string(br#""a\n\"\/b" "#), whole("a\n\"/b"));
        assert_eq!(string(br#""\ud83d\ude00""#), whole("\u{1f600}"));
        assert_eq!(string(br#""\ud83dx""#), whole("\u{fffd}x"));
        assert_eq!(string(br#""\ud83d\u0041""#), whole("\u{fffd}A"));
        assert_eq!(string(br#""\ud83d\n""#), whole("\u{fffd}\n"));
        assert_eq!(string(b"\"caf\xe9\""), whole("caf\u{fffd}"));
        assert_eq!(string(b"\"cut"), ("cut".to_owned(), false));
        assert_eq!(string(b"5"), (String::new(), false));
    }

    #[test]
    fn values_are_skipped_whatever_is_in_them() {
        for text in [
            &b"{\"a\":[1,{\"b\":\"]}\"}],\"c\":null} 7"[..],
            b"[[[]]] 7",
            b"\"x\" 7",
            b"-1.5e3 7",
            b"NaN 7",
        ] {
            let mut slices = Slices(text, 2);
            let mut json = LenientJson::new(&mut slices, 10, 10_000);
            json.skip().unwrap();
            assert_eq!(json.next_token(), Some(b'7'));
        }
        for text in [&b"]"[..], b"{\"a\":[1}", b",", b""] {
            let mut slices = Slices(text, 2);
            let mut json = LenientJson::new(&mut slices, 10, 10_000);
            assert!(json.skip().and_then(|()| json.next_token()).is_none());
        }
    }

    #[test]
    fn the_beginning_is_kept_and_no_more_than_the_limit_is_read() {
        let mut slices = Slices(b"[1,2,3,4,5,6,7,8]", 4);
        let mut json = LenientJson::new(&mut slices, 6, 8);
        assert_eq!(json.skip(), None);
        assert_eq!(json.into_beginning(), b"[1,2,3");
        assert_eq!(slices.0.len(), 9);
    }
}
