//! Texts as Python strings. They are made once, for an answer repeats them.

use pyo3::prelude::*;
use pyo3::types::PyString;

/// The longest text, in bytes, that is kept. Longer ones are mostly free text, which does not repeat.
const LONGEST: usize = 128;
/// The most texts that are kept: a power of two, so that the slot is a mask. With 32 bytes each the table fits into the first
/// cache of a processor.
const SLOTS: usize = 512;

/// Python strings by their text. Each text has two slots; a new text evicts an old one.
pub(crate) struct Strings {
    slots: Box<[Slot]>,
    /// The last string that is too long for a slot. It is here only so that it can be borrowed.
    long: Option<Py<PyString>>,
}

/// The ends of a text, and the string made of it.
type Slot = Option<(Ends, Py<PyString>)>;

impl Strings {
    pub(crate) fn new() -> Strings {
        Strings {
            slots: (0..SLOTS).map(|_| None).collect(),
            long: None,
        }
    }

    /// The text as a Python string.
    #[inline]
    pub(crate) fn python<'py>(&mut self, py: Python<'py>, text: &str) -> &Bound<'py, PyString> {
        let ends = Ends::of(text);
        if ends.length > LONGEST {
            let string = PyString::new(py, text).unbind();
            return self.long.insert(string).bind(py);
        }
        let place = match self.known(py, text, ends) {
            Some(place) => place,
            None => self.room(ends),
        };
        let made = || (ends, PyString::new(py, text).unbind());
        let (_, string) = self.slots[place].get_or_insert_with(made);
        string.bind(py)
    }

    /// The slot that has the text.
    #[inline]
    fn known(&self, py: Python<'_>, text: &str, ends: Ends) -> Option<usize> {
        // The neighbour is mostly in the same line of the cache, so the second look costs little.
        let first = ends.place();
        [first, first ^ 1].into_iter().find(|place| {
            self.slots[*place].as_ref().is_some_and(|(known, string)| {
                *known == ends
                    && (ends.are_all() || string.to_str(py).is_ok_and(|known| known == text))
            })
        })
    }

    /// Frees one of a text's two slots and returns it.
    fn room(&mut self, ends: Ends) -> usize {
        let first = ends.place();
        let place = match self.slots[first] {
            Some(_) if self.slots[first ^ 1].is_none() => first ^ 1,
            _ => first,
        };
        self.slots[place] = None;
        place
    }
}

/// The length of a text, and its first and last eight bytes as numbers: its hash, and for short texts all of it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ends {
    length: usize,
    ends: [u64; 2],
}

impl Ends {
    #[inline]
    fn of(text: &str) -> Ends {
        let bytes = text.as_bytes();
        let ends = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => [u64::from_le_bytes(*first), u64::from_le_bytes(*last)],
            _ => match (bytes.first_chunk(), bytes.last_chunk()) {
                (Some(first), Some(last)) => [half(first), half(last)],
                _ => [small(bytes), 0],
            },
        };
        Ends {
            length: bytes.len(),
            ends,
        }
    }

    /// True if the ends hold the whole text, so that texts with equal ends are equal.
    #[inline]
    fn are_all(&self) -> bool {
        self.length <= 16
    }

    #[inline]
    fn place(&self) -> usize {
        let [first, last] = self.ends;
        // Fibonacci hashing: 2^64 divided by the golden ratio spreads the bits upwards. The rotation keeps a text whose ends
        // are equal from cancelling itself.
        let mixed = first ^ last.rotate_left(29) ^ self.length as u64;
        (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize % SLOTS
    }
}

#[inline]
fn half(bytes: &[u8; 4]) -> u64 {
    u64::from(u32::from_le_bytes(*bytes))
}

#[inline]
fn small(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}
