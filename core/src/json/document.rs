//! An answer as text with a flat index over it: parsed once, looked into without building a tree.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::de::IgnoredAny;

use crate::schema::Kind;

use super::surrogates::replace_lone_surrogates;
use super::swar::same;
use super::tape::{Tag, Tape, TapeEntry};
use super::tape_parser::by_reader;

/// A JSON text and the index of its values, shared by every view into it.
///
/// Cloning is a reference count. Whole numbers of 64 bits are exact, all others are read as doubles and keep their text, see
/// [`Node::to_json`](super::Node::to_json). Half of a surrogate pair (`"\ud83d"` alone) reads as U+FFFD.
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
    index: OnceLock<Tape>,
}

impl Document {
    /// Indexes a JSON text.
    ///
    /// # Errors
    /// serde_json's own error where the text is not JSON, nests 128 levels or deeper, or is longer than 4 GiB.
    pub fn parse(text: String) -> Result<Document, serde_json::Error> {
        Document::of(text).map_err(|(_, error)| error)
    }

    /// Indexes a JSON text, and gives it back where it is none.
    pub(crate) fn of(mut text: String) -> Result<Document, (String, serde_json::Error)> {
        let index = match Tape::of(&text) {
            Err(_) if replace_lone_surrogates(&mut text) => Tape::of(&text),
            index => index,
        };
        match index {
            Ok(index) => Ok(Document::with(text, index)),
            Err(error) => Err((text, error)),
        }
    }

    /// Indexes a JSON text that is of this kind, and gives it back where it is not.
    pub(crate) fn fitting(text: String, kind: &Kind) -> Result<Document, String> {
        match Tape::fitting(&text, kind) {
            Some(index) => Ok(Document::with(text, index)),
            None => Err(text),
        }
    }

    fn with(text: String, index: Tape) -> Document {
        let index = index.into();
        Document(Arc::new(Inner { text, index }))
    }

    /// A JSON text that was parsed before and is most likely never looked into.
    pub(crate) fn unread(text: String) -> Document {
        let index = OnceLock::new();
        Document(Arc::new(Inner { text, index }))
    }

    pub(super) fn index(&self) -> &Tape {
        let Inner { text, index } = &*self.0;
        index.get_or_init(|| {
            // What was parsed once is parsed again; where it is not, it is null like an absent value.
            Tape::of(text).unwrap_or_else(|_| Tape::null())
        })
    }

