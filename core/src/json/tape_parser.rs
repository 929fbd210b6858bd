//! Makes an index in one pass over a text, and judges the values on the way.

use crate::schema::Kind;

use super::cursor::{Cursor, MAX_DEPTH};
use super::escape::unescape;
use super::fields::Fields;
use super::number::{double, short, whole_number};
use super::punctuation::{after_member, after_name, next};
use super::swar::special;
use super::tape::{Tag, Tape, TapeEntry};

/// An index that is being made; without `KEPT` only the judgement on the way.
pub(super) struct TapeParser<'t, const KEPT: bool = true> {
    text: &'t str,
    pub(super) index: Tape,
    /// A field of a model stood twice in its object.
    again: bool,
}

/// The index of a text, or nothing where it is no JSON or not of this kind.
pub(super) fn by_reader(text: &str, kind: &Kind) -> Option<Tape> {
    let mut builder = TapeParser::kept(text);
    let end = builder.whole(text.as_bytes(), kind)?;
    next(end).is_none().then_some(builder.index)
}

/// Judges the value at a position: the position behind it, and whether no field of a model stands twice in an object of it.
/// Nothing where it is not of this kind, or may not be, or its text may be no JSON.
fn pass(text: &str, at: usize, kind: &Kind) -> Option<(usize, bool)> {
    let mut builder = TapeParser::<false>::with(text, Vec::new());
    let end = builder.whole(text.as_bytes().get(at..)?, kind)?;
    Some((builder.position(end), !builder.again))
}

impl<'t> Cursor<'t> {
    /// Steps over a value and judges whether it is of this kind: its text, and whether no field of a model stands twice in an
    /// object of it.
    pub(crate) fn pass(&mut self, kind: &Kind) -> Option<(&'t str, bool)> {
        self.peek()?;
        let start = self.at;
        let (end, distinct) = pass(self.text, start, kind)?;
        self.at = end;
        Some((self.text.get(start..end)?, distinct))
    }
}

impl<'t> TapeParser<'t> {
    fn kept(text: &'t str) -> TapeParser<'t> {
        TapeParser::with(text, Vec::with_capacity(text.len() / 8 + 4))
    }
}

/// Places in the text are told by the rest of it: a step forward is one look at how much is left.
impl<'t, const KEPT: bool> TapeParser<'t, KEPT> {
    fn with(text: &'t str, entries: Vec<TapeEntry>) -> TapeParser<'t, KEPT> {
        TapeParser {
            text,
            index: Tape {
                unescaped: String::new(),
                entries,
            },
            again: false,
        }
    }

    /// Where in the text its rest begins.
    #[inline(always)]
    fn position(&self, rest: &[u8]) -> usize {
        self.text.len() - rest.len()
    }

    /// Takes a value of this kind, and gives what follows it.
    fn whole(&mut self, rest: &'t [u8], kind: &Kind) -> Option<&'t [u8]> {
        let (byte, rest) = next(rest)?;
        self.value::<false>(rest, byte, 0, kind, false)
    }

    /// Takes the value of this kind that begins with this byte. `ANY`: it is of any kind. `nullable`: or null.
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
            b'[' => self.array::<false>(rest.get(1..)?, depth + 1, kind),
            b'n' if any || nullable => self.word(rest, b"null", Tag::Null),
            b't' if any || matches!(kind, Kind::Boolean) => self.word(rest, b"true", Tag::True),
            b'f' if any || matches!(kind, Kind::Boolean) => self.word(rest, b"false", Tag::False),
            _ => self.other(rest, byte, depth, kind),
        }
    }

    /// A number, or one of what may be many.
    #[inline(never)]
    fn other(&mut self, rest: &'t [u8], byte: u8, depth: u32, kind: &Kind) -> Option<&'t [u8]> {
        match kind {
            Kind::OneOrMany(item) => self.value::<false>(rest, byte, depth, item, false),
            kind => self.number(rest, kind),
        }
    }

    /// The rest of an object.
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
        let place = self.open(Tag::Object, depth)?;
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
        self.close(place, length);
        if !ANY {
            let distinct = fields.count() == (length - unknown) as u32;
            self.again |= !distinct;
            self.distinct(place, distinct && matches!(kind, Kind::Model(_)));
        }
        fields.missing().is_none().then_some(rest)
    }

    /// The position of the field of a name that was just read.
    #[inline(never)]
    fn searched(&self, name: &[u8], rest: &[u8], fields: Fields) -> Option<Option<usize>> {
        let raw = self
            .text
            .get(self.position(name) - 1..self.position(rest))?;
        // Had it one, and in its usual form, that was found already.
        if rest.first() == Some(&b':') && !raw.contains('\\') {
            return Some(None);
        }
        let name = Cursor::new(raw).string()?;
        Some(fields.position(&name))
    }

    /// The rest of a list.
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
        let place = self.open(Tag::Array, depth)?;
        let mut length = 0;
        let (mut byte, mut rest) = next(rest)?;
        if byte == b']' {
            self.close(place, length);
            return rest.get(1..);
        }
        loop {
            rest = self.value::<ANY>(rest, byte, depth, kind, false)?;
            length += 1;
            let (end, after) = next(rest)?;
            let after = after.get(1..)?;
            match end {
                b',' => (byte, rest) = next(after)?,
                b']' => {
                    self.close(place, length);
                    return Some(after);
                }
                _ => return None,
            }
        }
    }

