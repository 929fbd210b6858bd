//! Builds a request from parameters: path, query and body, encoded so that each value given is one value received.

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::loss_check;
use super::operation::{OperationSpec, Paging, Transfer, parameter_name};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::schema::{Kind, Model};
use crate::send::{CallOptions, PreparedRequest};

/// The characters that are percent-encoded: all but those that RFC 3986, section 2.3, calls unreserved.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The most bytes of a value in the path. An id is a UUID of 36 characters and a slug is a name, so a longer value is a mistake, such
/// as a file's content. The server would answer it with 414 (RFC 9110, section 15.5.15), which names no parameter.
const MAX_SEGMENT: usize = 512;
/// The hint for a value that cannot be part of a path.
const AS_RETURNED: &str = "Give the id or slug as the API returned it.";
/// The order of a list unless the caller gives another. `/api-reference/flows/list-flows` names it as the API's default, for form
/// templates only. It is always sent, because the default of the other lists is inferred.
const DEFAULT_SORT: &str = "-created_at";

/// The page of a list to request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageOf {
    /// The number of the page; the first is 1.
    pub(crate) number: u64,
    /// The most items of the page.
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
    options.judge()?;
    loss_check::check(operation, members, options, language)?;
    if let Some(rule) = operation.rule {
        rule(members)?;
    }
    let mut url = String::with_capacity(128);
    let mut values = path.iter();
    // The path begins with a slash, and nothing is before it.
    for segment in operation.path.split('/').skip(1) {
        url.push('/');
        match segment
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(name) => {
                // A value that is missing becomes empty text, which is refused.
                let value = values.next().copied().unwrap_or_default();
                url.extend(utf8_percent_encode(valid_segment(name, value)?, ENCODED));
            }
            None => url.push_str(segment),
        }
    }
    let mut query = Query::new(url);
    let body = if operation.transfer == Transfer::Upload {
        // The other members are parts of the form.
        if let Some(company) = members.get("company").and_then(Value::as_str) {
            query.pair("company", company);
        }
        None
    } else if operation.method.has_body() {
        let mut body = members.clone();
        // An extra member replaces the parameter of its name.
        body.extend(options.body.clone());
        Some(Bytes::from(Value::Object(body).to_string()))
    } else {
        // Refused, since it would be lost without a word.
        if let Some((name, _)) = options.body.iter().next() {
            return Err(Error::invalid_argument(format!(
                "{} sends no body, so the extra body member {} cannot be sent",
                operation.id,
                crate::error::printable(name, 80)
            )));
        }
        validate_filter(members)?;
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
        form: Vec::new(),
        accept: operation.accept,
        skip_data: operation.skip_data,
    })
}

/// Removes the path's values from `members` and returns them in the order of the path.
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

/// Returns the page that `members` request, with defaults for what they leave out. Sizes go to 100, as
/// `/api-reference/pagination-and-sorting` says.
pub(crate) fn page_of(members: &Map<String, Value>, default_size: u32) -> Result<PageOf> {
    let read = |name: &str, default: u64, most: u64| match members
        .get("page")
        .and_then(|page| page.get(name))
    {
        // `loss_check` refuses a null, as any in a query.
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

/// Validates a value of the path. A `.` or `..` is refused although its slashes would be encoded: a server or proxy that decodes the
/// path first would resolve it, and reach another resource with the caller's token.
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

/// Refuses plain conditions beside `filter`. The API ignores them there (`/api-reference/requests/count-requests`), so that the
/// call would get or count more than the caller meant.
fn validate_filter(members: &Map<String, Value>) -> Result<()> {
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

/// A URL whose query is being written.
pub(super) struct Query {
    /// The URL so far, from the path on.
    url: String,
    is_first: bool,
}

impl Query {
    /// A path, whose query is empty yet.
    pub(super) fn new(path: String) -> Query {
        Query {
            url: path,
            is_first: true,
        }
    }

    /// The path and the query.
    pub(super) fn into_url(self) -> String {
        self.url
    }

    /// Writes a pair, its name and its value percent-encoded.
    fn pair(&mut self, name: &str, value: &str) {
        self.url.push(if std::mem::take(&mut self.is_first) {
            '?'
        } else {
            '&'
        });
        self.url.extend(utf8_percent_encode(name, ENCODED));
        self.url.push('=');
        self.url.extend(utf8_percent_encode(value, ENCODED));
    }

    /// Writes documented members in documented order, then the rest. `page` and `sort` are written last, by `build`.
    fn members(&mut self, members: &Map<String, Value>, model: &'static Model) {
        for (name, value) in ordered(members, model) {
            if matches!(name, "page" | "sort") {
                continue;
            }
            match (name, value) {
                // The one parameter that the query holds as JSON.
                ("filter", Value::Object(_)) => self.pair(name, &value.to_string()),
                _ => self.nested(name, value, model.field(name).map(|field| &field.kind)),
            }
        }
    }

    /// Writes a member: a model's members in brackets, ids with commas between them, any other value as [`Query::value`] does.
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
                // The checks before have refused everything but text.
                let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
                self.pair(name, &texts.join(","));
            }
            _ => self.value(name, value),
        }
    }

    /// Writes any JSON as query pairs: objects in brackets, lists as repeated pairs. Null has no such form; `loss_check` refused it.
    pub(super) fn value(&mut self, name: &str, value: &Value) {
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

/// Returns documented members in documented order, then the rest.
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
mod tests;
