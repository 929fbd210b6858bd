//! Decodes an answer's text into a type in one pass.

use std::sync::Arc;

use serde::Deserializer;
use serde::de::{Deserialize, Error as _};
use serde_json::value::RawValue;

use super::raw::{Json, JsonObject};
use super::{Cursor, Document, SharedStr, replace_lone_surrogates};

/// A type that is read from JSON text in one pass.
pub trait Read: Sized {
    /// Reads the next value. Returns nothing where it has another type.
    #[doc(hidden)]
    fn read(cursor: &mut Cursor<'_>) -> Option<Self>;

    /// A value that stands in a list for an element of another type, if this type has one.
    #[doc(hidden)]
    fn instead_of(_element: Json) -> Option<Self> {
        None
    }
}

/// Decodes a text in which every value has its documented type. The value may keep pieces of the text, so halves of surrogate
/// pairs are replaced in the text itself.
pub(crate) fn strictly<T: Read>(text: &mut Arc<String>) -> Option<T> {
    whole(Cursor::sharing(text)).or_else(|| {
        // The first try has dropped the pieces that it read, so this is the only owner.
        let replaced = replace_lone_surrogates(Arc::get_mut(text)?);
        whole(Cursor::sharing(text)).filter(|_| replaced)
    })
}

/// Decodes a text that is JSON. Members of another type than documented read as absent, and are kept among the members that the
/// documentation does not name.
pub(crate) fn leniently<T: Read>(text: &Arc<String>) -> Option<T> {
    whole(Cursor::lenient(text))
}

/// Decodes a text that holds one value and nothing after it.
fn whole<T: Read>(mut cursor: Cursor<'_>) -> Option<T> {
    let value = T::read(&mut cursor)?;
    cursor.ended().then_some(value)
}

/// Decodes a text that a caller stored, in the same way as one that was just received.
///
/// # Errors
/// The error is serde_json's own where the text is not JSON, and another where it is JSON of another kind.
pub(crate) fn from_text<T: Read>(text: String) -> serde_json::Result<T> {
    let mut text = Arc::new(text);
    if let Some(value) = strictly(&mut text) {
        return Ok(value);
    }
    // A lenient cursor relies on JSON, so the text is checked first. The error is serde_json's, with its line and column.
    Document::parse(text.to_string())?;
    leniently(&text).ok_or_else(|| serde_json::Error::custom("it is JSON of another kind"))
}

/// Decodes a value through serde, for callers' own storage. Only serde_json can be the format, since it passes on the text.
pub(crate) fn deserialized<'de, T: Read, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    from_text(Box::<str>::from(raw).into_string()).map_err(D::Error::custom)
}

impl<T: Read> Read for Option<T> {
    #[inline]
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        match cursor.peek()? {
            b'n' => cursor.word("null").map(|()| None),
            _ => T::read(cursor).map(Some),
        }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        cursor.open(b'[')?;
        let (mut items, mut first) = (Vec::new(), true);
        while cursor.more(b']', &mut first)? {
            let start = cursor.save();
            match T::read(cursor) {
                Some(item) => items.push(item),
                None => {
                    // A list keeps its length: an element that does not fit is kept in its place.
                    let element = Json::of_valid(cursor.misfit(start)?);
                    items.push(T::instead_of(element)?);
                }
            }
        }
        Some(items)
    }
}

impl Read for SharedStr {
    #[inline]
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        cursor.text()
    }
}

impl Read for bool {
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        match cursor.peek()? {
            b't' => cursor.word("true").map(|()| true),
            _ => cursor.word("false").map(|()| false),
        }
    }
}

macro_rules! numbers { ($($ty:ty),+) => { $(
    impl Read for $ty {
        fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
            // Models have few numbers, so serde_json may read each. It decides which are whole, which are too large, and how they
            // are rounded.
            serde_json::from_str(cursor.number()?).ok()
        }
    }
)+ }; }
numbers!(i64, u64, f64);

impl Read for Json {
    #[inline]
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        cursor.raw_text().map(Json::of_valid)
    }
}

