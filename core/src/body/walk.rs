//! A walk over a value and all it contains, in the order of the text.

use std::slice::Iter;

use super::document::Document;
use super::index::{Entry, Tag};
use super::scan::same;

/// What a walk meets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step<'a> {
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

/// The [`Step`]s of a value, each container before what it holds.
#[derive(Clone, Debug)]
pub struct Walk<'a> {
    text: &'a str,
    unescaped: &'a str,
    entries: Iter<'a, Entry>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(document: &'a Document, start: u32, end: u32) -> Self {
        let index = document.index();
        let entries = index.entries.get(start as usize..end as usize);
        Walk {
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

impl<'a> Iterator for Walk<'a> {
    type Item = Step<'a>;

    #[inline]
    fn next(&mut self) -> Option<Step<'a>> {
        let Entry {
            tag,
            length,
            payload,
            ..
        } = *self.entries.next()?;
        let (start, length) = (payload as usize, length as usize);
        Some(match tag {
            Tag::Null => Step::Null,
            Tag::False => Step::Boolean(false),
            Tag::True => Step::Boolean(true),
            Tag::Signed => Step::Signed(payload as i64),
            Tag::Unsigned => Step::Unsigned(payload),
            Tag::Float => Step::Float(f64::from_bits(payload)),
            Tag::Number => Step::Number(self.text.get(start..start + length)?),
            Tag::Text => Step::Text(self.text.get(start..start + length)?),
            Tag::Unescaped => Step::Text(self.unescaped.get(start..start + length)?),
            Tag::Array => Step::Array(length),
            Tag::Object => Step::Object(length),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl ExactSizeIterator for Walk<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meets_each_value_in_its_turn() {
        let text = r#"{"a": [1, -2, 2.5, "x\ny"], "é": {"b": [], "c": true}, "n": [null, false]}"#;
        let document = Document::parse(text.to_owned()).unwrap();
        let all = [
            Step::Object(3),
            Step::Text("a"),
            Step::Array(4),
            Step::Unsigned(1),
            Step::Signed(-2),
            Step::Float(2.5),
            Step::Text("x\ny"),
            Step::Text("é"),
            Step::Object(2),
            Step::Text("b"),
            Step::Array(0),
            Step::Text("c"),
            Step::Boolean(true),
            Step::Text("n"),
            Step::Array(2),
            Step::Null,
            Step::Boolean(false),
        ];
        assert_eq!(document.root().walk().len(), all.len());
        assert_eq!(document.root().walk().collect::<Vec<_>>(), all);
        let mut walk = document.root().walk();
        assert!(!walk.took("a"));
        walk.next();
        assert!(!walk.took("b") && !walk.took("") && !walk.took("aa") && walk.took("a"));
        assert_eq!(walk.nth(4), Some(Step::Text("x\ny")));
        assert!(walk.took("é"));
        assert_eq!(walk.collect::<Vec<_>>(), all[8..]);
        let part = document.root().get("é").unwrap();
        assert_eq!(part.walk().collect::<Vec<_>>(), all[8..13]);
        let scalar = part.get("c").unwrap();
        assert_eq!(scalar.walk().collect::<Vec<_>>(), [Step::Boolean(true)]);
    }
}
