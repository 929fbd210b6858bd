use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::new_form::NewForm;
use super::{json, path_id};
use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::filter;
use crate::paging::Page;
use crate::query::Query;
use crate::store::forms::Form;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/forms", get(list).post(create))
        .route("/forms/{id}", get(show))
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
    if !caller.opens(form.workspace.slug) {
        return Err(ApiError::forbidden());
    }
    Ok(json(StatusCode::OK, &form.view(app.origin())))
}

/// `sort`: the values of `/api-reference/flows/list-flows`, assumed here as well (inferred).
#[derive(Clone, Copy)]
struct Sort {
    by_update: bool,
    ascending: bool,
}

impl Sort {
    fn parse(query: &Query) -> Result<Self, ApiError> {
        let text = query.one("sort")?.unwrap_or("-created_at");
        // A raw plus decodes to a space; without a sign the order is ascending (inferred).
        let (ascending, field) = match text.strip_prefix('-') {
            Some(field) => (false, field),
            None => (true, text.strip_prefix(['+', ' ']).unwrap_or(text)),
        };
        let by_update = match field {
            "created_at" => false,
            "updated_at" => true,
            _ => {
                return Err(ApiError::bad_request(
                    "sort must be one of +created_at, -created_at, +updated_at, -updated_at",
                ));
            }
        };
        Ok(Self {
            by_update,
            ascending,
        })
    }

    fn apply(self, forms: &mut [&Form]) {
        let key = |form: &&Form| {
            if self.by_update {
                form.updated_at
            } else {
                form.created_at
            }
        };
        // Forms come in the order they were made; reversing after a stable sort keeps equal ones newest first.
        forms.sort_by_key(key);
        if !self.ascending {
            forms.reverse();
        }
    }
}
