use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::attachments::Attachment;
use crate::clock::stamp;

/// Types of fields (`/api-reference/document-intelligence/create-document-intelligence`; `list` by the product pages).
pub(crate) const KINDS: [&str; 4] = ["text", "number", "date", "list"];

/// A field to look for in documents.
#[derive(Clone)]
pub(crate) struct WantedField {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) hint: Option<String>,
}

/// A document intelligence template of a workspace.
pub(crate) struct ExtractionTemplate {
    pub(crate) id: &'static str,
    pub(crate) workspace: &'static str,
    pub(crate) fields: Vec<WantedField>,
}

/// A job.
pub(crate) struct Extraction {
    pub(crate) id: String,
    pub(crate) workspace: &'static str,
    pub(crate) created_at: Timestamp,
    /// From when on it has results.
    pub(crate) ready_at: Timestamp,
    pub(crate) attachments: Vec<Arc<Attachment>>,
    pub(crate) fields: Vec<WantedField>,
    pub(crate) language: Option<String>,
    pub(crate) creator_id: String,
    pub(crate) creator_email: String,
}

/// Jobs by id.
pub(crate) type Extractions = HashMap<String, Extraction>;

#[derive(Serialize)]
struct Source<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(rename = "type")]
    media: &'a str,
}

#[derive(Serialize)]
struct Found<'a> {
    key: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: &'a Option<String>,
    #[serde(rename = "type")]
    kind: &'a str,
    value: Value,
    confidence: &'static str,
}

#[derive(Serialize)]
struct Validation {
    is_valid: bool,
    is_blurry: bool,
    user_explanation: &'static str,
}

#[derive(Serialize)]
struct Results<'a> {
    fields: Vec<Found<'a>>,
    validation: Validation,
    document_type: &'static str,
}

#[derive(Serialize)]
struct Creator<'a> {
    id: &'a str,
    email: &'a str,
}

#[derive(Serialize)]
struct Usage {
    input: usize,
    output: usize,
    total: usize,
    pages: usize,
}

/// A job in the key order of the create page's sample; without results `results` and `usage` are null (inferred).
#[derive(Serialize)]
pub(crate) struct ExtractionView<'a> {
    id: &'a str,
    created_at: String,
    updated_at: String,
    attachments: Vec<Source<'a>>,
    results: Option<Results<'a>>,
    language: &'a Option<String>,
    creator: Creator<'a>,
    usage: Option<Usage>,
}

impl Extraction {
    pub(crate) fn view(&self, now: Timestamp) -> ExtractionView<'_> {
        let ready = now >= self.ready_at;
        let pages = self.attachments.len();
        let (input, output) = (100 * pages, 10 * self.fields.len());
        ExtractionView {
            id: &self.id,
            created_at: stamp(self.created_at),
            updated_at: stamp(if ready { self.ready_at } else { self.created_at }),
            attachments: self
                .attachments
                .iter()
                .map(|file| Source {
                    id: &file.id,
                    name: &file.name,
                    media: &file.media,
                })
                .collect(),
            results: ready.then(|| Results {
                fields: self.fields.iter().map(WantedField::found).collect(),
                validation: Validation {
                    is_valid: true,
                    is_blurry: false,
                    user_explanation:
                        "All required fields were successfully extracted from the document.",
                },
                document_type: "ID Card",
            }),
            language: &self.language,
            creator: Creator {
                id: &self.creator_id,
                email: &self.creator_email,
            },
            usage: ready.then_some(Usage {
                input,
                output,
                total: input + output,
                pages,
            }),
        }
    }
}

impl WantedField {
    pub(crate) fn new(key: &str, kind: &str) -> Self {
        Self {
            key: key.to_owned(),
            name: key.to_owned(),
            kind: kind.to_owned(),
            hint: None,
        }
    }

    fn found(&self) -> Found<'_> {
        Found {
            key: &self.key,
            name: &self.name,
            hint: &self.hint,
            kind: &self.kind,
            value: self.value(),
            confidence: "high",
        }
    }

    /// Always the same for the same name and type; the reference's samples for the names they use.
    fn value(&self) -> Value {
        let sum = self.name.bytes().fold(0_u32, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(u32::from(byte))
        });
        match (self.kind.as_str(), self.name.as_str()) {
            ("number", _) => json!(sum % 10_000),
            ("date", _) => json!(format!(
                "{}-{:02}-{:02}",
                1950 + sum % 60,
                1 + sum % 12,
                1 + sum % 28
            )),
            ("list", _) => json!([Map::from_iter([("value".to_owned(), json!(self.name))])]),
            (_, "firstname") => json!("Jane"),
            (_, "date de naissance") => json!("01 JAN 1990"),
            (_, name) => json!(format!("Sample {name}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_depend_on_name_and_type_only() {
        let value = |name, kind| WantedField::new(name, kind).value();
        assert_eq!(value("firstname", "text"), json!("Jane"));
        assert_eq!(value("city", "text"), json!("Sample city"));
        assert_eq!(value("amount", "number"), value("amount", "number"));
        assert!(value("amount", "number").is_u64());
        let date = value("birthday", "date");
        assert!(date.as_str().unwrap().parse::<jiff::civil::Date>().is_ok());
        assert_eq!(value("items", "list"), json!([{"value": "items"}]));
    }
}
