//! Strings of an answer, as a program uses them.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use penbox::{Form, FormList, Page, SharedStr};

use crate::common::{Server, json};

const PAGE: &str = r#"{"data":[
{"id":"b","active_from":"\u00e9\n\ud83d\ude00","created_at":"","archived_at":null,"flow":{"slug":"zoë 😀"},"data":{"k":"\u00e9"},"new":["é"]},
{"id":"a","flow":{"slug":"é"}}]}"#;

fn forms() -> Vec<Form> {
    Page::from_json(PAGE).unwrap().data
}

fn hash_of(value: &(impl std::hash::Hash + ?Sized)) -> u64 {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    BuildHasherDefault::<DefaultHasher>::default().hash_one(value)
}

#[test]
fn a_text_is_what_the_server_sent() {
    let forms = forms();
    let slug = |form: &Form| form.flow.as_ref()?.slug.clone();
    assert_eq!(forms[0].active_from.as_deref(), Some("é\n😀"));
    assert_eq!(forms[0].created_at.as_deref(), Some(""));
    assert_eq!(forms[0].archived_at, None);
    assert_eq!(slug(&forms[0]).unwrap(), "zoë 😀");
    assert_eq!(slug(&forms[1]).unwrap(), "é");
    // JSON that is kept as text is not unescaped.
    assert_eq!(
        forms[0].data.as_ref().unwrap().as_str(),
        r#"{"k":"\u00e9"}"#
    );
    assert_eq!(forms[0].extra("new").unwrap().as_str(), r#"["é"]"#);
}

#[test]
fn a_text_equals_any_text() {
    let id = forms()[1].id.clone();
    let (owned, borrowed, other) = ("a".to_owned(), "a", SharedStr::from("a"));
    assert!(id == other && id == *borrowed && id == borrowed && id == owned);
    assert!(*borrowed == id && borrowed == id && owned == id);
    let (owned, borrowed, other) = ("b".to_owned(), "b", SharedStr::from("b"));
    assert!(id != other && id != *borrowed && id != borrowed && id != owned);
    assert!(*borrowed != id && borrowed != id && owned != id);
    assert_ne!(id, "", "nor a text it begins with");
    assert_ne!(id, "aa");
}

#[test]
fn a_text_is_hashed_and_ordered_like_any_text() {
    let forms = forms();
    assert_eq!(hash_of(&forms[0].id), hash_of("b"));
    let by_id: HashMap<SharedStr, usize> = forms
        .iter()
        .enumerate()
        .map(|(at, form)| (form.id.clone(), at))
        .collect();
    assert_eq!(by_id.get("a"), Some(&1));
    assert_eq!(by_id.get("c"), None);
    assert_eq!(by_id[&forms[0].id], 0);
    let known = HashMap::from([("a", true)]);
    assert_eq!(known.get(&*forms[1].id), Some(&true));
    let ordered: BTreeSet<SharedStr> = forms.into_iter().map(|form| form.id).collect();
    assert!(ordered.iter().eq(["a", "b"]));
    assert!(ordered.contains("b"));
    let mut texts = ["é", "a", "", "Z", "aa"].map(SharedStr::from);
    texts.sort();
    assert_eq!(texts, ["", "Z", "a", "aa", "é"]);
}

#[test]
fn a_text_is_printed_like_any_text() {
    let text = forms()[0].active_from.clone().unwrap();
    assert_eq!(text.to_string(), "é\n😀");
    assert_eq!(format!("{text:?}"), r#""é\n😀""#);
    assert_eq!(
        format!("[{:>3}|{:.1}]", SharedStr::from("é"), SharedStr::from("éa")),
        "[  é|é]"
    );
    assert_eq!(serde_json::to_string(&text).unwrap(), r#""é\n😀""#);
    let back: SharedStr = serde_json::from_str(r#""\u00e9\n😀""#).unwrap();
    assert_eq!(back, text);
    assert!(serde_json::from_str::<SharedStr>("1").is_err());
}

#[test]
fn a_text_goes_where_a_text_is_wanted() {
    fn borrowed(text: impl AsRef<str>) -> usize {
        text.as_ref().len()
    }
    fn owned(text: impl Into<String>) -> String {
        text.into()
    }
    let id = forms()[1].id.clone();
    assert_eq!(borrowed(&id), 1);
    assert_eq!(owned(&id), "a");
    assert_eq!(owned(id.clone()), "a");
    assert_eq!(Cow::from(&*id), "a");
    assert_eq!(id.as_str(), "a");
    assert!(id.starts_with('a') && !id.is_empty());
}

#[test]
fn a_kept_text_outlives_its_page() {
    let page = Page::<Form>::from_json(PAGE).unwrap();
    let mut kept: Vec<SharedStr> = page.data.iter().map(|form| form.id.clone()).collect();
    kept.push(page.data[0].flow.clone().unwrap().slug.unwrap());
    let data = page.data[0].data.clone().unwrap();
    drop(page);
    // Memory that was freed would be reused.
    let others: Vec<String> = (0..1000)
        .map(|at| "x".repeat(PAGE.len() + at % 8))
        .collect();
    assert_eq!(kept, ["b", "a", "zoë 😀"]);
    assert_eq!(data.get("k").unwrap(), "é");
    drop(others);
    let detached: Vec<String> = kept.into_iter().map(SharedStr::into_string).collect();
    assert_eq!(detached, ["b", "a", "zoë 😀"]);
}

#[test]
fn texts_go_to_other_threads() {
    let server = Server::start(vec![json("200 OK", PAGE), json("200 OK", r#"{"id":"b"}"#)]);
    let client = server.client();
    let forms = client.forms().list(FormList::default());
    let ids: Vec<SharedStr> = forms.map(|form| form.unwrap().id).collect();
    let again = std::thread::spawn(move || client.forms().get(&ids[0]).unwrap().id);
    assert_eq!(again.join().unwrap(), "b");
}

#[test]
fn equal_forms_may_come_from_other_texts() {
    let spaced = PAGE.replace("\"id\":", "\"id\" : ");
    assert_eq!(forms(), Page::<Form>::from_json(spaced).unwrap().data);
    // Strings that serde makes are owned.
    let through_serde: Page<Form> = serde_json::from_str(PAGE).unwrap();
    assert_eq!(forms(), through_serde.data);
}
