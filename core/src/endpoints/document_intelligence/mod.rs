//! Document intelligence: fields read out of documents.

mod params;

use super::forms::Owner;
use super::poll::{self, Poll};
use crate::call::input::Nothing;
use crate::call::invoke::{self, Answer};
use crate::call::operation::{self, OperationSpec, operations, resource};
use crate::call::output::{open_enum, output};
use crate::call::request_builder;
use crate::error::Result;
use crate::json::raw::Json;
use crate::json::{Node, NodeKind, SharedStr};
use crate::send::{CallOptions, Sender};
use params::validate_create;

pub use params::{ExtractionCreate, ExtractionField, ExtractionSource};

open_enum! {
    /// How sure an extraction is of a value. Only `high` is documented; the others are inferred.
    Confidence {
        /// Sure.
        High = "high",
        /// Less sure.
        Medium = "medium",
        /// Not sure.
        Low = "low",
    }
}

output! {
    /// An extraction job. It is done once `results` is there (inferred: there is no status).
    Extraction {
        /// Identifier, a UUID.
        id: SharedStr,
        /// When it was made, ISO 8601.
        created_at: Option<SharedStr>,
        /// When it last changed, ISO 8601.
        updated_at: Option<SharedStr>,
        /// The documents.
        attachments: Option<Vec<ExtractionAttachment>>,
        /// The results: fields, validation and document type, or from an older service a plain object of values.
        results: Option<ExtractionResults>,
        /// The documents' language.
        language: Option<SharedStr>,
        /// Who made it.
        creator: Option<Owner>,
        /// Its usage.
        usage: Option<ExtractionUsage>,
    }

    /// A document of an extraction.
    ExtractionAttachment {
        /// Identifier, a UUID.
        id: Option<SharedStr>,
        /// File name.
        name: Option<SharedStr>,
        /// MIME type.
        type_ = "type": Option<SharedStr>,
    }

    /// The results of an extraction. Values of an older service stand among the members without documentation.
    ExtractionResults {
        /// The fields.
        fields: Option<Vec<ExtractedField>>,
        /// The check of the document against what was expected.
        validation: Option<ExtractionValidation>,
        /// The kind of document.
        document_type: Option<SharedStr>,
    }

    /// A field that was read.
    ExtractedField {
        /// Its key.
        key: Option<SharedStr>,
        /// Its name.
        name: Option<SharedStr>,
        /// The hint it was read with.
        hint: Option<SharedStr>,
        /// Its type: `text`, `number`, `date`, ...
        type_ = "type": Option<SharedStr>,
        /// Its value, typed as the field is.
        value: Option<Json>,
        /// How sure it is.
        confidence: Option<Confidence>,
    }

    /// The check of a document against what was expected.
    ExtractionValidation {
        /// True if the document is what was expected.
        is_valid: Option<bool>,
        /// True if the document is blurred.
        is_blurry: Option<bool>,
        /// Why, in words for the contact.
        user_explanation: Option<SharedStr>,
    }

    /// The usage of an extraction.
    ExtractionUsage {
        /// Units in.
        input: Option<i64>,
        /// Units out.
        output: Option<i64>,
        /// Units in all.
        total: Option<i64>,
        /// Pages.
        pages: Option<i64>,
    }
}

operations! {
    /// Starts reading fields out of documents. Results may come at once or within seconds.
    Create = "document_intelligence.create", Post "/document_intelligence", Unsafe, None,
        "/api-reference/document-intelligence/create-document-intelligence", ExtractionCreate => Extraction, checked validate_create;

    /// Reads an extraction with its results, once they are there.
    Get = "document_intelligence.get", Get "/document_intelligence/{id}", Safe, None,
        "/api-reference/document-intelligence/get-document-intelligence", Nothing => Extraction;

    /// Starts reading fields out of documents and waits for the results, within the call's time limit.
    Extract = "document_intelligence.extract", Post "/document_intelligence", Unsafe, None,
        "/api-reference/document-intelligence/create-document-intelligence", ExtractionCreate => Extraction, checked validate_create,
        until results;
}

resource! {
    /// The document intelligence resource. See [`Client::document_intelligence`](crate::Client::document_intelligence).
    DocumentIntelligence
}

