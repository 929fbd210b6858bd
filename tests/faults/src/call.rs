//! The calls of a case.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::combination::{Slot, Work};
use crate::healthy;

/// The calls of a variant.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calls {
    /// In place of `forms.get`.
    #[serde(default)]
    pub get: Option<Call>,
    /// In place of `forms.create`.
    #[serde(default)]
    pub post: Option<Call>,
    /// In place of `attachments.download`.
    #[serde(default)]
    pub download: Option<Call>,
    /// In place of `attachments.upload`.
    #[serde(default)]
    pub upload: Option<Call>,
}

/// One call.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The operation's id.
    pub operation: String,
    /// Its parameters.
    #[serde(default)]
    pub params: Map<String, Value>,
    /// The file that it sends, as in a conformance case.
    #[serde(default)]
    pub file: Option<Value>,
    /// Where it puts a download, as in a conformance case.
    #[serde(default)]
    pub to: Option<Value>,
    /// The bytes of the download.
    #[serde(default)]
    pub content: Option<Value>,
}

impl Call {
    /// What is called where the case does not say.
    #[must_use]
    pub fn usual(slot: Slot) -> Self {
        let (operation, params) = match slot {
            Slot::Get => ("forms.get", json!({"id": "f1"})),
            Slot::Post => (
                "forms.create",
                json!({"flow": {"slug": "client-onboarding"}}),
            ),
            Slot::Download => ("attachments.download", json!({"id": "f1"})),
            Slot::Upload => ("attachments.upload", json!({})),
        };
        let mut call = Self {
            operation: operation.to_owned(),
            params: params.as_object().cloned().unwrap_or_default(),
            ..Self::default()
        };
        match slot {
            Slot::Download => {
                call.to = Some(json!({"way": "file", "name": "mine.pdf"}));
                call.content = Some(json!({"text": healthy::FILE}));
            }
            Slot::Upload => {
                let content = json!({"text": healthy::FILE});
                call.file = Some(json!({"way": "path", "name": "mine.pdf", "content": content}));
            }
            _ => {}
        }
        call
    }

    /// What it moves.
    #[must_use]
    pub fn work(&self) -> Work {
        match (&self.file, &self.to) {
            (Some(_), _) => Work::Upload,
            (_, Some(_)) => Work::Download,
            _ => Work::Json,
        }
    }

    /// What a healthy server's answer is to the caller.
    #[must_use]
    pub fn healthy_result(&self) -> Value {
        match self.operation.rsplit('.').next() {
            Some("list") => json!([{"id": "f1"}]),
            Some("download") => {
                json!({"path": "mine.pdf", "name": "mine.pdf", "content_type": "application/pdf"})
            }
            Some("create" | "upload") => json!({"id": "made", "status": "draft"}),
            _ => json!({"id": self.params.get("id"), "status": "draft"}),
        }
    }
}
