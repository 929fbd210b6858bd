//! The short way from an answer's text to a type. What it does not take goes the long way, through serde.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::json::{Json, JsonObject};
use crate::body::{Reader, Text};

/// A type that is read from JSON text in one pass, exactly as serde would.
pub trait Read: Sized {
    /// The value that is next, or nothing where serde is to judge.
    #[doc(hidden)]
    fn read(reader: &mut Reader<'_>) -> Option<Self>;
}

/// Reads a text that holds one value, which may keep pieces of it.
///
/// # Errors
/// serde_json's own.
pub(crate) fn from_text<T: Read + DeserializeOwned>(text: &Arc<String>) -> serde_json::Result<T> {
    match shortly(text) {
        Some(value) => Ok(value),
        None => serde_json::from_str(text),
    }
}

fn shortly<T: Read>(text: &Arc<String>) -> Option<T> {
    let mut reader = Reader::sharing(text);
    let value = T::read(&mut reader)?;
    reader.ended().then_some(value)
}

impl<T: Read> Read for Option<T> {
    #[inline]
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        match reader.peek()? {
            b'n' => reader.word("null").map(|()| None),
            _ => T::read(reader).map(Some),
        }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        reader.open(b'[')?;
        let (mut items, mut first) = (Vec::new(), true);
        while reader.more(b']', &mut first)? {
            items.push(T::read(reader)?);
        }
        Some(items)
    }
}

impl Read for Text {
    #[inline]
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        reader.text()
    }
}

impl Read for bool {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        match reader.peek()? {
            b't' => reader.word("true").map(|()| true),
            _ => reader.word("false").map(|()| false),
        }
    }
}

macro_rules! numbers { ($($ty:ty),+) => { $(
    impl Read for $ty {
        fn read(reader: &mut Reader<'_>) -> Option<Self> {
            // Few enough that serde_json may judge each: what is whole, what is too large, how digits are rounded.
            serde_json::from_str(reader.number()?).ok()
        }
    }
)+ }; }
numbers!(i64, u64, f64);

impl Read for Json {
    #[inline]
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        reader.raw_text().map(Json::of_valid)
    }
}

impl Read for JsonObject {
    #[inline]
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        (reader.peek()? == b'{').then_some(())?;
        Json::read(reader).map(JsonObject::of_object)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;
    use crate::endpoints::forms::Form;
    use crate::endpoints::page::Page;

    const PAGE: &str = r#"{ "meta": {"total_count": 2, "total_pages": 1, "page_size": 100, "current_page": 1, "x": [{}]},
"data": [{"id":"a","created_at":"2024-01-15T10:30:00Z","status":"completed","archived":false,"archived_at":null,
"links":{"fill":"https:\/\/fill.example.com/?a=1\u0026b=2","app":null},"user":{"email":"zo\u00eb@example.com","given_name":"Zoë 😀 \ud83d\ude00",
"anonymous":true,"phone":"+32 \"x\" \\ \n"},"owner":null,"flow":{"slug":""},"data":{"a":[1,-0,2.5e-3,true,null,"\u12aF\ud800"],"b":{ }},
"external_args":{},"options" : {"k" : [ ] } ,"responses":[{"id":"r","user":{"user-agent":"x","ip":"::1"},"attachments":[{"id":"t",
"type":"image\/png","metadata":{"size":18446744073709551615,"width":1.5e2,"height":12345678901234567890123}}],"signatures":null,"files":"x"}],
"notifications":[],"new":{"a":[1, 2]},"null":null},{"status":"odd","id":"b","id":"c"}], "links": {"next": null} }
"#;

    /// What the short way takes, serde takes, and reads the same.
    fn agree<T: Read + DeserializeOwned + PartialEq + Debug>(text: &str) -> bool {
        let Some(seen) = shortly::<T>(&Arc::new(text.to_owned())) else {
            return false;
        };
        match serde_json::from_str::<T>(text) {
            Ok(expected) => assert_eq!(seen, expected, "{text}"),
            Err(error) => panic!("serde refuses what was taken: {error}: {text}"),
        }
        true
    }

    #[test]
    fn takes_what_a_server_sends() {
        assert!(agree::<Page<Form>>(PAGE));
        assert!(agree::<Page<Form>>(r#"[{"id":"a"}]"#));
        assert!(agree::<Page<Form>>(r#"{"data":[],"meta":null}"#));
        let page = shortly::<Page<Form>>(&Arc::new(PAGE.to_owned())).unwrap();
        assert_eq!(page.data[1].id, "c");
        assert_eq!(
            page.data[0].extra("new").unwrap().as_str(),
            r#"{"a":[1, 2]}"#
        );
    }

    #[test]
    fn texts_are_pieces_of_what_was_read_unless_they_hold_escapes() {
        let pieces = |text: &str| {
            let source = Arc::new(text.to_owned());
            let kept = shortly::<Vec<Text>>(&source).unwrap();
            assert_eq!(kept.len(), 2);
            Arc::strong_count(&source) - 1
        };
        assert_eq!(pieces(r#"["a", "é"]"#), 2);
        assert_eq!(pieces(r#"["a", "\u00e9"]"#), 1);
        let source = Arc::new(r#"{"a": [1, "\n"]}"#.to_owned());
        let kept = shortly::<JsonObject>(&source).unwrap();
        assert!(std::ptr::eq(kept.as_str(), source.as_str()));
    }

    #[test]
    fn a_text_with_any_byte_changed_is_read_as_serde_reads_it_or_not_at_all() {
        let changes = [
            "", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", "n", "u", " ",
            "\u{1}", "é",
        ];
        let mut taken = 0;
        for (place, old) in PAGE.char_indices() {
            let (before, after) = (&PAGE[..place], &PAGE[place + old.len_utf8()..]);
            taken += usize::from(agree::<Page<Form>>(before));
            for new in changes {
                taken += usize::from(agree::<Page<Form>>(&format!("{before}{new}{after}")));
            }
        }
        assert!(taken > 500, "only {taken} were taken");
    }

    #[test]
    fn small_texts_are_read_as_serde_reads_them_or_not_at_all() {
        let parts = [
            "1",
            "-0",
            "0.5",
            "01",
            "1.",
            "1e5",
            "1e999",
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
                    agree::<Option<Text>>(&text);
                    agree::<Option<u64>>(&text);
                    agree::<i64>(&text);
                    agree::<f64>(&text);
                    agree::<bool>(&text);
                    agree::<Json>(&text);
                    agree::<Option<JsonObject>>(&text);
                    agree::<Vec<f64>>(&text);
                    agree::<Vec<Option<Text>>>(&text);
                }
            }
        }
    }

    #[test]
    fn deep_texts_are_left_to_serde() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(agree::<Json>(&deep(100)));
        assert!(!agree::<Json>(&deep(101)));
        assert!(!agree::<Json>(&"[".repeat(200_000)));
    }
}
