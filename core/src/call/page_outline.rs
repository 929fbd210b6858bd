//! The outline of an answer that is requested as text: one pass reads and validates the text, without building a tape.

use std::ops::Range;

use super::page::PageMeta;
use crate::json::{Cursor, Document, Name, mismatch};
use crate::schema::Kind;
use crate::schema::key::FieldKey;

/// The members of a page that pagination needs.
const NAMES: &[FieldKey] = &[FieldKey::new("data"), FieldKey::new("meta")];
/// The member of an item that tells it from the others.
const ID: &[FieldKey] = &[FieldKey::new("id")];
/// The bytes of items between two cuts of a page. V8 maps and unmaps memory of its own for each string above 128 KiB: a chunk stays
/// below that, unless one item is as long.
const CHUNK: usize = 32 * 1024;

/// The facts of a page that pagination needs. Empty for any other answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageOutline {
    /// The `id` of each item, where it is text.
    pub(crate) ids: Vec<Option<String>>,
    /// The page's `meta`, unless it is null.
    pub(crate) meta: Option<Document>,
    /// The range of the page's items in its text, without the brackets.
    items: Range<usize>,
    /// The positions of the commas at which the page is cut into chunks.
    cuts: Vec<usize>,
}

impl PageOutline {
    /// Returns a page's text in chunks: the page with its first items, then lists of later items. Each chunk is three parts.
    pub(crate) fn chunks<'t>(&self, text: &'t str) -> Vec<[&'t str; 3]> {
        let Some(first) = self.cuts.first() else {
            return vec![[text, "", ""]];
        };
        let ends = self.cuts.iter().skip(1).copied().chain([self.items.end]);
        let rest = self.cuts.iter().zip(ends);
        let rest = rest.map(|(comma, end)| ["[", &text[comma + 1..end], "]"]);
        std::iter::once([&text[..*first], "", &text[self.items.end..]])
            .chain(rest)
            .collect()
    }

    /// Returns the outline of an answer of this kind, or with `list` of a page of such items.
    ///
    /// Returns none where the text is not JSON or does not fit the kind, and where it is unusual, such as a page with two members
    /// `data`. The caller then makes a [`Document`], which finds the fault if there is one. A text that is accepted here passes
    /// [`mismatch`] too.
    pub(crate) fn of(text: &str, kind: &'static Kind, list: bool) -> Option<PageOutline> {
        let mut outline = PageOutline::default();
        let mut reader = Cursor::new(text);
        match list {
            true => outline.page(&mut reader, kind)?,
            false => reader.pass(kind).map(drop)?,
        }
        reader.ended().then_some(outline)
    }

    /// Reads a page: a bare list, or an object with `data` and perhaps `meta`.
    fn page(&mut self, reader: &mut Cursor<'_>, kind: &Kind) -> Option<()> {
        if reader.peek()? == b'[' {
            return self.items(reader, kind);
        }
        reader.open(b'{')?;
        let (mut first, mut has_data, mut has_meta) = (true, false, false);
        while reader.more(b'}', &mut first)? {
            match reader.name(NAMES, &mut 0)? {
                // Which of two equal names counts is the document's rule: it is not repeated here.
                Name::Known(0) if has_data => return None,
                Name::Known(1) if has_meta => return None,
                Name::Known(0) => {
                    has_data = true;
                    self.items(reader, kind)?;
                }
                Name::Known(_) => {
                    has_meta = true;
                    self.meta = meta(reader.raw()?)?;
                }
                Name::Other(_) => drop(reader.pass(&Kind::Any)?),
            }
        }
        has_data.then_some(())
    }

    /// Reads the items of a page: their ids, their range in the text, and the places to cut it at.
    fn items(&mut self, reader: &mut Cursor<'_>, kind: &Kind) -> Option<()> {
        reader.open(b'[')?;
        let start = reader.position();
        let (mut first, mut chunk) = (true, start);
        let has_id = kind.has_field("id");
        while reader.more(b']', &mut first)? {
            let at = reader.position();
            if at - chunk >= CHUNK {
                // `more` has just stepped over the comma before this item.
                self.cuts.push(at - 1);
                chunk = at;
            }
            let (item, distinct) = reader.pass(kind)?;
            // `distinct` counts the model's fields, so it says nothing of an `id` that is none of them.
            self.ids.push(id(item, has_id && distinct)?);
        }
        // `more` has stepped over the closing bracket.
        self.items = start..reader.position() - 1;
        Some(())
    }
}

