use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post, put};
use serde::Serialize;
use serde_json::json;

use super::{done, parse};
use crate::app::App;
use crate::error::ApiError;
use crate::routes::json;
use crate::webhooks::{Delivery, KeySet, Replay};

/// Bytes of a key set that is too large for any reader.
const LARGE: usize = 10_000_000;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/webhooks", put(set))
        .route("/webhooks/rotate", post(rotate))
        .route("/webhooks/jwks.json", get(moved))
        .route("/webhooks/deliveries", get(list))
        .route("/webhooks/deliveries/{id}/replay", post(replay))
}

async fn set(State(app): State<App>, body: Bytes) -> Result<Response, ApiError> {
    let settings = app.webhooks().set(parse(&body)?)?;
    Ok(json(StatusCode::OK, &settings))
}

async fn rotate(State(app): State<App>) -> Response {
    json(StatusCode::OK, &json!({"kid": app.webhooks().rotate()}))
}

#[derive(Serialize)]
struct Deliveries {
    deliveries: Vec<Delivery>,
}

async fn list(State(app): State<App>) -> Response {
    let deliveries = app.webhooks().all();
    json(StatusCode::OK, &Deliveries { deliveries })
}

async fn replay(
    State(app): State<App>,
    Path(id): Path<u64>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let how = if body.is_empty() {
        Replay::default()
    } else {
        parse(&body)?
    };
    let delivery = app.webhooks().replay(id, how)?;
    Ok(json(StatusCode::CREATED, &delivery))
}

/// The keys at the place that the redirect leads to.
async fn moved(State(app): State<App>) -> Response {
    json(StatusCode::OK, &app.webhooks().key_set().1)
}

/// `GET /.well-known/jwks.json`, where the keys of the issuer are looked for (inferred).
pub(crate) async fn key_set(State(app): State<App>) -> Response {
    let (how, keys) = app.webhooks().key_set();
    match how {
        KeySet::Served => json(StatusCode::OK, &keys),
        KeySet::Empty => json(StatusCode::OK, &json!({"keys": []})),
        KeySet::Error => ApiError::steered(500, None).into_response(),
        KeySet::Hang => {
            // The connection is cut by whoever waits, or by the end of the sandbox.
            std::future::pending::<()>().await;
            done()
        }
        KeySet::Large => {
            let text = format!(r#"{{"keys":[],"pad":"{}"}}"#, "x".repeat(LARGE));
            let mut response = Response::new(Body::from(text));
            let media = HeaderValue::from_static("application/json");
            response.headers_mut().insert(header::CONTENT_TYPE, media);
            response
        }
        KeySet::NoJson => Html("<!doctype html><title>Sign in</title>").into_response(),
        KeySet::Redirect => {
            let to = "/_sandbox/webhooks/jwks.json";
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
    }
}
