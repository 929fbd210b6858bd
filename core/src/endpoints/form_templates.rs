//! Form templates, from which forms are made.

use super::sort_order::SortOrder;
use super::workspaces::{PageQuery, WorkspaceRef};
use crate::call::input::{Nothing, input};
use crate::call::invoke;
use crate::call::operation::{operations, resource};
use crate::call::output::output;
use crate::call::page::Item;
use crate::call::pager::Pager;
use crate::error::Result;
use crate::json::SharedStr;
use crate::json::raw::JsonObject;

output! {
    /// A form template.
    FormTemplate {
        /// Identifier of the template's configuration, a UUID.
        id: SharedStr,
        /// When it was made, ISO 8601.
        created_at: Option<SharedStr>,
        /// Its slug. Slugs may repeat across workspaces.
        slug: Option<SharedStr>,
        /// Its name.
        name: Option<SharedStr>,
        /// When it was archived, ISO 8601.
        archived_at: Option<SharedStr>,
        /// True if forms can be made from it.
        enabled: Option<bool>,
        /// The workspace it belongs to.
        workspace: Option<WorkspaceRef>,
    }

    /// A step of a form template.
    FormStep {
        /// Identifier.
        id: Option<SharedStr>,
        /// Its title.
        title: Option<SharedStr>,
        /// Its description.
        description: Option<SharedStr>,
        /// The fields that the contact fills in.
        elements: Option<Vec<FormElement>>,
    }

    /// A field of a form.
    FormElement {
        /// The key of its answer in `data`.
        key: Option<SharedStr>,
        /// Its type; the values are not documented.
        type_ = "type": Option<SharedStr>,
        /// The label that the contact reads.
        label: Option<SharedStr>,
        /// True if the contact must fill it in.
        required: Option<bool>,
    }
}

impl Item for FormTemplate {
    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }
}

input! {
    /// Parameters of `form_templates.list`.
    ///
    /// ```
    /// use penbox::FormTemplateList;
    ///
    /// let params = FormTemplateList::default().archived(true).sort("+updated_at");
    /// # assert_ne!(params, FormTemplateList::default());
    /// ```
    FormTemplateList {
        /// Archived templates, too; false by default.
        archived: bool;
        /// The order; `-created_at` by default.
        sort: SortOrder;
        /// The first page to read and the number of items in a page.
        page: PageQuery;
    }
}

impl Default for FormTemplateList {
    fn default() -> Self {
        Self::empty()
    }
}

operations! {
    /// Lists form templates: enabled and published ones unless `archived` is true.
    List = "form_templates.list", Get "/form_templates", Safe, SortedPages,
        "/api-reference/flows/list-flows", FormTemplateList => FormTemplate, cached ttl;

    /// Reads a template's options. Their structure depends on the template.
    Options = "form_templates.options", Get "/form_templates/{slug}/options", Safe, None,
        "/api-reference/previous-api-version/get-flow-options", Nothing => JsonObject, cached ttl;

    /// Reads a template's steps with their fields.
    Steps = "form_templates.steps", Get "/form_templates/{slug}/steps", Safe, None,
        "/api-reference/flows/get-flow-steps", Nothing => Vec<FormStep>, cached ttl;
}

resource! {
    /// The form templates resource. See [`Client::form_templates`](crate::Client::form_templates).
    FormTemplates
}

impl FormTemplates<'_> {
    /// Lists form templates, newest first unless `sort` says otherwise, page by page while the caller iterates. Safe to repeat;
    /// the documentation advises to keep the result for an hour or a day.
    ///
    /// Source: `/api-reference/flows/list-flows`.
    ///
    /// ```
    /// use penbox::FormTemplateList;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let templates: Vec<_> = client.form_templates().list(FormTemplateList::default()).collect::<Result<_, _>>()?;
    /// assert!(templates.iter().any(|template| template.slug.as_deref() == Some("client-onboarding")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Each item may be an error, after which the pager is where it was (see [`Pager`]):
    /// [`Authentication`](crate::ErrorKind::Authentication), [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of a
    /// failed connection.
    pub fn list(&self, params: FormTemplateList) -> Pager<FormTemplate> {
        Pager::new::<List>(self.sender, params, self.options.clone())
    }

    /// Reads a template's options, a free-form object. Safe to repeat.
    ///
    /// Source: `/api-reference/previous-api-version/get-flow-options` (the current page was not readable).
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let options = client.form_templates().options("client-onboarding")?;
    /// println!("{:?}", options.to_map().keys());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) where the template does not exist or is not enabled; the kinds of `list`.
    pub fn options(&self, slug: &str) -> Result<JsonObject> {
        invoke::typed::<Options>(self.sender, &[slug], Nothing, self.options)
    }

    /// Reads a template's steps with their fields. Safe to repeat.
    ///
    /// Source: `/api-reference/flows/get-flow-steps`.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let steps = client.form_templates().steps("client-onboarding")?;
    /// let keys = steps.iter().flat_map(|step| step.elements.iter().flatten()).filter_map(|element| element.key.as_deref());
    /// println!("{:?} may stand in the `data` of a form", keys.collect::<Vec<_>>());
    /// # assert!(!steps.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) where the template does not exist or is not enabled; the kinds of `list`.
    pub fn steps(&self, slug: &str) -> Result<Vec<FormStep>> {
        invoke::typed::<Steps>(self.sender, &[slug], Nothing, self.options)
    }
}
