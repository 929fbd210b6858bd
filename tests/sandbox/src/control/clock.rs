use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::put;
use serde::Deserialize;
use serde_json::json;

use super::parse;
use crate::app::App;
use crate::clock::{Steer, stamp};
use crate::error::ApiError;
use crate::fields::parse_moment;
use crate::routes::json;

pub(super) fn router() -> Router<App> {
    Router::new().route("/clock", put(steer))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    now: Option<String>,
    advance_ms: Option<i64>,
}

/// `PUT /_sandbox/clock`: to a moment, by milliseconds or, with null, back to the clock of the start.
async fn steer(State(app): State<App>, body: Bytes) -> Result<Response, ApiError> {
    let wanted: Option<Wanted> = parse(&body)?;
    app.steer(match wanted {
        None => Steer::Start,
        Some(Wanted {
            now: Some(text),
            advance_ms: None,
        }) => Steer::To(
            parse_moment(&text)
                .ok_or_else(|| ApiError::bad_request("now must be an ISO 8601 date-time"))?,
        ),
        Some(Wanted {
            now: None,
            advance_ms: Some(by),
        }) => Steer::By(by.saturating_mul(1000)),
        Some(_) => return Err(ApiError::bad_request("one of now and advance_ms is wanted")),
    });
    Ok(json(StatusCode::OK, &json!({"now": stamp(app.now())})))
}
