//! A cursor over a JSON text, which types with known members read themselves from in one pass.
//!
//! Each read returns a value or nothing, and never an error of its own. A cursor accepts the texts that serde_json accepts, and
//! reads them the same. Beyond that it accepts numbers that no double can hold, where their text is kept. A lenient cursor reads a
//! text that is known to be JSON, and steps over values that have another type than the one to read.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::escape::{character, unescape};
use super::punctuation::next;
use super::shared_str::SharedStr;
use super::swar::special;
use crate::schema::key::FieldKey;

/// The depth to which serde_json reads: its own limit of 128 is the first depth that it refuses. The readers recurse, so without a
/// limit a hostile text would overflow the stack.
pub(super) const MAX_DEPTH: u32 = 127;

/// A position in a JSON text, and the ways to read from there.
pub struct Cursor<'t> {
    pub(super) text: &'t str,
    /// The owner of the text, if values are to keep pieces of it.
    source: Option<&'t Arc<String>>,
    /// The number of bytes before the cursor.
    pub(super) at: usize,
    depth: u32,
    /// The text is known to be JSON, so that a value of another type than the one to read is stepped over.
    is_lenient: bool,
}

// The place alone: the text holds a contact's data.
impl fmt::Debug for Cursor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cursor").field(&self.at).finish()
    }
}

/// A position to come back to, in the same text.
#[derive(Clone, Copy)]
pub(crate) struct Position {
    at: usize,
    depth: u32,
}

/// The name of an object's member.
pub(crate) enum Name<'t> {
    /// A known name, by its position among them.
    Known(usize),
    /// Any other name.
    Other(Cow<'t, str>),
}

impl<'t> Cursor<'t> {
    /// A cursor at the beginning of a text, whose values own their strings.
    pub(crate) fn new(text: &'t str) -> Self {
        Cursor {
            text,
            source: None,
            at: 0,
            depth: 0,
            is_lenient: false,
        }
    }

    /// A cursor whose values keep pieces of the source as their strings.
    pub(crate) fn sharing(source: &'t Arc<String>) -> Self {
        Cursor {
            source: Some(source),
            ..Cursor::new(source)
        }
    }

    /// A cursor over a text that is known to be JSON, which steps over values of another type than the one to read.
    pub(crate) fn lenient(source: &'t Arc<String>) -> Self {
        Cursor {
            is_lenient: true,
            ..Cursor::sharing(source)
        }
    }

    /// Reports whether a value of another type is stepped over.
    #[inline]
    pub(crate) fn is_lenient(&self) -> bool {
        self.is_lenient
    }

    /// The position to come back to.
    #[inline(always)]
    pub(crate) fn save(&self) -> Position {
        Position {
            at: self.at,
            depth: self.depth,
        }
    }

    /// The text of a value that could not be read as the requested type. The cursor goes back to where the value begins, and steps
    /// over it. Returns nothing where the cursor is not lenient.
    #[cold]
    #[inline(never)]
    pub(crate) fn misfit(&mut self, start: Position) -> Option<SharedStr> {
        self.is_lenient.then_some(())?;
        // The read may have opened containers before it failed, so the depth goes back, too.
        (self.at, self.depth) = (start.at, start.depth);
        self.raw_text()
    }

    /// A cursor at a position of a text.
    pub(super) fn from(text: &'t str, at: usize) -> Self {
        Cursor {
            at,
            ..Cursor::new(text)
        }
    }

    /// Reports whether only space follows.
    pub(crate) fn ended(&mut self) -> bool {
        self.peek().is_none()
    }

