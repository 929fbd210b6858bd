//! Reads JSON text straight into types whose members are known, in one pass.
//!
//! It says "this is it" or nothing at all. It takes what serde_json takes and reads it the same; beyond that it takes numbers that
//! no double can hold, where their text is kept. A lenient one reads a text that is known to be JSON: what has another type
//! than is read there is stepped over.

use std::borrow::Cow;
use std::sync::Arc;

use super::escape::{character, unescape};
use super::punctuation::next;
use super::shared_str::SharedStr;
use super::swar::special;
use crate::schema::key::FieldKey;

/// As deep as serde_json goes: its own limit of 128 is the first depth that it refuses.
pub(super) const MAX_DEPTH: u32 = 127;

/// A place in a JSON text.
pub struct Cursor<'t> {
    pub(super) text: &'t str,
    /// Where the text lies, if pieces of it are to be kept.
    source: Option<&'t Arc<String>>,
    pub(super) at: usize,
    depth: u32,
    is_lenient: bool,
}

/// A position to come back to, in the same text.
#[derive(Clone, Copy)]
pub(crate) struct Position {
    at: usize,
    depth: u32,
}

/// The name of an object's member.
pub(crate) enum Name<'t> {
    /// The one at this position of the names that are known.
    Known(usize),
    /// Another.
    Other(Cow<'t, str>),
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Cursor {
            text,
            source: None,
            at: 0,
            depth: 0,
            is_lenient: false,
        }
    }

    /// A reader whose texts are pieces of their source.
    pub(crate) fn sharing(source: &'t Arc<String>) -> Self {
        Cursor {
            source: Some(source),
            ..Cursor::new(source)
        }
    }

    /// A reader of a text that is known to be JSON, which steps over what has another type than is read there.
    pub(crate) fn lenient(source: &'t Arc<String>) -> Self {
        Cursor {
            is_lenient: true,
            ..Cursor::sharing(source)
        }
    }

    #[inline]
    pub(crate) fn is_lenient(&self) -> bool {
        self.is_lenient
    }

    /// Where it stands.
    #[inline(always)]
    pub(crate) fn place(&self) -> Position {
        Position {
            at: self.at,
            depth: self.depth,
        }
    }

    /// The text of the value that begins at a place, where a lenient reader could not read it as what was asked for. It stands
    /// behind it then.
    #[cold]
    #[inline(never)]
    pub(crate) fn misfit(&mut self, place: Position) -> Option<SharedStr> {
        self.is_lenient.then_some(())?;
        (self.at, self.depth) = (place.at, place.depth);
        self.raw_text()
    }

    /// A reader that begins at a position.
    pub(super) fn from(text: &'t str, at: usize) -> Self {
        Cursor {
            at,
            ..Cursor::new(text)
        }
    }

    /// Whether nothing but space follows.
    pub(crate) fn ended(&mut self) -> bool {
        self.peek().is_none()
    }

    /// How much of the text was read.
    #[inline]
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// The next byte that is no space. It stays.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        match *self.bytes().get(self.at)? {
            byte if byte > b' ' => Some(byte),
            _ => self.after_space(),
        }
    }

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

    #[inline]
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Takes this word, if it is next.
    #[inline]
    pub(crate) fn word(&mut self, word: &str) -> Option<()> {
        self.peek()?;
        let rest = self.bytes().get(self.at..)?;
        rest.starts_with(word.as_bytes())
            .then(|| self.at += word.len())
    }

    /// Goes into a list (`[`) or an object (`{`).
    #[inline]
    pub(crate) fn open(&mut self, bracket: u8) -> Option<()> {
        self.take(bracket)?;
        self.depth += 1;
        (self.depth <= MAX_DEPTH).then_some(())
    }

    /// Whether another element follows, or else the bracket that ends it. `first`: nothing was read yet.
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
        (byte == b',').then(|| self.at += 1)?;
        Some(true)
    }

    /// A member's name and the colon behind it. `next` is the position of the name that is probably next: servers keep an order,
    /// and leave out a member here and there.
    #[inline(always)]
    pub(crate) fn name(&mut self, known: &[FieldKey], next: &mut usize) -> Option<Name<'t>> {
        self.take(b'"')?;
        let text = self.bytes().get(self.at..)?;
        for position in [*next, *next + 1] {
            if let Some(label) = known.get(position)
                && let Some(rest) = label.strip(text)
            {
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

    #[inline(never)]
    fn searched(&mut self, known: &[FieldKey]) -> Option<Name<'t>> {
        let name = self.rest_of_string()?;
        let position = known.iter().position(|known| known.name() == name);
        Some(position.map_or(Name::Other(name), Name::Known))
    }

    /// A string.
    #[inline]
    pub(crate) fn string(&mut self) -> Option<Cow<'t, str>> {
        self.take(b'"')?;
        self.rest_of_string()
    }

    /// A string that may be kept.
    #[inline]
    pub(crate) fn text(&mut self) -> Option<SharedStr> {
        match self.string()? {
            // Its closing quote was read just now.
            Cow::Borrowed(text) => Some(self.piece(text, self.at - 1)),
            Cow::Owned(text) => Some(SharedStr::from(text)),
        }
    }

    /// A text read just now that ends here.
    #[inline]
    fn piece(&self, text: &str, end: usize) -> SharedStr {
        match self.source {
            Some(source) => SharedStr::piece(source, end - text.len(), end),
            None => SharedStr::from(text),
        }
    }

    /// What is left of a string whose first quote was read.
    #[inline]
    fn rest_of_string(&mut self) -> Option<Cow<'t, str>> {
        let start = self.at;
        let rest = special(self.bytes().get(start..)?);
        let end = self.text.len() - rest.len();
        if *rest.first()? == b'"' {
            self.at = end + 1;
            return self.text.get(start..end).map(Cow::Borrowed);
        }
        let mut text = String::new();
        self.at = unescape::<true>(self.text, start, &mut text)?;
        Some(Cow::Owned(text))
    }

    /// Steps over what is left of a string.
    fn skip_string(&mut self) -> Option<()> {
        loop {
            let rest = special(self.bytes().get(self.at..)?);
            self.at = self.text.len() - rest.len();
            match rest.first()? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => (_, self.at) = character(self.bytes(), self.at)?,
                _ => return None,
            }
        }
    }

    /// A number's text.
    pub(crate) fn number(&mut self) -> Option<&'t str> {
        self.peek()?;
        let start = self.at;
        self.step(b'-');
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

    fn step(&mut self, byte: u8) -> bool {
        let found = self.bytes().get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn digits(&mut self) -> Option<()> {
        let rest = self.bytes().get(self.at..)?;
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(())
    }

    /// Any value, as its text.
    pub(crate) fn raw(&mut self) -> Option<&'t str> {
        self.peek()?;
        let start = self.at;
        self.skip()?;
        self.text.get(start..self.at)
    }

    /// Any value, as its text that may be kept.
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
