use axum::Router;
use axum::extract::{Extension, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::json;
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::paging::Page;
use crate::query::Query;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/workspaces", get(list))
        .route("/companies", get(old_list))
}

/// `GET /workspaces`: those the token opens, oldest first (the order is inferred).
async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let store = app.store();
    let page = Page::parse(&query, store.settings.strict_paging)?;
    let open: Vec<_> = store
        .workspaces
        .iter()
        .filter(|workspace| caller.opens(workspace.slug))
        .collect();
    Ok(json(
        StatusCode::OK,
        &page.of(&open, |workspace| **workspace),
    ))
}

/// `GET /companies`, deprecated: a bare array.
async fn old_list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let store = app.store();
    let page = Page::parse(&query, store.settings.strict_paging)?;
    let open: Vec<_> = store
        .workspaces
        .iter()
        .filter(|workspace| caller.opens(workspace.slug))
        .collect();
    Ok(json(
        StatusCode::OK,
        &page.cut(&open, |workspace| **workspace),
    ))
}
