use serde::Serialize;

use super::Store;

/// A workspace, as `GET /workspaces` shows it.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Workspace {
    pub(crate) id: &'static str,
    pub(crate) created_at: &'static str,
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
}

impl Store {
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