impl DocumentIntelligence<'_> {
    /// Starts reading fields out of documents. Results may come at once or within seconds; the service charges for each job, so
    /// it may not simply be repeated.
    ///
    /// Source: `/api-reference/document-intelligence/create-document-intelligence`.
    ///
    /// ```
    /// use penbox::{ExtractionCreate, ExtractionField, ExtractionSource, Upload};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let passport = client.attachments().upload(Upload::bytes(b"%PDF-1.7", "passport.pdf"))?;
    /// let wanted = ExtractionCreate::fields_of([ExtractionSource::id(passport.id)], [ExtractionField::text("firstname")]);
    /// let job = client.document_intelligence().create(wanted)?;
    /// println!("{}", job.id);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) where not exactly one of `fields` and `template` is given,
    /// [`NotFound`](crate::ErrorKind::NotFound), [`UnprocessableEntity`](crate::ErrorKind::UnprocessableEntity),
    /// [`PayloadTooLarge`](crate::ErrorKind::PayloadTooLarge), and the kinds of a failed connection.
    pub fn create(&self, params: ExtractionCreate) -> Result<Extraction> {
        invoke::typed::<Create>(self.sender, &[], params, self.options)
    }

    /// Reads an extraction with its results, once they are there. Safe to repeat.
    ///
    /// Source: `/api-reference/document-intelligence/get-document-intelligence`.
    ///
    /// ```
    /// use penbox::{ExtractionCreate, ExtractionField, ExtractionSource, Upload};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let passport = client.attachments().upload(Upload::bytes(b"%PDF-1.7", "passport.pdf"))?;
    /// let wanted = ExtractionCreate::fields_of([ExtractionSource::id(passport.id)], [ExtractionField::text("firstname")]);
    /// let made = client.document_intelligence().create(wanted)?;
    /// let job = client.document_intelligence().get(&made.id)?;
    /// println!("{}", if job.results.is_some() { "done" } else { "not yet" });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), [`Authentication`](crate::ErrorKind::Authentication),
    /// [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of a failed connection.
    pub fn get(&self, id: &str) -> Result<Extraction> {
        invoke::typed::<Get>(self.sender, &[id], Nothing, self.options)
    }

    /// Starts reading fields out of documents and waits for the results, within the client's `timeout`.
    ///
    /// Source: `/api-reference/document-intelligence/create-document-intelligence`; that a job is done once it has results is
    /// inferred, and so are the pauses between the requests.
    ///
    /// ```
    /// use penbox::{ExtractionCreate, ExtractionField, ExtractionSource, Upload};
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// let passport = client.attachments().upload(Upload::bytes(b"%PDF-1.7", "passport.pdf"))?;
    /// let wanted = ExtractionCreate::fields_of([ExtractionSource::id(passport.id)], [ExtractionField::text("firstname")]);
    /// let job = client.document_intelligence().extract(wanted)?;
    /// let fields = job.results.and_then(|results| results.fields).unwrap_or_default();
    /// assert_eq!(fields[0].key.as_deref(), Some("firstname"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The kinds of [`create`](DocumentIntelligence::create); [`Timeout`](crate::ErrorKind::Timeout) with the outcome `Done`
    /// where the results are not there in time: the message names the job, which continues.
    pub fn extract(&self, params: ExtractionCreate) -> Result<Extraction> {
        let options = self.options;
        let mut poll = Poll::new(self.sender, operation::spec::<Extract>(), options);
        let mut job = invoke::typed::<Extract>(self.sender, &[], params, options)?;
        let id = job.id.clone();
        while !is_ready(&job) {
            self.sender.block(poll.pause(&id))?;
            let options = poll.options(options);
            let read = invoke::typed::<Get>(self.sender, &[&id], Nothing, &options);
            job = read.map_err(poll::made)?;
        }
        Ok(job)
    }
}

/// Polls for the results of a job that was just made, with documents instead of models.
pub(crate) async fn poll_results(
    sender: &Sender,
    operation: &'static OperationSpec,
    mut answer: Answer,
    options: &CallOptions,
) -> Result<Answer> {
    let mut poll = Poll::new(sender, operation, options);
    let id = answer.document.root().get("id").and_then(Node::as_str);
    let id = id.unwrap_or_default().to_owned();
    while !is_done(answer.document.root()) {
        poll.pause(&id).await?;
        let options = poll.options(options);
        let get = operation::spec::<Get>();
        let language = sender.settings.language;
        let request = request_builder::build(
            get,
            &[&id],
            &serde_json::Map::new(),
            None,
            &options,
            language,
        );
        let read = match request {
            Ok(request) => invoke::fetch(sender, get, &request, &options).await,
            Err(error) => Err(error),
        };
        answer = read.map_err(poll::made)?;
    }
    Ok(answer)
}

/// Reports whether the results are there (inferred: some member is not null). Results that are no object are there unless they are
/// null or empty.
fn is_done(job: Node<'_>) -> bool {
    job.get("results")
        .is_some_and(|results| match results.kind() {
            NodeKind::Null => false,
            NodeKind::Object => results.members().any(|(_, value)| !value.is_null()),
            NodeKind::Array => !results.is_empty(),
            _ => true,
        })
}

/// Reports the same for the typed model.
fn is_ready(job: &Extraction) -> bool {
    if let Some(results) = job.extra("results") {
        // Results of another type than documented are an extra member. An empty list means none yet, as in `is_done`.
        return results.as_str() != "[]";
    }
    job.results.as_ref().is_some_and(|results| {
        results.fields.is_some()
            || results.validation.is_some()
            || results.document_type.is_some()
            || results.extras().any(|(_, value)| value.as_str() != "null")
    })
}