    /// The rest of a string, whose first quote was read.
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

    #[cold]
    fn escaped(&mut self, rest: &'t [u8]) -> Option<&'t [u8]> {
        let (start, at) = (self.index.unescaped.len(), self.position(rest));
        let end = unescape::<KEPT>(self.text, at, &mut self.index.unescaped)?;
        self.unescaped(start);
        self.text.as_bytes().get(end..)
    }

    #[inline]
    fn word(&mut self, rest: &'t [u8], word: &[u8], tag: Tag) -> Option<&'t [u8]> {
        let rest = rest.strip_prefix(word)?;
        self.push(tag, 0, 0);
        Some(rest)
    }

    #[inline(never)]
    fn number(&mut self, rest: &'t [u8], kind: &Kind) -> Option<&'t [u8]> {
        let Some(((tag, payload), rest)) = short(rest) else {
            return self.long_number(rest, kind);
        };
        self.push(tag, 0, payload);
        is_of(tag, payload, kind).then_some(rest)
    }

    #[cold]
    fn long_number(&mut self, rest: &'t [u8], kind: &Kind) -> Option<&'t [u8]> {
        let at = self.position(rest);
        let mut reader = Cursor::from(self.text, at);
        let literal = reader.number()?;
        let rest = self.text.as_bytes().get(reader.position()..)?;
        let Some((tag, payload)) = whole_number(literal) else {
            self.push(Tag::Number, literal.len(), at as u64);
            let fits = match kind {
                Kind::Any => true,
                Kind::Number => double(literal).is_some(),
                _ => false,
            };
            return fits.then_some(rest);
        };
        self.push(tag, 0, payload);
        is_of(tag, payload, kind).then_some(rest)
    }

    #[inline]
    pub(super) fn push(&mut self, tag: Tag, length: usize, payload: u64) {
        if KEPT {
            self.index.entries.push(TapeEntry {
                tag,
                distinct: false,
                length: length as u32,
                payload,
            });
        }
    }

    /// A string that was written to those without escapes, from there on.
    fn unescaped(&mut self, start: usize) {
        let length = self.index.unescaped.len() - start;
        self.push(Tag::Unescaped, length, start as u64);
    }

    /// Begins a list or an object.
    #[inline]
    fn open(&mut self, tag: Tag, depth: u32) -> Option<usize> {
        let place = self.index.entries.len();
        self.push(tag, 0, 0);
        (depth <= MAX_DEPTH).then_some(place)
    }

    pub(super) fn close(&mut self, place: usize, length: usize) {
        let end = self.index.entries.len() as u64;
        if let Some(entry) = self.index.entries.get_mut(place) {
            entry.length = length as u32;
            entry.payload = end;
        }
    }

    fn distinct(&mut self, place: usize, distinct: bool) {
        if let Some(entry) = self.index.entries.get_mut(place) {
            entry.distinct = distinct;
        }
    }
}

/// Whether a number that is kept by its value is of this kind.
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
mod tests {
    use super::*;

    const TEXT: &str = r#" {"a": [1, -2, 0, -0, 18446744073709551615, 18446744073709551616, -9223372036854775808, -9223372036854775809,
1.5, 2e3, 1E-2, 0.1, 123456789012345678901234567890, 5e-324], "b\u00e9\n": {"": "", "x": "plain \u00fc", "x": "\ud83d\ude00 \"q\" \\ \/"},
"t": true, "f": false, "n": null, "e": [], "o": {}, "ü😀": ["deep", [[[{"k": [null]}]]]] } "#;

    /// What is taken, serde_json takes, and reads the same. Whether it was taken.
    fn agree(text: &str) -> bool {
        let taken = by_reader(text, &Kind::Any).is_some();
        crate::testing::fuzz::json::document(text.as_bytes());
        taken
    }

    #[test]
    fn takes_what_a_server_sends() {
        assert!(agree(TEXT));
        for text in ["1", " \"\" ", "[]", "{}", "null", "-0", "1e308", "[[],{}]"] {
            assert!(agree(text), "{text}");
        }
    }

    #[test]
    fn a_text_with_any_character_changed_is_read_as_serde_json_reads_it() {
        let changes = [
            "", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "9", "-", ".", "e", "u", " ",
            "\u{1}", "é",
        ];
        let mut taken = 0;
        for (place, old) in TEXT.char_indices() {
            let (before, after) = (&TEXT[..place], &TEXT[place + old.len_utf8()..]);
            taken += usize::from(agree(before));
            for new in changes {
                taken += usize::from(agree(&format!("{before}{new}{after}")));
            }
        }
        assert!(taken > 500, "only {taken} were taken");
    }

    #[test]
    fn a_text_is_as_deep_as_serde_json_takes_it() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(agree(&deep(127)));
        assert!(!agree(&deep(128)) && Tape::of(&deep(128)).is_err());
        assert!(Tape::of(&"[".repeat(200_000)).is_err());
    }

    #[test]
    fn a_number_that_is_no_double_is_taken() {
        for text in ["1e999", "-1e999", "[1e400,1]", &"9".repeat(400)] {
            assert!(agree(text), "{text}");
        }
        let by_kind = |text: &str, kind: &Kind| by_reader(text, kind).is_some();
        assert!(by_kind("1e300", &Kind::Number) && !by_kind("1e400", &Kind::Number));
        assert!(!by_kind("1e2", &Kind::Integer) && !by_kind("1e400", &Kind::Text));
    }
}
