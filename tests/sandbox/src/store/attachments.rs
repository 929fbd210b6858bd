use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use serde::{Deserialize, Serialize};

use super::Store;
use super::content::Content;
use super::media::{detect, dimensions, is_media_type};
use crate::error::ApiError;
use crate::{ids, seed};

/// The biggest file (`/api-reference/attachments/upload-attachments`: 10 GB).
pub(crate) const LARGEST: u64 = 10_000_000_000;
/// JSON holds `data` of files smaller than this (`/api-reference/attachments/get-attachment`: under 50 MB).
pub(crate) const INLINE: u64 = 50_000_000;

/// A file as it is kept.
pub(crate) struct Attachment {
    pub(crate) id: String,
    pub(crate) workspace: &'static str,
    pub(crate) name: String,
    /// The MIME type.
    pub(crate) media: String,
    pub(crate) scope: Scope,
    pub(crate) size: u64,
    pub(crate) dimensions: Option<(u32, u32)>,
    pub(crate) content: Content,
}

/// Who may see a file; the sandbox shows it and does not act on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scope {
    Public,
    #[default]
    Restricted,
}

impl Scope {
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        match text {
            "public" => Ok(Self::Public),
            "restricted" => Ok(Self::Restricted),
            _ => Err(ApiError::bad_request("scope must be public or restricted")),
        }
    }
}

#[derive(Serialize)]
struct Metadata {
    size: u64,
    width: Option<u32>,
    height: Option<u32>,
}

/// A file as the API shows it, but for `data`.
#[derive(Serialize)]
pub(crate) struct AttachmentView<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(rename = "type")]
    media: &'a str,
    scope: Scope,
    uri: String,
    metadata: Metadata,
}

impl Attachment {
    pub(crate) fn view(&self, origin: &str) -> AttachmentView<'_> {
        AttachmentView {
            id: &self.id,
            name: &self.name,
            media: &self.media,
            scope: self.scope,
            uri: format!("{origin}/v1/attachments/{}", self.id),
            metadata: Metadata {
                size: self.size,
                width: self.dimensions.map(|(width, _)| width),
                height: self.dimensions.map(|(_, height)| height),
            },
        }
    }

    /// A small file; what it is is told by `media` or else by its name and bytes.
    pub(crate) fn small(
        workspace: &'static str,
        name: String,
        media: Option<String>,
        bytes: Vec<u8>,
    ) -> Self {
        Self {
            id: ids::uuid(),
            workspace,
            media: media.unwrap_or_else(|| detect(&name, &bytes).to_owned()),
            name,
            scope: Scope::default(),
            size: bytes.len() as u64,
            dimensions: dimensions(&bytes),
            content: Content::Memory(Bytes::from(bytes)),
        }
    }
}

/// Files by id.
pub(crate) type Attachments = HashMap<String, Arc<Attachment>>;

/// A file of any size that takes no room: the byte at offset `n` is `n % 251`.
///
/// ```
/// use penbox_sandbox::AttachmentSeed;
/// let seed = AttachmentSeed { size: 1 << 30, ..AttachmentSeed::default() };
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentSeed {
    /// How many bytes.
    pub size: u64,
    /// The file's name; `synthetic.bin` by default.
    #[serde(default)]
    pub name: Option<String>,
    /// The MIME type; by the name's extension by default.
    #[serde(default, rename = "type")]
    pub media_type: Option<String>,
    /// The workspace's slug; [`seed::ACME_SLUG`] by default.
    #[serde(default)]
    pub workspace: Option<String>,
}

impl Store {
    pub(crate) fn add_attachment(&mut self, attachment: Attachment) -> Arc<Attachment> {
        let attachment = Arc::new(attachment);
        self.attachments
            .insert(attachment.id.clone(), Arc::clone(&attachment));
        attachment
    }

    pub(crate) fn seed_attachment(
        &mut self,
        wanted: AttachmentSeed,
    ) -> Result<Arc<Attachment>, ApiError> {
        let slug = wanted.workspace.as_deref().unwrap_or(seed::ACME_SLUG);
        let workspace = self.known_workspace(slug)?.slug;
        let name = wanted.name.unwrap_or_else(|| "synthetic.bin".to_owned());
        let media = wanted
            .media_type
            .unwrap_or_else(|| detect(&name, b"").to_owned());
        if !is_media_type(&media) {
            return Err(ApiError::bad_request("type must be a MIME type"));
        }
        Ok(self.add_attachment(Attachment {
            id: ids::uuid(),
            workspace,
            name,
            media,
            scope: Scope::default(),
            size: wanted.size,
            dimensions: None,
            content: Content::Pattern,
        }))
    }
}
