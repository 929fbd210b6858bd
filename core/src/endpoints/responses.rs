//! Responses: what a contact answered.

use serde_json::{Map, Value};

use super::files;
use super::input::Nothing;
use super::invoke;
use super::json::{Json, JsonObject};
use super::operation::{operations, resource};
use super::output::output;
use crate::body::{Download, File, Text};
use crate::error::Result;

output! {
    /// A response, flattened from the JSON:API document the server sends; that document is kept in `raw`.
    ///
    /// It is pending while `completed_at` and `declined_at` are both null.
    Response {
        /// Identifier, a UUID.
        id: Text,
        /// The JSON:API type, `responses`.
        type_ = "type": Option<Text>,
        /// When it was made, ISO 8601.
        created_at = "$created_at": Option<Text>,
        /// When it last changed, ISO 8601.
        updated_at = "$updated_at": Option<Text>,
        /// When it was submitted, ISO 8601.
        completed_at: Option<Text>,
        /// When it was declined, ISO 8601.
        declined_at: Option<Text>,
        /// Who answered.
        user: Option<ResponseContact>,
        /// The answers by field key.
        data: Option<JsonObject>,
        /// The contact's rating.
        rating: Option<Text>,
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
        email: Option<Text>,
        /// First name.
        given_name: Option<Text>,
        /// Last name.
        family_name: Option<Text>,
        /// Phone number.
        phone: Option<Text>,
        /// Language.
        locale: Option<Text>,
    }

    /// An object by its id and JSON:API type.
    ResourceRef {
        /// Identifier, a UUID.
        id: Option<Text>,
        /// The JSON:API type, such as `requests` or `attachments`.
        type_ = "type": Option<Text>,
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
    /// Source: `/api-reference/responses/get-response`. A flat answer is taken, too (inferred).
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
    /// # Errors
    /// [`File`](crate::ErrorKind::File) for a target that exists or cannot be written, before anything is sent; the kinds of
    /// [`get`](Responses::get).
    pub fn download_pdf(&self, id: &str, to: Download<'_>) -> Result<File> {
        files::download::<Pdf>(self.sender, &[id], Nothing, to, self.options)
    }
}

/// `{"data": {id, type, attributes, relationships}, "included"}` as one flat object. Anything else stays as it is.
fn flatten(document: Value) -> Value {
    let whole = document.get("id").is_none();
    let Some(Value::Object(resource)) = document
        .get("data")
        .filter(|data| whole && data.get("id").is_some())
    else {
        return document;
    };
    let mut flat = Map::new();
    for (name, value) in resource {
        match (name.as_str(), value) {
            ("attributes", Value::Object(attributes)) => flat.extend(attributes.clone()),
            ("relationships", Value::Object(relationships)) => {
                let related = relationships
                    .iter()
                    .filter_map(|(name, value)| Some((name.clone(), value.get("data")?.clone())));
                flat.extend(related);
            }
            _ => {
                flat.insert(name.clone(), value.clone());
            }
        }
    }
    if let Some(included) = document.get("included") {
        flat.insert("included".to_owned(), included.clone());
    }
    flat.insert("raw".to_owned(), document);
    Value::Object(flat)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_becomes_flat_and_stays_reachable() {
        let document = json!({
            "data": {"id": "r", "type": "responses",
                "attributes": {"$created_at": "2024-01-15T10:30:00Z", "completed_at": null, "data": {"a": 1}},
                "relationships": {"request": {"data": {"id": "f", "type": "requests"}}, "attachments": {"data": []}}},
            "included": [{"id": "f"}],
        });
        let flat = flatten(document.clone());
        assert_eq!(flat["id"], "r");
        assert_eq!(flat["request"]["id"], "f");
        assert_eq!(flat["attachments"], json!([]));
        assert_eq!(flat["raw"], document);
        let response: Response = serde_json::from_value(flat).unwrap();
        assert_eq!(response.created_at.as_deref(), Some("2024-01-15T10:30:00Z"));
    }

    #[test]
    fn a_document_without_attributes_is_one_all_the_same() {
        let flat = flatten(json!({"data": {"id": "r", "type": "responses"}}));
        assert_eq!(
            (&flat["id"], &flat["type"]),
            (&json!("r"), &json!("responses"))
        );
    }

    #[test]
    fn what_is_flat_already_stays() {
        for flat in [
            json!({"id": "r", "data": {"a": 1}}),
            json!({"id": "r", "data": {"attributes": "x", "id": "y"}}),
            json!([1]),
            json!(null),
        ] {
            assert_eq!(flatten(flat.clone()), flat);
        }
    }
}
