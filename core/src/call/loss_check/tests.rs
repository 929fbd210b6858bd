//! The parameters that are refused, and those that pass.

use serde_json::json;

use super::*;
use crate::call::input;
use crate::call::request_builder;
use crate::call::request_builder::PageOf;
use crate::endpoints::registry;

/// Returns the message and hint that a call is refused with.
fn refused(id: &str, members: &Value, language: Language) -> Option<String> {
    let operation = registry::find(id).unwrap();
    let members = members.as_object().unwrap();
    let page = operation.is_list().then_some(PageOf { number: 1, size: 9 });
    let options = CallOptions::new();
    let built = input::check(members, operation.params, true, language).and_then(|()| {
        request_builder::build(operation, &["a", "b"], members, page, &options, language)
    });
    let error = built.err()?;
    let hint = error.hint().unwrap_or_default();
    Some(format!("{} | {hint}", error.message()))
}

#[test]
fn what_a_query_would_drop_is_refused_by_its_path() {
    for (id, members, wanted) in [
        (
            "forms.list",
            json!({"user": {"email": null}}),
            "user.email is null",
        ),
        (
            "forms.list",
            json!({"flow": {"slug": []}}),
            "flow.slug is an empty list",
        ),
        (
            "forms.list",
            json!({"flow": {"slug": ["a", null]}}),
            "flow.slug.1 is null",
        ),
        (
            "forms.list",
            json!({"flow": {"slug": ["a", " "]}}),
            "flow.slug.1 is empty text",
        ),
        (
            "forms.list",
            json!({"workspace": {}}),
            "workspace is an empty object",
        ),
        (
            "forms.list",
            json!({"workspace": null}),
            "workspace is null",
        ),
        (
            "forms.list",
            json!({"workspace": {"slug": ""}}),
            "workspace.slug is empty text",
        ),
        (
            "forms.list",
            json!({"user": {"family_name": "\t"}}),
            "user.family_name is empty text",
        ),
        (
            "forms.list",
            json!({"completed": null}),
            "completed is null",
        ),
        ("forms.list", json!({"sort": null}), "sort is null"),
        (
            "forms.list",
            json!({"page": {"number": null}}),
            "page.number is null",
        ),
        ("forms.list", json!({"page": {}}), "page is an empty object"),
        (
            "forms.list",
            json!({"filter": {}}),
            "filter is an empty object",
        ),
        (
            "forms.list",
            json!({"filter": {"attributes": {}}}),
            "filter.attributes is an empty object",
        ),
        (
            "forms.list",
            json!({"filter": {"attributes": {"status": {}}}}),
            "filter.attributes.status is an empty object",
        ),
        (
            "forms.list",
            json!({"filter": {"attributes": {"status": {"$in": []}}}}),
            "filter.attributes.status.$in is an empty list",
        ),
        (
            "forms.list",
            json!({"filter": {"attributes": {"status": {"$in": ["a", null]}}}}),
            "filter.attributes.status.$in.1 is null",
        ),
        (
            "forms.list",
            json!({"filter": {"attributes": {"status": null}}}),
            "filter.attributes.status is null",
        ),
        (
            "forms.list",
            json!({"filter": {"external_args": {"id": ""}}}),
            "filter.external_args.id is empty",
        ),
        ("forms.count", json!({"group-by": null}), "group_by is null"),
        (
            "cases.count",
            json!({"contact": {"email": null}}),
            "contact.email is null",
        ),
        (
            "cases.list",
            json!({"owner": {"id": " "}}),
            "owner.id is empty text",
        ),
        (
            "cases.list",
            json!({"template": {"id": null}}),
            "template.id is required",
        ),
        (
            "case_templates.list",
            json!({"title": ""}),
            "title is empty text",
        ),
        (
            "form_templates.list",
            json!({"archived": null}),
            "archived is null",
        ),
        ("workspaces.list", json!({"page": null}), "page is null"),
        (
            "attachments.download_merged",
            json!({"ids": []}),
            "ids is an empty list | Give one id at least",
        ),
        (
            "attachments.download_merged",
            json!({"ids": ""}),
            "ids is empty text | Give one id at least",
        ),
        (
            "attachments.download_merged",
            json!({"ids": ["a", ""]}),
            "ids.1 is empty text",
        ),
        (
            "attachments.download_merged",
            json!({"ids": [null]}),
            "ids.0 is null",
        ),
        (
            "attachments.download_merged",
            json!({"ids": "a,,b"}),
            "ids holds an empty id",
        ),
        (
            "attachments.download_merged",
            json!({"ids": ["a,b"]}),
            "ids.0 holds a comma",
        ),
        (
            "attachments.download_merged",
            json!({"ids": "a", "filename": null}),
            "filename is null",
        ),
        (
            "attachments.upload",
            json!({"name": "a.pdf", "company": " "}),
            "company is empty text",
        ),
        (
            "forms.create",
            json!({"flow": {"slug": " "}}),
            "flow.slug is empty text",
        ),
        (
            "document_intelligence.create",
            json!({"attachments": [{"id": ""}], "fields": [{"name": "a", "type": "text"}]}),
            "attachments.id is empty text",
        ),
    ] {
        let message = refused(id, &members, Language::Rust);
        let message = message.unwrap_or_else(|| panic!("{id} takes {members}"));
        assert!(
            message.starts_with(&format!("the parameter {wanted}")),
            "{message}"
        );
    }
}