    /// The whole text, as the server sent it but for halves of surrogate pairs.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    pub(super) fn entry(&self, index: u32) -> TapeEntry {
        self.index().entries[index as usize]
    }

    /// The value of an object's member; the last one where a name stands twice. `known`: the name is one of the object's model.
    pub(super) fn member(&self, object: u32, key: &str, known: bool) -> Option<u32> {
        let (index, key) = (self.index(), key.as_bytes());
        let holder = index.entries.get(object as usize)?;
        if holder.tag != Tag::Object {
            return None;
        }
        let members = index.entries.get(..holder.payload as usize)?;
        let (mut at, mut found) = (object as usize + 1, None);
        while let Some([name, value]) = members.get(at..).and_then(|rest| rest.first_chunk()) {
            // Lengths tell most names apart.
            if name.length as usize == key.len() && self.is_text(*name, key) {
                found = Some(at as u32 + 1);
                if known && holder.distinct {
                    break;
                }
            }
            at = match value.tag {
                Tag::Array | Tag::Object => value.payload as usize,
                _ => at + 2,
            };
        }
        found
    }

    /// Whether a string of this length is this text.
    fn is_text(&self, entry: TapeEntry, text: &[u8]) -> bool {
        let source = match entry.tag {
            Tag::Unescaped => &self.index().unescaped,
            _ => &self.0.text,
        };
        let start = entry.payload as usize;
        let found = source.as_bytes().get(start..start + text.len());
        found.is_some_and(|found| same(found, text))
    }

    /// The text of a number that is kept by its text.
    pub(super) fn number(&self, entry: TapeEntry) -> Option<&str> {
        let (start, length) = (entry.payload as usize, entry.length as usize);
        match entry.tag {
            Tag::Number => self.0.text.get(start..start + length),
            _ => None,
        }
    }

    /// The text of a string's entry.
    pub(super) fn string(&self, entry: TapeEntry) -> Option<&str> {
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
    use crate::call::page::PageMeta;
    use crate::json::Node;

    #[test]
    fn refuses_what_is_not_json() {
        for text in ["", "{", "[1,]", "{\"a\":1}x", "nul", "\"\u{1}\"", "<html>"] {
            assert!(Document::parse(text.to_owned()).is_err(), "{text}");
        }
        assert!(Document::parse("[".repeat(200_000)).is_err());
    }

    /// A text of an answer with its members turned round, twice, in escapes, or with space between them.
    fn disorder(text: &str) -> Vec<String> {
        let swap = |one: &str, other: &str| {
            text.replace(one, "\0")
                .replace(other, one)
                .replace('\0', other)
        };
        vec![
            text.to_owned(),
            swap(r#""created_at""#, r#""status""#),
            swap(r#""ip""#, r#""user-agent""#),
            text.replace(r#""status":"#, r#""status" : "#),
            text.replace(':', ": ").replace(',', "\n , "),
            text.replace(r#""status""#, r#""st\u0061tus""#),
            text.replace(r#""status""#, r#""other""#),
            text.replace(r#""id":"#, r#""id":"0","id":"#),
            text.replace(r#""links":"#, r#""links":null,"links":"#),
            text.replace(r#""data":{"#, r#""data":{"id":{"data":[{}]},"#),
        ]
    }

    #[test]
    fn a_judged_text_is_indexed_as_an_unjudged_one() {
        let operation = crate::endpoints::registry::find("forms.list").unwrap();
        let text = r#"{"data":[{"id":"a","created_at":"2024-01-01T00:00:00Z","status":"pending","archived":false,"active_until":null,
"links":{"fill":"l","app":null},"user":{"email":"é\n","internal_ref":"r"},"data":{"a":[1,-2.5,{"b":null}],"c":{}},"responses":[{"id":"r",
"user":{"ip":"1","anonymous":true,"email":"e","user-agent":"x","locale":"fr"},"attachments":[{"id":"f","metadata":{"size":3}}],"signatures":{}}],
"notifications":[]},{"id":"b","unknown":[[]],"status":null}],"meta":{"total_count":2,"current_page":1}}"#;
        for text in disorder(text) {
            let judged = Document::fitting(text.clone(), &operation.answer);
            let judged =
                judged.unwrap_or_else(|text| panic!("left to be judged by others: {text}"));
            let unjudged = Document::parse(text.clone()).unwrap();
            let plain = |document: &Document| -> Vec<TapeEntry> {
                let entries = document.index().entries.iter();
                entries
                    .map(|entry| TapeEntry {
                        distinct: false,
                        ..*entry
                    })
                    .collect()
            };
            assert_eq!(plain(&judged), plain(&unjudged), "{text}");
            assert_eq!(
                judged.index().unescaped,
                unjudged.index().unescaped,
                "{text}"
            );
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_value(judged.root()).unwrap(), read, "{text}");
        }
    }

    #[test]
    fn a_field_is_found_where_its_name_is() {
        let model = PageMeta::MODEL;
        for (text, distinct) in [
            (r#"{"total_pages":2,"total_count":1}"#, true),
            (r#"{"x":5,"total_count":1,"current_page":null,"x":6}"#, true),
            (
                r#"{"total_count":1,"total_pages":2,"total_count":3}"#,
                false,
            ),
            (r#"{"total_count":1,"total_count":2}"#, false),
            ("{}", true),
        ] {
            let document = Document::fitting(text.to_owned(), &Kind::Model(model)).unwrap();
            assert_eq!(document.entry(0).distinct, distinct, "{text}");
            let unjudged = Document::parse(text.to_owned()).unwrap();
            assert!(!unjudged.entry(0).distinct, "{text}");
            for document in [document, unjudged] {
                let root = document.root();
                for field in model.fields {
                    let found = root.field(field.name).map(Node::index);
                    assert_eq!(found, root.get(field.name).map(Node::index), "{text}");
                }
            }
        }
    }
}
