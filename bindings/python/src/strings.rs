//! Texts as Python strings, made once: they come again and again in an answer.

use pyo3::prelude::*;
use pyo3::types::PyString;

/// Longer texts are not kept.
const LONGEST: usize = 128;
/// So many texts are kept, at most: a power of two, and no more than a processor has at hand.
const SLOTS: usize = 512;

/// Strings that were made, found by their text. Two places for each text; what needs a place takes it.
pub(crate) struct Strings(Box<[Slot]>);

/// What tells a text, and the string made of it.
type Slot = Option<(Ends, Py<PyString>)>;

impl Strings {
    pub(crate) fn new() -> Strings {
        Strings((0..SLOTS).map(|_| None).collect())
    }

    /// The text as a Python string.
    #[inline]
    pub(crate) fn python<'py>(&mut self, py: Python<'py>, text: &str) -> Bound<'py, PyString> {
        let ends = Ends::of(text);
        if ends.length > LONGEST {
            return PyString::new(py, text);
        }
        let first = ends.place();
        for place in [first, first ^ 1] {
            if let Some((known, string)) = &self.0[place]
                && *known == ends
                && (ends.are_all() || string.to_str(py).is_ok_and(|known| known == text))
            {
                return string.bind(py).clone();
            }
        }
        self.made(py, text, ends)
    }

    #[inline(never)]
    fn made<'py>(&mut self, py: Python<'py>, text: &str, ends: Ends) -> Bound<'py, PyString> {
        let string = PyString::new(py, text);
        let first = ends.place();
        let place = match self.0[first] {
            Some(_) if self.0[first ^ 1].is_none() => first ^ 1,
            _ => first,
        };
        self.0[place] = Some((ends, string.clone().unbind()));
        string
    }
}

/// The length of a text, and its first and last eight bytes as numbers.
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

    /// Whether there is nothing between them, so that two texts are equal if these are.
    #[inline]
    fn are_all(&self) -> bool {
        self.length <= 16
    }

    #[inline]
    fn place(&self) -> usize {
        let [first, last] = self.ends;
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
