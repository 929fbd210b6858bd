use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::json;
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::paging::Page;
use crate::query::Query;
use crate::sort::Sort;
use crate::store::Store;
use crate::store::templates::FormTemplate;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/form_templates", get(list))
        .route("/form_templates/{slug}/options", get(options))
        .route("/form_templates/{slug}/steps", get(steps))
        .route("/flows", get(old_list))
        .route("/flows/{slug}/options", get(options))
        .route("/flows/{slug}/steps", get(steps))
}

/// `GET /form_templates`: `archived=true` shows archived and disabled ones as well.
async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let sort = Sort::parse(&query)?;
    let all = query.flag("archived")?.unwrap_or(false);
    let store = app.store();
    let page = Page::parse(&query, store.settings.strict_paging)?;
    let mut templates: Vec<&FormTemplate> = opened(&store, &caller)
        .filter(|template| all || template.is_open())
        .collect();
    sort.apply(&mut templates);
    let listing = page.of(&templates, |template| template.view());
    Ok(json(StatusCode::OK, &listing))
}

/// `GET /flows`, deprecated: a bare array with workspaces; `archived=true` shows the archived ones instead.
async fn old_list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let archived = query.flag("archived")?.unwrap_or(false);
    let store = app.store();
    let page = Page::parse(&query, store.settings.strict_paging)?;
    let mut templates: Vec<&FormTemplate> = opened(&store, &caller)
        .filter(|template| {
            if archived {
                template.archived_at.is_some()
            } else {
                template.is_open()
            }
        })
        .collect();
    Sort::default().apply(&mut templates);
    let data = page.cut(&templates, |template| template.old_view());
    Ok(json(StatusCode::OK, &data))
}

/// `GET /form_templates/{slug}/options`: an object of the template's own making.
async fn options(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let store = app.store();
    Ok(json(StatusCode::OK, &one(&store, &caller, path)?.options))
}

/// `GET /form_templates/{slug}/steps`: a bare array.
async fn steps(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let store = app.store();
    Ok(json(StatusCode::OK, &one(&store, &caller, path)?.steps))
}

fn opened<'a>(store: &'a Store, caller: &Caller) -> impl Iterator<Item = &'a FormTemplate> {
    store
        .templates
        .iter()
        .filter(|template| caller.opens(template.workspace.slug))
}

/// 404 for a template that is not there or not enabled; 409 for a slug of several of the token's workspaces,
/// as on `POST /forms`: no parameter could tell which is meant (inferred).
fn one<'a>(
    store: &'a Store,
    caller: &Caller,
    path: Result<Path<String>, PathRejection>,
) -> Result<&'a FormTemplate, ApiError> {
    let missing = || ApiError::not_found_because("Form template not found or not enabled");
    let Path(slug) = path.map_err(|_| missing())?;
    let mut found =
        opened(store, caller).filter(|template| template.is_open() && template.slug == slug);
    let first = found.next().ok_or_else(missing)?;
    match found.next() {
        None => Ok(first),
        Some(_) => Err(ApiError::conflict(
            "More than one form template has this slug: use a token of one workspace",
        )),
    }
}
