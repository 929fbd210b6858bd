use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::Store;
use super::attachments::Attachment;
use super::forms::{Contact, FormStatus};
use super::media::is_media_type;
use super::responses::FormResponse;
use super::signatures::Signature;
use crate::error::ApiError;
use crate::{base64, ids, pdf};

/// What the contact of a form does with it; by default they submit it as it is.
///
/// ```
/// use penbox_sandbox::FormCompletion;
/// let refusal = FormCompletion { declined: true, ..FormCompletion::default() };
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FormCompletion {
    /// Answers by field key; they go over the form's pre-filled data.
    pub data: Map<String, Value>,
    /// Files the contact hands in.
    pub attachments: Vec<CompletionFile>,
    /// A signature the contact gives.
    pub signature: Option<CompletionSignature>,
    /// Decline instead of complete.
    pub declined: bool,
    /// What the contact tells of themselves, over what the form knows.
    pub user: CompletionUser,
}

/// A file that a contact hands in: a new one by `name` and `data`, or one that exists by `id`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompletionFile {
    /// The id of an attachment of the form's workspace, a synthetic one for example.
    pub id: Option<String>,
    /// The name of a new file.
    pub name: String,
    /// The MIME type of a new file; told by name and content by default.
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// The content of a new file; base64 in JSON.
    #[serde(deserialize_with = "from_base64")]
    pub data: Vec<u8>,
    /// The key of the field the file answers: it shows in the response's `files`.
    pub key: Option<String>,
}

/// A signature that a contact gives.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompletionSignature {
    /// The key it has in the response's `signatures`.
    pub key: String,
    /// Its name; the key by default.
    #[serde(default)]
    pub name: Option<String>,
}

/// What a contact tells of themselves; `None` keeps what the form knows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompletionUser {
    /// Email.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Language.
    pub locale: Option<String>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CompletedForm {
    /// The form.
    pub form_id: String,
    /// Its new status.
    pub status: FormStatus,
    /// The response.
    pub response_id: String,
    /// The response's files, in the order they were handed in.
    pub attachment_ids: Vec<String>,
    /// The signature, if one was given.
    pub signature_id: Option<String>,
}

fn from_base64<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(source)?;
    base64::decode(&text).ok_or_else(|| serde::de::Error::custom("data must be base64"))
}

impl Store {
    /// Plays the contact of a pending form.
    pub(crate) fn complete_form(
        &mut self,
        form_id: &str,
        done: FormCompletion,
        now: Timestamp,
    ) -> Result<CompletedForm, ApiError> {
        let form = self.forms.get(form_id).ok_or_else(ApiError::not_found)?;
        if form.status != FormStatus::Pending {
            return Err(ApiError::conflict("Only a pending form can be answered"));
        }
        // Moments may run ahead of a clock that stands still, so the later of both counts.
        let at = self.last_moment.map_or(now, |last| last.max(now));
        if !form.is_open(now) && !form.is_open(at) {
            return Err(ApiError::conflict(
                "The form is not open: now is not between active_from and active_until",
            ));
        }
        let workspace = form.workspace.slug;
        let user = merge(form.user.clone(), done.user);
        let mut data = form.data.clone();
        data.extend(done.data);
        let title = format!("{} of form {form_id}", form.flow);
        let mut files = Vec::new();
        for file in done.attachments {
            let key = file.key.clone();
            files.push((key, self.take_file(file, workspace)?));
        }
        let at = self.next_moment(now);
        let signature = done.signature.map(|wanted| {
            let name = wanted.name.unwrap_or_else(|| wanted.key.clone());
            let locale = user.locale.clone().unwrap_or_else(|| "en".to_owned());
            Arc::new(Signature {
                id: ids::uuid(),
                workspace,
                created_at: at,
                file: Bytes::from(pdf::text(&[
                    name.clone(),
                    title,
                    format!("signed {}", wanted.key),
                ])),
                name,
                key: wanted.key,
                declined: done.declined,
                locale,
            })
        });
        for (_, file) in &files {
            self.attachments.insert(file.id.clone(), Arc::clone(file));
        }
        if let Some(signature) = &signature {
            let kept = Arc::clone(signature);
            self.signatures.insert(signature.id.clone(), kept);
        }
        let response = FormResponse {
            id: ids::uuid(),
            created_at: at,
            declined: done.declined,
            user,
            data,
            attachments: files.iter().map(|(_, file)| Arc::clone(file)).collect(),
            signatures: BTreeMap::from_iter(
                signature
                    .iter()
                    .map(|signature| (signature.key.clone(), Arc::clone(signature))),
            ),
            files: files
                .iter()
                .filter_map(|(key, file)| Some((key.clone()?, Arc::clone(file))))
                .collect(),
        };
        let status = if done.declined {
            FormStatus::Declined
        } else {
            FormStatus::Completed
        };
        let completed = CompletedForm {
            form_id: form_id.to_owned(),
            status,
            response_id: response.id.clone(),
            attachment_ids: files.iter().map(|(_, file)| file.id.clone()).collect(),
            signature_id: signature.map(|signature| signature.id.clone()),
        };
        self.responses
            .insert(response.id.clone(), form_id.to_owned());
        if let Some(form) = self.forms.get_mut(form_id) {
            form.status = status;
            form.updated_at = at;
            form.responses.push(response);
        }
        Ok(completed)
    }

    fn take_file(
        &self,
        file: CompletionFile,
        workspace: &'static str,
    ) -> Result<Arc<Attachment>, ApiError> {
        if let Some(id) = &file.id {
            return self
                .attachments
                .get(id)
                .filter(|known| known.workspace == workspace)
                .cloned()
                .ok_or_else(|| ApiError::not_found_because(format!("Attachment {id} not found")));
        }
        if file.name.is_empty() {
            return Err(ApiError::bad_request("attachments: name is required"));
        }
        if file
            .media_type
            .as_deref()
            .is_some_and(|t| !is_media_type(t))
        {
            return Err(ApiError::bad_request(
                "attachments: type must be a MIME type",
            ));
        }
        Ok(Arc::new(Attachment::small(
            workspace,
            file.name,
            file.media_type,
            file.data,
        )))
    }
}

fn merge(mut known: Contact, told: CompletionUser) -> Contact {
    for (member, value) in [
        (&mut known.email, told.email),
        (&mut known.phone, told.phone),
        (&mut known.given_name, told.given_name),
        (&mut known.family_name, told.family_name),
        (&mut known.locale, told.locale),
    ] {
        if value.is_some() {
            *member = value;
        }
    }
    known.anonymous = known.is_anonymous();
    known
}
