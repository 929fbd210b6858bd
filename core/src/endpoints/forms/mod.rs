//! Forms: requests for data and documents, sent to a contact who fills them in.

mod completion;
mod model;
mod params;
mod wait;

use super::count::Count;
use crate::call::input::Nothing;
use crate::call::operation::{operations, resource};
use crate::call::pager::Pager;
use crate::call::{invoke, operation, request_builder};
use crate::error::Result;

pub(crate) use wait::await_completion;

pub use model::{
    Form, FormFlow, FormLinks, FormResponse, FormStatus, FormUser, Notification,
    NotificationMethod, NotificationStatus, Owner, ResponseUser,
};
pub use params::{
    Branding, Company, Flow, FlowFilter, FormCount, FormCreate, FormList, FormUpdate, OwnerFilter,
    OwnerRef, Slugs, User, UserFilter,
};

operations! {
    /// Lists forms, newest first unless `sort` says otherwise.
    List = "forms.list", Get "/forms", Safe, SortedPages, "/api-reference/requests/list-requests", FormList => Form;

    /// Creates a form from a template and, unless it is a draft, invites the contact.
    Create = "forms.create", Post "/forms", Unsafe, None, "/api-reference/requests/create-request", FormCreate => Form;

    /// Counts forms, by value where `group-by` asks for it.
    CountForms = "forms.count", Get "/forms/count", Safe, None,
        "/api-reference/requests/count-requests", FormCount => Count;

    /// Changes a form: archive, activate, mark as processed, move its end.
    Update = "forms.update", Patch "/forms/{id}", Idempotent, None,
        "/api-reference/requests/update-request", FormUpdate => Form;

    /// Reads one form with its responses.
    Get = "forms.get", Get "/forms/{id}", Safe, None, "/api-reference/requests/get-request", Nothing => Form;

    /// Waits until a form is completed, within the call's time limit, and returns it.
    WaitCompleted = "forms.wait_completed", Get "/forms/{id}", Safe, None, "/api-reference/requests/get-request", Nothing => Form,
        until completed;
}

resource! {
    /// The forms resource. See [`Client::forms`](crate::Client::forms).
    Forms
}

