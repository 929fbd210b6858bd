use serde_json::Value;

use super::{Filter, Kind, Schema, Test, legacy, operators};
use crate::error::ApiError;
use crate::fields::{is_email, object};
use crate::query::Query;

const USER: &[&str] = &[
    "anonymous",
    "email",
    "phone",
    "given_name",
    "family_name",
    "company_name",
    "internal_ref",
    "locale",
];

const SCHEMA: Schema = Schema {
    attributes: &[
        ("id", Kind::Plain),
        ("created_at", Kind::Moment),
        ("updated_at", Kind::Moment),
        ("status", Kind::Plain),
        ("archived", Kind::Plain),
        ("archived_at", Kind::Moment),
        ("processed_at", Kind::Moment),
        ("active_from", Kind::Moment),
        ("active_until", Kind::Moment),
        ("user", Kind::Members(USER)),
        ("data", Kind::Open),
        ("external_args", Kind::Open),
        ("options", Kind::Open),
    ],
    relationships: &[
        ("owner", &["id", "email"]),
        ("flow", &["slug", "customization"]),
        ("workspace", &["id", "slug"]),
        ("company", &["id", "slug"]),
        ("user", USER),
    ],
};

/// The filter of `GET /forms`: with `filter` present, every other filter parameter is ignored (`/requests/count-requests`).
pub(crate) fn parse(query: &Query) -> Result<Filter, ApiError> {
    match query.one("filter")? {
        Some(text) => object_filter(text),
        None => brackets(query),
    }
}

/// The filter of `GET /requests`, which knows no other parameter (`/previous-api-version/list-requests`).
pub(crate) fn parse_old(query: &Query) -> Result<Filter, ApiError> {
    object_filter(query.one("filter")?.unwrap_or("{}"))
}

fn object_filter(text: &str) -> Result<Filter, ApiError> {
    let map = object(text.as_bytes())
        .map_err(|_| ApiError::bad_request("filter must be a JSON object"))?;
    if map.contains_key("attributes") || map.contains_key("relationships") {
        // No hidden `archived=false`: that default belongs to the parameter, which is ignored (inferred).
        operators::parse(&map, &SCHEMA)
    } else {
        legacy::parse(&map)
    }
}

fn brackets(query: &Query) -> Result<Filter, ApiError> {
    let mut filter = Filter::default();
    for member in ["slug", "given_name", "family_name", "phone"] {
        let owner = if member == "slug" {
            "workspace"
        } else {
            "user"
        };
        if let Some(value) = query.one(&format!("{owner}[{member}]"))? {
            filter.equals(&[owner, member], value);
        }
    }
    for owner in ["owner", "user"] {
        let name = format!("{owner}[email]");
        match query.one(&name)? {
            Some(email) if !is_email(email) => {
                return Err(ApiError::bad_request(format!(
                    "{name} must be a valid email"
                )));
            }
            Some(email) => filter.equals(&[owner, "email"], email),
            None => {}
        }
    }
    if let Some(id) = query.uuid("workspace[id]")? {
        filter.equals(&["workspace", "id"], id);
    }
    if let Some(id) = query.uuid("flow[customization]")? {
        filter.equals(&["flow", "customization"], id);
    }
    let slugs = query.many("flow[slug]");
    if !slugs.is_empty() {
        let slugs = slugs.into_iter().map(str::to_owned).collect();
        filter.add(&["flow", "slug"], Test::OneOf(slugs));
    }
    for name in ["active", "completed", "processed"] {
        if let Some(on) = query.flag(name)? {
            filter.equals(&[name], on);
        }
    }
    let archived = query.flag("archived")?.unwrap_or(false);
    filter.equals(&["archived"], Value::Bool(archived));
    Ok(filter)
}
