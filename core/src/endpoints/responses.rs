//! Responses of contacts to forms.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::call::input::Nothing;
use crate::call::invoke;
use crate::call::operation::{operations, resource};
use crate::call::output::output;
use crate::call::transfers;
use crate::error::Result;
use crate::files::{Download, File};
use crate::json::raw::{Json, JsonObject};
use crate::json::{Cursor, Name, SharedStr, replace_lone_surrogates};

output! {
    /// A response, flattened from the JSON:API document the server sends; that document is kept in `raw`.
    ///
    /// It is pending while `completed_at` and `declined_at` are both null.
    Response {
        /// Identifier, a UUID.
        id: SharedStr,
        /// The JSON:API type, `responses`.
        type_ = "type": Option<SharedStr>,
        /// When it was made, ISO 8601.
        created_at = "$created_at": Option<SharedStr>,
        /// When it last changed, ISO 8601.
        updated_at = "$updated_at": Option<SharedStr>,
        /// When it was submitted, ISO 8601.
        completed_at: Option<SharedStr>,
        /// When it was declined, ISO 8601.
        declined_at: Option<SharedStr>,
        /// Who answered.
        user: Option<ResponseContact>,
        /// The answers by field key.
        data: Option<JsonObject>,
        /// The contact's rating.
        rating: Option<SharedStr>,
        /// The form it answers.
        request: Option<ResourceRef>,
        /// Files that came along.
        attachments: Option<Vec<ResourceRef>>,
        /// Related objects, as the server sent them: their shape is not documented.
        included: Option<Vec<Json>>,
        /// The whole document as the server sent it.
        raw: Option<JsonObject>,
    }

    /// Who answered.
    ResponseContact {
        /// Email address.
        email: Option<SharedStr>,
        /// First name.
        given_name: Option<SharedStr>,
        /// Last name.
        family_name: Option<SharedStr>,
        /// Phone number.
        phone: Option<SharedStr>,
        /// Language.
        locale: Option<SharedStr>,
    }

    /// An object by its id and JSON:API type.
    ResourceRef {
        /// Identifier, a UUID.
        id: Option<SharedStr>,
        /// The JSON:API type, such as `requests` or `attachments`.
        type_ = "type": Option<SharedStr>,
    }
}

operations! {
    /// Reads one response.
    Get = "responses.get", Get "/responses/{id}", Safe, None, "/api-reference/responses/get-response", Nothing => Response,
        reshaped flatten;

    /// Downloads one response as a PDF made by the service.
    Pdf = "responses.download_pdf", Get "/responses/{id}", Safe, None, "/api-reference/responses/get-response", Nothing => File,
        returns "application/pdf";
}

resource! {
    /// The responses resource. See [`Client::responses`](crate::Client::responses).
    Responses
}

impl Responses<'_> {
    /// Reads one response. Ids come from a form's `responses`. Safe to repeat.
    ///
    /// Source: `/api-reference/responses/get-response`. A flat answer is accepted, too (inferred).
    ///
    /// ```
    /// # use penbox::FormCreate;
    /// # use penbox::serde_json::json;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let form = client.forms().create(FormCreate::new("client-onboarding").data(json!({"company_name": "Acme"})))?;
    /// # sandbox.complete_form(&form.id, Default::default())?;
    /// let form = client.forms().get(&form.id)?;
    /// for answered in form.responses.iter().flatten() {
    ///     let response = client.responses().get(&answered.id)?;
    ///     assert!(response.completed_at.is_some());
    ///     println!("{:?}", response.data.map(|data| data.to_map()));
    /// }
    /// # assert_eq!(form.responses.map(|responses| responses.len()), Some(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound), [`PermissionDenied`](crate::ErrorKind::PermissionDenied),
    /// [`Authentication`](crate::ErrorKind::Authentication), [`RateLimit`](crate::ErrorKind::RateLimit), and the kinds of a
    /// failed connection.
    pub fn get(&self, id: &str) -> Result<Response> {
        invoke::typed::<Get>(self.sender, &[id], Nothing, self.options)
    }

    /// Downloads one response as a PDF made by the service. Safe to repeat.
    ///
    /// Source: `/api-reference/responses/get-response`.
    ///
    /// ```
    /// use penbox::Download;
    ///
    /// # let sandbox = penbox_sandbox::Sandbox::start(Default::default())?;
    /// # let client = penbox::Client::builder().token(sandbox.token()).base_url(sandbox.url()).build()?;
    /// # let form = client.forms().create(penbox::FormCreate::new("client-onboarding"))?;
    /// # let id = sandbox.complete_form(&form.id, Default::default())?.response_id;
    /// let pdf = client.responses().download_pdf(&id, Download::memory())?;
    /// assert!(pdf.content.unwrap_or_default().starts_with(b"%PDF-"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`File`](crate::ErrorKind::File) for a target that exists or cannot be written, before anything is sent; the kinds of
    /// [`get`](Responses::get).
    pub fn download_pdf(&self, id: &str, to: Download<'_>) -> Result<File> {
        transfers::download::<Pdf>(self.sender, &[id], Nothing, to, self.options)
    }
}

