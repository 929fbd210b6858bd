//! The flat index over a JSON text: where each value lies, found in one pass.

use crate::schema::Kind;

use super::builder::{by_reader, by_serde};

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
    /// Of an object: each name that its model has stands once.
    pub(super) distinct: bool,
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
        match by_reader(text, &Kind::Any) {
            Some(index) => Ok(index),
            None => by_serde(text),
        }
    }

    /// Indexes a text and judges it in the same pass. Nothing where it is not JSON or not of this kind, or may not be: then
    /// [`Index::of`] and [`mismatch`](super::mismatch) are to judge. What is taken here, they take too.
    pub(super) fn fitting(text: &str, kind: &Kind) -> Option<Index> {
        u32::try_from(text.len()).ok()?;
        by_reader(text, kind)
    }

    /// The index of null.
    pub(super) fn null() -> Index {
        let null = Entry {
            tag: Tag::Null,
            distinct: false,
            length: 0,
            payload: 0,
        };
        Index {
            unescaped: String::new(),
            entries: vec![null],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_sixteen_bytes() {
        assert_eq!(size_of::<Entry>(), 16);
    }
}