#[test]
fn a_value_with_a_meaning_passes() {
    for (id, members) in [
        (
            "forms.list",
            json!({"filter": {"attributes": {"closed_at": {"$eq": null}}}}),
        ),
        (
            "forms.list",
            json!({"filter": {"attributes": {"note": {"$eq": "", "$in": ["", "a"]}}}}),
        ),
        (
            "forms.list",
            json!({"filter": {"relationships": {"owner": {"attributes": {"email": {"$ne": null}}}}}}),
        ),
        (
            "forms.list",
            json!({"completed": false, "flow": {"slug": ["a"]}}),
        ),
        ("forms.update", json!({"active_until": null})),
        (
            "forms.create",
            json!({"flow": {"slug": "a"}, "owner": null, "data": {}, "user": {"email": null}}),
        ),
        ("attachments.download_merged", json!({"ids": "a,b"})),
    ] {
        assert_eq!(
            refused(id, &members, Language::Rust),
            None,
            "{id} {members}"
        );
    }
}

#[test]
fn the_hint_is_in_the_callers_words() {
    for (language, words) in [
        (
            Language::Rust,
            "is null: it would be dropped, as if it had not been given | Leave the parameter out, where",
        ),
        (
            Language::C,
            "is null: it would be dropped, as if it had not been given | Leave the parameter out: do not set it, where",
        ),
        (
            Language::Python,
            "is None: it would be dropped, as if it had not been given | Leave the parameter out, or give NOT_GIVEN, where",
        ),
        (
            Language::Node,
            "is null: it would be dropped, as if it had not been given | Leave the parameter out, or give undefined, where",
        ),
    ] {
        let message = refused("forms.count", &json!({"group-by": null}), language).unwrap();
        let name = if language == Language::C {
            "group-by"
        } else {
            "group_by"
        };
        assert!(
            message.starts_with(&format!("the parameter {name} {words}")),
            "{message}"
        );
        assert!(
            message.contains(&format!("{{\"$eq\": {}}}", language.null())),
            "{message}"
        );
    }
}

#[test]
fn extra_parameters_are_checked_alike() {
    let operation = registry::find("forms.list").unwrap();
    let page = Some(PageOf { number: 1, size: 9 });
    let build = |options: &CallOptions| {
        request_builder::build(operation, &[], &Map::new(), page, options, Language::Python)
            .map(|request| request.path_and_query)
    };
    for (value, wanted) in [
        (json!(null), "the extra query parameter status is None"),
        (
            json!([]),
            "the extra query parameter status is an empty list",
        ),
        (
            json!({"a": {}}),
            "the extra query parameter status.a is an empty object",
        ),
    ] {
        let error = build(&CallOptions::new().query("status", value)).unwrap_err();
        assert!(error.message().starts_with(wanted), "{}", error.message());
    }
    let sent = build(&CallOptions::new().query("status", "")).unwrap();
    assert!(sent.ends_with("&status="), "{sent}");
}

#[test]
fn what_is_nested_too_deeply_is_refused_by_its_path() {
    let nested = |levels: usize| (1..levels).fold(json!(1), |inner, _| json!({ "a": inner }));
    let create = |levels| json!({"flow": {"slug": "x"}, "data": nested(levels)});
    assert_eq!(
        refused("forms.create", &create(MAX_LEVELS), Language::Rust),
        None
    );
    let message = refused("forms.create", &create(MAX_LEVELS + 1), Language::Rust).unwrap();
    assert!(message.starts_with("the parameter data.a.a.a"), "{message}");
    assert!(
        message.contains("is nested more than 100 levels deep"),
        "{message}"
    );
    let filter = json!({"filter": {"others": nested(MAX_LEVELS)}});
    let message = refused("forms.list", &filter, Language::Rust).unwrap();
    assert!(
        message.contains("is nested more than 100 levels deep"),
        "{message}"
    );
}
