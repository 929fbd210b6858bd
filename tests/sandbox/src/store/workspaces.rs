use serde::Serialize;

use super::Store;
use crate::error::ApiError;

/// A workspace, as `GET /workspaces` shows it.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Workspace {
    pub(crate) id: &'static str,
    pub(crate) created_at: &'static str,
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
}

/// A workspace as forms and templates name it.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct WorkspaceRef {
    pub(crate) id: &'static str,
    pub(crate) slug: &'static str,
}

impl Workspace {
    pub(crate) fn reference(&self) -> WorkspaceRef {
        WorkspaceRef {
            id: self.id,
            slug: self.slug,
        }
    }
}

impl Store {
    /// For the control routes, which say what is missing.
    pub(crate) fn known_workspace(&self, slug: &str) -> Result<Workspace, ApiError> {
        self.workspace(slug)
            .ok_or_else(|| ApiError::not_found_because(format!("Workspace {slug} does not exist")))
    }

    pub(crate) fn workspace(&self, slug: &str) -> Option<Workspace> {
        self.workspaces
            .iter()
            .find(|workspace| workspace.slug == slug)
            .copied()
    }

    pub(crate) fn workspace_by_id(&self, id: &str) -> Option<Workspace> {
        self.workspaces
            .iter()
            .find(|workspace| workspace.id == id)
            .copied()
    }
}
