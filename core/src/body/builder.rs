//! Makes an index in one pass over a text, and judges the values on the way.

use serde::de::DeserializeSeed;

use crate::schema::{Field, Kind};

use super::escape::unescape;
use super::index::{Entry, Index, Tag};
use super::number::number;
use super::reader::{MAX_DEPTH, Reader};
use super::scan::special;
use super::shape::Fields;
use super::visitor::Seed;

/// An index that is being made; without `KEPT` only the judgement on the way.
pub(super) struct Builder<const KEPT: bool = true> {
    /// Where the text lies.
    start: usize,
    pub(super) index: Index,
    /// A field of a model stood twice in its object.
    again: bool,
}

impl Builder {
    fn new(text: &str) -> Builder {
        let entries = Vec::with_capacity(text.len() / 8 + 4);
        Builder::with(text, entries)
    }

    /// The short way: nothing where serde_json is to judge, or what is not of this kind.
    pub(super) fn by_reader(text: &str, kind: &Kind) -> Option<Index> {
        let mut builder = Builder::new(text);
        let (byte, at) = next(text, 0)?;
        let end = builder.value::<false>(text, at, byte, 0, kind)?;
        Reader::from(text, end).ended().then_some(builder.index)
    }

    /// The long way.
    pub(super) fn by_serde(text: &str) -> Result<Index, serde_json::Error> {
        let mut builder = Builder::new(text);
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Seed(&mut builder).deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(builder.index)
    }

    /// A string that lies in the text itself: its address tells where.
    pub(super) fn borrowed(&mut self, text: &str) {
        let offset = (text.as_ptr() as usize).wrapping_sub(self.start);
        self.push(Tag::Text, text.len(), offset as u64);
    }

    /// A string that stands in the text with escapes.
    pub(super) fn owned(&mut self, text: &str) {
        let start = self.index.unescaped.len();
        self.index.unescaped.push_str(text);
        self.unescaped(start);
    }
}

/// Judges the value at a position: the position behind it, and whether no field of a model stands twice in an object of it.
/// Nothing where it is not of this kind, or may not be, or its text may be no JSON.
pub(super) fn pass(text: &str, at: usize, kind: &Kind) -> Option<(usize, bool)> {
    let mut builder = Builder::<false>::with(text, Vec::new());
    let (byte, at) = next(text, at)?;
    let end = builder.value::<false>(text, at, byte, 0, kind)?;
    Some((end, !builder.again))
}

impl<const KEPT: bool> Builder<KEPT> {
    fn with(text: &str, entries: Vec<Entry>) -> Builder<KEPT> {
        Builder {
            start: text.as_ptr() as usize,
            index: Index {
                unescaped: String::new(),
                entries,
            },
            again: false,
        }
    }

    /// Takes the value of this kind that begins with this byte, and gives the position behind it. `ANY`: it is of any kind.
    #[inline(always)]
    fn value<const ANY: bool>(
        &mut self,
        text: &str,
        at: usize,
        byte: u8,
        depth: u32,
        kind: &Kind,
    ) -> Option<usize> {
        let kind = match kind {
            Kind::OneOrMany(item) if byte != b'[' => item,
            kind => kind,
        };
        let any = ANY || matches!(kind, Kind::Any);
        match byte {
            b'"' if any || matches!(kind, Kind::Text | Kind::Open(_) | Kind::Commas) => {
                self.text(text, at + 1)
            }
            b'{' if any || matches!(kind, Kind::Object) => {
                self.object::<true>(text, at + 1, depth + 1, &Kind::Any)
            }
            b'[' if any => self.array::<true>(text, at + 1, depth + 1, &Kind::Any),
            b'{' => self.object::<false>(text, at + 1, depth + 1, kind),
            b'[' => self.array::<false>(text, at + 1, depth + 1, kind),
            b'n' if any => self.word(text, at, "null", Tag::Null),
            b't' if any || matches!(kind, Kind::Boolean) => self.word(text, at, "true", Tag::True),
            b'f' if any || matches!(kind, Kind::Boolean) => {
                self.word(text, at, "false", Tag::False)
            }
            _ => self.number(text, at, kind),
        }
    }

