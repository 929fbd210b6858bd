//! The events of a value: each value that it contains, in the order of the text.

use std::slice::Iter;

use super::document::Document;
use super::swar::same;
use super::tape::{Tag, TapeEntry};

/// One event: a value, a member's name, or the beginning of a container.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum JsonEvent<'a> {
    /// null.
    Null,
    /// true or false.
    Boolean(bool),
    /// A whole number below zero that fits into 64 bits.
    Signed(i64),
    /// A whole number from zero that fits into 64 bits.
    Unsigned(u64),
    /// A number with few digits that has a fraction, or -0.
    Float(f64),
    /// Any other number, by its text. A double may round it, or may be unable to hold it.
    Number(&'a str),
    /// Text, which is a value or a member's name.
    Text(&'a str),
    /// A list of so many values, which follow.
    Array(usize),
    /// An object of so many members, which follow as pairs of a name and a value.
    Object(usize),
}

/// The [`JsonEvent`]s of a value, each container before its contents.
#[derive(Clone, Debug)]
pub struct Events<'a> {
    /// The text of the whole document, which the entries' positions are in.
    text: &'a str,
    unescaped: &'a str,
    /// The entries that are still to be given.
    entries: Iter<'a, TapeEntry>,
}

impl<'a> Events<'a> {
    /// The events of the entries from one index to before another.
    pub(super) fn new(document: &'a Document, start: u32, end: u32) -> Self {
        let tape = document.tape();
        let entries = tape.entries.get(start as usize..end as usize);
        Events {
            text: document.text(),
            unescaped: &tape.unescaped,
            entries: entries.unwrap_or_default().iter(),
        }
    }

    /// Takes the next event if it is this text, as for a name that is expected. Reports whether it was. A caller that knows the
    /// names saves their look-up this way.
    #[inline]
    pub fn next_if_text(&mut self, text: &str) -> bool {
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
    fn gives_each_value_in_its_turn() {
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
        assert_eq!(document.root().events().len(), all.len());
        assert_eq!(document.root().events().collect::<Vec<_>>(), all);
        let mut events = document.root().events();
        assert!(!events.next_if_text("a"));
        events.next();
        assert!(
            !events.next_if_text("b")
                && !events.next_if_text("")
                && !events.next_if_text("aa")
                && events.next_if_text("a")
        );
        assert_eq!(events.nth(4), Some(JsonEvent::Text("x\ny")));
        assert!(events.next_if_text("é"));
        assert_eq!(events.collect::<Vec<_>>(), all[8..]);
        let part = document.root().get("é").unwrap();
        assert_eq!(part.events().collect::<Vec<_>>(), all[8..13]);
        let scalar = part.get("c").unwrap();
        assert_eq!(
            scalar.events().collect::<Vec<_>>(),
            [JsonEvent::Boolean(true)]
        );
    }
}
