//! The API's routes, a family a file.

mod attachments;
mod case_changes;
mod case_input;
mod case_templates;
mod cases;
mod form_count;
mod form_patch;
mod form_templates;
mod forms;
mod intelligence;
mod new_case;
mod new_form;
mod new_job;
mod responses;
mod signatures;
mod upload;
mod workspaces;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::app::App;
use crate::error::ApiError;
use crate::{disposition, ids};

/// Everything under `/v1`.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .merge(workspaces::router())
        .merge(forms::router())
        .merge(form_count::router())
        .merge(form_templates::router())
        .merge(responses::router())
        .merge(cases::router())
        .merge(case_templates::router())
        .merge(attachments::router())
        .merge(intelligence::router())
        .merge(signatures::router())
}

pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let Ok(text) = serde_json::to_vec(body) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    response
}

/// A file that is saved under a name.
fn file(bytes: impl Into<Body>, media: &'static str, name: &str) -> Response {
    let mut response = Response::new(bytes.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CONTENT_DISPOSITION, disposition::attachment(name));
    response
}

/// The id of a path: a bad UUID is a 400 (`/api-reference/error-codes`).
fn path_id(path: Result<Path<String>, PathRejection>) -> Result<String, ApiError> {
    path.ok()
        .and_then(|Path(text)| ids::parse_uuid(&text))
        .ok_or_else(|| ApiError::bad_request("id must be a UUID"))
}
