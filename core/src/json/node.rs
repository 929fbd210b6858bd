//! A value inside a document, and the ways to read it.

use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::document::Document;
use super::events::Events;
use super::number::double;
use super::tape::{Tag, TapeEntry};

/// The JSON type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeKind {
    /// null.
    Null,
    /// true or false.
    Boolean,
    /// A number.
    Number,
    /// Text.
    String,
    /// A list.
    Array,
    /// An object.
    Object,
}

impl Document {
    /// The outermost value.
    pub fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }

    /// The value at an index that [`Node::index`] returned.
    pub fn node(&self, index: u32) -> Option<Node<'_>> {
        // An index of another document may be beyond this tape.
        ((index as usize) < self.tape().entries.len()).then_some(Node::new(self, index))
    }
}

/// A value inside a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    document: &'a Document,
    index: u32,
}

impl<'a> Node<'a> {
    /// The value of an entry. The index must be one of the document's tape.
    pub(super) fn new(document: &'a Document, index: u32) -> Self {
        Node { document, index }
    }

    /// The index of the value in its document. Document and index make a view that can be kept.
    pub fn index(self) -> u32 {
        self.index
    }

    /// The value's type.
    pub fn kind(self) -> NodeKind {
        match self.entry().tag {
            Tag::Null => NodeKind::Null,
            Tag::False | Tag::True => NodeKind::Boolean,
            Tag::Signed | Tag::Unsigned | Tag::Float | Tag::Number => NodeKind::Number,
            Tag::Text | Tag::Unescaped => NodeKind::String,
            Tag::Array => NodeKind::Array,
            Tag::Object => NodeKind::Object,
        }
    }

    /// Reports whether the value is null.
    pub fn is_null(self) -> bool {
        self.entry().tag == Tag::Null
    }

    /// The text, if the value is a string.
    pub fn as_str(self) -> Option<&'a str> {
        self.document.string(self.entry())
    }

    /// The value, if it is true or false.
    pub fn as_bool(self) -> Option<bool> {
        match self.entry().tag {
            Tag::True => Some(true),
            Tag::False => Some(false),
            _ => None,
        }
    }

    /// The value, if it is a whole number that fits.
    pub fn as_i64(self) -> Option<i64> {
        let entry = self.entry();
        match entry.tag {
            Tag::Signed => Some(entry.payload as i64),
            Tag::Unsigned => i64::try_from(entry.payload).ok(),
            _ => None,
        }
    }

    /// The value, if it is a whole number from zero that fits.
    pub fn as_u64(self) -> Option<u64> {
        let entry = self.entry();
        (entry.tag == Tag::Unsigned).then_some(entry.payload)
    }

    /// The value as the nearest double, if it is a number that is not beyond all doubles.
    pub fn as_f64(self) -> Option<f64> {
        let entry = self.entry();
        match entry.tag {
            Tag::Signed => Some(entry.payload as i64 as f64),
            Tag::Unsigned => Some(entry.payload as f64),
            Tag::Float => Some(f64::from_bits(entry.payload)),
            Tag::Number => double(self.document.number(entry)?),
            _ => None,
        }
    }

    /// The digits, if the value is a number that a double may round: one with many digits or an exponent.
    pub fn as_number_text(self) -> Option<&'a str> {
        self.document.number(self.entry())
    }

    /// The number of items or members; 0 where the value is not a container.
    pub fn len(self) -> usize {
        let entry = self.entry();
        match entry.tag {
            Tag::Array | Tag::Object => entry.length as usize,
            _ => 0,
        }
    }

    /// Reports whether the value has no items or members.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The items, if the value is a list; none otherwise.
    pub fn items(self) -> impl Iterator<Item = Node<'a>> {
        let count = if self.entry().tag == Tag::Array {
            self.len()
        } else {
            0
        };
        let mut next = self.at_index(self.index + 1);
        (0..count).map(move |_| {
            let item = next;
            next = item.at_index(item.end());
            item
        })
    }

    /// The members, if the value is an object; none otherwise.
    pub fn members(self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let count = if self.entry().tag == Tag::Object {
            self.len()
        } else {
            0
        };
        // An empty container may be the last entry of the tape. The index after it is never read then.
        let mut next = self.at_index(self.index + 1);
        (0..count).map(move |_| {
            let key = next;
            let value = key.at_index(key.index + 1);
            next = value.at_index(value.end());
            (key.as_str().unwrap_or_default(), value)
        })
    }

    /// The member of this name. Of a repeated name the last one counts, as in serde_json and JavaScript.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        let index = self.document.member(self.index, key, false)?;
        Some(self.at_index(index))
    }

    /// The member of this name, as [`Node::get`], for a field of the object's model. This is faster: where the check found no
    /// repeated field in the object, the search ends at the first one.
    pub fn field(self, name: &str) -> Option<Node<'a>> {
        let index = self.document.member(self.index, name, true)?;
        Some(self.at_index(index))
    }

    /// The item at this position.
    pub fn at(self, position: usize) -> Option<Node<'a>> {
        self.items().nth(position)
    }

    /// The value that a JSON Pointer (RFC 6901) leads to; the empty pointer is this value.
    pub fn pointer(self, pointer: &str) -> Option<Node<'a>> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer
            .strip_prefix('/')?
            .split('/')
            .try_fold(self, |node, token| match node.entry().tag {
                // An index has no leading zero and no sign (RFC 6901, section 4), which `parse` would accept.
                Tag::Array if token == "0" || !token.starts_with(['0', '+']) => {
                    node.at(token.parse().ok()?)
                }
                // In this order, so that `~01` becomes `~1` and no slash (RFC 6901, section 4).
                Tag::Object if token.contains('~') => {
                    node.get(&token.replace("~1", "/").replace("~0", "~"))
                }
                Tag::Object => node.get(token),
                _ => None,
            })
    }

    /// The value as JSON text, numbers with all their digits. For the outermost value it is the server's own text.
    pub fn to_json(self) -> String {
        if self.index == 0 {
            return self.document.text().to_owned();
        }
        serde_json::to_string(&self).unwrap_or_default()
    }

    /// The events of the value and of all it contains, for callers that convert the whole.
    pub fn events(self) -> Events<'a> {
        Events::new(self.document, self.index, self.end())
    }

    fn entry(self) -> TapeEntry {
        self.document.entry(self.index)
    }

    fn at_index(self, index: u32) -> Node<'a> {
        Node { index, ..self }
    }

    /// The index after this value and all it contains.
    fn end(self) -> u32 {
        let entry = self.entry();
        match entry.tag {
            Tag::Array | Tag::Object => entry.payload as u32,
            _ => self.index + 1,
        }
    }
}

