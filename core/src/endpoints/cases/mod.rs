//! Cases: files of work with contacts, data and steps.

mod model;
mod params;

use super::count::Count;
use crate::call::input::Nothing;
use crate::call::invoke;
use crate::call::operation::{operations, resource};
use crate::call::pager::Pager;
use crate::error::Result;

pub use model::{Case, CaseContact, CaseField, CaseOwner, CaseStep, ParentStatus, WaitingFor};
pub use params::{
    ById, CaseContactFilter, CaseContactInput, CaseContactsUpdate, CaseCount, CaseCreate,
    CaseDataUpdate, CaseFieldInput, CaseList, CaseOwnerFilter, CaseStepStart,
};

operations! {
    /// Lists cases, newest first unless `sort` says otherwise, without their steps and schema.
    List = "cases.list", Get "/cases", Safe, SortedPages, "/api-reference/cases/list-cases", CaseList => Case;

    /// Counts cases.
    CountCases = "cases.count", Get "/cases/count", Safe, None, "/api-reference/cases/count-cases", CaseCount => Count;

    /// Reads one case with its steps and schema.
    Get = "cases.get", Get "/cases/{id}", Safe, None, "/api-reference/cases/get-case", Nothing => Case;

    /// Creates a case.
    Create = "cases.create", Post "/cases", Unsafe, None, "/api-reference/cases/create-case", CaseCreate => Case;

    /// Sets several data fields of a case. May trigger automations.
    UpdateData = "cases.update_data", Post "/cases/{id}/data", Unsafe, None,
        "/api-reference/cases/update-case-data", CaseDataUpdate => Case;

    /// Sets contacts of a case.
    UpdateContacts = "cases.update_contacts", Post "/cases/{id}/contacts", Unsafe, None,
        "/api-reference/all-endpoints", CaseContactsUpdate => Case;

    /// Starts a step of a case: messages, forms, notes or tasks, as its template says.
    StartStep = "cases.start_step", Post "/cases/{id}/start/{stepKey}", Unsafe, None,
        "/api-reference/cases/start-case-step", CaseStepStart => Case;
}

resource! {
    /// The cases resource. See [`Client::cases`](crate::Client::cases).
    Cases
}

