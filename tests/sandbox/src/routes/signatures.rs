use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;

use super::{file, json, path_id};
use crate::accept;
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;

pub(super) fn router() -> Router<App> {
    Router::new().route("/signatures/{id}", get(show))
}

/// `GET /signatures/{id}`: JSON, or the signed PDF for `application/octet-stream` and, inferred, `application/pdf`.
async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = path_id(path)?;
    let store = app.store();
    let signature = store.signatures.get(&id).ok_or_else(ApiError::not_found)?;
    caller.check(signature.workspace)?;
    match accept::preferred(&headers).as_deref() {
        Some("application/octet-stream" | "application/pdf") => {
            let name = format!("{}.pdf", signature.key);
            Ok(file(signature.file.clone(), "application/pdf", &name))
        }
        _ => Ok(json(StatusCode::OK, &signature.view())),
    }
}
