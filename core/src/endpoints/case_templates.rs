//! Case templates, from which cases are made.

use super::cases::{Case, CaseOwnerFilter};
use super::sort_order::SortOrder;
use super::workspaces::{PageQuery, WorkspaceFilter};
use crate::call::filter::Filter;
use crate::call::input::{Nothing, input};
use crate::call::invoke;
use crate::call::operation::{operations, resource};
use crate::call::pager::Pager;
use crate::error::Result;

input! {
    /// Parameters of `case_templates.list`. All but `title` are inferred: the documentation names the filters in prose only.
    ///
    /// ```
    /// use penbox::{CaseOwnerFilter, CaseTemplateList};
    ///
    /// let params = CaseTemplateList::default().title("onboarding").owner(CaseOwnerFilter::email("sam@example.com"));
    /// # assert_ne!(params, CaseTemplateList::default());
    /// ```
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
        /// The order; `-created_at` by default (inferred).
        sort: SortOrder;
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
        "/api-reference/case-templates/list-case-templates", CaseTemplateList => Case, cached ttl;

    /// Reads one case template with its steps, schema and contact roles.
    Get = "case_templates.get", Get "/case_templates/{id}", Safe, None,
        "/api-reference/case-templates/get-case-template", Nothing => Case, cached ttl;
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
    /// ```
    /// use penbox::CaseTemplateList;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// for template in client.case_templates().list(CaseTemplateList::default()) {
    ///     println!("{}", template?.id);
    /// }
    /// # assert_eq!(client.case_templates().list(CaseTemplateList::default()).count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let id = penbox_sandbox::seed::ACME_CASE_TEMPLATE;
    /// let template = client.case_templates().get(id)?;
    /// let steps = template.steps.unwrap_or_default();
    /// assert_eq!(steps[0].id.as_deref(), Some("send_welcome"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound); the kinds of [`list`](CaseTemplates::list).
    pub fn get(&self, id: &str) -> Result<Case> {
        invoke::typed::<Get>(self.sender, &[id], Nothing, self.options)
    }
}