impl Cases<'_> {
    /// Lists cases, newest first unless `sort` says otherwise, page by page while the caller iterates. The items lack `steps` and
    /// `schema`. Safe to repeat.
    ///
    /// Source: `/api-reference/cases/list-cases`; some filters were read on the count page only (inferred here).
    ///
    /// ```
    /// use penbox::{CaseCreate, CaseList};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// client.cases().create(CaseCreate::title("Onboarding of Acme").reference("crm-42"))?;
    /// for case in client.cases().list(CaseList::default().reference("crm-42")) {
    ///     println!("{}", case?.id);
    /// }
    /// # assert_eq!(client.cases().list(CaseList::default().reference("crm-42")).count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Each item may be an error, after which the pager is where it was (see [`Pager`]):
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) before anything is sent,
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for a bad filter, [`Authentication`](crate::ErrorKind::Authentication),
    /// [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of a failed connection.
    pub fn list(&self, params: CaseList) -> Pager<Case> {
        Pager::new::<List>(self.sender, params, self.options.clone())
    }

    /// Counts cases. Safe to repeat.
    ///
    /// Source: `/api-reference/cases/count-cases`.
    ///
    /// ```
    /// use penbox::{CaseCount, CaseCreate};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// client.cases().create(CaseCreate::title("Onboarding of Acme").reference("crm-42"))?;
    /// assert_eq!(client.cases().count(CaseCount::default().reference("crm-42"))?.count, Some(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The kinds of [`list`](Cases::list).
    pub fn count(&self, params: CaseCount) -> Result<Count> {
        invoke::typed::<CountCases>(self.sender, &[], params, self.options)
    }

    /// Reads one case with its steps and schema. Safe to repeat.
    ///
    /// Source: `/api-reference/cases/get-case`.
    ///
    /// ```
    /// use penbox::CaseCreate;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let made = client.cases().create(CaseCreate::title("Onboarding of Acme"))?;
    /// let case = client.cases().get(&made.id)?;
    /// assert_eq!(case.title.as_deref(), Some("Onboarding of Acme"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), [`PermissionDenied`](crate::ErrorKind::PermissionDenied) for a case of
    /// another workspace; the kinds of [`list`](Cases::list).
    pub fn get(&self, id: &str) -> Result<Case> {
        invoke::typed::<Get>(self.sender, &[id], Nothing, self.options)
    }

    /// Creates a case. It may not simply be repeated: look at [`Error::outcome`](crate::Error::outcome), and after
    /// `Unknown` or `Done` look for the case first, by its `reference` for example.
    ///
    /// Source: `/api-reference/cases/create-case`, which answers 200.
    ///
    /// ```
    /// use penbox::{CaseContactInput, CaseCreate};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let template = penbox_sandbox::seed::ACME_CASE_TEMPLATE;
    /// let case = client.cases().create(
    ///     CaseCreate::from_template(template)
    ///         .with_title("Onboarding of Acme")
    ///         .contacts(vec![CaseContactInput::key("main").email("jo@example.com")]),
    /// )?;
    /// println!("{}", case.id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for a template or owner that does not exist,
    /// [`Conflict`](crate::ErrorKind::Conflict), [`UnprocessableEntity`](crate::ErrorKind::UnprocessableEntity); the kinds of
    /// [`list`](Cases::list).
    pub fn create(&self, params: CaseCreate) -> Result<Case> {
        invoke::typed::<Create>(self.sender, &[], params, self.options)
    }

    /// Sets several data fields of a case; the others stay as they are (inferred). May trigger automations, so it may not
    /// simply be repeated.
    ///
    /// Source: `/api-reference/cases/update-case-data`.
    ///
    /// ```
    /// use penbox::serde_json::json;
    /// use penbox::{CaseCreate, CaseDataUpdate};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let template = penbox_sandbox::seed::ACME_CASE_TEMPLATE;
    /// let case = client.cases().create(CaseCreate::from_template(template).with_title("Onboarding"))?;
    /// let case = client.cases().update_data(&case.id, CaseDataUpdate::new(json!({"company_name": "Acme SA"})))?;
    /// let mut fields = case.schema.iter().flatten();
    /// let name = fields.find(|field| field.key.as_deref() == Some("company_name"));
    /// assert_eq!(name.and_then(|field| field.value.as_ref()).map(|value| value.to_value()), Some(json!("Acme SA")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), [`BadRequest`](crate::ErrorKind::BadRequest),
    /// [`UnprocessableEntity`](crate::ErrorKind::UnprocessableEntity); the kinds of [`list`](Cases::list).
    pub fn update_data(&self, id: &str, params: CaseDataUpdate) -> Result<Case> {
        invoke::typed::<UpdateData>(self.sender, &[id], params, self.options)
    }

    /// Sets contacts of a case, matched by their key (inferred). May not simply be repeated.
    ///
    /// Source: `/api-reference/all-endpoints` names the route; body and answer are inferred from its siblings.
    ///
    /// ```
    /// use penbox::{CaseContactInput, CaseContactsUpdate, CaseCreate};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let template = penbox_sandbox::seed::ACME_CASE_TEMPLATE;
    /// let case = client.cases().create(CaseCreate::from_template(template).with_title("Onboarding"))?;
    /// let contact = CaseContactInput::key("main").email("jo@example.com").family_name("Doe");
    /// let case = client.cases().update_contacts(&case.id, CaseContactsUpdate::new([contact]))?;
    /// assert_eq!(case.contacts.iter().flatten().next().and_then(|contact| contact.family_name.as_deref()), Some("Doe"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The kinds of [`update_data`](Cases::update_data).
    pub fn update_contacts(&self, id: &str, params: CaseContactsUpdate) -> Result<Case> {
        invoke::typed::<UpdateContacts>(self.sender, &[id], params, self.options)
    }

    /// Starts a step of a case: messages, forms, notes or tasks, as its template says. It may not simply be repeated; a step
    /// that is started already answers with [`Conflict`](crate::ErrorKind::Conflict).
    ///
    /// Source: `/api-reference/cases/start-case-step`.
    ///
    /// ```
    /// use penbox::{CaseCreate, CaseStepStart, ErrorKind};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let template = penbox_sandbox::seed::ACME_CASE_TEMPLATE;
    /// let case = client.cases().create(CaseCreate::from_template(template).with_title("Onboarding"))?;
    /// client.cases().start_step(&case.id, "send_welcome", CaseStepStart::default())?;
    /// let again = client.cases().start_step(&case.id, "send_welcome", CaseStepStart::default());
    /// assert_eq!(again.unwrap_err().kind(), ErrorKind::Conflict);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Conflict`](crate::ErrorKind::Conflict) where the step is started already,
    /// [`NotFound`](crate::ErrorKind::NotFound) for a step that does not exist (inferred),
    /// [`UnprocessableEntity`](crate::ErrorKind::UnprocessableEntity) where its conditions are not met (inferred); the kinds
    /// of [`list`](Cases::list).
    pub fn start_step(&self, id: &str, step_key: &str, params: CaseStepStart) -> Result<Case> {
        invoke::typed::<StartStep>(self.sender, &[id, step_key], params, self.options)
    }
}
