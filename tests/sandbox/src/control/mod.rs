//! The routes that steer the sandbox: no token, JSON, the same things as the methods of [`crate::Sandbox`].

mod clock;
pub(crate) mod webhooks;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post, put};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::App;
use crate::error::ApiError;
use crate::routes::json;
use crate::store::attachments::AttachmentSeed;
use crate::store::case_seeding::CaseSeed;
use crate::store::completion::FormCompletion;
use crate::store::faults::Fault;
use crate::store::planting::Plant;
use crate::store::rate::RateLimit;
use crate::store::requests::RequestRecord;
use crate::store::seeding::FormSeed;
use crate::store::settings::SettingsPatch;
use crate::store::tokens::NewToken;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/reset", post(reset))
        .route("/tokens", post(create_token))
        .route("/tokens/revoke", post(revoke_token))
        .route("/rate_limit", put(set_rate_limit))
        .route("/settings", put(set_settings))
        .route("/faults", put(set_faults))
        .route("/ready", get(ready))
        .route("/seed", post(plant))
        .route("/forms", post(seed_forms))
        .route("/forms/{id}/complete", post(complete_form))
        .route("/cases", post(seed_cases))
        .route("/attachments", post(seed_attachment))
        .route("/requests", get(requests).delete(clear_requests))
        .merge(webhooks::router())
        .merge(clock::router())
}

#[derive(Serialize)]
struct Done {
    ok: bool,
}

fn done() -> Response {
    json(StatusCode::OK, &Done { ok: true })
}

/// Unlike the API's, these bodies are the sandbox's own: an unknown member is a 400.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let wrong = |error: serde_json::Error| ApiError::bad_request(error.to_string());
    match serde_json::from_slice(body).map_err(wrong)? {
        // Serde would take an array as a struct without names.
        Value::Array(_) => Err(ApiError::bad_request("Body must be a JSON object")),
        value => serde_json::from_value(value).map_err(wrong),
    }
}

/// For whoever waits until the sandbox serves, such as a container's health check.
async fn ready() -> Response {
    done()
}

async fn plant(State(app): State<App>, body: Bytes) -> Result<Response, ApiError> {
    let seed: Plant = parse(&body)?;
    let planted = app.store().plant(&seed, app.now())?;
    Ok(json(StatusCode::CREATED, &planted))
}

async fn reset(State(app): State<App>) -> Response {
    app.reset();
    done()
}

async fn create_token(State(app): State<App>, body: Bytes) -> Result<Response, ApiError> {
    let new: NewToken = if body.is_empty() {
        NewToken::default()
    } else {
        parse(&body)?
    };
    let info = app.store().create_token(new)?;
    Ok(json(StatusCode::CREATED, &info))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    token: String,
}

async fn revoke_token(State(app): State<App>, body: Bytes) -> Result<Response, ApiError> {
    let Revocation { token } = parse(&body)?;
    app.store().revoke_token(&token)?;
    Ok(done())
}

async fn set_rate_limit(State(app): State<App>, body: Bytes) -> Result<Response, ApiError> {
    let limit: Option<RateLimit> = parse(&body)?;
    app.store().rate.set(limit);
    Ok(json(StatusCode::OK, &limit))
}

async fn set_settings(State(app): State<App>, body: Bytes) -> Result<Response, ApiError> {
    let patch: SettingsPatch = parse(&body)?;
    let settings = app.store().settings.apply(patch);
    Ok(json(StatusCode::OK, &settings))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultList {
    faults: Vec<Fault>,
}

async fn set_faults(State(app): State<App>, body: Bytes) -> Result<Response, ApiError> {
    let list: FaultList = parse(&body)?;
    app.store().faults.set(list.faults.clone())?;
    Ok(json(StatusCode::OK, &list))
}

#[derive(Serialize)]
struct Seeded {
    count: usize,
    ids: Vec<String>,
}

async fn seed_forms(State(app): State<App>, body: Bytes) -> Result<Response, ApiError> {
    let wanted: FormSeed = parse(&body)?;
    let ids = app.store().seed_forms(wanted, app.now())?;
    let count = ids.len();
    Ok(json(StatusCode::CREATED, &Seeded { count, ids }))
}

async fn seed_cases(State(app): State<App>, body: Bytes) -> Result<Response, ApiError> {
    let wanted: CaseSeed = parse(&body)?;
    let ids = app.store().seed_cases(wanted, app.now())?;
    let count = ids.len();
    Ok(json(StatusCode::CREATED, &Seeded { count, ids }))
}

async fn complete_form(
    State(app): State<App>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let done: FormCompletion = if body.is_empty() {
        FormCompletion::default()
    } else {
        parse(&body)?
    };
    let completed = app.complete_form(&id, done)?;
    Ok(json(StatusCode::OK, &completed))
}

async fn seed_attachment(State(app): State<App>, body: Bytes) -> Result<Response, ApiError> {
    let wanted: AttachmentSeed = parse(&body)?;
    let attachment = app.store().seed_attachment(wanted)?;
    Ok(json(StatusCode::CREATED, &attachment.view(app.origin())))
}

#[derive(Serialize)]
struct Requests {
    requests: Vec<RequestRecord>,
}

async fn requests(State(app): State<App>) -> Response {
    let requests = app.log().all();
    json(StatusCode::OK, &Requests { requests })
}

async fn clear_requests(State(app): State<App>) -> Response {
    app.log().clear();
    done()
}
