//! The encoding of parameters, and the values that are refused.

use serde_json::json;

use super::*;
use crate::endpoints::registry;

fn request(id: &str, path: &[&str], members: Value) -> Result<PreparedRequest> {
    let operation = registry::find(id).unwrap();
    let Value::Object(members) = members else {
        panic!("not an object")
    };
    let page = operation
        .is_list()
        .then(|| page_of(&members, 100))
        .transpose()?;
    let options = CallOptions::new();
    build(operation, path, &members, page, &options, Language::Rust)
}

#[test]
fn a_path_value_is_one_segment() {
    for id in [
        "a",
        "a b",
        "a/b",
        "ü",
        "%2e%2e",
        "a?b#c",
        "&=+",
        "...",
        "~x",
        "a\\b",
        "1e0\u{301}",
    ] {
        let sent = request("forms.get", &[id], json!({}))
            .unwrap()
            .path_and_query;
        let segment = sent.strip_prefix("/forms/").unwrap();
        assert!(!segment.contains(['/', '?', '#', '\\']), "{sent}");
        let decoded = percent_encoding::percent_decode_str(segment)
            .decode_utf8()
            .unwrap();
        assert_eq!(decoded, id);
    }
}

#[test]
fn segments_that_could_leave_the_path_are_refused() {
    for id in [
        "",
        " ",
        ".",
        "..",
        "../workspaces",
        "a/../b",
        "..\\x",
        "a/.",
        "a\nb",
        "a\0",
        "a\u{7f}",
    ] {
        assert!(request("forms.get", &[id], json!({})).is_err(), "{id:?}");
    }
    assert!(request("forms.get", &["a".repeat(513).as_str()], json!({})).is_err());
    assert!(request("forms.get", &["a".repeat(512).as_str()], json!({})).is_ok());
}

#[test]
fn a_query_is_in_documented_order_and_encoded() {
    let members = json!({
        "archived": false, "flow": {"slug": ["a", "b&c"]}, "user": {"email": "a+b@c.d"},
        "workspace": {"slug": "ac me"}, "page": {"size": 5},
    });
    let sent = request("forms.list", &[], members).unwrap().path_and_query;
    assert_eq!(
        sent,
        "/forms?workspace%5Bslug%5D=ac%20me&flow%5Bslug%5D=a&flow%5Bslug%5D=b%26c&user%5Bemail%5D=a%2Bb%40c.d\
         &archived=false&sort=-created_at&page%5Bnumber%5D=1&page%5Bsize%5D=5"
    );
}

#[test]
fn filter_excludes_other_conditions_but_not_paging() {
    let filter = json!({"attributes": {"status": {"$ne": "draft"}}});
    let alone = json!({"filter": filter, "sort": "+created_at", "page": {"number": 2}});
    let sent = request("forms.list", &[], alone).unwrap().path_and_query;
    assert!(
        sent.starts_with("/forms?filter=%7B%22attributes%22%3A"),
        "{sent}"
    );
    assert!(
        sent.ends_with("&sort=%2Bcreated_at&page%5Bnumber%5D=2&page%5Bsize%5D=100"),
        "{sent}"
    );
    let both = json!({"filter": filter, "archived": true});
    assert!(request("forms.list", &[], both).is_err());
}

#[test]
fn pages_out_of_range_are_refused() {
    for page in [
        json!({"size": 0}),
        json!({"size": 101}),
        json!({"number": 0}),
        json!({"size": 1.5}),
    ] {
        assert!(request("forms.list", &[], json!({"page": page})).is_err());
    }
}
