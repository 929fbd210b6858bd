use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{file, json, path_id};
use crate::app::App;
use crate::auth::Caller;
use crate::clock::stamp;
use crate::error::ApiError;
use crate::store::Store;
use crate::store::attachments::AttachmentView;
use crate::store::forms::{Form, FormView};
use crate::store::responses::FormResponse;
use crate::{accept, pdf};

pub(super) fn router() -> Router<App> {
    Router::new().route("/responses/{id}", get(show))
}

/// `GET /responses/{id}`: JSON:API, or a PDF of the whole response.
async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = path_id(path)?;
    let store = app.store();
    let (form, response) = find(&store, &id).ok_or_else(ApiError::not_found)?;
    caller.check(form.workspace.slug)?;
    if accept::preferred(&headers).as_deref() == Some("application/pdf") {
        let bytes = pdf::text(&lines(form, response));
        let name = format!("response-{id}.pdf");
        return Ok(file(bytes, "application/pdf", &name));
    }
    Ok(json(
        StatusCode::OK,
        &document(form, response, app.origin()),
    ))
}

fn find<'a>(store: &'a Store, id: &str) -> Option<(&'a Form, &'a FormResponse)> {
    let form = store.forms.get(store.responses.get(id)?)?;
    let response = form.responses.iter().find(|response| response.id == id)?;
    Some((form, response))
}

#[derive(Serialize)]
struct Document<'a> {
    data: Resource<'a>,
    included: Vec<Included<'a>>,
}

#[derive(Serialize)]
struct Resource<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: Attributes<'a>,
    relationships: Relationships<'a>,
}

#[derive(Serialize)]
struct Attributes<'a> {
    #[serde(rename = "$created_at")]
    created_at: String,
    #[serde(rename = "$updated_at")]
    updated_at: String,
    completed_at: Option<String>,
    declined_at: Option<String>,
    user: User<'a>,
    data: &'a Map<String, Value>,
    rating: Option<&'static str>,
}

#[derive(Serialize)]
struct User<'a> {
    email: &'a Option<String>,
    given_name: &'a Option<String>,
    family_name: &'a Option<String>,
    phone: &'a Option<String>,
    locale: &'a Option<String>,
}

#[derive(Serialize)]
struct Relationships<'a> {
    request: One<'a>,
    attachments: Many<'a>,
}

#[derive(Serialize)]
struct One<'a> {
    data: Link<'a>,
}

#[derive(Serialize)]
struct Many<'a> {
    data: Vec<Link<'a>>,
}

#[derive(Serialize)]
struct Link<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// Flat objects: so is the form in the old sample; for files it is inferred.
#[derive(Serialize)]
#[serde(untagged)]
enum Included<'a> {
    Form(Box<FormView<'a>>),
    Attachment(AttachmentView<'a>),
}

fn document<'a>(form: &'a Form, response: &'a FormResponse, origin: &str) -> Document<'a> {
    let user = &response.user;
    let files = &response.attachments;
    let link = |id, kind| Link { id, kind };
    let mut included = vec![Included::Form(Box::new(form.view(origin)))];
    included.extend(
        files
            .iter()
            .map(|file| Included::Attachment(file.view(origin))),
    );
    Document {
        data: Resource {
            id: &response.id,
            kind: "responses",
            attributes: Attributes {
                created_at: stamp(response.created_at),
                updated_at: stamp(response.created_at),
                completed_at: response.completed_at(),
                declined_at: response.declined_at(),
                user: User {
                    email: &user.email,
                    given_name: &user.given_name,
                    family_name: &user.family_name,
                    phone: &user.phone,
                    locale: &user.locale,
                },
                data: &response.data,
                rating: None,
            },
            relationships: Relationships {
                request: One {
                    data: link(&form.id, "requests"),
                },
                attachments: Many {
                    data: files
                        .iter()
                        .map(|file| link(&file.id, "attachments"))
                        .collect(),
                },
            },
        },
        included,
    }
}

/// What the PDF says.
fn lines(form: &Form, response: &FormResponse) -> Vec<String> {
    let mut lines = vec![
        format!("Response {}", response.id),
        format!("Form {} ({})", form.id, form.flow),
    ];
    for (name, at) in [
        ("Completed", response.completed_at()),
        ("Declined", response.declined_at()),
    ] {
        lines.extend(at.map(|at| format!("{name} at {at}")));
    }
    lines.extend(
        response
            .user
            .email
            .iter()
            .map(|email| format!("By {email}")),
    );
    lines.push(String::new());
    for (key, value) in &response.data {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        lines.push(format!("{key}: {text}"));
    }
    let files = response.attachments.iter();
    lines.extend(files.map(|file| format!("File: {} ({} bytes)", file.name, file.size)));
    let signatures = response.signatures.values();
    lines.extend(signatures.map(|signature| format!("Signature: {}", signature.name)));
    lines
}
