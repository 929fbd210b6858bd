//! The client, from which every operation is called.

mod by_id;
mod pooled;

#[doc(hidden)]
pub use pooled::PageStep;

use std::fmt;
use std::sync::Arc;

use crate::auth::Auth;
use crate::config::ClientBuilder;
use crate::endpoints::attachments::Attachments;
use crate::endpoints::case_templates::CaseTemplates;
use crate::endpoints::cases::Cases;
use crate::endpoints::document_intelligence::DocumentIntelligence;
use crate::endpoints::form_templates::FormTemplates;
use crate::endpoints::forms::Forms;
use crate::endpoints::responses::Responses;
use crate::endpoints::signatures::Signatures;
use crate::endpoints::workspaces::Workspaces;
use crate::error::Result;
use crate::send::{CallOptions, Sender};

/// A client of the Penbox API.
///
/// Cloning is cheap and shares connections; a client can be used from any number of threads.
#[derive(Clone)]
pub struct Client {
    sender: Arc<Sender>,
    options: Arc<CallOptions>,
}

impl Client {
    /// Starts the settings of a new client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Makes a client from the settings of the environment: `PENBOX_API_TOKEN` (or `PENBOX_ENVIRONMENT` with
    /// `PENBOX_API_TOKEN_PROD` and its siblings, or `PENBOX_API_TOKEN_FILE`) and `PENBOX_BASE_URL`. Sends nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) where no token is found or a setting is not valid.
    pub fn from_env() -> Result<Client> {
        ClientBuilder::new().use_environment().build()
    }

    /// Workspaces that the token may use.
    pub fn workspaces(&self) -> Workspaces<'_> {
        Workspaces::new(&self.sender, &self.options)
    }

    /// Forms: requests for data and documents sent to a contact.
    pub fn forms(&self) -> Forms<'_> {
        Forms::new(&self.sender, &self.options)
    }

    /// Responses of contacts to forms.
    pub fn responses(&self) -> Responses<'_> {
        Responses::new(&self.sender, &self.options)
    }

    /// Form templates, from which forms are made.
    pub fn form_templates(&self) -> FormTemplates<'_> {
        FormTemplates::new(&self.sender, &self.options)
    }

    /// Cases: files of work with contacts, data and steps.
    pub fn cases(&self) -> Cases<'_> {
        Cases::new(&self.sender, &self.options)
    }

    /// Case templates, from which cases are made.
    pub fn case_templates(&self) -> CaseTemplates<'_> {
        CaseTemplates::new(&self.sender, &self.options)
    }

    /// Attachments: files that go in and come out.
    pub fn attachments(&self) -> Attachments<'_> {
        Attachments::new(&self.sender, &self.options)
    }

    /// Document intelligence: fields read out of documents.
    pub fn document_intelligence(&self) -> DocumentIntelligence<'_> {
        DocumentIntelligence::new(&self.sender, &self.options)
    }

    /// Signatures on forms.
    pub fn signatures(&self) -> Signatures<'_> {
        Signatures::new(&self.sender, &self.options)
    }

    /// Returns a client whose calls have these options, for one call or for many. It shares connections with this client and is
    /// closed with it. Options of this client that the new ones do not set stay. A header, a query parameter or a member of the
    /// body replaces only the one of its name.
    #[must_use = "the options hold for the client that is returned"]
    pub fn with_options(&self, options: CallOptions) -> Client {
        Client {
            sender: Arc::clone(&self.sender),
            options: Arc::new(self.options.with(options)),
        }
    }

    /// The public facts of the token: its fingerprint and its source.
    pub fn auth(&self) -> Auth<'_> {
        Auth::new(
            &self.sender.settings.token,
            &self.sender.settings.token_source,
        )
    }

    /// The address that the client sends its requests to.
    pub fn base_url(&self) -> &str {
        self.sender.settings.base_url.as_str()
    }

    /// Closes the client and all its clones: calls in flight end, later ones fail with
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed).
    pub fn close(&self) {
        self.sender.close();
    }

    /// Makes a client with a sender of a test.
    #[cfg(any(test, fuzzing, feature = "testing"))]
    pub(crate) fn of(sender: Sender) -> Client {
        Client {
            sender: Arc::new(sender),
            options: Arc::default(),
        }
    }

    pub(crate) fn sender(&self) -> &Arc<Sender> {
        &self.sender
    }
}

impl ClientBuilder {
    /// Validates the settings and makes the client. Sends nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config), which says what is wrong and what to do.
    pub fn build(self) -> Result<Client> {
        Ok(Client {
            sender: Arc::new(Sender::new(self.build_settings()?)),
            options: Arc::default(),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("token", &self.sender.settings.token)
            .field("closed", &self.sender.is_closed())
            .finish()
    }
}
