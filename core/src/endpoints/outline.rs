//! An answer that is wanted as text only: judged in the one pass that parses it, without an index.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::page::PageMeta;
use crate::body::{Document, Fields, mismatch};
use crate::schema::Kind;

/// What the walk over a list has to know of a page. Empty for any other answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outline {
    /// The `id` of each item, where it is text.
    pub(crate) ids: Vec<Option<String>>,
    /// The page's `meta`, unless it is null.
    pub(crate) meta: Option<Document>,
}

impl Outline {
    /// The outline of an answer of this kind, or with `list` of a page of such items.
    ///
    /// Nothing where the text is not JSON or does not fit, and where only a look at the whole can tell, as with a name that
    /// stands twice: then a [`Document`] is to be made, which says what is wrong if anything is.
    pub(crate) fn of(text: &str, kind: &'static Kind, list: bool) -> Option<Outline> {
        let mut outline = Outline::default();
        let mut json = serde_json::Deserializer::from_str(text);
        let judged = match list {
            true => json.deserialize_any(Page(kind, &mut outline)),
            false => json.deserialize_any(Judge::of(kind)).map(drop),
        };
        judged.and_then(|()| json.end()).ok()?;
        Some(outline)
    }
}

/// What is refused here without a reason: the document has it.
fn unfit<E: Error>() -> E {
    E::custom("does not fit")
}

/// A page: a bare list, or an object with `data` and perhaps `meta`.
struct Page<'a>(&'static Kind, &'a mut Outline);

impl<'de> Visitor<'de> for Page<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        Items(self.0, &mut self.1.ids).visit_seq(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Page(kind, outline) = self;
        let (mut listed, mut described) = (false, false);
        while let Some(name) = map.next_key_seed(Judge::of(&Kind::Text))? {
            match name {
                Seen::Text("data") if !listed => {
                    listed = true;
                    map.next_value_seed(Items(kind, &mut outline.ids))?;
                }
                Seen::Text("meta") if !described => {
                    described = true;
                    outline.meta = meta(map.next_value()?)?;
                }
                Seen::Text("data" | "meta") | Seen::Unescaped => return Err(unfit()),
                _ => drop(map.next_value_seed(Judge::of(&Kind::Any))?),
            }
        }
        listed.then_some(()).ok_or_else(unfit)
    }
}

fn meta<E: Error>(json: &RawValue) -> Result<Option<Document>, E> {
    let meta = Document::parse(json.get().to_owned()).map_err(E::custom)?;
    let root = meta.root();
    match root.is_null() {
        true => Ok(None),
        false if mismatch(root, &Kind::Model(PageMeta::MODEL)).is_some() => Err(unfit()),
        false => Ok(Some(meta)),
    }
}

/// The items of a page, and where their ids go.
struct Items<'a>(&'static Kind, &'a mut Vec<Option<String>>);

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(item) = seq.next_element_seed(Judge::of(self.0))? {
            self.1.push(match item {
                Seen::Object(id) => id.map(str::to_owned),
                Seen::Unsure => return Err(unfit()),
                _ => None,
            });
        }
        Ok(())
    }
}

/// A value that was judged.
enum Seen<'de> {
    /// A string as it stands in the text.
    Text(&'de str),
    /// A string with escapes.
    Unescaped,
    /// An object, and its `id` if that is a string.
    Object(Option<&'de str>),
    /// An object of which one name has escapes: it may be `id`.
    Unsure,
    Other,
}

/// Judges a value exactly as [`mismatch`] does.
struct Judge<'k> {
    kind: &'k Kind,
    nullable: bool,
}

impl<'k> Judge<'k> {
    fn of(kind: &'k Kind) -> Judge<'k> {
        let nullable = false;
        Judge { kind, nullable }
    }

    /// What a value must be that is no list.
    fn single(&self) -> &'k Kind {
        match self.kind {
            Kind::OneOrMany(item) => item,
            kind => kind,
        }
    }

    fn fits<'de, E: Error>(self, fits: bool) -> Result<Seen<'de>, E> {
        match fits || matches!(self.single(), Kind::Any) {
            true => Ok(Seen::Other),
            false => Err(unfit()),
        }
    }

    fn text<'de, E: Error>(self, seen: Seen<'de>) -> Result<Seen<'de>, E> {
        let text = matches!(self.single(), Kind::Text | Kind::Open(_) | Kind::Commas);
        self.fits(text).map(|_| seen)
    }
}

