//! An answer that is wanted as text only: judged in the one pass that reads it, without an index.

use std::ops::Range;

use super::page::PageMeta;
use crate::json::{Cursor, Document, Name, mismatch};
use crate::schema::Kind;
use crate::schema::key::FieldKey;

const NAMES: &[FieldKey] = &[FieldKey::new("data"), FieldKey::new("meta")];
const ID: &[FieldKey] = &[FieldKey::new("id")];
/// Bytes of items between two cuts of a page.
const PIECE: usize = 32 * 1024;

/// What the walk over a list has to know of a page. Empty for any other answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct PageOutline {
    /// The `id` of each item, where it is text.
    pub(crate) ids: Vec<Option<String>>,
    /// The page's `meta`, unless it is null.
    pub(crate) meta: Option<Document>,
    /// Where the page's items are in its text, without the brackets.
    items: Range<usize>,
    /// Where commas between items are, each some way from the one before it.
    cuts: Vec<usize>,
}

impl PageOutline {
    /// A page's text in pieces: the page with its first items, then lists of those that follow.
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

    /// The outline of an answer of this kind, or with `list` of a page of such items.
    ///
    /// Nothing where the text is not JSON or does not fit, and where it is unusual, such as a page whose `data` stands twice: then a
    /// [`Document`] is to be made, which says what is wrong if anything is. What is taken here, [`mismatch`] takes too.
    pub(crate) fn of(text: &str, kind: &'static Kind, list: bool) -> Option<PageOutline> {
        let mut outline = PageOutline::default();
        let mut reader = Cursor::new(text);
        match list {
            true => outline.page(&mut reader, kind)?,
            false => reader.pass(kind).map(drop)?,
        }
        reader.ended().then_some(outline)
    }

    /// A page: a bare list, or an object with `data` and perhaps `meta`.
    fn page(&mut self, reader: &mut Cursor<'_>, kind: &Kind) -> Option<()> {
        if reader.peek()? == b'[' {
            return self.items(reader, kind);
        }
        reader.open(b'{')?;
        let (mut first, mut listed, mut described) = (true, false, false);
        while reader.more(b'}', &mut first)? {
            match reader.name(NAMES, &mut 0)? {
                // A name that stands twice is left to the document.
                Name::Known(0) if listed => return None,
                Name::Known(1) if described => return None,
                Name::Known(0) => {
                    listed = true;
                    self.items(reader, kind)?;
                }
                Name::Known(_) => {
                    described = true;
                    self.meta = meta(reader.raw()?)?;
                }
                Name::Other(_) => drop(reader.pass(&Kind::Any)?),
            }
        }
        listed.then_some(())
    }

    fn items(&mut self, reader: &mut Cursor<'_>, kind: &Kind) -> Option<()> {
        reader.open(b'[')?;
        let start = reader.position();
        let (mut first, mut piece) = (true, start);
        let has_id = kind.has_field("id");
        while reader.more(b']', &mut first)? {
            let at = reader.position();
            if at - piece >= PIECE {
                self.cuts.push(at - 1);
                piece = at;
            }
            let (item, distinct) = reader.pass(kind)?;
            self.ids.push(id(item, has_id && distinct)?);
        }
        self.items = start..reader.position() - 1;
        Some(())
    }
}

/// Whether the text of an object begins with members of which one is an `id` with text.
pub(crate) fn has_id(text: &str) -> bool {
    id(text, true).flatten().is_some_and(|id| !id.is_empty())
}

/// The `id` of an item that was judged, if it is an object with one that is text. `once`: its name stands in it once.
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

    /// What the way over a document says: the ids and `meta` of a page, or nothing if it is no page of forms.
    fn by_document(text: &str) -> Option<(Vec<Option<String>>, Option<String>)> {
        let document = Document::parse(text.to_owned()).ok()?;
        if first_mismatch(forms(), &document).is_some() {
            return None;
        }
        let root = document.root();
        let list = root.get("data").unwrap_or(root);
        let id = |item: crate::bindings::Node<'_>| Some(item.get("id")?.as_str()?.to_owned());
        let meta = root.get("meta").filter(|meta| !meta.is_null());
        Some((
            list.items().map(id).collect(),
            meta.map(|meta| meta.to_json()),
        ))
    }

    fn by_outline(text: &str) -> Option<(Vec<Option<String>>, Option<String>)> {
        let PageOutline { ids, meta, .. } = PageOutline::of(text, &forms().output, true)?;
        let compact = |meta: Document| serde_json::to_string(&meta.root()).unwrap();
        Some((ids, meta.map(compact)))
    }

    /// Whether the index that is judged in its one pass takes a page of forms. It leaves bare lists to the document.
    fn by_index(text: &str) -> bool {
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

    /// Every value of a tree by its JSON Pointer.
    fn places(value: &Value, at: String, into: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    places(member, format!("{at}/{name}"), into);
                }
            }
            Value::Array(items) => {
                for (position, item) in items.iter().enumerate() {
                    places(item, format!("{at}/{position}"), into);
                }
            }
            _ => {}
        }
        into.push(at);
    }

    #[test]
    fn a_page_is_told_in_one_pass() {
        for text in [
            page().to_string(),
            format!("{:#}", page()),
            page()["data"].to_string(),
            "[]".to_owned(),
        ] {
            assert!(by_outline(&text).is_some(), "{text}");
            assert_eq!(by_outline(&text), by_document(&text), "{text}");
            assert_eq!(by_index(&text), text.starts_with('{'), "{text}");
        }
    }

    #[test]
    fn any_value_anywhere_is_judged_as_the_document_is() {
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
        places(&page(), String::new(), &mut all);
        for place in &all {
            for other in &others {
                let mut changed = page();
                *changed.pointer_mut(place).unwrap() = other.clone();
                let text = changed.to_string();
                let told = by_document(&text);
                assert_eq!(by_outline(&text), told, "{place} = {other}");
                let good = told.is_some() && changed.is_object();
                assert_eq!(by_index(&text), good, "{place} = {other}");
            }
        }
    }

    #[test]
    fn text_that_ends_early_or_is_no_json_is_never_good() {
        let text = page().to_string();
        for end in 0..text.len() {
            assert_eq!(by_outline(&text[..end]), None, "{end}");
            assert!(!by_index(&text[..end]), "{end}");
        }
        for text in [
            format!("{text}x"),
            text.replace("1.5", "1e999x"),
            text.replace("pending", r"\ud800"),
            text.replace("[1]", &"[".repeat(200_000)),
        ] {
            assert_eq!(by_outline(&text), None);
            assert!(!by_index(&text));
        }
        for number in ["1e999".to_owned(), "9".repeat(400)] {
            let text = text.replace("1.5", &number);
            assert!(by_outline(&text).is_some() && by_index(&text));
        }
    }

    #[test]
    fn a_name_twice_or_in_escapes_is_read_as_the_document_reads_it() {
        for (name, other, told) in [
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
            assert_eq!(by_outline(&text).is_some(), told, "{other}");
            assert!(!told || by_outline(&text) == by_document(&text), "{other}");
            assert!(by_document(&text).is_some() || !by_index(&text), "{other}");
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
                let pieces = outline
                    .chunks(&text)
                    .into_iter()
                    .map(|parts| parts.concat());
                let mut chunks: Vec<Value> = pieces
                    .map(|piece| {
                        assert!(piece.len() < PIECE + 1024, "{}", piece.len());
                        serde_json::from_str(&piece).unwrap()
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
