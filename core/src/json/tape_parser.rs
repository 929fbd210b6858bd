//! Parses a text into a tape in one pass, and checks its values against a kind in the same pass.

use crate::schema::Kind;

use super::cursor::{Cursor, MAX_DEPTH};
use super::escape::unescape;
use super::fields::Fields;
use super::number::{double, short, whole_number};
use super::punctuation::{after_member, after_name, next};
use super::swar::special;
use super::tape::{Tag, Tape, TapeEntry};

/// A parser of one text. Without `KEPT` it checks the text only and makes no tape.
pub(super) struct TapeParser<'t, const KEPT: bool = true> {
    text: &'t str,
    tape: Tape,
    /// A field of a model was repeated in its object.
    repeated: bool,
}

/// Parses a text into a tape. Returns nothing where the text is not JSON or not of this kind.
pub(super) fn parse(text: &str, kind: &Kind) -> Option<Tape> {
    let mut parser = TapeParser::kept(text);
    let end = parser.whole(text.as_bytes(), kind)?;
    next(end).is_none().then_some(parser.tape)
}

/// Checks the value at a position. Returns the position after it, and whether no object in it repeats a field of its model.
/// Returns nothing where the value is not certainly JSON of this kind.
fn check(text: &str, at: usize, kind: &Kind) -> Option<(usize, bool)> {
    let mut parser = TapeParser::<false>::with(text, Vec::new());
    let end = parser.whole(text.as_bytes().get(at..)?, kind)?;
    Some((parser.position(end), !parser.repeated))
}

impl<'t> Cursor<'t> {
    /// Steps over a value and checks it against a kind. Returns its text, and whether no object in it repeats a field of its
    /// model.
    pub(crate) fn pass(&mut self, kind: &Kind) -> Option<(&'t str, bool)> {
        self.peek()?;
        let start = self.at;
        let (end, distinct) = check(self.text, start, kind)?;
        self.at = end;
        Some((self.text.get(start..end)?, distinct))
    }
}

