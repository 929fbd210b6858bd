//! An answer as its text and a tape over it: parsed once, and read without building a tree.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::de::IgnoredAny;

use crate::schema::Kind;

use super::surrogates::replace_lone_surrogates;
use super::swar::same;
use super::tape::{Tag, Tape, TapeEntry};
use super::tape_parser::parse;

/// A JSON text and the tape of its values, shared by every view into it.
///
/// A clone costs a reference count. Whole numbers of 64 bits are exact. All others are read as doubles and keep their text, see
/// [`Node::to_json`](super::Node::to_json). Half of a surrogate pair (`"\ud83d"` alone) reads as U+FFFD.
///
/// ```
/// use penbox::bindings::Document;
///
/// let document = Document::parse(r#"{"data": [{"id": "a"}, {"id": "b"}]}"#.to_owned()).unwrap();
/// let id = document.root().pointer("/data/1/id").unwrap();
/// assert_eq!(id.as_str(), Some("b"));
/// ```
#[derive(Clone)]
pub struct Document(Arc<Inner>);

/// The text of a document and the index over it, neither of which changes once it is made.
struct Inner {
    /// The text, in which halves of surrogate pairs are replaced already.
    text: String,
    /// The tape is made at once, or at the first look-up where the text was checked before.
    tape: OnceLock<Tape>,
}

impl Document {
    /// Parses a JSON text.
    ///
    /// # Errors
    /// The error is serde_json's own where the text is not JSON, nests 128 levels or deeper, or is longer than 4 GiB.
    pub fn parse(text: String) -> Result<Document, serde_json::Error> {
        Document::of(text).map_err(|(_, error)| error)
    }

    /// Parses a JSON text. Returns the text with the error where it is not JSON.
    pub(crate) fn of(mut text: String) -> Result<Document, (String, serde_json::Error)> {
        let tape = match Tape::of(&text) {
            // Lone halves are rare, so a text is searched for them only after it was refused.
            Err(_) if replace_lone_surrogates(&mut text) => Tape::of(&text),
            tape => tape,
        };
        match tape {
            Ok(tape) => Ok(Document::with(text, tape)),
            Err(error) => Err((text, error)),
        }
    }

    /// Parses a JSON text of this kind. Returns the text where it is not of this kind.
    pub(crate) fn fitting(text: String, kind: &Kind) -> Result<Document, String> {
        match Tape::fitting(&text, kind) {
            Some(tape) => Ok(Document::with(text, tape)),
            None => Err(text),
        }
    }

    /// A document whose tape is made already.
    fn with(text: String, tape: Tape) -> Document {
        let tape = tape.into();
        Document(Arc::new(Inner { text, tape }))
    }

    /// A document of a JSON text that was checked before. Its tape is made at the first look-up, which most likely never comes.
    pub(crate) fn unread(text: String) -> Document {
        let tape = OnceLock::new();
        Document(Arc::new(Inner { text, tape }))
    }

    /// The tape. The first call makes it where the document has none yet.
    pub(super) fn tape(&self) -> &Tape {
        let Inner { text, tape } = &*self.0;
        tape.get_or_init(|| {
            // The text was checked before, so it parses. A document has no way to report an error here: it would read as null.
            Tape::of(text).unwrap_or_else(|_| Tape::null())
        })
    }

    /// The whole text as the server sent it, except that halves of surrogate pairs are replaced.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The entry at an index of this document's tape. Panics beyond the tape's end.
    pub(super) fn entry(&self, index: u32) -> TapeEntry {
        self.tape().entries[index as usize]
    }

