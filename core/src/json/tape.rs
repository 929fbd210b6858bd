//! The tape: a flat index of the values in a JSON text. It is data only; files above it make it and read it.

/// The values of a text in its order, each container before its contents.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Tape {
    /// Strings that hold escapes, unescaped, one after the other.
    pub(super) unescaped: String,
    pub(super) entries: Vec<TapeEntry>,
}

/// One value in 16 bytes. The payload of a container is the index after its last descendant, so that a reader can skip it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TapeEntry {
    pub(super) tag: Tag,
    /// The entry is an object, and no field of its model is repeated in it. A look-up may stop at the first one then.
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
    /// A number with few digits that has a fraction, or -0. Reading it as a double loses none of them.
    Float,
    /// Any other number, by its position in the text. A double may round it, or may be unable to hold it.
    Number,
    /// A string without escapes, by its position in the text.
    Text,
    /// A string with escapes, by its position in `unescaped`.
    Unescaped,
    Array,
    /// Keys and values alternate.
    Object,
}

impl Tape {
    /// The tape of the text `null`.
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
