//! The tape: a flat index of the values in a JSON text. It is data only; files above it make it and read it.

/// The values of a text in its order, each container before its contents.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Tape {
    /// Strings that hold escapes, unescaped, one after the other.
    pub(super) unescaped: String,
    /// An entry for each value and for each member's name.
    pub(super) entries: Vec<TapeEntry>,
}

/// One value in 16 bytes. The payload of a container is the index after its last descendant, so that a reader can skip it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TapeEntry {
    /// The type of the value, which says what length and payload are.
    pub(super) tag: Tag,
    /// The entry is an object, and no field of its model is repeated in it. A look-up may stop at the first one then.
    pub(super) distinct: bool,
    /// The bytes of a text or of a number's digits, or the number of items or members; 0 for any other value.
    pub(super) length: u32,
    /// The bits of a number, the position of a text, or the index after a container.
    pub(super) payload: u64,
}

/// The type of a value, with the place where its content is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tag {
    Null,
    False,
    True,
    /// A whole number below zero that fits into 64 bits.
    Signed,
    /// A whole number from zero that fits into 64 bits.
    Unsigned,
    /// A number with few digits that has a fraction, or -0. Reading it as a double loses none of them.
    Float,
    /// Any other number, by its position in the text. A double may round it, or may be unable to hold it.
    Number,
    /// A string without escapes, by its position in the text.
    Text,
    /// A string with escapes, by its position in `unescaped`.
    Unescaped,
    /// A list. Its items follow.
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
