//! Forms: requests for data and documents, sent to a contact who fills them in.

mod model;
mod params;

use std::sync::Arc;

use super::input::Nothing;
use super::invoke;
use super::operation::{Operation, Paging};
use super::pager::Pager;
use crate::error::Result;
use crate::send::{CallOptions, Method, Safety, Sender};

pub use model::{
    Attachment, AttachmentMetadata, Form, FormFlow, FormLinks, FormResponse, FormStatus, FormUser,
    FormWorkspace, Notification, NotificationMethod, NotificationStatus, Owner, ResponseUser,
};
pub use params::{
    Branding, Company, Flow, FlowFilter, FormCreate, FormList, OwnerFilter, OwnerRef, Slugs, User,
    UserFilter, WorkspaceFilter,
};

/// `GET /forms`.
#[derive(Debug)]
pub(crate) struct List;

impl Operation for List {
    const ID: &'static str = "forms.list";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/forms";
    const SAFETY: Safety = Safety::Safe;
    const PAGING: Paging = Paging::SortedPages;
    const DOC: &'static str = "Lists forms, newest first unless `sort` says otherwise.";
    const SOURCE: &'static str = "/api-reference/requests/list-requests";
    type Params = FormList;
    type Output = Form;
}

/// `POST /forms`.
#[derive(Debug)]
pub(crate) struct Create;

impl Operation for Create {
    const ID: &'static str = "forms.create";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/forms";
    const SAFETY: Safety = Safety::Unsafe;
    const PAGING: Paging = Paging::None;
    const DOC: &'static str =
        "Creates a form from a template and, unless it is a draft, invites the contact.";
    const SOURCE: &'static str = "/api-reference/requests/create-request";
    type Params = FormCreate;
    type Output = Form;
}

/// `GET /forms/{id}`.
#[derive(Debug)]
pub(crate) struct Get;

impl Operation for Get {
    const ID: &'static str = "forms.get";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/forms/{id}";
    const SAFETY: Safety = Safety::Safe;
    const PAGING: Paging = Paging::None;
    const DOC: &'static str = "Reads one form with its responses.";
    const SOURCE: &'static str = "/api-reference/requests/get-request";
    type Params = Nothing;
    type Output = Form;
}

/// The forms resource. See [`Client::forms`](crate::Client::forms).
#[derive(Clone, Copy)]
pub struct Forms<'a> {
    sender: &'a Arc<Sender>,
}

impl<'a> Forms<'a> {
    pub(crate) fn new(sender: &'a Arc<Sender>) -> Self {
        Forms { sender }
    }

    /// Lists forms, newest first unless `sort` says otherwise, page by page while it is iterated. Safe to repeat.
    ///
    /// Source: `/api-reference/requests/list-requests`; its filters are those of `/api-reference/requests/count-requests`
    /// (inferred: the list page does not show them all).
    ///
    /// ```no_run
    /// use penbox::{FormList, UserFilter};
    ///
    /// # let client = penbox::Client::from_env()?;
    /// let mut done = client.forms().list(FormList::default().completed(true).user(UserFilter::email("john@example.com")));
    /// println!("{:?} forms", done.total_count()?);
    /// for form in done {
    ///     println!("{}", form?.id);
    /// }
    /// # Ok::<(), penbox::Error>(())
    /// ```
    ///
    /// # Errors
    /// Each item may be an error, which ends the list:
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) before anything is sent,
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for a bad filter,
    /// [`Authentication`](crate::ErrorKind::Authentication), [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of a
    /// failed connection.
    pub fn list(&self, params: FormList) -> Pager<Form> {
        Pager::new::<List>(self.sender, params, CallOptions::new())
    }

    /// Creates a form from a template and, unless it is a draft, invites the contact.
    ///
    /// It may not simply be repeated: look at [`Error::outcome`](crate::Error::outcome). `NotSent` and `Rejected` made
    /// nothing; after `Unknown` or `Done` look for the form first, by an `external_args` value of yours for example.
    ///
    /// Source: Authentication page ("Making Authenticated Requests"), `/api-reference/requests/create-request`. Its
    /// success status is not documented; 200 and 201 are taken alike (inferred).
    ///
    /// ```no_run
    /// use penbox::{FormCreate, User};
    ///
    /// # let client = penbox::Client::from_env()?;
    /// let form = client.forms().create(
    ///     FormCreate::new("client-onboarding").user(User::email("john@example.com").given_name("John").family_name("Doe")),
    /// )?;
    /// println!("{}", form.id);
    /// # Ok::<(), penbox::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) before anything is sent,
    /// [`BadRequest`](crate::ErrorKind::BadRequest), [`NotFound`](crate::ErrorKind::NotFound) for a template that is not
    /// enabled, [`Conflict`](crate::ErrorKind::Conflict) where the slug stands in several workspaces,
    /// [`Authentication`](crate::ErrorKind::Authentication), [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of a
    /// failed connection.
    pub fn create(&self, params: FormCreate) -> Result<Form> {
        self.create_with(params, &CallOptions::new())
    }

    /// Like [`create`](Forms::create), with what one call may change.
    ///
    /// # Errors
    /// As [`create`](Forms::create).
    pub fn create_with(&self, params: FormCreate, options: &CallOptions) -> Result<Form> {
        invoke::typed::<Create>(self.sender, &[], params, options)
    }

    /// Reads one form with its responses. Safe to repeat.
    ///
    /// Source: `/api-reference/requests/get-request`.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for an empty id or one with a `..` segment, before anything is
    /// sent; [`NotFound`](crate::ErrorKind::NotFound), [`PermissionDenied`](crate::ErrorKind::PermissionDenied) for a form of
    /// another workspace, [`Authentication`](crate::ErrorKind::Authentication),
    /// [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of a failed connection.
    pub fn get(&self, id: &str) -> Result<Form> {
        self.get_with(id, &CallOptions::new())
    }

    /// Like [`get`](Forms::get), with what one call may change.
    ///
    /// # Errors
    /// As [`get`](Forms::get).
    pub fn get_with(&self, id: &str, options: &CallOptions) -> Result<Form> {
        invoke::typed::<Get>(self.sender, &[id], Nothing, options)
    }
}

impl std::fmt::Debug for Forms<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Forms")
    }
}
