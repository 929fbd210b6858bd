//! From parameters to a request: path, query and body, encoded so that one value in is one value out.

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::loss_check;
use super::operation::{OperationSpec, Paging, Transfer, parameter_name};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::schema::{Kind, Model};
use crate::send::{CallOptions, PreparedRequest};

/// Everything but the characters that RFC 3986 calls unreserved.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const MAX_SEGMENT: usize = 512;
const AS_RETURNED: &str = "Give the id or slug as the API returned it.";
const DEFAULT_SORT: &str = "-created_at";

/// Which page of a list to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageOf {
    pub(crate) number: u64,
    pub(crate) size: u64,
}

/// Builds the request of an operation. `path` holds the values of the path's names, in order.
pub(crate) fn build(
    operation: &'static OperationSpec,
    path: &[&str],
    members: &Map<String, Value>,
    page: Option<PageOf>,
    options: &CallOptions,
    language: Language,
) -> Result<PreparedRequest> {
    loss_check::check(operation, members, options, language)?;
    if let Some(rule) = operation.rule {
        rule(members)?;
    }
    let mut url = String::with_capacity(128);
    let mut values = path.iter();
    for segment in operation.path.split('/').skip(1) {
        url.push('/');
        match segment
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(name) => {
                let value = values.next().copied().unwrap_or_default();
                url.extend(utf8_percent_encode(valid_segment(name, value)?, ENCODED));
            }
            None => url.push_str(segment),
        }
    }
    let mut query = Query { url, first: true };
    let body = if operation.transfer == Transfer::Upload {
        // Its members travel as parts of the form; the workspace alone stands in the query.
        if let Some(company) = members.get("company").and_then(Value::as_str) {
            query.pair("company", company);
        }
        None
    } else if operation.method.has_body() {
        let mut body = members.clone();
        body.extend(options.body.clone());
        Some(Bytes::from(Value::Object(body).to_string()))
    } else {
        if let Some((name, _)) = options.body.iter().next() {
            return Err(Error::invalid_argument(format!(
                "{} sends no body, so the extra body member {} cannot be sent",
                operation.id,
                crate::error::printable(name, 80)
            )));
        }
        filters_agree(members)?;
        query.members(members, operation.params);
        None
    };
    if let Some(page) = page {
        if operation.paging == Paging::SortedPages {
            query.pair(
                "sort",
                members
                    .get("sort")
                    .and_then(Value::as_str)
                    .unwrap_or(DEFAULT_SORT),
            );
        }
        query.pair("page[number]", &page.number.to_string());
        query.pair("page[size]", &page.size.to_string());
    }
    for (name, value) in &options.query {
        query.value(name, value);
    }
    Ok(PreparedRequest {
        operation: operation.id,
        method: operation.method,
        path: operation.path,
        safety: operation.safety,
        path_and_query: query.url,
        body,
        accept: operation.accept,
        skip_data: operation.skip_data,
    })
}

/// Takes the path's values out of `members`, in the order of the path.
pub(crate) fn take_path(
    operation: &OperationSpec,
    members: &mut Map<String, Value>,
    language: Language,
) -> Result<Vec<String>> {
    operation
        .path_names()
        .map(|template| {
            let name = parameter_name(template);
            match members.remove(&name) {
                Some(Value::String(value)) => Ok(value),
                None => Err(Error::invalid_argument(format!(
                    "the parameter {name} is required"
                ))),
                Some(Value::Null) => Err(Error::invalid_argument(format!(
                    "the parameter {name} is {}",
                    language.null()
                ))
                .with_hint(AS_RETURNED)),
                Some(_) => Err(Error::invalid_argument(format!(
                    "the parameter {name} must be text"
                ))
                .with_hint(AS_RETURNED)),
            }
        })
        .collect()
}

/// The page asked for in `members`, over the defaults.
pub(crate) fn page_of(members: &Map<String, Value>, default_size: u32) -> Result<PageOf> {
    let read = |name: &str, default: u64, most: u64| match members
        .get("page")
        .and_then(|page| page.get(name))
    {
        // A null is refused where the request is built, like any in a query.
        None | Some(Value::Null) => Ok(default),
        Some(value) => value
            .as_u64()
            .filter(|n| (1..=most).contains(n))
            .ok_or_else(|| {
                Error::invalid_argument(format!(
                    "the parameter page.{name} must be a whole number from 1 to {most}"
                ))
            }),
    };
    Ok(PageOf {
        number: read("number", 1, u64::from(u32::MAX))?,
        size: read("size", u64::from(default_size), 100)?,
    })
}

fn valid_segment<'a>(name: &str, value: &'a str) -> Result<&'a str> {
    let name = parameter_name(name);
    let refuse = |what: &str| {
        Err(Error::invalid_argument(format!("the parameter {name} {what}")).with_hint(AS_RETURNED))
    };
    if value.trim().is_empty() {
        return refuse("is empty text");
    }
    if value
        .split(['/', '\\'])
        .any(|part| matches!(part, "." | ".."))
    {
        return refuse("must not contain a . or .. path segment");
    }
    if value.chars().any(char::is_control) {
        return refuse("contains a control character");
    }
    if value.len() > MAX_SEGMENT {
        return refuse("is longer than 512 bytes");
    }
    Ok(value)
}

