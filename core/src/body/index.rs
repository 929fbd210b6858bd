//! The flat index over a JSON text: where each value lies, found in one pass.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::reader::{Name, Reader};

/// The values of a text, each container before what it holds.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Index {
    /// Strings that hold escapes, unescaped, one after the other.
    pub(super) unescaped: String,
    pub(super) entries: Vec<Entry>,
}

/// One value: 16 bytes. Containers hold the index behind their last descendant, so that they can be skipped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) tag: Tag,
    pub(super) length: u32,
    pub(super) payload: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tag {
    Null,
    False,
    True,
    Signed,
    Unsigned,
    Float,
    /// A string without escapes, in the text.
    Text,
    /// A string with escapes, in `unescaped`.
    Unescaped,
    Array,
    /// Keys and values alternate.
    Object,
}

impl Index {
    /// Indexes a text.
    pub(super) fn of(text: &str) -> Result<Index, serde_json::Error> {
        if u32::try_from(text.len()).is_err() {
            return Err(serde::de::Error::custom("the text is too long"));
        }
        match Builder::by_reader(text) {
            Some(index) => Ok(index),
            None => Builder::by_serde(text),
        }
    }

    /// The index of null.
    pub(super) fn null() -> Index {
        let null = Entry {
            tag: Tag::Null,
            length: 0,
            payload: 0,
        };
        Index {
            unescaped: String::new(),
            entries: vec![null],
        }
    }
}

const NONE: &[&str] = &[];

struct Builder {
    /// Where the text lies.
    start: usize,
    index: Index,
}

impl Builder {
    fn new(text: &str) -> Builder {
        Builder {
            start: text.as_ptr() as usize,
            index: Index {
                unescaped: String::new(),
                entries: Vec::with_capacity(text.len() / 8 + 4),
            },
        }
    }

    /// The short way: nothing where serde_json is to judge.
    fn by_reader(text: &str) -> Option<Index> {
        let mut builder = Builder::new(text);
        let mut reader = Reader::new(text);
        builder.value(&mut reader)?;
        reader.ended().then_some(builder.index)
    }

    /// The long way.
    fn by_serde(text: &str) -> Result<Index, serde_json::Error> {
        let mut builder = Builder::new(text);
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Seed(&mut builder).deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(builder.index)
    }

    fn value(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        match reader.peek()? {
            b'"' => {
                let text = reader.string()?;
                self.string(text);
            }
            b'{' => {
                let place = self.index.entries.len();
                self.push(Tag::Object, 0, 0);
                reader.open(b'{')?;
                let (mut length, mut first) = (0, true);
                while reader.more(b'}', &mut first)? {
                    match reader.name(NONE, &mut 0)? {
                        Name::Other(name) => self.string(name),
                        Name::Known(_) => return None,
                    }
                    self.value(reader)?;
                    length += 1;
                }
                self.close(place, length);
            }
            b'[' => {
                let place = self.index.entries.len();
                self.push(Tag::Array, 0, 0);
                reader.open(b'[')?;
                let (mut length, mut first) = (0, true);
                while reader.more(b']', &mut first)? {
                    self.value(reader)?;
                    length += 1;
                }
                self.close(place, length);
            }
            b'n' => {
                reader.word("null")?;
                self.push(Tag::Null, 0, 0);
            }
            b't' => {
                reader.word("true")?;
                self.push(Tag::True, 0, 0);
            }
            b'f' => {
                reader.word("false")?;
                self.push(Tag::False, 0, 0);
            }
            _ => self.number(reader.number()?)?,
        }
        Some(())
    }

    /// A number as serde_json reads it: whole ones exactly where they fit, all others as doubles, rounded its way.
    fn number(&mut self, text: &str) -> Option<()> {
        if !text.contains(['.', 'e', 'E']) && text != "-0" {
            if let Ok(value) = text.parse::<u64>() {
                self.push(Tag::Unsigned, 0, value);
                return Some(());
            }
            if let Ok(value) = text.parse::<i64>() {
                self.push(Tag::Signed, 0, value as u64);
                return Some(());
            }
        }
        let value: f64 = serde_json::from_str(text).ok()?;
        self.push(Tag::Float, 0, value.to_bits());
        Some(())
    }

    fn string(&mut self, text: Cow<'_, str>) {
        match text {
            Cow::Borrowed(text) => self.borrowed(text),
            Cow::Owned(text) => self.owned(&text),
        }
    }

    fn push(&mut self, tag: Tag, length: usize, payload: u64) {
        self.index.entries.push(Entry {
            tag,
            length: length as u32,
            payload,
        });
    }

    /// A string that lies in the text itself: its address tells where.
    fn borrowed(&mut self, text: &str) {
        let offset = (text.as_ptr() as usize).wrapping_sub(self.start);
        self.push(Tag::Text, text.len(), offset as u64);
    }

    fn owned(&mut self, text: &str) {
        let offset = self.index.unescaped.len();
        self.index.unescaped.push_str(text);
        self.push(Tag::Unescaped, text.len(), offset as u64);
    }

    fn close(&mut self, place: usize, length: usize) {
        let end = self.index.entries.len() as u64;
        let entry = &mut self.index.entries[place];
        entry.length = length as u32;
        entry.payload = end;
    }
}

struct Seed<'b>(&'b mut Builder);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.push(Tag::Null, 0, 0);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0
            .push(if value { Tag::True } else { Tag::False }, 0, 0);
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.push(Tag::Signed, 0, value as u64);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.push(Tag::Unsigned, 0, value);
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.push(Tag::Float, 0, value.to_bits());
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.0.borrowed(text);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.owned(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let place = self.0.index.entries.len();
        self.0.push(Tag::Array, 0, 0);
        let mut length = 0;
        while seq.next_element_seed(Seed(self.0))?.is_some() {
            length += 1;
        }
        self.0.close(place, length);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let place = self.0.index.entries.len();
        self.0.push(Tag::Object, 0, 0);
        let mut length = 0;
        while map.next_key_seed(Seed(self.0))?.is_some() {
            map.next_value_seed(Seed(self.0))?;
            length += 1;
        }
        self.0.close(place, length);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#" {"a": [1, -2, 0, -0, 18446744073709551615, 18446744073709551616, -9223372036854775808, -9223372036854775809,
1.5, 2e3, 1E-2, 0.1, 123456789012345678901234567890, 5e-324], "b\u00e9\n": {"": "", "x": "plain \u00fc", "x": "\ud83d\ude00 \"q\" \\ \/"},
"t": true, "f": false, "n": null, "e": [], "o": {}, "ü😀": ["deep", [[[{"k": [null]}]]]] } "#;

    /// What the short way takes, the long way takes, and reads the same. Whether it was taken.
    fn agree(text: &str) -> bool {
        let Some(seen) = Builder::by_reader(text) else {
            return false;
        };
        match Builder::by_serde(text) {
            Ok(expected) => assert_eq!(seen, expected, "{text}"),
            Err(error) => panic!("serde_json refuses what was taken: {error}: {text}"),
        }
        true
    }

    #[test]
    fn an_entry_is_sixteen_bytes() {
        assert_eq!(size_of::<Entry>(), 16);
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
