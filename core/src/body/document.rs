//! An answer as text with a flat index over it: parsed once, looked into without building a tree.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::node::Node;

/// A JSON text and the index of its values, shared by every view into it.
///
/// Cloning is a reference count. Numbers are kept as serde_json reads them: 64-bit integers exactly, all others as doubles.
///
/// ```
/// use penbox::Document;
///
/// let document = Document::parse(r#"{"data": [{"id": "a"}, {"id": "b"}]}"#.to_owned()).unwrap();
/// let id = document.root().pointer("/data/1/id").unwrap();
/// assert_eq!(id.as_str(), Some("b"));
/// ```
#[derive(Clone)]
pub struct Document(Arc<Inner>);

struct Inner {
    text: String,
    /// Made at once, or when a text that is known to be good is first looked into.
    index: OnceLock<Index>,
}

#[derive(Default)]
struct Index {
    /// Strings that hold escapes, unescaped, one after the other.
    unescaped: String,
    entries: Vec<Entry>,
}

/// One value: 16 bytes. Containers hold the index behind their last descendant, so that they can be skipped.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) tag: Tag,
    pub(super) length: u32,
    pub(super) payload: u64,
}

impl Entry {
    const NULL: Entry = Entry {
        tag: Tag::Null,
        length: 0,
        payload: 0,
    };
}

#[derive(Clone, Copy, PartialEq, Eq)]
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

impl Document {
    /// Indexes a JSON text.
    ///
    /// # Errors
    /// serde_json's own error where the text is not JSON, nests deeper than 128 levels or is longer than 4 GiB.
    pub fn parse(text: String) -> Result<Document, serde_json::Error> {
        Document::of(text).map_err(|(_, error)| error)
    }

    /// Indexes a JSON text, and gives it back where it is none.
    pub(crate) fn of(text: String) -> Result<Document, (String, serde_json::Error)> {
        match Builder::index(&text) {
            Ok(index) => Ok(Document(Arc::new(Inner {
                text,
                index: index.into(),
            }))),
            Err(error) => Err((text, error)),
        }
    }

    /// A JSON text that was parsed before and is most likely never looked into.
    pub(crate) fn unread(text: String) -> Document {
        let index = OnceLock::new();
        Document(Arc::new(Inner { text, index }))
    }

    fn index(&self) -> &Index {
        let Inner { text, index } = &*self.0;
        index.get_or_init(|| {
            // What was parsed once is parsed again; where it is not, it is null like an absent value.
            Builder::index(text).unwrap_or_else(|_| Index {
                entries: vec![Entry::NULL],
                ..Index::default()
            })
        })
    }

    /// The whole text, as the server sent it.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The outermost value.
    pub fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }

    /// The value at an index that [`Node::index`] gave.
    pub fn node(&self, index: u32) -> Option<Node<'_>> {
        ((index as usize) < self.index().entries.len()).then_some(Node::new(self, index))
    }

    pub(super) fn entry(&self, index: u32) -> Entry {
        self.index().entries[index as usize]
    }

    /// The value of an object's member; the last one where a name stands twice.
    pub(super) fn member(&self, object: u32, key: &str) -> Option<u32> {
        let (index, key) = (self.index(), key.as_bytes());
        let holder = index.entries.get(object as usize)?;
        if holder.tag != Tag::Object {
            return None;
        }
        let (mut at, mut found) = (object as usize + 1, None);
        for _ in 0..holder.length {
            let [name, value] = index.entries.get(at..)?.first_chunk()?;
            // Lengths tell most names apart.
            if name.length as usize == key.len() {
                let text = match name.tag {
                    Tag::Unescaped => &index.unescaped,
                    _ => &self.0.text,
                };
                let start = name.payload as usize;
                if text.as_bytes().get(start..start + key.len()) == Some(key) {
                    found = Some(at as u32 + 1);
                }
            }
            at = match value.tag {
                Tag::Array | Tag::Object => value.payload as usize,
                _ => at + 2,
            };
        }
        found
    }

    /// The text of a string's entry.
    pub(super) fn string(&self, entry: Entry) -> Option<&str> {
        let (start, length) = (entry.payload as usize, entry.length as usize);
        match entry.tag {
            Tag::Text => self.0.text.get(start..start + length),
            Tag::Unescaped => self.index().unescaped.get(start..start + length),
            _ => None,
        }
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} bytes)", self.0.text.len())
    }
}

struct Builder {
    /// Where the text lies.
    start: usize,
    index: Index,
}

impl Builder {
    fn index(text: &str) -> Result<Index, serde_json::Error> {
        if u32::try_from(text.len()).is_err() {
            return Err(serde::de::Error::custom("the text is too long"));
        }
        let mut builder = Builder {
            start: text.as_ptr() as usize,
            index: Index {
                unescaped: String::new(),
                entries: Vec::with_capacity(text.len() / 8 + 4),
            },
        };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Seed(&mut builder).deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(builder.index)
    }

    fn push(&mut self, tag: Tag, length: usize, payload: u64) {
        self.index.entries.push(Entry {
            tag,
            length: length as u32,
            payload,
        });
    }

    /// A string that lies in the text itself: its address tells where.
    fn borrowed(&mut self, text: &str) {
        let offset = (text.as_ptr() as usize).wrapping_sub(self.start);
        self.push(Tag::Text, text.len(), offset as u64);
    }

    fn owned(&mut self, text: &str) {
        let offset = self.index.unescaped.len();
        self.index.unescaped.push_str(text);
        self.push(Tag::Unescaped, text.len(), offset as u64);
    }

    fn close(&mut self, place: usize, length: usize) {
        let end = self.index.entries.len() as u64;
        let entry = &mut self.index.entries[place];
        entry.length = length as u32;
        entry.payload = end;
    }
}

struct Seed<'b>(&'b mut Builder);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.push(Tag::Null, 0, 0);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0
            .push(if value { Tag::True } else { Tag::False }, 0, 0);
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.push(Tag::Signed, 0, value as u64);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.0.push(Tag::Unsigned, 0, value);
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.push(Tag::Float, 0, value.to_bits());
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.0.borrowed(text);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.owned(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let place = self.0.index.entries.len();
        self.0.push(Tag::Array, 0, 0);
        let mut length = 0;
        while seq.next_element_seed(Seed(self.0))?.is_some() {
            length += 1;
        }
        self.0.close(place, length);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let place = self.0.index.entries.len();
        self.0.push(Tag::Object, 0, 0);
        let mut length = 0;
        while map.next_key_seed(Seed(self.0))?.is_some() {
            map.next_value_seed(Seed(self.0))?;
            length += 1;
        }
        self.0.close(place, length);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_sixteen_bytes() {
        assert_eq!(size_of::<Entry>(), 16);
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in ["", "{", "[1,]", "{\"a\":1}x", "nul", "\"\u{1}\"", "<html>"] {
            assert!(Document::parse(text.to_owned()).is_err(), "{text}");
        }
        assert!(Document::parse("[".repeat(200_000)).is_err());
    }
}
