use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::{json, path_id};
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::filter;
use crate::paging::Page;
use crate::query::Query;
use crate::sort::Sort;
use crate::store::cases::Case;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/case_templates", get(list))
        .route("/case_templates/{id}", get(show))
}

/// `GET /case_templates`, without steps and schema.
async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let sort = Sort::parse(&query)?;
    let filter = filter::cases::parse_templates(&query)?;
    let now = app.now();
    let store = app.store();
    let page = Page::parse(&query, store.settings.strict_paging)?;
    let mut templates: Vec<&Case> = store
        .cases
        .iter()
        .filter(|case| case.is_template && caller.opens(case.workspace.slug))
        .filter(|case| filter.matches(case, now))
        .collect();
    sort.apply(&mut templates);
    let listing = page.of(&templates, |template| template.summary());
    Ok(json(StatusCode::OK, &listing))
}

/// `GET /case_templates/{id}`.
async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let id = path_id(path)?;
    let store = app.store();
    let template = store.cases.template(&id).ok_or_else(ApiError::not_found)?;
    caller.check(template.workspace.slug)?;
    Ok(json(StatusCode::OK, &template.view()))
}
