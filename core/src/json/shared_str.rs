//! A text that shares the memory of the answer it was received in.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::schema::{Described, Kind};

/// The value of `end` that means the end of the source, so that a text of its own may be longer than 4 GiB.
const TO_THE_END: u32 = u32::MAX;

/// A text that the server sent: a piece of the answer, used like a [`str`].
///
/// The text keeps the whole answer in memory as long as it lives. To keep a few texts of a large answer, detach them with
/// [`into_string`](SharedStr::into_string) or `to_string`.
///
/// ```
/// use penbox::SharedStr;
///
/// let id = SharedStr::from("a1b2");
/// assert_eq!(id, "a1b2");
/// assert!(id.starts_with('a') && id.as_str().ends_with('2'));
/// let kept: String = id.into_string();
/// # assert_eq!(kept, "a1b2");
/// ```
#[derive(Clone)]
pub struct SharedStr {
    /// The whole answer, or the text alone where it is one of its own.
    source: Arc<String>,
    /// The index of the first byte. With 32 bits for each index a text takes 16 bytes, and an answer has many.
    start: u32,
    /// The index after the last byte, or [`TO_THE_END`].
    end: u32,
}

impl SharedStr {
    /// A piece of an answer, from one byte to before another.
    #[inline]
    pub(crate) fn piece(source: &Arc<String>, start: usize, end: usize) -> SharedStr {
        match (u32::try_from(start), u32::try_from(end)) {
            (Ok(start), Ok(end)) if end < TO_THE_END => SharedStr {
                source: Arc::clone(source),
                start,
                end,
            },
            // Beyond 4 GiB an index does not fit, so the piece is copied.
            _ => SharedStr::from(source.get(start..end).unwrap_or_default()),
        }
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        let start = self.start as usize;
        let piece = match self.end {
            TO_THE_END => self.source.get(start..),
            end => self.source.get(start..end as usize),
        };
        piece.unwrap_or_default()
    }

    /// The text as a string of its own, which no longer keeps the answer in memory.
    pub fn into_string(self) -> String {
        // A piece is copied, since the rest of the answer is to be freed.
        if self.start > 0 || self.as_str().len() < self.source.len() {
            return self.as_str().to_owned();
        }
        Arc::try_unwrap(self.source).unwrap_or_else(|source| source.as_str().to_owned())
    }
}

impl Deref for SharedStr {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for SharedStr {
    fn as_ref(&self) -> &str {
        self
    }
}

// Equality, order and hash are those of `str`, as `Borrow` requires.
impl Borrow<str> for SharedStr {
    fn borrow(&self) -> &str {
        self
    }
}

impl Default for SharedStr {
    fn default() -> Self {
        SharedStr::from(String::new())
    }
}

impl From<String> for SharedStr {
    fn from(text: String) -> Self {
        SharedStr {
            source: Arc::new(text),
            start: 0,
            end: TO_THE_END,
        }
    }
}

impl From<&str> for SharedStr {
    fn from(text: &str) -> Self {
        SharedStr::from(text.to_owned())
    }
}

impl From<SharedStr> for String {
    fn from(text: SharedStr) -> Self {
        text.into_string()
    }
}

impl From<&SharedStr> for String {
    fn from(text: &SharedStr) -> Self {
        text.as_str().to_owned()
    }
}

impl fmt::Display for SharedStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl fmt::Debug for SharedStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for SharedStr {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for SharedStr {}

macro_rules! equal { ($($other:ty),+) => { $(
    impl PartialEq<$other> for SharedStr {
        fn eq(&self, other: &$other) -> bool {
            self.as_str() == &other[..]
        }
    }

    impl PartialEq<SharedStr> for $other {
        fn eq(&self, other: &SharedStr) -> bool {
            &self[..] == other.as_str()
        }
    }
)+ }; }
equal!(str, &str, String);

impl PartialOrd for SharedStr {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SharedStr {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for SharedStr {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Serialize for SharedStr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for SharedStr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(SharedStr::from)
    }
}

impl Described for SharedStr {
    const KIND: Kind = Kind::Text;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A piece of a source that has no other owner.
    fn piece(source: &str, start: usize, end: usize) -> SharedStr {
        SharedStr::piece(&Arc::new(source.to_owned()), start, end)
    }

    #[test]
    fn a_piece_is_small() {
        assert!(size_of::<SharedStr>() <= 16);
        assert_eq!(size_of::<Option<SharedStr>>(), size_of::<SharedStr>());
    }

    #[test]
    fn a_piece_copies_nothing_and_keeps_its_source() {
        let source = Arc::new("[\"abc\"]".to_owned());
        let text = SharedStr::piece(&source, 2, 5);
        assert!(std::ptr::eq(text.as_str(), &source[2..5]));
        let left = Arc::downgrade(&source);
        drop(source);
        let copy = text.clone();
        drop(text);
        assert_eq!(copy, "abc");
        assert_eq!(left.strong_count(), 1);
        assert_eq!(copy.into_string(), "abc");
        assert_eq!(left.strong_count(), 0, "the source is dropped");
    }

    #[test]
    fn a_text_of_its_own_is_moved_not_copied() {
        let text = "é".repeat(100);
        let address = text.as_ptr();
        let text = SharedStr::from(text);
        assert_eq!(text.as_ptr(), address);
        let shared = text.clone();
        let copied = text.into_string();
        assert_ne!(copied.as_ptr(), address, "another owner has it");
        let moved = shared.into_string();
        assert_eq!(moved.as_ptr(), address);
        assert_eq!(copied, moved);
        // A piece that is all of its source is moved, too.
        assert_eq!(piece("abc", 0, 3).into_string(), "abc");
    }

    #[test]
    fn a_piece_outside_its_source_is_empty() {
        for (start, end) in [(0, 0), (3, 3), (4, 4), (2, 1), (2, 9), (9, 10), (0, 2)] {
            let text = piece("aéz", start, end);
            assert_eq!(text, "", "{start}..{end}");
            assert_eq!(text.into_string(), "", "{start}..{end}");
        }
        assert_eq!(SharedStr::default(), piece("abc", 1, 1));
        assert!(SharedStr::default().is_empty());
    }

    #[test]
    fn a_piece_ends_where_characters_do() {
        let source = "é😀z";
        assert_eq!(piece(source, 0, 2), "é");
        assert_eq!(piece(source, 2, 6), "😀");
        assert_eq!(piece(source, 6, 7), "z");
        assert_eq!(piece(source, 0, 7), source);
        assert_eq!(piece(source, 0, 7).chars().count(), 3);
    }
}