/// Reports whether the text is an object with an `id` that is text and not empty. It is read only as far as that `id`.
pub(crate) fn has_id(text: &str) -> bool {
    id(text, true).flatten().is_some_and(|id| !id.is_empty())
}

/// Returns the `id` of an item, if the item is an object and its `id` is text. The item is known to be valid JSON. With `once` its
/// name occurs at most once, and the rest of the item is not read.
fn id(item: &str, once: bool) -> Option<Option<String>> {
    let mut reader = Cursor::new(item);
    let mut found = None;
    if reader.peek()? == b'{' {
        reader.open(b'{')?;
        let mut first = true;
        while reader.more(b'}', &mut first)? {
            match reader.name(ID, &mut 0)? {
                Name::Known(_) if reader.peek()? == b'"' => {
                    found = Some(reader.string()?.into_owned())
                }
                Name::Known(_) => {
                    reader.skip()?;
                    found = None;
                }
                Name::Other(_) => {
                    reader.skip()?;
                    continue;
                }
            }
            if once {
                break;
            }
        }
    }
    Some(found)
}

/// Reads a page's `meta`: none in the outer option where it does not fit its model, in the inner one where it is null.
fn meta(text: &str) -> Option<Option<Document>> {
    let meta = Document::parse(text.to_owned()).ok()?;
    match meta.root() {
        root if root.is_null() => Some(None),
        root => {
            let fits = mismatch(root, &Kind::Model(PageMeta::MODEL)).is_none();
            fits.then_some(Some(meta))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::call::invoke::first_mismatch;
    use crate::endpoints::registry;

    /// Returns the ids and `meta` of a page as a document has them, or none if the text is no page of forms.
    fn by_document(text: &str) -> Option<(Vec<Option<String>>, Option<String>)> {
        let document = Document::parse(text.to_owned()).ok()?;
        if first_mismatch(forms(), &document).is_some() {
            return None;
        }
        let root = document.root();
        let list = root.get("data").unwrap_or(root);
        let id = |item: crate::json::Node<'_>| Some(item.get("id")?.as_str()?.to_owned());
        let meta = root.get("meta").filter(|meta| !meta.is_null());
        Some((
            list.items().map(id).collect(),
            meta.map(|meta| meta.to_json()),
        ))
    }

    fn by_page_outline(text: &str) -> Option<(Vec<Option<String>>, Option<String>)> {
        let PageOutline { ids, meta, .. } = PageOutline::of(text, &forms().output, true)?;
        let compact = |meta: Document| serde_json::to_string(&meta.root()).unwrap();
        Some((ids, meta.map(compact)))
    }

    /// Reports whether the tape that is validated in its one pass accepts a page of forms. It leaves bare lists to the document.
    fn by_tape(text: &str) -> bool {
        Document::fitting(text.to_owned(), &forms().answer).is_ok()
    }

    fn forms() -> &'static crate::call::operation::OperationSpec {
        registry::find("forms.list").unwrap()
    }

    fn page() -> Value {
        json!({
            "meta": {"total_count": 2, "total_pages": 1, "page_size": 100, "current_page": 1, "new": [1]},
            "data": [
                {"id": "a", "status": "pending", "archived": false, "user": {"email": null}, "data": {"id": {"x": [1]}},
                 "responses": [{"id": "r", "signatures": [], "user": {"user-agent": "x"},
                                "attachments": [{"id": "f", "metadata": {"size": 3}}]}]},
                {"status": null, "id": "b", "new": {"deep": [null]}, "notifications": [{"system": true, "variables": 1.5}]},
            ],
            "links": {"next": null},
        })
    }

    /// Collects the JSON Pointer of every value of a tree.
    fn pointers(value: &Value, at: String, into: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    pointers(member, format!("{at}/{name}"), into);
                }
            }
            Value::Array(items) => {
                for (position, item) in items.iter().enumerate() {
                    pointers(item, format!("{at}/{position}"), into);
                }
            }
            _ => {}
        }
        into.push(at);
    }

    #[test]
    fn one_pass_reads_the_outline_of_a_page() {
        for text in [
            page().to_string(),
            format!("{:#}", page()),
            page()["data"].to_string(),
            "[]".to_owned(),
        ] {
            assert!(by_page_outline(&text).is_some(), "{text}");
            assert_eq!(by_page_outline(&text), by_document(&text), "{text}");
            assert_eq!(by_tape(&text), text.starts_with('{'), "{text}");
        }
    }

    #[test]
    fn any_value_anywhere_is_validated_as_the_document_is() {
        let others = [
            json!(null),
            json!(true),
            json!(1),
            json!(-1),
            json!(u64::MAX),
            json!(-0.0),
            json!(1.5),
            json!(1e300),
            json!("x"),
            json!([]),
            json!([null]),
            json!({}),
            json!({"id": "q"}),
        ];
        let mut all = Vec::new();
        pointers(&page(), String::new(), &mut all);
        for pointer in &all {
            for other in &others {
                let mut changed = page();
                *changed.pointer_mut(pointer).unwrap() = other.clone();
                let text = changed.to_string();
                let expected = by_document(&text);
                assert_eq!(by_page_outline(&text), expected, "{pointer} = {other}");
                let is_good = expected.is_some() && changed.is_object();
                assert_eq!(by_tape(&text), is_good, "{pointer} = {other}");
            }
        }
    }

    #[test]
    fn truncated_text_and_text_that_is_no_json_have_no_outline() {
        let text = page().to_string();
        for end in 0..text.len() {
            assert_eq!(by_page_outline(&text[..end]), None, "{end}");
            assert!(!by_tape(&text[..end]), "{end}");
        }
        for text in [
            format!("{text}x"),
            text.replace("1.5", "1e999x"),
            text.replace("pending", r"\ud800"),
            text.replace("[1]", &"[".repeat(200_000)),
        ] {
            assert_eq!(by_page_outline(&text), None);
            assert!(!by_tape(&text));
        }
        for number in ["1e999".to_owned(), "9".repeat(400)] {
            let text = text.replace("1.5", &number);
            assert!(by_page_outline(&text).is_some() && by_tape(&text));
        }
    }

    #[test]
    fn a_name_twice_or_in_escapes_is_read_as_the_document_reads_it() {
        for (name, other, has_outline) in [
            (r#""id":"a""#, r#""\u0069d":"a""#, true),
            (r#""id":"a""#, r#""id":"\u0061""#, true),
            (r#""id":"a""#, r#""id":"a","id":"z""#, true),
            (r#""x":[1]"#, r#""a\"b":[1]"#, true),
            (r#""data":[{"#, r#""\u0064ata":[{"#, true),
            (r#""links":"#, r#""data":"#, false),
            (r#""links":"#, r#""meta":"#, false),
        ] {
            let text = page().to_string();
            assert!(text.contains(name), "{name}");
            let text = text.replacen(name, other, 1);
            assert_eq!(by_page_outline(&text).is_some(), has_outline, "{other}");
            assert!(
                !has_outline || by_page_outline(&text) == by_document(&text),
                "{other}"
            );
            assert!(by_document(&text).is_some() || !by_tape(&text), "{other}");
        }
    }

    #[test]
    fn the_chunks_of_a_page_are_the_page() {
        let mut long = page();
        let items = (0..300).map(|n| json!({"id": "a],[", "data": {"],[": ["é".repeat(n)]}}));
        long["data"] = items.collect();
        for (page, at) in [(&long, "/data"), (&long["data"], ""), (&page(), "/data")] {
            for text in [page.to_string(), format!("{page:#}")] {
                let outline = PageOutline::of(&text, &forms().output, true).unwrap();
                let texts = outline
                    .chunks(&text)
                    .into_iter()
                    .map(|parts| parts.concat());
                let mut chunks: Vec<Value> = texts
                    .map(|text| {
                        assert!(text.len() < CHUNK + 1024, "{}", text.len());
                        serde_json::from_str(&text).unwrap()
                    })
                    .collect();
                let mut joined = chunks.remove(0);
                let list = joined.pointer_mut(at).unwrap().as_array_mut().unwrap();
                for more in &mut chunks {
                    list.append(more.as_array_mut().unwrap());
                }
                assert_eq!(&joined, page);
            }
        }
    }
}
