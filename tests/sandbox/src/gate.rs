use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::access_line::AccessLine;
use crate::app::App;
use crate::auth::{self, Caller};
use crate::breaking::{Breaking, hang_up};
use crate::clock::stamp;
use crate::dripping::Dripping;
use crate::error::ApiError;
use crate::metered::Metered;
use crate::store::faults::Cut;
use crate::store::requests::RequestRecord;

/// The reference has no figure for JSON (inferred); files have a limit of their own.
const BODY_LIMIT: usize = 16 * 1024 * 1024;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Every request comes through here: it gets an id, is written down, has its body read and its caller checked.
pub(crate) async fn pass(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = app.next_request_id();
    let line = app.logs_requests().then(|| {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        AccessLine::new(&app, method, path)
    });
    let mut response = if request.uri().path().starts_with("/_sandbox/") {
        let (request, taken) = read(request).await;
        match taken.problem {
            None => next.run(request).await,
            Some(error) => error.into_response(),
        }
    } else {
        answer(&app, &id, request, next).await
    };
    // By its own clock, which a test may have moved: a client judges dates by it.
    let date = app.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(value) = HeaderValue::try_from(date) {
        response.headers_mut().insert(header::DATE, value);
    }
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if let Some(line) = line {
        line.write(response.status().as_u16());
    }
    response
}

async fn answer(app: &App, id: &str, request: Request, next: Next) -> Response {
    let caller = auth::identify(request.headers(), &app.store());
    let number = app
        .log()
        .open(record(app, id, &request, caller.as_ref().ok()));
    let fault = app
        .store()
        .faults
        .meet(request.method().as_str(), request.uri().path());
    let fault = fault.unwrap_or_default();
    if fault.latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(fault.latency_ms)).await;
    }
    if fault.cut == Some(Cut::Before) {
        hang_up();
    }
    let response = match fault.refusal() {
        Some(refusal) => early(refusal),
        None if is_upload(&request) => pass_upload(app, number, caller, request, next).await,
        None => pass_small(app, number, caller, request, next).await,
    };
    let response = match fault.drip_ms {
        Some(every) => {
            response.map(|body| Body::new(Dripping::new(body, Duration::from_millis(every))))
        }
        None => response,
    };
    let response = match fault.cut {
        Some(Cut::After) => hang_up(),
        Some(Cut::Body) => response.map(|body| Body::new(Breaking::new(body))),
        _ => response,
    };
    let status = response.status().as_u16();
    app.log()
        .update(number, |record| record.status = Some(status));
    response
}

/// A refusal whose request is not read: what is left of it makes the connection useless.
fn early(refusal: ApiError) -> Response {
    let mut response = refusal.into_response();
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// Files are too big to be read before they are wanted.
fn is_upload(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path() == "/v1/attachments"
}

/// The body goes through as it comes; of it only the length is written down.
async fn pass_upload(
    app: &App,
    number: u64,
    caller: Result<Caller, ApiError>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = Metered::new(body);
    let response = match check(app, caller, None) {
        Ok(caller) => {
            let mut request = Request::from_parts(parts, Body::new(body.clone()));
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    };
    body.drain().await;
    app.log()
        .update(number, |record| record.body_bytes = body.length());
    response
}

async fn pass_small(
    app: &App,
    number: u64,
    caller: Result<Caller, ApiError>,
    request: Request,
    next: Next,
) -> Response {
    let (mut request, taken) = read(request).await;
    app.log().update(number, |record| {
        record.set_body(&taken.bytes, taken.length);
    });
    // Under /v1 nothing is told to a stranger, not even which routes there are (inferred).
    if request.uri().path().starts_with("/v1/") {
        match check(app, caller, taken.problem) {
            Ok(caller) => {
                request.extensions_mut().insert(caller);
                next.run(request).await
            }
            Err(error) => error.into_response(),
        }
    } else {
        next.run(request).await
    }
}

/// Who it is, then how often, then what was sent.
fn check(
    app: &App,
    caller: Result<Caller, ApiError>,
    problem: Option<ApiError>,
) -> Result<Caller, ApiError> {
    let caller = caller?;
    app.store().rate.pass(&caller.token, app.now())?;
    problem.map_or(Ok(caller), Err)
}

/// What came of reading a body.
struct Taken {
    /// The body, or what fits of it.
    bytes: Bytes,
    length: usize,
    problem: Option<ApiError>,
}

/// Reads the body whole. Of one that is too long the rest is read and thrown away, or the caller,
/// still sending, would see a reset connection instead of the answer.
async fn read(request: Request) -> (Request, Taken) {
    let (parts, mut body) = request.into_parts();
    let mut bytes = Vec::new();
    let mut length = 0_usize;
    let mut problem = None;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(frame) = frame else {
            problem = Some(ApiError::bad_request("The body could not be read"));
            break;
        };
        let chunk = frame.into_data().unwrap_or_default();
        length = length.saturating_add(chunk.len());
        if length <= BODY_LIMIT {
            bytes.extend_from_slice(&chunk);
        } else {
            problem = Some(ApiError::too_large());
        }
    }
    let bytes = Bytes::from(bytes);
    let request = Request::from_parts(parts, Body::from(bytes.clone()));
    let taken = Taken {
        bytes,
        length,
        problem,
    };
    (request, taken)
}

fn record(app: &App, id: &str, request: &Request, caller: Option<&Caller>) -> RequestRecord {
    RequestRecord {
        request_id: id.to_owned(),
        at: stamp(app.now()),
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().map(str::to_owned),
        headers: visible(request.headers()),
        authorized: caller.is_some(),
        token_name: caller.map(|caller| caller.token_name.clone()),
        ..RequestRecord::default()
    }
}

fn visible(headers: &HeaderMap) -> Vec<(String, String)> {
    let show = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = if name == header::AUTHORIZATION {
            auth::redact(value)
        } else {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        (name.to_string(), value)
    };
    headers.iter().map(show).collect()
}