impl<'de> DeserializeSeed<'de> for Judge<'_> {
    type Value = Seen<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Seen<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Judge<'_> {
    type Value = Seen<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON of the documented shape")
    }

    fn visit_unit<E: Error>(self) -> Result<Seen<'de>, E> {
        let fits = self.nullable;
        self.fits(fits)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Seen<'de>, E> {
        let fits = matches!(self.single(), Kind::Boolean);
        self.fits(fits)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Seen<'de>, E> {
        let fits = matches!(self.single(), Kind::Integer | Kind::Number);
        self.fits(fits)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Seen<'de>, E> {
        let fits = match self.single() {
            Kind::Integer => i64::try_from(value).is_ok(),
            kind => matches!(kind, Kind::Number),
        };
        self.fits(fits)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Seen<'de>, E> {
        let fits = matches!(self.single(), Kind::Number);
        self.fits(fits)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Seen<'de>, E> {
        self.text(Seen::Text(text))
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Seen<'de>, E> {
        self.text(Seen::Unescaped)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Seen<'de>, A::Error> {
        let item = match self.kind {
            Kind::List(item) | Kind::OneOrMany(item) => item,
            Kind::Any => &Kind::Any,
            _ => return Err(unfit()),
        };
        while seq.next_element_seed(Judge::of(item))?.is_some() {}
        Ok(Seen::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Seen<'de>, A::Error> {
        let mut fields = match self.single() {
            Kind::Model(model) => Some(Fields::of(model)),
            Kind::Any | Kind::Object => None,
            _ => return Err(unfit()),
        };
        let mut seen = Seen::Object(None);
        while let Some(name) = map.next_key_seed(Judge::of(&Kind::Text))? {
            let (name, field) = match (name, &mut fields) {
                (Seen::Text(name), Some(fields)) => (name, fields.find(name)),
                (Seen::Text(name), None) => (name, None),
                (_, Some(_)) => return Err(unfit()),
                (_, None) => {
                    seen = Seen::Unsure;
                    ("", None)
                }
            };
            let value = map.next_value_seed(match field {
                Some(field) => Judge {
                    kind: &field.kind,
                    nullable: !field.required,
                },
                None => Judge::of(&Kind::Any),
            })?;
            if name == "id" && !matches!(seen, Seen::Unsure) {
                seen = match value {
                    Seen::Text(text) => Seen::Object(Some(text)),
                    Seen::Unescaped => Seen::Unsure,
                    _ => Seen::Object(None),
                };
            }
        }
        match fields.and_then(|fields| fields.missing()) {
            None => Ok(seen),
            Some(_) => Err(unfit()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::endpoints::invoke::misfit;
    use crate::endpoints::registry;

    /// What the way over a document says: the ids and `meta` of a page, or nothing if it is no page of forms.
    fn by_document(text: &str) -> Option<(Vec<Option<String>>, Option<String>)> {
        let document = Document::parse(text.to_owned()).ok()?;
        if misfit(forms(), &document).is_some() {
            return None;
        }
        let root = document.root();
        let list = root.get("data").unwrap_or(root);
        let id = |item: crate::Node<'_>| Some(item.get("id")?.as_str()?.to_owned());
        let meta = root.get("meta").filter(|meta| !meta.is_null());
        Some((
            list.items().map(id).collect(),
            meta.map(|meta| meta.to_json()),
        ))
    }

    fn by_outline(text: &str) -> Option<(Vec<Option<String>>, Option<String>)> {
        let Outline { ids, meta } = Outline::of(text, &forms().output, true)?;
        let compact = |meta: Document| serde_json::to_string(&meta.root()).unwrap();
        Some((ids, meta.map(compact)))
    }

    fn forms() -> &'static crate::OperationSpec {
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
            page()["data"].to_string(),
            "[]".to_owned(),
        ] {
            assert!(by_outline(&text).is_some(), "{text}");
            assert_eq!(by_outline(&text), by_document(&text), "{text}");
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
            json!(1.5),
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
                assert_eq!(by_outline(&text), by_document(&text), "{place} = {other}");
            }
        }
    }

    #[test]
    fn text_that_ends_early_or_is_no_json_is_never_good() {
        let text = page().to_string();
        for end in 0..text.len() {
            assert_eq!(by_outline(&text[..end]), None, "{end}");
        }
        for text in [
            format!("{text}x"),
            text.replace("1.5", "1e999"),
            text.replace("pending", r"\ud800"),
            text.replace("[1]", &"[".repeat(200_000)),
        ] {
            assert_eq!(by_outline(&text), None);
        }
    }

    /// Such answers are left to the document, which is right about them.
    #[test]
    fn a_name_twice_or_in_escapes_is_not_told() {
        for (name, other) in [
            (r#""id":"a""#, r#""\u0069d":"a""#),
            (r#""data":[{"#, r#""\u0064ata":[{"#),
            (r#""links":"#, r#""data":"#),
            (r#""links":"#, r#""meta":"#),
            (r#""id":"a""#, r#""id":"\u0061""#),
        ] {
            let text = page().to_string();
            assert!(text.contains(name), "{name}");
            assert_eq!(by_outline(&text.replace(name, other)), None, "{other}");
        }
    }

    #[test]
    fn names_in_free_form_members_may_have_escapes() {
        let text = page().to_string().replace(r#""x":[1]"#, r#""a\"b":[1]"#);
        assert!(by_outline(&text).is_some());
        assert_eq!(by_outline(&text), by_document(&text));
    }
}
