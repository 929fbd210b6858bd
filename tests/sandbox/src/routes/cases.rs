use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Serialize;

use super::case_changes::{ContactsChange, DataChange, StepStart};
use super::new_case::NewCase;
use super::{json, path_id};
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::filter;
use crate::ids;
use crate::paging::Page;
use crate::query::Query;
use crate::sort::Sort;
use crate::store::cases::Case;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/cases", get(list).post(create))
        .route("/cases/count", get(count))
        .route("/cases/{id}", get(show))
        .route("/cases/{id}/data", post(set_data))
        .route("/cases/{id}/contacts", post(set_contacts))
        .route("/cases/{id}/start/{step}", post(start))
}

/// `GET /cases`, without steps and schema. Templates are not in it.
async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let sort = Sort::parse(&query)?;
    let filter = filter::cases::parse(&query)?;
    let now = app.now();
    let store = app.store();
    let page = Page::parse(&query, store.settings.strict_paging)?;
    let mut cases: Vec<&Case> = store
        .cases
        .iter()
        .filter(|case| !case.is_template && caller.opens(case.workspace.slug))
        .filter(|case| filter.matches(case, now))
        .collect();
    sort.apply(&mut cases);
    Ok(json(
        StatusCode::OK,
        &page.of(&cases, |case| case.summary()),
    ))
}

#[derive(Serialize)]
struct Count {
    count: usize,
}

/// `GET /cases/count`, by the filters of the list.
async fn count(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let filter = filter::cases::parse(&query)?;
    let now = app.now();
    let store = app.store();
    let count = store
        .cases
        .iter()
        .filter(|case| !case.is_template && caller.opens(case.workspace.slug))
        .filter(|case| filter.matches(case, now))
        .count();
    Ok(json(StatusCode::OK, &Count { count }))
}

/// `POST /cases`: a 200, as `/api-reference/error-codes` says.
async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let case = NewCase::parse(&body)?;
    let mut store = app.store();
    let case = case.build(&mut store, &caller, app.now())?;
    Ok(json(StatusCode::OK, &store.cases.add(case).view()))
}

/// `GET /cases/{id}`. A template is a case, so its id works too (inferred).
async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let id = path_id(path)?;
    let store = app.store();
    let case = store.cases.get(&id).ok_or_else(ApiError::not_found)?;
    caller.check(case.workspace.slug)?;
    Ok(json(StatusCode::OK, &case.view()))
}

/// `POST /cases/{id}/data`.
async fn set_data(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
    body: Bytes,
) -> Result<Response, ApiError> {
    change(&app, &caller, &path_id(path)?, |_, case| {
        DataChange::parse(&body)?.apply(case)
    })
}

/// `POST /cases/{id}/contacts`.
async fn set_contacts(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
    body: Bytes,
) -> Result<Response, ApiError> {
    change(&app, &caller, &path_id(path)?, |store, case| {
        ContactsChange::parse(&body)?.apply(store, case)
    })
}

/// `POST /cases/{id}/start/{stepKey}`.
async fn start(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<(String, String)>, PathRejection>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let bad_id = || ApiError::bad_request("id must be a UUID");
    let Path((id, step)) = path.map_err(|_| bad_id())?;
    let id = ids::parse_uuid(&id).ok_or_else(bad_id)?;
    change(&app, &caller, &id, |_, case| {
        StepStart::parse(&body)?.apply(&step, case)
    })
}

/// Changes a copy and keeps it only when all went well. Templates and archived cases stay as they are (inferred).
fn change(
    app: &App,
    caller: &Caller,
    id: &str,
    apply: impl FnOnce(&mut crate::store::Store, &mut Case) -> Result<(), ApiError>,
) -> Result<Response, ApiError> {
    let mut store = app.store();
    let case = store.cases.get(id).ok_or_else(ApiError::not_found)?;
    caller.check(case.workspace.slug)?;
    if case.is_template {
        return Err(ApiError::unprocessable("This case is a template"));
    }
    if case.archived_at.is_some() {
        return Err(ApiError::unprocessable("This case is archived"));
    }
    let mut changed = case.clone();
    apply(&mut store, &mut changed)?;
    changed.updated_at = store.next_moment(app.now());
    let case = store.cases.get_mut(id).ok_or_else(ApiError::not_found)?;
    *case = changed;
    Ok(json(StatusCode::OK, &case.view()))
}
