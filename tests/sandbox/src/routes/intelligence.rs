use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

use super::new_job::NewJob;
use super::{json, path_id};
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/document_intelligence", post(create))
        .route("/document_intelligence/{id}", get(show))
}

/// `POST /document_intelligence`: with results at once unless `extraction_delay_ms` says otherwise.
async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let job = NewJob::parse(&body)?;
    let mut store = app.store();
    let job = job.build(&mut store, &caller, app.now())?;
    let answer = json(
        StatusCode::CREATED,
        &job.view(app.now().max(job.created_at)),
    );
    store.extractions.insert(job.id.clone(), job);
    Ok(answer)
}

/// `GET /document_intelligence/{id}`.
async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let id = path_id(path)?;
    let store = app.store();
    let job = store.extractions.get(&id).ok_or_else(ApiError::not_found)?;
    caller.check(job.workspace)?;
    let view = job.view(app.now().max(job.created_at));
    Ok(json(StatusCode::OK, &view))
}
