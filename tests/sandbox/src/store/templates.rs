use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::workspaces::{Workspace, WorkspaceRef};
use crate::clock::stamp;
use crate::sort::Dated;

/// A form template of a workspace.
pub(crate) struct FormTemplate {
    pub(crate) id: &'static str,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) workspace: Workspace,
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    pub(crate) archived_at: Option<Timestamp>,
    pub(crate) enabled: bool,
    pub(crate) options: Value,
    pub(crate) steps: Value,
}

/// A form template in the key order of `/api-reference/flows/list-flows`.
#[derive(Serialize)]
pub(crate) struct FormTemplateView {
    id: &'static str,
    created_at: String,
    slug: &'static str,
    name: &'static str,
    archived_at: Option<String>,
    enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace: Option<WorkspaceRef>,
}

impl FormTemplate {
    /// Enabled and not archived: forms can be made of it.
    pub(crate) fn is_open(&self) -> bool {
        self.enabled && self.archived_at.is_none()
    }

    pub(crate) fn view(&self) -> FormTemplateView {
        FormTemplateView {
            id: self.id,
            created_at: stamp(self.created_at),
            slug: self.slug,
            name: self.name,
            archived_at: self.archived_at.map(stamp),
            enabled: self.enabled,
            workspace: None,
        }
    }

    /// As the deprecated list shows it: with its workspace (`/previous-api-version/list-flows`).
    pub(crate) fn old_view(&self) -> FormTemplateView {
        FormTemplateView {
            workspace: Some(self.workspace.reference()),
            ..self.view()
        }
    }
}

impl Dated for FormTemplate {
    fn created_at(&self) -> Timestamp {
        self.created_at
    }

    fn updated_at(&self) -> Timestamp {
        self.updated_at
    }
}