impl Node<'_> {
    /// The value as a tree. A number beyond all doubles is null in it, as `JSON.stringify` writes it.
    pub(crate) fn to_value(self) -> Value {
        match self.kind() {
            NodeKind::Array => self.items().map(Node::to_value).collect(),
            NodeKind::Object => self
                .members()
                .map(|(name, value)| (name.to_owned(), value.to_value()))
                .collect(),
            NodeKind::Number => match (self.as_u64(), self.as_i64()) {
                (Some(number), _) => number.into(),
                (None, Some(number)) => number.into(),
                (None, None) => self.as_f64().into(),
            },
            NodeKind::String => self.as_str().into(),
            NodeKind::Boolean => self.as_bool().into(),
            NodeKind::Null => Value::Null,
        }
    }
}

/// A JSON text as a tree. Half of a surrogate pair or a number beyond all doubles, which serde_json refuses, is no error.
pub(crate) fn lenient_value(text: &str) -> Option<Value> {
    serde_json::from_str(text)
        .or_else(|_| Document::parse(text.to_owned()).map(|document| document.root().to_value()))
        .ok()
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entry = self.entry();
        match entry.tag {
            Tag::Null => serializer.serialize_unit(),
            Tag::False | Tag::True => serializer.serialize_bool(entry.tag == Tag::True),
            Tag::Signed => serializer.serialize_i64(entry.payload as i64),
            Tag::Unsigned => serializer.serialize_u64(entry.payload),
            Tag::Float => serializer.serialize_f64(f64::from_bits(entry.payload)),
            Tag::Number => {
                let text = self.as_number_text().unwrap_or_default();
                // As raw JSON, since no number of serde holds all digits.
                let raw: &RawValue = serde_json::from_str(text).map_err(S::Error::custom)?;
                raw.serialize(serializer)
            }
            Tag::Text | Tag::Unescaped => {
                serializer.serialize_str(self.as_str().unwrap_or_default())
            }
            Tag::Array => serializer.collect_seq(self.items()),
            Tag::Object => serializer.collect_map(self.members()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(text: &str) -> Document {
        Document::parse(text.to_owned()).unwrap()
    }

    #[test]
    fn reads_back_what_serde_json_reads() {
        let samples = [
            "null",
            "true",
            " 12 ",
            "-3",
            "2.5",
            "18446744073709551615",
            "1e3",
            r#""""#,
            r#""a\u00e9\n\"b""#,
            "[]",
            "{}",
            r#"[1,[2,[3,{"a":[]}]],{"b":{"c":"d"}},"\ud83d\ude00"]"#,
            r#"{"a":{"b":[{"c":1},{"c":null}]},"k\"ey":"v","x":false}"#,
        ];
        for text in samples {
            let expected: Value = serde_json::from_str(text).unwrap();
            let document = parse(text);
            let seen = serde_json::to_value(document.root()).unwrap();
            assert_eq!(seen, expected, "{text}");
            assert_eq!(document.root().to_json(), text);
        }
    }

    #[test]
    fn looks_up_by_pointer_like_serde_json() {
        let text =
            r#"{"data":[{"id":"a","links":{"fill/x":"l"}},{"id":"b~"}],"":{"":5},"n":[[1,2],[3]]}"#;
        let (document, value): (_, Value) = (parse(text), serde_json::from_str(text).unwrap());
        for pointer in [
            "",
            "/data",
            "/data/0/id",
            "/data/1",
            "/data/2",
            "/data/00",
            "/data/+1",
            "/data/-",
            "/data/0/links/fill~1x",
            "/",
            "//",
            "/n/1/0",
            "/n/0/1",
            "/n/0/1/2",
            "nope",
            "/nope",
        ] {
            let seen = document
                .root()
                .pointer(pointer)
                .map(|node| serde_json::to_value(node).unwrap());
            assert_eq!(seen, value.pointer(pointer).cloned(), "{pointer}");
        }
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        assert_eq!(
            parse(r#"{"a":1,"b":0,"a":2}"#)
                .root()
                .get("a")
                .unwrap()
                .as_i64(),
            Some(2)
        );
    }

    #[test]
    fn a_part_is_written_out_again() {
        let document = parse(r#"{"a": {"b" : [1, "x\ny", null, 2.5]}}"#);
        let part = document.root().get("a").unwrap().to_json();
        assert_eq!(
            serde_json::from_str::<Value>(&part).unwrap(),
            json!({"b": [1, "x\ny", null, 2.5]})
        );
    }
}
