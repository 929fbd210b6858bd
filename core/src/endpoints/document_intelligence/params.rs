//! Parameters of the document intelligence operations.

use serde_json::{Map, Value};

use crate::call::input::input;
use crate::endpoints::cases::ById;
use crate::error::{Error, Result};

input! {
    /// A document to read: an attachment by its id, or content with name and type.
    ///
    /// ```
    /// use penbox::ExtractionSource;
    ///
    /// let kept = ExtractionSource::id("770e8400-e29b-41d4-a716-446655440000");
    /// let sent_along = ExtractionSource::inline("JVBERi0xLjcK", "passport.pdf", "application/pdf");
    /// assert_ne!(kept, sent_along);
    /// ```
    ExtractionSource {
        /// The id of an attachment.
        id [with_id]: String;
        /// The content in base64; `name` and `type` are needed with it.
        data: String;
        /// File name.
        name: String;
        /// MIME type.
        type_ = "type": String;
    }

    /// A field to read.
    ///
    /// ```
    /// use penbox::ExtractionField;
    ///
    /// let fields = [
    ///     ExtractionField::text("First name").key("firstname"),
    ///     ExtractionField::number("Amount"),
    ///     ExtractionField::date("Birthday").hint("DD/MM/YYYY"),
    ///     ExtractionField::of("Items", "list"),
    /// ];
    /// # assert_ne!(fields[0], fields[1]);
    /// ```
    ExtractionField {
        /// Its name.
        name [with_name]: String, required true;
        /// `text`, `number` or `date`.
        type_ = "type": String, required true;
        /// Its key in the results.
        key: String;
        /// A hint that helps to find or write it, such as `DD/MM/YYYY`.
        hint: String;
    }

    /// Parameters of `document_intelligence.create`: attachments, and exactly one of `fields` and `template`.
    ///
    /// ```
    /// use penbox::{ExtractionCreate, ExtractionField, ExtractionSource};
    ///
    /// let passport = || [ExtractionSource::id("770e8400-e29b-41d4-a716-446655440000")];
    /// let by_fields = ExtractionCreate::fields_of(passport(), [ExtractionField::text("firstname")]).language("fr");
    /// let by_template = ExtractionCreate::by_template(passport(), "0d1e0000-0000-4000-8000-000000000001");
    /// assert_ne!(by_fields, by_template);
    /// ```
    ExtractionCreate {
        /// The documents, at least one.
        attachments: Vec<ExtractionSource>, required true;
        /// The fields to read.
        fields: Vec<ExtractionField>;
        /// The template that names them (inferred: how it is referred to was not readable).
        template: ById;
        /// The workspace; the token's first unless given.
        workspace: ById;
        /// The documents' language.
        language: String;
    }
}

impl ExtractionSource {
    /// An attachment by its id.
    pub fn id(id: impl Into<String>) -> Self {
        Self::empty().with_id(id)
    }

    /// Content in base64.
    pub fn inline(
        data: impl Into<String>,
        name: impl Into<String>,
        mime_type: impl Into<String>,
    ) -> Self {
        Self::empty().data(data).name(name).type_(mime_type)
    }
}

impl ExtractionField {
    /// A text to read.
    pub fn text(name: impl Into<String>) -> Self {
        Self::of(name, "text")
    }

    /// A number to read.
    pub fn number(name: impl Into<String>) -> Self {
        Self::of(name, "number")
    }

    /// A date to read.
    pub fn date(name: impl Into<String>) -> Self {
        Self::of(name, "date")
    }

    /// A field of any type.
    pub fn of(name: impl Into<String>, kind: impl Into<String>) -> Self {
        Self::empty().with_name(name).type_(kind)
    }
}

impl ExtractionCreate {
    /// Reads these fields.
    pub fn fields_of(
        attachments: impl IntoIterator<Item = ExtractionSource>,
        fields: impl IntoIterator<Item = ExtractionField>,
    ) -> Self {
        Self::empty()
            .attachments(attachments.into_iter().collect::<Vec<_>>())
            .fields(fields.into_iter().collect::<Vec<_>>())
    }

    /// Reads what the template with this id names.
    pub fn by_template(
        attachments: impl IntoIterator<Item = ExtractionSource>,
        template: impl Into<String>,
    ) -> Self {
        Self::empty()
            .attachments(attachments.into_iter().collect::<Vec<_>>())
            .template(ById::new(template))
    }
}

/// Validates the parameters together: at least one document, each by its id or with its content, and exactly one of `fields` and
/// `template`. The service charges for each job, so what it would refuse or misread is refused before it is sent.
pub(super) fn validate_create(members: &Map<String, Value>) -> Result<()> {
    let given = |members: &Map<String, Value>, name: &str| {
        !matches!(members.get(name), None | Some(Value::Null))
    };
    let refuse = |message: &str| Err(Error::invalid_argument(message));
    let documents = members.get("attachments").and_then(Value::as_array);
    if documents.is_none_or(Vec::is_empty) {
        return refuse("the parameter attachments must name at least one document");
    }
    let is_complete = |document: &Value| match document.as_object() {
        Some(document) if given(document, "data") => {
            given(document, "name") && given(document, "type") && !given(document, "id")
        }
        Some(document) => given(document, "id"),
        None => false,
    };
    if !documents.is_some_and(|documents| documents.iter().all(is_complete)) {
        return refuse("each of attachments must have an id, or data with name and type");
    }
    if members
        .get("fields")
        .and_then(Value::as_array)
        .is_some_and(Vec::is_empty)
    {
        return refuse("the parameter fields must name at least one field");
    }
    match (given(members, "fields"), given(members, "template")) {
        (true, true) => refuse("the parameters fields and template exclude each other"),
        (false, false) => refuse("one of the parameters fields and template is required"),
        _ => Ok(()),
    }
}