    /// The rest of an object.
    fn object<const ANY: bool>(
        &mut self,
        text: &str,
        mut at: usize,
        depth: u32,
        kind: &Kind,
    ) -> Option<usize> {
        let (fields, others) = match kind {
            _ if ANY => (&[][..], &Kind::Any),
            Kind::Map(item) => (&[][..], *item),
            Kind::Model(model) => (model.fields, &Kind::Any),
            _ => return None,
        };
        let mut fields = Fields::of(fields);
        let place = self.open(Tag::Object, depth)?;
        let mut length = 0;
        let mut byte;
        (byte, at) = next(text, at)?;
        while byte != b'}' {
            if byte != b'"' {
                return None;
            }
            let field;
            (field, at) = match ANY {
                true => (None, self.text(text, at + 1)?),
                false => self.name(text, at + 1, &mut fields)?,
            };
            (byte, at) = behind_name(text, at)?;
            let kind = match field {
                Some(field) if field.required || byte != b'n' => &field.kind,
                Some(_) => &Kind::Any,
                None => others,
            };
            at = self.value::<ANY>(text, at, byte, depth, kind)?;
            length += 1;
            (byte, at) = behind_member(text, at)?;
        }
        self.close(place, length);
        if !ANY {
            self.again |= fields.again();
            self.distinct(place, fields.distinct());
        }
        fields.missing().is_none().then_some(at + 1)
    }

    /// A member's name, whose first quote was read, and its field.
    #[inline(always)]
    fn name(
        &mut self,
        text: &str,
        at: usize,
        fields: &mut Fields,
    ) -> Option<(Option<&'static Field>, usize)> {
        if let Some(field) = fields.expected(text.as_bytes(), at) {
            self.push(Tag::Text, field.name.len(), at as u64);
            return Some((Some(field), at + field.name.len() + 1));
        }
        let end = self.text(text, at)?;
        Some((searched(text.get(at - 1..end)?, fields)?, end))
    }

    /// The rest of a list.
    fn array<const ANY: bool>(
        &mut self,
        text: &str,
        mut at: usize,
        depth: u32,
        kind: &Kind,
    ) -> Option<usize> {
        let kind = match kind {
            _ if ANY => &Kind::Any,
            Kind::List(item) | Kind::OneOrMany(item) => item,
            _ => return None,
        };
        let place = self.open(Tag::Array, depth)?;
        let mut length = 0;
        let mut byte;
        (byte, at) = next(text, at)?;
        if byte == b']' {
            self.close(place, length);
            return Some(at + 1);
        }
        loop {
            at = self.value::<ANY>(text, at, byte, depth, kind)?;
            length += 1;
            (byte, at) = next(text, at)?;
            match byte {
                b',' => (byte, at) = next(text, at + 1)?,
                b']' => break,
                _ => return None,
            }
        }
        self.close(place, length);
        Some(at + 1)
    }

    /// The rest of a string, whose first quote was read.
    #[inline(always)]
    fn text(&mut self, text: &str, at: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        let end = special(bytes, at);
        if bytes.get(end) != Some(&b'"') {
            return self.escaped(text, at);
        }
        self.push(Tag::Text, end - at, at as u64);
        Some(end + 1)
    }

    #[cold]
    fn escaped(&mut self, text: &str, at: usize) -> Option<usize> {
        let start = self.index.unescaped.len();
        let end = unescape::<KEPT>(text, at, &mut self.index.unescaped)?;
        self.unescaped(start);
        Some(end)
    }

    #[inline]
    fn word(&mut self, text: &str, at: usize, word: &str, tag: Tag) -> Option<usize> {
        let rest = text.as_bytes().get(at..)?;
        rest.starts_with(word.as_bytes()).then(|| {
            self.push(tag, 0, 0);
            at + word.len()
        })
    }