impl<'t> TapeParser<'t> {
    /// A parser that makes a tape.
    fn kept(text: &'t str) -> TapeParser<'t> {
        // A page of forms has an entry for every 12 bytes, so its entries are not moved while it is parsed.
        TapeParser::with(text, Vec::with_capacity(text.len() / 8 + 4))
    }
}

/// A position in the text is passed on as the rest of the text after it. The bounds check of a step is one comparison with the
/// length of the rest then.
impl<'t, const KEPT: bool> TapeParser<'t, KEPT> {
    /// A parser at the beginning of a text, with space for its entries.
    fn with(text: &'t str, entries: Vec<TapeEntry>) -> TapeParser<'t, KEPT> {
        TapeParser {
            text,
            tape: Tape {
                unescaped: String::new(),
                entries,
            },
            repeated: false,
        }
    }

    /// The position in the text at which this rest begins.
    #[inline(always)]
    fn position(&self, rest: &[u8]) -> usize {
        self.text.len() - rest.len()
    }

    /// Parses the first value of the rest. Returns the text after it.
    fn whole(&mut self, rest: &'t [u8], kind: &Kind) -> Option<&'t [u8]> {
        let (byte, rest) = next(rest)?;
        self.value::<false>(rest, byte, 0, kind, false)
    }

    /// Parses a value that begins with this byte. With `ANY` the value may be of any kind; the compiler makes a copy of the code
    /// without the checks for it. With `nullable` it may also be null.
    #[inline(always)]
    fn value<const ANY: bool>(
        &mut self,
        rest: &'t [u8],
        byte: u8,
        depth: u32,
        kind: &Kind,
        nullable: bool,
    ) -> Option<&'t [u8]> {
        let any = ANY || matches!(kind, Kind::Any);
        match byte {
            b'"' if any || matches!(kind, Kind::Text | Kind::Open(_) | Kind::Commas) => {
                self.text(rest.get(1..)?)
            }
            b'{' if any || matches!(kind, Kind::Object) => {
                self.object::<true>(rest.get(1..)?, depth + 1, &Kind::Any)
            }
            b'{' if matches!(kind, Kind::Model(_) | Kind::Map(_)) => {
                self.object::<false>(rest.get(1..)?, depth + 1, kind)
            }
            b'[' if any => self.array::<true>(rest.get(1..)?, depth + 1, &Kind::Any),
            // `array` itself refuses the kinds that are no list.
            b'[' => self.array::<false>(rest.get(1..)?, depth + 1, kind),
            b'n' if any || nullable => self.word(rest, b"null", Tag::Null),
            b't' if any || matches!(kind, Kind::Boolean) => self.word(rest, b"true", Tag::True),
            b'f' if any || matches!(kind, Kind::Boolean) => self.word(rest, b"false", Tag::False),
            _ => self.other(rest, byte, depth, kind),
        }
    }

    /// Parses a number, or the single value of a kind that is one value or a list.
    #[inline(never)]
    fn other(&mut self, rest: &'t [u8], byte: u8, depth: u32, kind: &Kind) -> Option<&'t [u8]> {
        match kind {
            Kind::OneOrMany(item) => self.value::<false>(rest, byte, depth, item, false),
            kind => self.number(rest, kind),
        }
    }

    /// Parses the rest of an object after its brace.
    fn object<const ANY: bool>(
        &mut self,
        rest: &'t [u8],
        depth: u32,
        kind: &Kind,
    ) -> Option<&'t [u8]> {
        let (mut fields, others) = match kind {
            _ if ANY => (Fields::none(), &Kind::Any),
            Kind::Map(item) => (Fields::none(), *item),
            Kind::Model(model) => (Fields::of(model), &Kind::Any),
            _ => return None,
        };
        let container = self.open(Tag::Object, depth)?;
        let (mut length, mut unknown) = (0, 0);
        let (byte, rest) = next(rest)?;
        let mut rest = rest.get(1..)?;
        let mut is_open = match byte {
            b'"' => true,
            b'}' => false,
            _ => return None,
        };
        while is_open {
            length += 1;
            if !ANY && let Some((field, value)) = fields.expected(rest) {
                // The key was found in its usual form, without escapes, so the name is a piece of the text.
                self.push(Tag::Text, field.name.len(), self.position(rest) as u64);
                let (byte, value) = next(value)?;
                rest = self.value::<false>(value, byte, depth, &field.kind, !field.required)?;
            } else {
                let name = rest;
                rest = self.text(name)?;
                let field = match ANY {
                    true => None,
                    false => self
                        .searched(name, rest, fields)?
                        .and_then(|position| fields.take(position)),
                };
                let (byte, value) = after_name(rest)?;
                rest = match field {
                    Some(field) => {
                        self.value::<false>(value, byte, depth, &field.kind, !field.required)?
                    }
                    None => {
                        unknown += 1;
                        self.value::<ANY>(value, byte, depth, others, false)?
                    }
                };
            }
            (is_open, rest) = after_member(rest)?;
        }
        self.close(container, length);
        if !ANY {
            // A name that is repeated counts as a member twice, and as a field that was found only once.
            let distinct = fields.count() == (length - unknown) as u32;
            self.repeated |= !distinct;
            // A map has no fields, so its names may repeat without being counted.
            self.set_distinct(container, distinct && matches!(kind, Kind::Model(_)));
        }
        fields.missing().is_none().then_some(rest)
    }

    /// Looks up the field of a name that was just read. Returns its position, if the model has it.
    #[inline(never)]
    fn searched(&self, name: &[u8], rest: &[u8], fields: Fields) -> Option<Option<usize>> {
        let raw = self
            .text
            .get(self.position(name) - 1..self.position(rest))?;
        // `Fields::expected` has compared every field with a name in its usual form: without escapes and followed by a colon.
        if rest.first() == Some(&b':') && !raw.contains('\\') {
            return Some(None);
        }
        // `raw` has both quotes, as the cursor expects a string.
        let name = Cursor::new(raw).string()?;
        Some(fields.position(&name))
    }

    /// Parses the rest of a list after its bracket.
    fn array<const ANY: bool>(
        &mut self,
        rest: &'t [u8],
        depth: u32,
        kind: &Kind,
    ) -> Option<&'t [u8]> {
        let kind = match kind {
            _ if ANY => &Kind::Any,
            Kind::List(item) | Kind::OneOrMany(item) => item,
            _ => return None,
        };
        let container = self.open(Tag::Array, depth)?;
        let mut length = 0;
        let (mut byte, mut rest) = next(rest)?;
        if byte == b']' {
            self.close(container, length);
            return rest.get(1..);
        }
        loop {
            // An item that has a kind may not be null: only fields may.
            rest = self.value::<ANY>(rest, byte, depth, kind, false)?;
            length += 1;
            let (end, after) = next(rest)?;
            let after = after.get(1..)?;
            match end {
                b',' => (byte, rest) = next(after)?,
                b']' => {
                    self.close(container, length);
                    return Some(after);
                }
                _ => return None,
            }
        }
    }

