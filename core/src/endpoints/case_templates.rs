//! Case templates, from which cases are made.

use super::cases::{Case, CaseOwnerFilter};
use super::workspaces::{PageQuery, WorkspaceFilter};
use crate::call::filter::Filter;
use crate::call::input::{Nothing, input};
use crate::call::invoke;
use crate::call::operation::{operations, resource};
use crate::call::pager::Pager;
use crate::error::Result;

input! {
    /// Parameters of `case_templates.list`. All but `title` are inferred: the documentation names the filters in prose only.
    CaseTemplateList {
        /// A part of the title, whatever its case.
        title: String;
        /// The colleague in charge (inferred).
        owner: CaseOwnerFilter;
        /// The workspace (inferred).
        workspace: WorkspaceFilter;
        /// Archived templates; false by default (inferred).
        archived: bool;
        /// Conditions with operators (inferred). Cannot be combined with the parameters above.
        filter: Filter;
        /// `-created_at` (default), `+created_at`, `-updated_at` or `+updated_at` (inferred).
        sort: String;
        /// The first page to read and the number of items in a page.
        page: PageQuery;
    }
}

impl Default for CaseTemplateList {
    fn default() -> Self {
        Self::empty()
    }
}

operations! {
    /// Lists case templates, newest first unless `sort` says otherwise, without their steps and schema.
    List = "case_templates.list", Get "/case_templates", Safe, SortedPages,
        "/api-reference/case-templates/list-case-templates", CaseTemplateList => Case;

    /// Reads one case template with its steps, schema and contact roles.
    Get = "case_templates.get", Get "/case_templates/{id}", Safe, None,
        "/api-reference/case-templates/get-case-template", Nothing => Case;
}

resource! {
    /// The case templates resource. See [`Client::case_templates`](crate::Client::case_templates).
    CaseTemplates
}

impl CaseTemplates<'_> {
    /// Lists case templates, newest first unless `sort` says otherwise, page by page while the caller iterates. Safe to repeat.
    ///
    /// Source: `/api-reference/case-templates/list-case-templates`.
    ///
    /// # Errors
    /// Each item may be an error, after which the pager is where it was (see [`Pager`]):
    /// [`Authentication`](crate::ErrorKind::Authentication), [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of a
    /// failed connection.
    pub fn list(&self, params: CaseTemplateList) -> Pager<Case> {
        Pager::new::<List>(self.sender, params, self.options.clone())
    }

    /// Reads one case template with its steps, schema and contact roles. Safe to repeat.
    ///
    /// Source: `/api-reference/case-templates/get-case-template`.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound); the kinds of [`list`](CaseTemplates::list).
    pub fn get(&self, id: &str) -> Result<Case> {
        invoke::typed::<Get>(self.sender, &[id], Nothing, self.options)
    }
}
