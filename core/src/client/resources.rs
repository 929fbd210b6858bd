//! The resources of the API, each a view of the client.

use super::Client;
use crate::endpoints::attachments::Attachments;
use crate::endpoints::case_templates::CaseTemplates;
use crate::endpoints::cases::Cases;
use crate::endpoints::document_intelligence::DocumentIntelligence;
use crate::endpoints::form_templates::FormTemplates;
use crate::endpoints::forms::Forms;
use crate::endpoints::responses::Responses;
use crate::endpoints::signatures::Signatures;
use crate::endpoints::workspaces::Workspaces;

impl Client {
    /// Workspaces that the token may use.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let workspaces: Vec<_> = client.workspaces().list(Default::default()).collect::<Result<_, _>>()?;
    /// assert_eq!(workspaces[0].slug.as_deref(), Some("acme-corp"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn workspaces(&self) -> Workspaces<'_> {
        Workspaces::new(&self.sender, &self.options)
    }

    /// Forms: requests for data and documents sent to a contact.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let form = client.forms().create(penbox::FormCreate::new("client-onboarding"))?;
    /// assert_eq!(client.forms().get(&form.id)?.id, form.id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn forms(&self) -> Forms<'_> {
        Forms::new(&self.sender, &self.options)
    }

    /// Responses of contacts to forms.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let form = client.forms().create(penbox::FormCreate::new("client-onboarding"))?;
    /// # let id = sandbox.complete_form(&form.id, Default::default())?.response_id;
    /// let response = client.responses().get(&id)?;
    /// assert_eq!(response.id, id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn responses(&self) -> Responses<'_> {
        Responses::new(&self.sender, &self.options)
    }

    /// Form templates, from which forms are made.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let steps = client.form_templates().steps("client-onboarding")?;
    /// println!("{} steps", steps.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn form_templates(&self) -> FormTemplates<'_> {
        FormTemplates::new(&self.sender, &self.options)
    }

    /// Cases: files of work with contacts, data and steps.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let case = client.cases().create(penbox::CaseCreate::title("Onboarding of Acme"))?;
    /// assert_eq!(client.cases().get(&case.id)?.id, case.id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cases(&self) -> Cases<'_> {
        Cases::new(&self.sender, &self.options)
    }

    /// Case templates, from which cases are made.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let templates = client.case_templates().list(Default::default()).collect_up_to(10)?;
    /// println!("{} templates", templates.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn case_templates(&self) -> CaseTemplates<'_> {
        CaseTemplates::new(&self.sender, &self.options)
    }

    /// Attachments: files that go in and come out.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let attachment = client.attachments().upload(penbox::Upload::bytes(b"hello", "note.txt"))?;
    /// let file = client.attachments().download(&attachment.id, penbox::Download::memory())?;
    /// assert_eq!(file.size, 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn attachments(&self) -> Attachments<'_> {
        Attachments::new(&self.sender, &self.options)
    }

    /// Document intelligence: fields read out of documents.
    ///
    /// ```
    /// use penbox::{ExtractionCreate, ExtractionField, ExtractionSource, Upload};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let passport = client.attachments().upload(Upload::bytes(b"%PDF-1.7", "passport.pdf"))?;
    /// let wanted = ExtractionCreate::fields_of([ExtractionSource::id(passport.id)], [ExtractionField::text("firstname")]);
    /// assert!(client.document_intelligence().extract(wanted)?.results.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn document_intelligence(&self) -> DocumentIntelligence<'_> {
        DocumentIntelligence::new(&self.sender, &self.options)
    }

    /// Signatures on forms.
    ///
    /// ```
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let unknown = client.signatures().get("00000000-0000-4000-8000-000000000000");
    /// assert_eq!(unknown.unwrap_err().kind(), penbox::ErrorKind::NotFound);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn signatures(&self) -> Signatures<'_> {
        Signatures::new(&self.sender, &self.options)
    }
}