impl Forms<'_> {
    /// Lists forms, newest first unless `sort` says otherwise, page by page while the caller iterates. Safe to repeat.
    ///
    /// Source: `/api-reference/requests/list-requests`; its filters are those of `/api-reference/requests/count-requests`
    /// (inferred: the list page does not show them all).
    ///
    /// ```
    /// use penbox::{FormList, UserFilter};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # client.forms().create(penbox::FormCreate::new("client-onboarding").user(penbox::User::email("john@example.com")))?;
    /// let mut open = client.forms().list(FormList::default().completed(false).user(UserFilter::email("john@example.com")));
    /// println!("{:?} forms", open.total_count()?);
    /// for form in open {
    ///     println!("{}", form?.id);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Each item may be an error, after which the pager is where it was (see [`Pager`]):
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) before anything is sent,
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for a bad filter,
    /// [`Authentication`](crate::ErrorKind::Authentication), [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of a
    /// failed connection.
    pub fn list(&self, params: FormList) -> Pager<Form> {
        Pager::new::<List>(self.sender, params, self.options.clone())
    }

    /// Creates a form from a template and, unless it is a draft, invites the contact.
    ///
    /// It may not simply be repeated: look at [`Error::outcome`](crate::Error::outcome). `NotSent` and `Rejected` made
    /// nothing; after `Unknown` or `Done` look for the form first, by an `external_args` value of yours for example.
    ///
    /// Source: Authentication page ("Making Authenticated Requests"), `/api-reference/requests/create-request`. Its
    /// success status is not documented; 200 and 201 are accepted alike (inferred).
    ///
    /// ```
    /// use penbox::{FormCreate, FormStatus, User};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let form = client.forms().create(
    ///     FormCreate::new("client-onboarding").user(User::email("john@example.com").given_name("John").family_name("Doe")),
    /// )?;
    /// assert_eq!(form.status, Some(FormStatus::Pending));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) before anything is sent,
    /// [`BadRequest`](crate::ErrorKind::BadRequest), [`NotFound`](crate::ErrorKind::NotFound) for a template that is not
    /// enabled, [`Conflict`](crate::ErrorKind::Conflict) where several workspaces have the slug,
    /// [`Authentication`](crate::ErrorKind::Authentication), [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of a
    /// failed connection.
    pub fn create(&self, params: FormCreate) -> Result<Form> {
        invoke::typed::<Create>(self.sender, &[], params, self.options)
    }

    /// Reads one form with its responses. Safe to repeat.
    ///
    /// Source: `/api-reference/requests/get-request`.
    ///
    /// ```
    /// use penbox::{ErrorKind, FormCreate};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let made = client.forms().create(FormCreate::new("client-onboarding"))?;
    /// let form = client.forms().get(&made.id)?;
    /// assert_eq!(form.flow.and_then(|flow| flow.slug).as_deref(), Some("client-onboarding"));
    ///
    /// let unknown = client.forms().get("00000000-0000-4000-8000-000000000000");
    /// assert_eq!(unknown.unwrap_err().kind(), ErrorKind::NotFound);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for an empty id or one with a `..` segment, before anything is
    /// sent; [`NotFound`](crate::ErrorKind::NotFound), [`PermissionDenied`](crate::ErrorKind::PermissionDenied) for a form of
    /// another workspace, [`Authentication`](crate::ErrorKind::Authentication),
    /// [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of a failed connection.
    pub fn get(&self, id: &str) -> Result<Form> {
        invoke::typed::<Get>(self.sender, &[id], Nothing, self.options)
    }

    /// Waits until a form is completed, and returns it. Safe to repeat.
    ///
    /// `timeout` bounds the whole wait: give it as [`CallOptions::timeout`](crate::CallOptions::timeout), since the client's own is
    /// meant for one request. The form is read at once, then after a quarter of a second, and each pause is twice as long as the one
    /// before, up to a minute. A 429, a 5xx and a lost connection do not end the wait. Where a webhook tells the program of the
    /// form, [`Client::notify_form`](crate::Client::notify_form) ends the pause.
    ///
    /// A form that is completed or processed is completed. One that is declined, archived or past its end will not be, which ends
    /// the wait. Every other status is waited on.
    ///
    /// Source: `/api-reference/requests/get-request`, `/forms/statuses`; that an archived form cannot be completed is inferred, and
    /// so are the pauses.
    ///
    /// ```
    /// use std::time::Duration;
    /// use penbox::{CallOptions, FormCreate, FormStatus};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let form = client.forms().create(FormCreate::new("client-onboarding"))?;
    /// # sandbox.complete_form(&form.id, Default::default())?;
    /// let patient = client.with_options(CallOptions::new().timeout(Duration::from_secs(3600)));
    /// let form = patient.forms().wait_completed(&form.id)?;
    /// assert_eq!(form.status, Some(FormStatus::Completed));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NotCompleted`](crate::ErrorKind::NotCompleted) where the form will not be completed any more: `reason` is `form_declined`,
    /// `form_archived`, `form_expired`, `form_cancelled` or `form_deleted`, and the body is the form.
    /// [`Timeout`](crate::ErrorKind::Timeout) where the time is over: the form is as it was, so wait again.
    /// [`NotFound`](crate::ErrorKind::NotFound) where there was no such form at first; the kinds of [`get`](Forms::get).
    pub fn wait_completed(&self, id: &str) -> Result<Form> {
        let (sender, options) = (self.sender, self.options);
        let operation = operation::spec::<WaitCompleted>();
        let language = sender.settings.language;
        let none = serde_json::Map::new();
        let request = request_builder::build(operation, &[id], &none, None, options, language)
            .map_err(|error| invoke::placed(sender, operation, error))?;
        let finish = |received| invoke::decode(sender, operation, received);
        sender.block(wait::completion(
            sender, operation, id, &request, options, finish,
        ))
    }

    /// Counts forms, by value where `group_by` asks for it. Safe to repeat.
    ///
    /// Source: `/api-reference/requests/count-requests`.
    ///
    /// ```
    /// use penbox::serde_json::json;
    /// use penbox::{FormCount, FormCreate};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// client.forms().create(FormCreate::new("client-onboarding").draft(true))?;
    /// client.forms().create(FormCreate::new("client-onboarding"))?;
    /// let count = client.forms().count(FormCount::default().group_by("status"))?;
    /// assert_eq!(count.count, Some(2));
    /// assert_eq!(count.by.and_then(|by| by.get("status")), Some(json!({"draft": 1, "pending": 1})));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The kinds of [`list`](Forms::list).
    pub fn count(&self, params: FormCount) -> Result<Count> {
        invoke::typed::<CountForms>(self.sender, &[], params, self.options)
    }

    /// Changes a form: archive, activate, mark as processed, move its end. It sets values, so it is safe to repeat.
    ///
    /// `FormUpdate::default().null("active_until")` removes the end; leaving it out keeps it.
    ///
    /// Source: `/api-reference/requests/update-request`.
    ///
    /// ```
    /// use penbox::{FormCreate, FormUpdate};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let form = client.forms().create(FormCreate::new("client-onboarding").active_until("2030-01-01T00:00:00Z"))?;
    /// let form = client.forms().update(&form.id, FormUpdate::default().archived(true).null("active_until"))?;
    /// assert_eq!((form.archived, form.active_until), (Some(true), None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), [`UnprocessableEntity`](crate::ErrorKind::UnprocessableEntity) where the
    /// form's state does not allow it; the kinds of [`list`](Forms::list).
    pub fn update(&self, id: &str, params: FormUpdate) -> Result<Form> {
        invoke::typed::<Update>(self.sender, &[id], params, self.options)
    }
}
