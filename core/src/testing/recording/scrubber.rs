//! The scrubbing of contact data: only what is known to be none is kept.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// The members whose text is kept: identifiers, times, states and types. All other text is replaced.
const KEPT: &[&str] = &[
    "id",
    "type",
    "slug",
    "key",
    "status",
    "parent_status",
    "waiting_for",
    "scope",
    "confidence",
    "method",
    "locale",
    "language",
    "sort",
    "group-by",
    "error",
    "created_at",
    "updated_at",
    "completed_at",
    "declined_at",
    "archived_at",
    "processed_at",
    "active_from",
    "active_until",
];
/// The members that hold what contacts and callers wrote: there numbers, too, are replaced.
const FREE: &[&str] = &[
    "data",
    "external_args",
    "options",
    "value",
    "phone",
    "webhooks",
    "included",
];

/// Replaces contact data. Equal texts get equal replacements, so that a recording agrees with itself.
#[derive(Debug, Default)]
pub(super) struct Scrubber {
    replacements: HashMap<String, String>,
}

impl Scrubber {
    /// Scrubs a whole body.
    pub(super) fn body(&mut self, mut body: Value) -> Value {
        match &mut body {
            // `data` of a list is its items, and of a JSON:API document its resource. In any other object it is what was answered.
            Value::Object(members) if members.get("data").is_some_and(is_of_the_api) => {
                for (name, value) in members.iter_mut() {
                    match name.as_str() {
                        "data" => self.items(value),
                        name => self.member(name, value),
                    }
                }
            }
            body => self.items(body),
        }
        body
    }

    /// Scrubs a parameter of a query: `filter[user][email]`.
    pub(super) fn parameter(&mut self, name: &str, value: &str) -> String {
        let last = name.trim_end_matches(']').rsplit('[').next();
        let last = last.unwrap_or_default();
        let is_plain = (name.starts_with("page") && value.parse::<u64>().is_ok())
            || matches!(value, "true" | "false");
        let is_free = FREE.iter().any(|free| name.contains(free));
        match is_kept(last, value) || (is_plain && !is_free) {
            true => value.to_owned(),
            false => self.replacement(value),
        }
    }

    /// Scrubs an object, or each item of a list.
    fn items(&mut self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                let named = std::mem::take(members);
                for (name, mut value) in named {
                    self.member(&name, &mut value);
                    members.insert(name, value);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.items(item)),
            Value::String(text) => *text = self.replacement(text),
            _ => {}
        }
    }

    /// Scrubs the value of a member.
    fn member(&mut self, name: &str, value: &mut Value) {
        match value {
            value if FREE.contains(&name) => self.free(value),
            // Counts by value: the values of all but the status are a contact's.
            Value::Object(groups) if name == "by" => {
                for (group, counts) in groups.iter_mut() {
                    if group != "status" {
                        self.keys(counts);
                    }
                }
            }
            Value::String(text) if is_kept(name, text) => {}
            value => self.items(value),
        }
    }

    /// Replaces every value in what contacts and callers wrote. Names stay: they are the template's.
    fn free(&mut self, value: &mut Value) {
        match value {
            Value::Object(members) => members.values_mut().for_each(|value| self.free(value)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.free(item)),
            Value::String(text) => *text = self.replacement(text),
            Value::Number(_) => *value = 0.into(),
            _ => {}
        }
    }

    /// Replaces the names of an object's members.
    fn keys(&mut self, value: &mut Value) {
        if let Value::Object(members) = value {
            let scrubbed: Map<String, Value> = std::mem::take(members)
                .into_iter()
                .map(|(name, value)| (self.replacement(&name), value))
                .collect();
            *members = scrubbed;
        }
    }

    /// The replacement of a text: of an address one that is an address.
    fn replacement(&mut self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let number = self.replacements.len() + 1;
        let new = || match text.contains('@') {
            true => format!("contact-{number}@example.com"),
            false => format!("text-{number}"),
        };
        let kept = self.replacements.entry(text.to_owned());
        kept.or_insert_with(new).clone()
    }
}

/// Reports whether a member's text is known to be no contact's. An identifier has no blank, and a sentence may quote anything.
fn is_kept(name: &str, text: &str) -> bool {
    let is_sentence = text.contains(|each: char| each == '@' || each.is_whitespace());
    KEPT.contains(&name) && !is_sentence
}

/// Reports whether `data` is a member of the API's own: the items of a list, or a resource of a JSON:API document.
fn is_of_the_api(data: &Value) -> bool {
    data.is_array() || data.get("attributes").is_some()
}
