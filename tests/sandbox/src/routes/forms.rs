use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::form_patch::FormPatch;
use super::new_form::NewForm;
use super::{json, path_id};
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::filter;
use crate::paging::Page;
use crate::query::Query;
use crate::sort::Sort;
use crate::store::forms::Form;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/forms", get(list).post(create))
        .route("/forms/{id}", get(show).patch(update))
        .route("/requests", get(old_list).post(create))
        .route("/requests/{id}", get(show).patch(update))
}

/// `GET /forms`. Forms of workspaces the token does not open are never seen, whatever the filter asks (inferred).
async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let sort = Sort::parse(&query)?;
    let filter = filter::forms::parse(&query)?;
    let now = app.now();
    let store = app.store();
    let page = Page::parse(&query, store.settings.strict_paging)?;
    let mut forms: Vec<&Form> = store
        .forms
        .iter()
        .filter(|form| caller.opens(form.workspace.slug) && filter.matches(*form, now))
        .collect();
    sort.apply(&mut forms);
    Ok(json(
        StatusCode::OK,
        &page.of(&forms, |form| form.view(app.origin())),
    ))
}

/// `GET /requests`, deprecated: a bare array, `filter` and paging only, newest first.
async fn old_list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let filter = filter::forms::parse_old(&query)?;
    let now = app.now();
    let store = app.store();
    let page = Page::parse(&query, store.settings.strict_paging)?;
    let mut forms: Vec<&Form> = store
        .forms
        .iter()
        .filter(|form| caller.opens(form.workspace.slug) && filter.matches(*form, now))
        .collect();
    Sort::default().apply(&mut forms);
    let data = page.cut(&forms, |form| form.old_view(app.origin()));
    Ok(json(StatusCode::OK, &data))
}

/// `POST /forms`. 201 is documented for the deprecated twin only (`/previous-api-version/create-request`).
async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let form = NewForm::parse(&body)?;
    let mut store = app.store();
    let form = form.build(&mut store, &caller, app.now())?;
    let form = store.forms.add(form);
    app.webhooks()
        .emit(form, &["requests:created"], ("requests", &form.id));
    Ok(json(StatusCode::CREATED, &form.view(app.origin())))
}

/// `GET /forms/{id}`.
async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let id = path_id(path)?;
    let store = app.store();
    let form = store.forms.get(&id).ok_or_else(ApiError::not_found)?;
    caller.check(form.workspace.slug)?;
    Ok(json(StatusCode::OK, &form.view(app.origin())))
}

/// `PATCH /forms/{id}`.
async fn update(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let id = path_id(path)?;
    let mut store = app.store();
    let form = store.forms.get(&id).ok_or_else(ApiError::not_found)?;
    caller.check(form.workspace.slug)?;
    let patch = FormPatch::parse(&body)?;
    let now = store.next_moment(app.now());
    let form = store.forms.get_mut(&id).ok_or_else(ApiError::not_found)?;
    let was_archived = form.archived_at.is_some();
    patch.apply(form, now)?;
    let events: &[&str] = match (was_archived, form.archived_at.is_some()) {
        (false, true) => &["requests:updated", "requests:archived"],
        (true, false) => &["requests:updated", "requests:unarchived"],
        _ => &["requests:updated"],
    };
    app.webhooks().emit(form, events, ("requests", &form.id));
    Ok(json(StatusCode::OK, &form.view(app.origin())))
}
