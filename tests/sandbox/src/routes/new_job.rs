use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::auth::Caller;
use crate::error::ApiError;
use crate::fields::{Fields, object};
use crate::place::Place;
use crate::store::Store;
use crate::store::attachments::Attachment;
use crate::store::extractions::{Extraction, KINDS, WantedField};
use crate::store::media::is_media_type;
use crate::{base64, ids};

/// A checked body of `POST /document_intelligence`. Members the reference does not name are ignored.
pub(super) struct NewJob {
    attachments: Vec<Source>,
    wanted: Wanted,
    place: Place,
    language: Option<String>,
}

enum Source {
    Known(String),
    New {
        name: String,
        media: String,
        bytes: Vec<u8>,
    },
}

enum Wanted {
    Fields(Vec<WantedField>),
    Template(String),
}

impl NewJob {
    pub(super) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let map = object(body)?;
        let body = Fields::root(&map);
        let sources = body
            .array("attachments")?
            .ok_or_else(|| ApiError::bad_request("attachments is required"))?;
        if sources.is_empty() {
            return Err(ApiError::bad_request("attachments must hold at least one"));
        }
        let wanted = match (body.array("fields")?, body.inner("template")?) {
            (Some(fields), None) => Wanted::Fields(each("fields", fields, field)?),
            (None, Some(template)) => Wanted::Template(
                template
                    .uuid("id")?
                    .ok_or_else(|| ApiError::bad_request("template.id is required"))?,
            ),
            _ => {
                return Err(ApiError::bad_request(
                    "exactly one of fields and template is required",
                ));
            }
        };
        if matches!(&wanted, Wanted::Fields(fields) if fields.is_empty()) {
            return Err(ApiError::bad_request("fields must hold at least one"));
        }
        Ok(Self {
            attachments: each("attachments", sources, source)?,
            wanted,
            place: Place::parse(body)?,
            language: body.text("language")?.map(str::to_owned),
        })
    }

    pub(super) fn build(
        self,
        store: &mut Store,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Extraction, ApiError> {
        let workspace = self.place.find_or_first(store, caller)?.slug;
        let fields = match self.wanted {
            Wanted::Fields(fields) => fields,
            // A referenced template that is not there is a 400 (`/api-reference/error-codes`).
            Wanted::Template(id) => store
                .extraction_templates
                .iter()
                .find(|known| known.id == id && known.workspace == workspace)
                .map(|known| known.fields.clone())
                .ok_or_else(|| ApiError::bad_request("template.id is not a known template"))?,
        };
        let take = |source| match source {
            Source::Known(id) => {
                let missing = || ApiError::not_found_because(format!("Attachment {id} not found"));
                let found = store.attachments.get(&id).ok_or_else(missing)?;
                caller.check(found.workspace)?;
                Ok(Arc::clone(found))
            }
            Source::New { name, media, bytes } => Ok(Arc::new(Attachment::small(
                workspace,
                name,
                Some(media),
                bytes,
            ))),
        };
        let attachments: Vec<_> = self
            .attachments
            .into_iter()
            .map(take)
            .collect::<Result<_, ApiError>>()?;
        for file in &attachments {
            store.attachments.insert(file.id.clone(), Arc::clone(file));
        }
        let created_at = store.next_moment(now);
        let delay = i64::try_from(store.settings.extraction_delay_ms).unwrap_or(i64::MAX);
        let creator_email = format!("api@{workspace}.example");
        Ok(Extraction {
            id: ids::uuid(),
            workspace,
            created_at,
            ready_at: now
                .checked_add(SignedDuration::from_millis(delay))
                .unwrap_or(Timestamp::MAX)
                .max(created_at),
            attachments,
            fields,
            language: self.language,
            creator_id: store.owner_id(&creator_email),
            creator_email,
        })
    }
}

fn each<T>(
    name: &str,
    items: &[Value],
    read: impl Fn(Fields<'_>, &str) -> Result<T, ApiError>,
) -> Result<Vec<T>, ApiError> {
    let one = |(index, item): (usize, &Value)| {
        let path = format!("{name}[{index}]");
        read(Fields::at(&path, item)?, &path)
    };
    items.iter().enumerate().map(one).collect()
}

/// By `id`, or by all of `data`, `name` and `type`.
fn source(item: Fields<'_>, path: &str) -> Result<Source, ApiError> {
    if let Some(id) = item.uuid("id")? {
        return Ok(Source::Known(id));
    }
    let data = item
        .text("data")?
        .ok_or_else(|| ApiError::bad_request(format!("{path} needs id, or data, name and type")))?;
    let bytes = base64::decode(data)
        .ok_or_else(|| ApiError::bad_request(format!("{path}.data must be base64")))?;
    let name = item.required_text("name")?.to_owned();
    let media = item.required_text("type")?.to_owned();
    if !is_media_type(&media) {
        return Err(ApiError::bad_request(format!(
            "{path}.type must be a MIME type"
        )));
    }
    Ok(Source::New { name, media, bytes })
}

fn field(item: Fields<'_>, path: &str) -> Result<WantedField, ApiError> {
    let name = item.required_text("name")?.to_owned();
    let kind = item.text("type")?.unwrap_or("text");
    if !KINDS.contains(&kind) {
        return Err(ApiError::bad_request(format!(
            "{path}.type must be one of {}",
            KINDS.join(", ")
        )));
    }
    Ok(WantedField {
        key: item.text("key")?.unwrap_or(&name).to_owned(),
        kind: kind.to_owned(),
        hint: item.text("hint")?.map(str::to_owned),
        name,
    })
}