    /// The number of bytes before the cursor.
    #[inline]
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// The next byte after any space. The cursor stays before it.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        match *self.bytes().get(self.at)? {
            byte if byte > b' ' => Some(byte),
            _ => self.after_space(),
        }
    }

    /// The same where a space, or a byte that begins no value, is next. Servers write JSON without space, so this is rare.
    #[cold]
    fn after_space(&mut self) -> Option<u8> {
        let (byte, rest) = next(self.bytes().get(self.at..)?)?;
        self.at = self.text.len() - rest.len();
        Some(byte)
    }

    #[inline]
    fn bytes(&self) -> &'t [u8] {
        self.text.as_bytes()
    }

    /// Steps over this byte, if it is next.
    #[inline]
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Steps over this word, if it is next.
    #[inline]
    pub(crate) fn word(&mut self, word: &str) -> Option<()> {
        self.peek()?;
        let rest = self.bytes().get(self.at..)?;
        // A word that goes on, as in `nullx`, is refused by the next step: it expects a comma or the end of the container.
        rest.starts_with(word.as_bytes())
            .then(|| self.at += word.len())
    }

    /// Enters a list (`[`) or an object (`{`).
    #[inline]
    pub(crate) fn open(&mut self, bracket: u8) -> Option<()> {
        self.take(bracket)?;
        self.depth += 1;
        (self.depth <= MAX_DEPTH).then_some(())
    }

    /// Reports whether another element follows, and steps over the comma before it or the bracket that ends the container. `first`
    /// is true until an element was read.
    #[inline]
    pub(crate) fn more(&mut self, bracket: u8, first: &mut bool) -> Option<bool> {
        let byte = self.peek()?;
        if byte == bracket {
            self.at += 1;
            self.depth -= 1;
            return Some(false);
        }
        if std::mem::take(first) {
            return Some(true);
        }
        // A comma promises an element, so `[1,]` fails where that element is read.
        (byte == b',').then(|| self.at += 1)?;
        Some(true)
    }

    /// Reads a member's name and the colon after it.
    ///
    /// `next` is the position of the name that probably comes next. It and the one after it are compared first: servers keep an
    /// order, and leave out a member here and there.
    #[inline(always)]
    pub(crate) fn name(&mut self, known: &[FieldKey], next: &mut usize) -> Option<Name<'t>> {
        self.take(b'"')?;
        let text = self.bytes().get(self.at..)?;
        for position in [*next, *next + 1] {
            if let Some(key) = known.get(position)
                && let Some(rest) = key.strip(text)
            {
                // The key holds the quote and the colon after the name, too, so no step over a colon is left.
                self.at = self.text.len() - rest.len();
                *next = position + 1;
                return Some(Name::Known(position));
            }
        }
        let name = self.searched(known)?;
        if let Name::Known(position) = name {
            *next = position + 1;
        }
        self.take(b':')?;
        Some(name)
    }

    /// Compares a name with all known ones. This is out of line, so that the usual case stays small where it is inlined.
    #[inline(never)]
    fn searched(&mut self, known: &[FieldKey]) -> Option<Name<'t>> {
        let name = self.rest_of_string()?;
        let position = known.iter().position(|known| known.name() == name);
        Some(position.map_or(Name::Other(name), Name::Known))
    }

    /// Reads a string.
    #[inline]
    pub(crate) fn string(&mut self) -> Option<Cow<'t, str>> {
        self.take(b'"')?;
        self.rest_of_string()
    }

    /// Reads a string that a value may keep.
    #[inline]
    pub(crate) fn text(&mut self) -> Option<SharedStr> {
        match self.string()? {
            // The cursor is after the closing quote.
            Cow::Borrowed(text) => Some(self.piece(text, self.at - 1)),
            Cow::Owned(text) => Some(SharedStr::from(text)),
        }
    }

    /// A string or value that was just read and ends at `end`, as a piece of the source where there is one.
    #[inline]
    fn piece(&self, text: &str, end: usize) -> SharedStr {
        match self.source {
            Some(source) => SharedStr::piece(source, end - text.len(), end),
            None => SharedStr::from(text),
        }
    }

    /// Reads the rest of a string after its first quote. Only a string with escapes is copied.
    #[inline]
    fn rest_of_string(&mut self) -> Option<Cow<'t, str>> {
        let start = self.at;
        let rest = special(self.bytes().get(start..)?);
        let end = self.text.len() - rest.len();
        if *rest.first()? == b'"' {
            self.at = end + 1;
            return self.text.get(start..end).map(Cow::Borrowed);
        }
        // A backslash, or a control character, which `unescape` refuses (RFC 8259, section 7).
        let mut text = String::new();
        self.at = unescape::<true>(self.text, start, &mut text)?;
        Some(Cow::Owned(text))
    }

    /// Steps over the rest of a string after its first quote.
    fn skip_string(&mut self) -> Option<()> {
        loop {
            let rest = special(self.bytes().get(self.at..)?);
            self.at = self.text.len() - rest.len();
            match rest.first()? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                // The escape is checked, since the text may be kept as valid JSON.
                b'\\' => (_, self.at) = character(self.bytes(), self.at)?,
                // A control character, which a string may hold as an escape only (RFC 8259, section 7).
                _ => return None,
            }
        }
    }

    /// Reads a number as its text.
    pub(crate) fn number(&mut self) -> Option<&'t str> {
        self.peek()?;
        let start = self.at;
        self.step(b'-');
        // No digit may follow a leading zero (RFC 8259, section 6). The next step refuses one, as any other text after a value.
        if !self.step(b'0') {
            self.digits()?;
        }
        if self.step(b'.') {
            self.digits()?;
        }
        if self.step(b'e') || self.step(b'E') {
            if !self.step(b'+') {
                self.step(b'-');
            }
            self.digits()?;
        }
        self.text.get(start..self.at)
    }

    /// Steps over this byte, if it stands at the cursor itself. Reports whether it did. Within a number no space may stand.
    fn step(&mut self, byte: u8) -> bool {
        let found = self.bytes().get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    /// Steps over one digit or more.
    fn digits(&mut self) -> Option<()> {
        let rest = self.bytes().get(self.at..)?;
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(())
    }

    /// Reads any value as its text.
    pub(crate) fn raw(&mut self) -> Option<&'t str> {
        self.peek()?;
        let start = self.at;
        self.skip()?;
        self.text.get(start..self.at)
    }

    /// Reads any value as its text, which a value may keep.
    pub(crate) fn raw_text(&mut self) -> Option<SharedStr> {
        let text = self.raw()?;
        Some(self.piece(text, self.at))
    }

    /// Steps over a value.
    pub(crate) fn skip(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => {
                self.at += 1;
                self.skip_string()
            }
            b'{' => {
                self.open(b'{')?;
                let mut first = true;
                while self.more(b'}', &mut first)? {
                    self.take(b'"')?;
                    self.skip_string()?;
                    self.take(b':')?;
                    self.skip()?;
                }
                Some(())
            }
            b'[' => {
                self.open(b'[')?;
                let mut first = true;
                while self.more(b']', &mut first)? {
                    self.skip()?;
                }
                Some(())
            }
            b'n' => self.word("null"),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            _ => self.number().map(drop),
        }
    }
}