/// The API ignores every other filter once `filter` is there: better said than done silently.
fn filters_agree(members: &Map<String, Value>) -> Result<()> {
    if !members.contains_key("filter") {
        return Ok(());
    }
    let plain = members
        .keys()
        .find(|name| !matches!(name.as_str(), "filter" | "group-by" | "page" | "sort"));
    match plain {
        None => Ok(()),
        Some(name) => Err(Error::invalid_argument(format!(
            "filter cannot be combined with {}: the API would ignore the latter",
            crate::error::printable(name, 80)
        ))
        .with_hint("Put every condition into filter, or use plain parameters only.")),
    }
}

struct Query {
    url: String,
    first: bool,
}

impl Query {
    fn pair(&mut self, name: &str, value: &str) {
        self.url.push(if std::mem::take(&mut self.first) {
            '?'
        } else {
            '&'
        });
        self.url.extend(utf8_percent_encode(name, ENCODED));
        self.url.push('=');
        self.url.extend(utf8_percent_encode(value, ENCODED));
    }

    /// Documented members in documented order, then the rest.
    fn members(&mut self, members: &Map<String, Value>, model: &'static Model) {
        for (name, value) in ordered(members, model) {
            if matches!(name, "page" | "sort") {
                continue;
            }
            match (name, value) {
                ("filter", Value::Object(_)) => self.pair(name, &value.to_string()),
                _ => self.nested(name, value, model.field(name).map(|field| &field.kind)),
            }
        }
    }

    fn nested(&mut self, name: &str, value: &Value, kind: Option<&Kind>) {
        match (value, kind) {
            (Value::Object(inner), Some(Kind::Model(model))) => {
                for (key, value) in ordered(inner, model) {
                    self.nested(
                        &format!("{name}[{key}]"),
                        value,
                        model.field(key).map(|field| &field.kind),
                    );
                }
            }
            (Value::Array(values), Some(Kind::Commas)) => {
                let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                self.pair(name, &texts.join(","));
            }
            _ => self.value(name, value),
        }
    }

    /// Any JSON as query pairs: objects in brackets, lists repeated. Null has no such form; it was refused before.
    fn value(&mut self, name: &str, value: &Value) {
        match value {
            Value::Null => {}
            Value::String(text) => self.pair(name, text),
            Value::Array(values) => values.iter().for_each(|value| self.value(name, value)),
            Value::Object(inner) => {
                for (key, value) in inner {
                    self.value(&format!("{name}[{key}]"), value);
                }
            }
            Value::Bool(_) | Value::Number(_) => self.pair(name, &value.to_string()),
        }
    }
}

fn ordered<'a>(
    members: &'a Map<String, Value>,
    model: &'static Model,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let documented = model
        .fields
        .iter()
        .filter_map(|field| members.get_key_value(field.name));
    let others = members
        .iter()
        .filter(|(name, _)| model.field(name).is_none());
    documented
        .chain(others)
        .map(|(name, value)| (name.as_str(), value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::endpoints::registry;

    fn target(id: &str, path: &[&str], members: Value) -> Result<PreparedRequest> {
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
    fn one_segment_in_is_one_segment_out() {
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
            let sent = target("forms.get", &[id], json!({}))
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
            assert!(target("forms.get", &[id], json!({})).is_err(), "{id:?}");
        }
        assert!(target("forms.get", &["a".repeat(513).as_str()], json!({})).is_err());
        assert!(target("forms.get", &["a".repeat(512).as_str()], json!({})).is_ok());
    }

    #[test]
    fn a_query_stands_in_documented_order_and_is_encoded() {
        let members = json!({
            "archived": false, "flow": {"slug": ["a", "b&c"]}, "user": {"email": "a+b@c.d"},
            "workspace": {"slug": "ac me"}, "page": {"size": 5},
        });
        let sent = target("forms.list", &[], members).unwrap().path_and_query;
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
        let sent = target("forms.list", &[], alone).unwrap().path_and_query;
        assert!(
            sent.starts_with("/forms?filter=%7B%22attributes%22%3A"),
            "{sent}"
        );
        assert!(
            sent.ends_with("&sort=%2Bcreated_at&page%5Bnumber%5D=2&page%5Bsize%5D=100"),
            "{sent}"
        );
        let both = json!({"filter": filter, "archived": true});
        assert!(target("forms.list", &[], both).is_err());
    }

    #[test]
    fn pages_out_of_range_are_refused() {
        for page in [
            json!({"size": 0}),
            json!({"size": 101}),
            json!({"number": 0}),
            json!({"size": 1.5}),
        ] {
            assert!(target("forms.list", &[], json!({"page": page})).is_err());
        }
    }
}