    /// Parses the rest of a string after its first quote.
    #[inline(always)]
    fn text(&mut self, rest: &'t [u8]) -> Option<&'t [u8]> {
        match special(rest) {
            [b'"', after @ ..] => {
                let length = rest.len() - after.len() - 1;
                self.push(Tag::Text, length, self.position(rest) as u64);
                Some(after)
            }
            _ => self.escaped(rest),
        }
    }

    /// The same for a string with escapes, which is unescaped into the tape.
    #[cold]
    fn escaped(&mut self, rest: &'t [u8]) -> Option<&'t [u8]> {
        let (start, at) = (self.tape.unescaped.len(), self.position(rest));
        let end = unescape::<KEPT>(self.text, at, &mut self.tape.unescaped)?;
        self.push_unescaped(start);
        self.text.as_bytes().get(end..)
    }

    /// Parses null, true or false.
    #[inline]
    fn word(&mut self, rest: &'t [u8], word: &[u8], tag: Tag) -> Option<&'t [u8]> {
        let rest = rest.strip_prefix(word)?;
        self.push(tag, 0, 0);
        Some(rest)
    }

    /// Parses a number, and checks it against a kind.
    #[inline(never)]
    fn number(&mut self, rest: &'t [u8], kind: &Kind) -> Option<&'t [u8]> {
        let Some(((tag, payload), rest)) = short(rest) else {
            return self.long_number(rest, kind);
        };
        self.push(tag, 0, payload);
        is_of(tag, payload, kind).then_some(rest)
    }

    /// The same for a number that has many digits or an exponent. A text that is no number is refused here.
    #[cold]
    fn long_number(&mut self, rest: &'t [u8], kind: &Kind) -> Option<&'t [u8]> {
        let at = self.position(rest);
        let mut cursor = Cursor::from(self.text, at);
        let literal = cursor.number()?;
        let rest = self.text.as_bytes().get(cursor.position()..)?;
        let Some((tag, payload)) = whole_number(literal) else {
            self.push(Tag::Number, literal.len(), at as u64);
            let fits = match kind {
                Kind::Any => true,
                // Rust's models hold a number as a double, and the check accepts what they decode.
                Kind::Number => double(literal).is_some(),
                _ => false,
            };
            return fits.then_some(rest);
        };
        self.push(tag, 0, payload);
        is_of(tag, payload, kind).then_some(rest)
    }

    /// Adds an entry, if the tape is kept. No length is cut, since a text of 4 GiB is refused before.
    #[inline]
    fn push(&mut self, tag: Tag, length: usize, payload: u64) {
        if KEPT {
            self.tape.entries.push(TapeEntry {
                tag,
                distinct: false,
                length: length as u32,
                payload,
            });
        }
    }

    /// Adds the string that was just appended to the unescaped ones, from this position on.
    fn push_unescaped(&mut self, start: usize) {
        let length = self.tape.unescaped.len() - start;
        self.push(Tag::Unescaped, length, start as u64);
    }

    /// Adds the entry of a list or an object, and returns its index. Its length and end are known when it is closed.
    #[inline]
    fn open(&mut self, tag: Tag, depth: u32) -> Option<usize> {
        let container = self.tape.entries.len();
        self.push(tag, 0, 0);
        (depth <= MAX_DEPTH).then_some(container)
    }

    /// Sets a container's length and its end. Without a tape there is no entry to set.
    fn close(&mut self, container: usize, length: usize) {
        let end = self.tape.entries.len() as u64;
        if let Some(entry) = self.tape.entries.get_mut(container) {
            entry.length = length as u32;
            entry.payload = end;
        }
    }

    /// Marks an object of a model, so that a look-up of a field may end at the first member of its name.
    fn set_distinct(&mut self, container: usize, distinct: bool) {
        if let Some(entry) = self.tape.entries.get_mut(container) {
            entry.distinct = distinct;
        }
    }
}

/// Reports whether a number that is kept by its value is of this kind.
fn is_of(tag: Tag, payload: u64, kind: &Kind) -> bool {
    match kind {
        Kind::Any | Kind::Number => true,
        Kind::Integer => match tag {
            Tag::Unsigned => i64::try_from(payload).is_ok(),
            tag => tag == Tag::Signed,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests;