    #[inline(never)]
    fn number(&mut self, text: &str, at: usize, kind: &Kind) -> Option<usize> {
        let mut reader = Reader::from(text, at);
        let (tag, payload) = number(reader.number()?)?;
        let fits = match kind {
            Kind::Any | Kind::Number => true,
            Kind::Integer => match tag {
                Tag::Unsigned => i64::try_from(payload).is_ok(),
                tag => tag == Tag::Signed,
            },
            _ => false,
        };
        self.push(tag, 0, payload);
        fits.then(|| reader.position())
    }

    #[inline]
    pub(super) fn push(&mut self, tag: Tag, length: usize, payload: u64) {
        if KEPT {
            self.index.entries.push(Entry {
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

/// The field of a name as it is in the text, with its quotes.
#[inline(never)]
fn searched(name: &str, fields: &mut Fields) -> Option<Option<&'static Field>> {
    let name = Reader::new(name).string()?;
    Some(fields.find(&name))
}

/// The first byte of a member's value, and where it is: behind the colon that follows its name.
#[inline(always)]
fn behind_name(text: &str, at: usize) -> Option<(u8, usize)> {
    match text.as_bytes().get(at..)?.first_chunk() {
        Some([b':', byte]) if *byte > b' ' => Some((*byte, at + 1)),
        _ => {
            let (byte, at) = next(text, at)?;
            (byte == b':').then(|| next(text, at + 1))?
        }
    }
}

/// The first quote of the next member's name, or the brace that ends the object, and where it is.
#[inline(always)]
fn behind_member(text: &str, at: usize) -> Option<(u8, usize)> {
    match text.as_bytes().get(at..)?.first_chunk() {
        Some(b",\"") => Some((b'"', at + 1)),
        _ => match next(text, at)? {
            (b',', at) => next(text, at + 1).filter(|(byte, _)| *byte == b'"'),
            end => (end.0 == b'}').then_some(end),
        },
    }
}

/// The next byte that is no space, from a position on, and where it is.
#[inline(always)]
fn next(text: &str, at: usize) -> Option<(u8, usize)> {
    match *text.as_bytes().get(at)? {
        byte if byte > b' ' => Some((byte, at)),
        _ => behind_space(text, at),
    }
}

#[cold]
fn behind_space(text: &str, at: usize) -> Option<(u8, usize)> {
    let mut reader = Reader::from(text, at);
    Some((reader.peek()?, reader.position()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#" {"a": [1, -2, 0, -0, 18446744073709551615, 18446744073709551616, -9223372036854775808, -9223372036854775809,
1.5, 2e3, 1E-2, 0.1, 123456789012345678901234567890, 5e-324], "b\u00e9\n": {"": "", "x": "plain \u00fc", "x": "\ud83d\ude00 \"q\" \\ \/"},
"t": true, "f": false, "n": null, "e": [], "o": {}, "ü😀": ["deep", [[[{"k": [null]}]]]] } "#;

    /// What the short way takes, the long way takes, and reads the same. Whether it was taken.
    fn agree(text: &str) -> bool {
        let Some(seen) = Builder::by_reader(text, &Kind::Any) else {
            return false;
        };
        match Builder::by_serde(text) {
            Ok(expected) => assert_eq!(seen, expected, "{text}"),
            Err(error) => panic!("serde_json refuses what was taken: {error}: {text}"),
        }
        true
    }

    #[test]
    fn takes_what_a_server_sends() {
        assert!(agree(TEXT));
        for text in ["1", " \"\" ", "[]", "{}", "null", "-0", "1e308", "[[],{}]"] {
            assert!(agree(text), "{text}");
        }
    }

    #[test]
    fn a_text_with_any_character_changed_is_indexed_alike_or_left_to_serde_json() {
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
    fn what_is_too_large_or_too_deep_is_left_to_serde_json() {
        assert!(!agree("1e999") && !agree("-1e999"));
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(agree(&deep(100)));
        assert!(!agree(&deep(101)) && Index::of(&deep(101)).is_ok());
        assert!(Index::of(&deep(200)).is_err());
        assert!(Index::of(&"[".repeat(200_000)).is_err());
    }
}