impl Read for JsonObject {
    #[inline]
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        (cursor.peek()? == b'{').then_some(())?;
        Json::read(cursor).map(JsonObject::of_object)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use serde::Serialize;
    use serde::de::{DeserializeOwned, IgnoredAny};
    use serde_json::Value;

    use super::*;
    use crate::call::page::Page;
    use crate::endpoints::forms::Form;

    const FORMS: &str = r#"[{"id":"a","created_at":"2024-01-15T10:30:00Z","status":"completed","archived":false,"archived_at":null,
"links":{"fill":"https:\/\/fill.example.com/?a=1\u0026b=2","app":null},"user":{"email":"zo\u00eb@example.com","given_name":"Zoë 😀 \ud83d\ude00",
"anonymous":true,"phone":"+32 \"x\" \\ \n"},"owner":null,"flow":{"slug":""},"data":{"a":[1,-0,2.5e-3,true,null,"\u12aF"],"b":{ }},
"external_args":{},"options" : {"k" : [ ] } ,"responses":[{"id":"r","user":{"user-agent":"x","ip":"::1"},"attachments":[{"id":"t",
"type":"image\/png","metadata":{"size":18446744073709551615,"width":1.5e2,"height":12345678901234567890123}}],"signatures":null,"files":"x"}],
"notifications":[],"new":{"a":[1, 2]},"null":null},{"status":"odd","id":"b","id":"c"}]
"#;

    fn strict<T: Read>(text: &str) -> Option<T> {
        whole(Cursor::sharing(&Arc::new(text.to_owned())))
    }

    /// Asserts that a text that is decoded strictly is JSON, is decoded leniently the same, and is written as serde_json reads it.
    /// Reports whether it is decoded strictly.
    fn agree<T: Read + Serialize + PartialEq + Debug>(text: &str) -> bool {
        let by_serde = serde_json::from_str::<Value>(text);
        let lenient = leniently::<T>(&Arc::new(text.to_owned()));
        let Some(seen) = strict::<T>(text) else {
            return false;
        };
        match by_serde {
            Ok(expected) => assert_eq!(serde_json::to_value(&seen).unwrap(), expected, "{text}"),
            // serde_json makes no tree of a number beyond all doubles.
            Err(error) => {
                let ignored = serde_json::from_str::<IgnoredAny>(text);
                assert!(
                    ignored.is_ok(),
                    "serde_json refuses what was accepted: {error}: {text}"
                );
            }
        }
        assert_eq!(lenient, Some(seen), "{text}");
        true
    }

    /// Asserts that a list in JSON is decoded leniently, and is written as it was received. Reports whether the text is one.
    fn is_kept(text: &str) -> bool {
        let Ok(Value::Array(items)) = serde_json::from_str(text) else {
            return false;
        };
        let read = leniently::<Vec<Form>>(&Arc::new(text.to_owned())).unwrap();
        assert_eq!(
            serde_json::to_value(read).unwrap(),
            Value::Array(items),
            "{text}"
        );
        true
    }

    #[test]
    fn decodes_what_a_server_sends() {
        assert!(agree::<Vec<Form>>(FORMS) && is_kept(FORMS));
        let page = |text: &str| strict::<Page<Form>>(text).unwrap();
        let forms: Vec<Form> = strict(FORMS).unwrap();
        for text in [
            FORMS.to_owned(),
            format!(r#"{{"meta":null,"data":{FORMS}}}"#),
            format!(
                r#"{{ "meta": {{"total_count": 2, "x": [{{}}]}}, "data":{FORMS}, "links": {{"next": null}} }}"#
            ),
        ] {
            assert_eq!(page(&text).data, forms);
        }
        assert_eq!(forms[1].id, "c");
        assert_eq!(forms[0].extra("new").unwrap().as_str(), r#"{"a":[1, 2]}"#);
    }

    #[test]
    fn texts_are_pieces_of_what_was_read_unless_they_hold_escapes() {
        let pieces = |text: &str| {
            let source = Arc::new(text.to_owned());
            let kept: Vec<SharedStr> = whole(Cursor::sharing(&source)).unwrap();
            assert_eq!(kept.len(), 2);
            Arc::strong_count(&source) - 1
        };
        assert_eq!(pieces(r#"["a", "é"]"#), 2);
        assert_eq!(pieces(r#"["a", "\u00e9"]"#), 1);
        let source = Arc::new(r#"{"a": [1, "\n"]}"#.to_owned());
        let kept: JsonObject = whole(Cursor::sharing(&source)).unwrap();
        assert!(std::ptr::eq(kept.as_str(), source.as_str()));
    }

    #[test]
    fn a_text_with_any_byte_changed_is_read_as_serde_json_reads_it_or_refused() {
        let changes = [
            "", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", "n", "u", " ",
            "\u{1}", "é", "null", "5", "{}", "[]",
        ];
        let (mut accepted, mut kept) = (0, 0);
        for (position, old) in FORMS.char_indices() {
            let (before, after) = (&FORMS[..position], &FORMS[position + old.len_utf8()..]);
            accepted += usize::from(agree::<Vec<Form>>(before));
            for new in changes {
                let text = format!("{before}{new}{after}");
                accepted += usize::from(agree::<Vec<Form>>(&text));
                kept += usize::from(is_kept(&text));
            }
        }
        assert!(accepted > 500, "only {accepted} were accepted");
        assert!(
            kept > accepted,
            "only {kept} were kept, {accepted} accepted"
        );
    }

    #[test]
    fn each_member_of_any_other_type_spoils_itself_only() {
        let whole: Value = serde_json::from_str(FORMS).unwrap();
        let mut checked = 0;
        let mut pointers = vec![String::new()];
        while let Some(pointer) = pointers.pop() {
            match whole.pointer(&pointer).unwrap() {
                Value::Array(items) => {
                    pointers.extend((0..items.len()).map(|index| format!("{pointer}/{index}")));
                }
                Value::Object(members) => {
                    pointers.extend(members.keys().map(|name| format!("{pointer}/{name}")));
                }
                _ => {}
            }
            for other in [
                "null",
                "true",
                "7.5",
                "-1.5",
                "\"x\"",
                "[]",
                "[null]",
                "{}",
                "{\"a\":1}",
            ] {
                let mut changed = whole.clone();
                *changed.pointer_mut(&pointer).unwrap() = serde_json::from_str(other).unwrap();
                if changed.is_array() {
                    assert!(is_kept(&changed.to_string()), "{pointer} {other}");
                    checked += 1;
                }
            }
        }
        assert!(checked > 400, "{checked}");
    }

    #[test]
    fn small_texts_are_read_as_serde_json_reads_them_or_refused() {
        /// Asserts that a text is decoded as serde decodes it, or refused by both.
        fn same<T: Read + DeserializeOwned + PartialEq + Debug>(text: &str) {
            let seen = strict::<T>(text);
            if let Ok(expected) = serde_json::from_str::<T>(text) {
                assert_eq!(seen, Some(expected), "{text}");
            } else {
                assert_eq!(seen, None, "{text}");
            }
        }
        let parts = [
            "1",
            "-0",
            "0.5",
            "01",
            "1.",
            "1e5",
            "-",
            "null",
            "true",
            "nul",
            "\"\"",
            "\"\\u00e9\"",
            "\"\\ud800\"",
            "\"\t\"",
            "\"a",
            "[]",
            "{}",
            "[1,]",
            "{\"a\":1,}",
            "{\"a\"}",
            "18446744073709551616",
            " ",
            "x",
        ];
        for first in parts {
            for second in parts {
                for text in [format!("{first}{second}"), format!("[{first},{second}]")] {
                    same::<Option<u64>>(&text);
                    same::<i64>(&text);
                    same::<f64>(&text);
                    same::<bool>(&text);
                    same::<Vec<f64>>(&text);
                    agree::<Option<SharedStr>>(&text);
                    agree::<Json>(&text);
                    agree::<Option<JsonObject>>(&text);
                    agree::<Vec<Option<SharedStr>>>(&text);
                }
            }
        }
    }

    #[test]
    fn a_text_may_be_as_deep_as_in_serde_json() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(agree::<Json>(&deep(127)));
        assert!(!agree::<Json>(&deep(128)));
        assert!(!agree::<Json>(&"[".repeat(200_000)));
    }
}
