//! The flat index over a JSON text: where each value lies, found in one pass.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_sixteen_bytes() {
        assert_eq!(size_of::<TapeEntry>(), 16);
    }
}
