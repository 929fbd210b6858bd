use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::attachments::{Attachment, AttachmentView};
use super::forms::Contact;
use super::signatures::{Signature, SignatureRef};
use crate::clock::stamp;

/// What a contact answered.
pub(crate) struct FormResponse {
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) declined: bool,
    pub(crate) user: Contact,
    pub(crate) data: Map<String, Value>,
    pub(crate) attachments: Vec<Arc<Attachment>>,
    pub(crate) signatures: BTreeMap<String, Arc<Signature>>,
    /// Files by the key of the field they answer.
    pub(crate) files: BTreeMap<String, Arc<Attachment>>,
}

/// Who answered, in the key order of `/api-reference/requests/get-request`.
#[derive(Serialize)]
struct ResponseUser<'a> {
    anonymous: bool,
    ip: &'static str,
    email: &'a Option<String>,
    phone: &'a Option<String>,
    locale: &'a Option<String>,
    given_name: &'a Option<String>,
    family_name: &'a Option<String>,
    #[serde(rename = "user-agent")]
    user_agent: &'static str,
    #[serde(rename = "accept-language")]
    accept_language: &'a str,
}

#[derive(Serialize)]
struct FileRef<'a> {
    id: &'a str,
    name: &'a str,
}

/// A response as a form shows it. `files` and what is in `signatures` are not described (inferred).
#[derive(Serialize)]
pub(crate) struct ResponseView<'a> {
    id: &'a str,
    completed_at: Option<String>,
    updated_at: String,
    declined_at: Option<String>,
    data: &'a Map<String, Value>,
    user: ResponseUser<'a>,
    attachments: Vec<AttachmentView<'a>>,
    signatures: BTreeMap<&'a str, SignatureRef<'a>>,
    files: BTreeMap<&'a str, FileRef<'a>>,
}

impl FormResponse {
    pub(crate) fn completed_at(&self) -> Option<String> {
        (!self.declined).then(|| stamp(self.created_at))
    }

    pub(crate) fn declined_at(&self) -> Option<String> {
        self.declined.then(|| stamp(self.created_at))
    }

    pub(crate) fn view(&self, origin: &str) -> ResponseView<'_> {
        let user = &self.user;
        ResponseView {
            id: &self.id,
            completed_at: self.completed_at(),
            updated_at: stamp(self.created_at),
            declined_at: self.declined_at(),
            data: &self.data,
            user: ResponseUser {
                anonymous: user.anonymous,
                ip: "127.0.0.1",
                email: &user.email,
                phone: &user.phone,
                locale: &user.locale,
                given_name: &user.given_name,
                family_name: &user.family_name,
                user_agent: "penbox-sandbox",
                accept_language: user.locale.as_deref().unwrap_or("en"),
            },
            attachments: self
                .attachments
                .iter()
                .map(|file| file.view(origin))
                .collect(),
            signatures: self
                .signatures
                .iter()
                .map(|(key, signature)| (key.as_str(), signature.reference()))
                .collect(),
            files: self
                .files
                .iter()
                .map(|(key, file)| {
                    let (id, name) = (file.id.as_str(), file.name.as_str());
                    (key.as_str(), FileRef { id, name })
                })
                .collect(),
        }
    }
}
