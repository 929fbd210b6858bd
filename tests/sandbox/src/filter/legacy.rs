use serde_json::{Map, Value};

use super::{Filter, Test};
use crate::error::ApiError;
use crate::fields::is_email;

const USER: [&str; 6] = [
    "email",
    "given_name",
    "family_name",
    "phone",
    "internal_ref",
    "company_name",
];

/// Reads the plain-key object of `/previous-api-version/list-requests`. Archived forms stay hidden unless it asks for them.
pub(super) fn parse(map: &Map<String, Value>) -> Result<Filter, ApiError> {
    let mut filter = Filter::default();
    let mut archived = false;
    for (key, value) in map {
        match key.as_str() {
            "company" | "workspace" => reference(&mut filter, key, value, &["slug", "id"])?,
            "flow" => reference(&mut filter, key, value, &["slug", "customization"])?,
            "owner" => reference(&mut filter, key, value, &["email"])?,
            "user" => reference(&mut filter, key, value, &USER)?,
            "archived" => archived = flag(key, value)?,
            "active" | "completed" | "processed" => filter.equals(&[key], flag(key, value)?),
            "external_args" => {
                for (name, value) in object(key, value)? {
                    filter.equals(&[key, name], value.clone());
                }
            }
            _ => return Err(wrong(key, "is unknown")),
        }
    }
    filter.equals(&["archived"], archived);
    Ok(filter)
}

fn reference(
    filter: &mut Filter,
    key: &str,
    value: &Value,
    members: &[&str],
) -> Result<(), ApiError> {
    for (member, value) in object(key, value)? {
        let name = format!("{key}.{member}");
        if !members.contains(&member.as_str()) {
            return Err(wrong(&name, "is unknown"));
        }
        match value {
            Value::String(text) if member == "email" && !is_email(text) => {
                return Err(wrong(&name, "must be a valid email"));
            }
            Value::String(text) => filter.equals(&[key, member], text.as_str()),
            // Several slugs, as the bracket parameter allows (inferred).
            Value::Array(items) if member == "slug" => {
                let slugs: Option<Vec<String>> = items
                    .iter()
                    .map(|item| item.as_str().map(str::to_owned))
                    .collect();
                let slugs = slugs.ok_or_else(|| wrong(&name, "must hold strings"))?;
                filter.add(&[key, member], Test::OneOf(slugs));
            }
            _ => return Err(wrong(&name, "must be a string")),
        }
    }
    Ok(())
}

fn object<'a>(key: &str, value: &'a Value) -> Result<&'a Map<String, Value>, ApiError> {
    value
        .as_object()
        .ok_or_else(|| wrong(key, "must be an object"))
}

fn flag(key: &str, value: &Value) -> Result<bool, ApiError> {
    value
        .as_bool()
        .ok_or_else(|| wrong(key, "must be a boolean"))
}

fn wrong(key: &str, what: &str) -> ApiError {
    ApiError::bad_request(format!("filter: {key} {what}"))
}
