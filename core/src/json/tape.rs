//! The flat index over a JSON text: where each value lies, found in one pass.

use serde::de::IgnoredAny;

use crate::schema::Kind;

use super::tape_parser::by_reader;

/// The values of a text, each container before what it holds.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Tape {
    /// Strings that hold escapes, unescaped, one after the other.
    pub(super) unescaped: String,
    pub(super) entries: Vec<TapeEntry>,
}

/// One value: 16 bytes. Containers hold the index behind their last descendant, so that they can be skipped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TapeEntry {
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
    /// A number with few digits, which is exact enough as a double.
    Float,
    /// Any other number: where it stands in the text. As a double it may be another, or none.
    Number,
    /// A string without escapes, in the text.
    Text,
    /// A string with escapes, in `unescaped`.
    Unescaped,
    Array,
    /// Keys and values alternate.
    Object,
}

impl Tape {
    /// Indexes a text.
    pub(super) fn of(text: &str) -> Result<Tape, serde_json::Error> {
        if u32::try_from(text.len()).is_err() {
            return Err(serde::de::Error::custom("the text is too long"));
        }
        by_reader(text, &Kind::Any).ok_or_else(|| refusal(text))
    }

    /// Indexes a text and judges it in the same pass. Nothing where it is not JSON or not of this kind: then [`Tape::of`] and
    /// [`mismatch`](super::mismatch) say which. What is taken here, they take too.
    pub(super) fn fitting(text: &str, kind: &Kind) -> Option<Tape> {
        u32::try_from(text.len()).ok()?;
        by_reader(text, kind)
    }

    /// The index of null.
    pub(super) fn null() -> Tape {
        let null = TapeEntry {
            tag: Tag::Null,
            distinct: false,
            length: 0,
            payload: 0,
        };
        Tape {
            unescaped: String::new(),
            entries: vec![null],
        }
    }
}

/// Why a text was refused, in serde_json's words.
#[cold]
fn refusal(text: &str) -> serde_json::Error {
    // A tree of it is made only where the text is too deep: what is ignored may be of any depth.
    let error = serde_json::from_str::<IgnoredAny>(text).err();
    error
        .or_else(|| serde_json::from_str::<serde_json::Value>(text).err())
        .unwrap_or_else(|| serde::de::Error::custom("half of a surrogate pair"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_sixteen_bytes() {
        assert_eq!(size_of::<TapeEntry>(), 16);
    }
}