    /// The index of the value of an object's member. Of a repeated name it is the last one. With `known` the object's model has a
    /// field of this name, so the search may end at the first one where the object is distinct.
    pub(super) fn member(&self, object: u32, key: &str, known: bool) -> Option<u32> {
        let (tape, key) = (self.tape(), key.as_bytes());
        let parent = tape.entries.get(object as usize)?;
        if parent.tag != Tag::Object {
            return None;
        }
        // Cut at the object's end: the values that follow it in the text are on the same tape.
        let members = tape.entries.get(..parent.payload as usize)?;
        let (mut at, mut found) = (object as usize + 1, None);
        while let Some([name, value]) = members.get(at..).and_then(|rest| rest.first_chunk()) {
            // The length alone tells most names apart, and is in the entry.
            if name.length as usize == key.len() && self.is_text(*name, key) {
                found = Some(at as u32 + 1);
                if known && parent.distinct {
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

    /// Reports whether a string is this text, where the two have one length.
    fn is_text(&self, entry: TapeEntry, text: &[u8]) -> bool {
        let source = match entry.tag {
            Tag::Unescaped => &self.tape().unescaped,
            _ => &self.0.text,
        };
        let start = entry.payload as usize;
        let found = source.as_bytes().get(start..start + text.len());
        found.is_some_and(|found| same(found, text))
    }

    /// The digits of a number that is kept by its position.
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
            Tag::Unescaped => self.tape().unescaped.get(start..start + length),
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
    /// Parses a text.
    pub(super) fn of(text: &str) -> Result<Tape, serde_json::Error> {
        // An entry holds lengths in 32 bits.
        if u32::try_from(text.len()).is_err() {
            return Err(serde::de::Error::custom("the text is too long"));
        }
        parse(text, &Kind::Any).ok_or_else(|| parse_error(text))
    }

    /// Parses a text and checks it against a kind in the same pass.
    ///
    /// Returns nothing where the text is not JSON or not of this kind. [`Tape::of`] and [`mismatch`](super::mismatch) say which
    /// then. They accept every text that is accepted here.
    pub(super) fn fitting(text: &str, kind: &Kind) -> Option<Tape> {
        u32::try_from(text.len()).ok()?;
        parse(text, kind)
    }
}

/// The reason why a text was refused, in serde_json's words.
#[cold]
fn parse_error(text: &str) -> serde_json::Error {
    // Ignored values need no tree, so they are tried first. They may have any depth, so that a tree has to say if it is too deep.
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

    /// An answer's text with its members in another order, repeated, in escapes, or with space between them.
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
    fn a_checked_text_has_the_tape_of_an_unchecked_one() {
        let operation = crate::endpoints::registry::find("forms.list").unwrap();
        let text = r#"{"data":[{"id":"a","created_at":"2024-01-01T00:00:00Z","status":"pending","archived":false,"active_until":null,
"links":{"fill":"l","app":null},"user":{"email":"é\n","internal_ref":"r"},"data":{"a":[1,-2.5,{"b":null}],"c":{}},"responses":[{"id":"r",
"user":{"ip":"1","anonymous":true,"email":"e","user-agent":"x","locale":"fr"},"attachments":[{"id":"f","metadata":{"size":3}}],"signatures":{}}],
"notifications":[]},{"id":"b","unknown":[[]],"status":null}],"meta":{"total_count":2,"current_page":1}}"#;
        for text in disorder(text) {
            let checked = Document::fitting(text.clone(), &operation.answer);
            let checked = checked.unwrap_or_else(|text| panic!("refused: {text}"));
            let unchecked = Document::parse(text.clone()).unwrap();
            let plain = |document: &Document| -> Vec<TapeEntry> {
                let entries = document.tape().entries.iter();
                entries
                    .map(|entry| TapeEntry {
                        distinct: false,
                        ..*entry
                    })
                    .collect()
            };
            assert_eq!(plain(&checked), plain(&unchecked), "{text}");
            assert_eq!(
                checked.tape().unescaped,
                unchecked.tape().unescaped,
                "{text}"
            );
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(
                serde_json::to_value(checked.root()).unwrap(),
                read,
                "{text}"
            );
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
            let unchecked = Document::parse(text.to_owned()).unwrap();
            assert!(!unchecked.entry(0).distinct, "{text}");
            for document in [document, unchecked] {
                let root = document.root();
                for field in model.fields {
                    let found = root.field(field.name).map(Node::index);
                    assert_eq!(found, root.get(field.name).map(Node::index), "{text}");
                }
            }
        }
    }
}
