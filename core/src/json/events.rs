//! A walk over a value and all it contains, in the order of the text.

use std::slice::Iter;

use super::document::Document;
use super::swar::same;
use super::tape::{Tag, TapeEntry};

/// What a walk meets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum JsonEvent<'a> {
    /// null.
    Null,
    /// true or false.
    Boolean(bool),
    /// A whole number below zero that fits.
    Signed(i64),
    /// A whole number from zero that fits.
    Unsigned(u64),
    /// Another number with few digits.
    Float(f64),
    /// Any other number, by its text: as a double it may be another, or none.
    Number(&'a str),
    /// Text: a value, or a member's name.
    Text(&'a str),
    /// A list. So many values follow.
    Array(usize),
    /// An object. So many pairs of a name and a value follow.
    Object(usize),
}

/// The [`JsonEvent`]s of a value, each container before what it holds.
#[derive(Clone, Debug)]
pub struct Events<'a> {
    text: &'a str,
    unescaped: &'a str,
    entries: Iter<'a, TapeEntry>,
}

impl<'a> Events<'a> {
    pub(super) fn new(document: &'a Document, start: u32, end: u32) -> Self {
        let index = document.index();
        let entries = index.entries.get(start as usize..end as usize);
        Events {
            text: document.text(),
            unescaped: &index.unescaped,
            entries: entries.unwrap_or_default().iter(),
        }
    }

    /// Takes the next step if it is this text, as a name that is expected. Otherwise it stays.
    #[inline]
    pub fn took(&mut self, text: &str) -> bool {
        let Some(entry) = self.entries.as_slice().first() else {
            return false;
        };
        let source = match entry.tag {
            Tag::Text => self.text,
            Tag::Unescaped => self.unescaped,
            _ => return false,
        };
        let start = entry.payload as usize;
        let found = entry.length as usize == text.len()
            && source
                .as_bytes()
                .get(start..start + text.len())
                .is_some_and(|name| same(name, text.as_bytes()));
        if found {
            self.entries.next();
        }
        found
    }
}

impl<'a> Iterator for Events<'a> {
    type Item = JsonEvent<'a>;

    #[inline]
    fn next(&mut self) -> Option<JsonEvent<'a>> {
        let TapeEntry {
            tag,
            length,
            payload,
            ..
        } = *self.entries.next()?;
        let (start, length) = (payload as usize, length as usize);
        Some(match tag {
            Tag::Null => JsonEvent::Null,
            Tag::False => JsonEvent::Boolean(false),
            Tag::True => JsonEvent::Boolean(true),
            Tag::Signed => JsonEvent::Signed(payload as i64),
            Tag::Unsigned => JsonEvent::Unsigned(payload),
            Tag::Float => JsonEvent::Float(f64::from_bits(payload)),
            Tag::Number => JsonEvent::Number(self.text.get(start..start + length)?),
            Tag::Text => JsonEvent::Text(self.text.get(start..start + length)?),
            Tag::Unescaped => JsonEvent::Text(self.unescaped.get(start..start + length)?),
            Tag::Array => JsonEvent::Array(length),
            Tag::Object => JsonEvent::Object(length),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl ExactSizeIterator for Events<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meets_each_value_in_its_turn() {
        let text = r#"{"a": [1, -2, 2.5, "x\ny"], "é": {"b": [], "c": true}, "n": [null, false]}"#;
        let document = Document::parse(text.to_owned()).unwrap();
        let all = [
            JsonEvent::Object(3),
            JsonEvent::Text("a"),
            JsonEvent::Array(4),
            JsonEvent::Unsigned(1),
            JsonEvent::Signed(-2),
            JsonEvent::Float(2.5),
            JsonEvent::Text("x\ny"),
            JsonEvent::Text("é"),
            JsonEvent::Object(2),
            JsonEvent::Text("b"),
            JsonEvent::Array(0),
            JsonEvent::Text("c"),
            JsonEvent::Boolean(true),
            JsonEvent::Text("n"),
            JsonEvent::Array(2),
            JsonEvent::Null,
            JsonEvent::Boolean(false),
        ];
        assert_eq!(document.root().walk().len(), all.len());
        assert_eq!(document.root().walk().collect::<Vec<_>>(), all);
        let mut walk = document.root().walk();
        assert!(!walk.took("a"));
        walk.next();
        assert!(!walk.took("b") && !walk.took("") && !walk.took("aa") && walk.took("a"));
        assert_eq!(walk.nth(4), Some(JsonEvent::Text("x\ny")));
        assert!(walk.took("é"));
        assert_eq!(walk.collect::<Vec<_>>(), all[8..]);
        let part = document.root().get("é").unwrap();
        assert_eq!(part.walk().collect::<Vec<_>>(), all[8..13]);
        let scalar = part.get("c").unwrap();
        assert_eq!(
            scalar.walk().collect::<Vec<_>>(),
            [JsonEvent::Boolean(true)]
        );
    }
}