/// Turns `{"data": {id, type, attributes, relationships}, "included"}` into one flat object, each value with its own text. Returns none
/// for any other answer.
fn flatten(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    replace_lone_surrogates(&mut text);
    let document = Members::of(&text)?;
    let resource = Members::of(document.get("data")?)?;
    let attributes = resource.get("attributes").and_then(Members::of);
    // A flat response has an id of its own, and its `data` holds the contact's answers instead of a resource.
    let is_resource = resource.get("id").is_some() || attributes.is_some();
    if document.get("id").is_some() || !is_resource {
        return None;
    }
    let relationships = resource.get("relationships").and_then(Members::of);
    let mut flat = Members::default();
    let unpacked = |name: &str| match name {
        "attributes" => attributes.is_some(),
        "relationships" => relationships.is_some(),
        _ => false,
    };
    let own = resource.0.iter().filter(|(name, _)| !unpacked(name));
    let own: Vec<_> = own.map(|(name, value)| (name.clone(), *value)).collect();
    let related = relationships.unwrap_or_default().0.into_iter();
    let related =
        related.filter_map(|(name, value)| Some((name, Members::of(value)?.get("data")?)));
    let included = document
        .get("included")
        .map(|value| ("included".to_owned(), value));
    let attributes = attributes.unwrap_or_default().0.into_iter();
    // A later member replaces an earlier one of its name: the resource's own `id` counts before an attribute `id`.
    for (name, value) in attributes.chain(related).chain(own).chain(included) {
        flat.put(name, value);
    }
    flat.put("raw".to_owned(), text.trim());
    Some(flat.to_json())
}

/// The members of an object by their names, each value as its text.
#[derive(Default)]
struct Members<'t>(BTreeMap<String, &'t str>);

impl<'t> Members<'t> {
    /// Reads the members of an object; none for any other text.
    fn of(text: &'t str) -> Option<Members<'t>> {
        let mut reader = Cursor::new(text);
        let (mut members, mut first) = (Members::default(), true);
        reader.open(b'{')?;
        while reader.more(b'}', &mut first)? {
            if let Name::Other(name) = reader.name(&[], &mut 0)? {
                members.put(name.into_owned(), reader.raw()?);
            }
        }
        reader.ended().then_some(members)
    }

    fn get(&self, name: &str) -> Option<&'t str> {
        self.0.get(name).copied()
    }

    fn put(&mut self, name: String, value: &'t str) {
        self.0.insert(name, value);
    }

    fn to_json(&self) -> String {
        let members = self.0.iter();
        let members =
            members.map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn flattened(document: &Value) -> Value {
        serde_json::from_str(&flatten(&document.to_string()).unwrap()).unwrap()
    }

    #[test]
    fn a_document_becomes_flat_and_stays_reachable() {
        let document = json!({
            "data": {"id": "r", "type": "responses",
                "attributes": {"$created_at": "2024-01-15T10:30:00Z", "completed_at": null, "data": {"a": 1}},
                "relationships": {"request": {"data": {"id": "f", "type": "requests"}}, "attachments": {"data": []}}},
            "included": [{"id": "f"}],
        });
        let flat = flattened(&document);
        assert_eq!(flat["id"], "r");
        assert_eq!(flat["request"]["id"], "f");
        assert_eq!(flat["attachments"], json!([]));
        assert_eq!(flat["raw"], document);
        let response: Response = serde_json::from_value(flat).unwrap();
        assert_eq!(response.created_at.as_deref(), Some("2024-01-15T10:30:00Z"));
    }

    #[test]
    fn a_document_without_attributes_becomes_flat() {
        let flat = flattened(&json!({"data": {"id": "r", "type": "responses"}}));
        assert_eq!(
            (&flat["id"], &flat["type"]),
            (&json!("r"), &json!("responses"))
        );
    }

    #[test]
    fn a_flat_response_stays() {
        for flat in [
            json!({"id": "r", "data": {"a": 1}}),
            json!({"id": "r", "data": {"attributes": "x", "id": "y"}}),
            json!([1]),
            json!(null),
        ] {
            assert_eq!(flatten(&flat.to_string()), None);
        }
    }
}
