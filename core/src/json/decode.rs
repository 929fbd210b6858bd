//! From an answer's text to a type, in one pass.

use std::sync::Arc;

use serde::Deserializer;
use serde::de::{Deserialize, Error as _};
use serde_json::value::RawValue;

use super::raw::{Json, JsonObject};
use super::{Cursor, Document, SharedStr, replace_lone_surrogates};

/// A type that is read from JSON text in one pass.
pub trait Read: Sized {
    /// The value that is next, or nothing where that is another.
    #[doc(hidden)]
    fn read(reader: &mut Cursor<'_>) -> Option<Self>;

    /// What stands in a list for an element of another type, if anything can.
    #[doc(hidden)]
    fn instead_of(_element: Json) -> Option<Self> {
        None
    }
}

/// Reads a text all of which is as documented. The value may keep pieces of the text, in which halves of surrogate pairs are
/// replaced.
pub(crate) fn strictly<T: Read>(text: &mut Arc<String>) -> Option<T> {
    whole(Cursor::sharing(text)).or_else(|| {
        // What was read of it before is gone, so nobody else has it.
        let replaced = replace_lone_surrogates(Arc::get_mut(text)?);
        whole(Cursor::sharing(text)).filter(|_| replaced)
    })
}

/// Reads a text that is JSON. Members of another type than documented read as absent, and stand among those that the
/// documentation does not name.
pub(crate) fn leniently<T: Read>(text: &Arc<String>) -> Option<T> {
    whole(Cursor::lenient(text))
}

fn whole<T: Read>(mut reader: Cursor<'_>) -> Option<T> {
    let value = T::read(&mut reader)?;
    reader.ended().then_some(value)
}

/// Reads a text that a caller kept, as one that was just received.
///
/// # Errors
/// serde_json's own where it is no JSON, and another where it is JSON of another kind.
pub(crate) fn from_text<T: Read>(text: String) -> serde_json::Result<T> {
    let mut text = Arc::new(text);
    if let Some(value) = strictly(&mut text) {
        return Ok(value);
    }
    Document::parse(text.to_string())?;
    leniently(&text).ok_or_else(|| serde_json::Error::custom("it is JSON of another kind"))
}

/// Reads a value through serde: for callers' own storage. Only serde_json can give it, which has its text.
pub(crate) fn deserialized<'de, T: Read, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    from_text(Box::<str>::from(raw).into_string()).map_err(D::Error::custom)
}

impl<T: Read> Read for Option<T> {
    #[inline]
    fn read(reader: &mut Cursor<'_>) -> Option<Self> {
        match reader.peek()? {
            b'n' => reader.word("null").map(|()| None),
            _ => T::read(reader).map(Some),
        }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(reader: &mut Cursor<'_>) -> Option<Self> {
        reader.open(b'[')?;
        let (mut items, mut first) = (Vec::new(), true);
        while reader.more(b']', &mut first)? {
            let place = reader.place();
            match T::read(reader) {
                Some(item) => items.push(item),
                None => {
                    let element = Json::of_valid(reader.misfit(place)?);
                    items.push(T::instead_of(element)?);
                }
            }
        }
        Some(items)
    }
}

impl Read for SharedStr {
    #[inline]
    fn read(reader: &mut Cursor<'_>) -> Option<Self> {
        reader.text()
    }
}

impl Read for bool {
    fn read(reader: &mut Cursor<'_>) -> Option<Self> {
        match reader.peek()? {
            b't' => reader.word("true").map(|()| true),
            _ => reader.word("false").map(|()| false),
        }
    }
}

macro_rules! numbers { ($($ty:ty),+) => { $(
    impl Read for $ty {
        fn read(reader: &mut Cursor<'_>) -> Option<Self> {
            // Few enough that serde_json may judge each: what is whole, what is too large, how digits are rounded.
            serde_json::from_str(reader.number()?).ok()
        }
    }
)+ }; }
numbers!(i64, u64, f64);

impl Read for Json {
    #[inline]
    fn read(reader: &mut Cursor<'_>) -> Option<Self> {
        reader.raw_text().map(Json::of_valid)
    }
}

impl Read for JsonObject {
    #[inline]
    fn read(reader: &mut Cursor<'_>) -> Option<Self> {
        (reader.peek()? == b'{').then_some(())?;
        Json::read(reader).map(JsonObject::of_object)
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

    /// What is read strictly is JSON, is read leniently the same, and is written as serde_json reads the text. Whether it was.
    fn agree<T: Read + Serialize + PartialEq + Debug>(text: &str) -> bool {
        let by_serde = serde_json::from_str::<Value>(text);
        let lenient = leniently::<T>(&Arc::new(text.to_owned()));
        let Some(seen) = strict::<T>(text) else {
            return false;
        };
        match by_serde {
            Ok(expected) => assert_eq!(serde_json::to_value(&seen).unwrap(), expected, "{text}"),
            // Of a number beyond all doubles there is no tree.
            Err(error) => {
                let ignored = serde_json::from_str::<IgnoredAny>(text);
                assert!(
                    ignored.is_ok(),
                    "serde_json refuses what was taken: {error}: {text}"
                );
            }
        }
        assert_eq!(lenient, Some(seen), "{text}");
        true
    }

    /// What is JSON is read leniently, and is written as it came.
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
    fn takes_what_a_server_sends() {
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
    fn a_text_with_any_byte_changed_is_read_as_serde_json_reads_it_or_not_at_all() {
        let changes = [
            "", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", "n", "u", " ",
            "\u{1}", "é", "null", "5", "{}", "[]",
        ];
        let (mut taken, mut kept) = (0, 0);
        for (place, old) in FORMS.char_indices() {
            let (before, after) = (&FORMS[..place], &FORMS[place + old.len_utf8()..]);
            taken += usize::from(agree::<Vec<Form>>(before));
            for new in changes {
                let text = format!("{before}{new}{after}");
                taken += usize::from(agree::<Vec<Form>>(&text));
                kept += usize::from(is_kept(&text));
            }
        }
        assert!(taken > 500, "only {taken} were taken");
        assert!(kept > taken, "only {kept} were kept, {taken} taken");
    }

    #[test]
    fn each_member_of_any_other_type_spoils_itself_only() {
        let whole: Value = serde_json::from_str(FORMS).unwrap();
        let mut tried = 0;
        let mut places = vec![String::new()];
        while let Some(place) = places.pop() {
            match whole.pointer(&place).unwrap() {
                Value::Array(items) => {
                    places.extend((0..items.len()).map(|index| format!("{place}/{index}")));
                }
                Value::Object(members) => {
                    places.extend(members.keys().map(|name| format!("{place}/{name}")));
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
                *changed.pointer_mut(&place).unwrap() = serde_json::from_str(other).unwrap();
                if changed.is_array() {
                    assert!(is_kept(&changed.to_string()), "{place} {other}");
                    tried += 1;
                }
            }
        }
        assert!(tried > 400, "{tried}");
    }

    #[test]
    fn small_texts_are_read_as_serde_json_reads_them_or_not_at_all() {
        /// What is read is what serde reads, where it reads it.
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
    fn a_text_is_as_deep_as_serde_json_takes_it() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(agree::<Json>(&deep(127)));
        assert!(!agree::<Json>(&deep(128)));
        assert!(!agree::<Json>(&"[".repeat(200_000)));
    }
}
