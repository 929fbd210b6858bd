use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Extension, FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::Value;

use super::json;
use crate::app::App;
use crate::auth::Caller;
use crate::base64;
use crate::error::ApiError;
use crate::ids;
use crate::place::Place;
use crate::query::Query;
use crate::store::attachments::{Attachment, Scope};
use crate::store::media::{detect, dimensions, is_media_type};
use crate::store::spool::Spool;
use crate::store::workspaces::Workspace;

/// JSON has to be read whole before its `data` is known; more than this goes as multipart (inferred).
const JSON_LIMIT: usize = 256 * 1024 * 1024;
/// The longest text part of a form.
const TEXT_LIMIT: usize = 64 * 1024;

/// `POST /attachments`: `multipart/form-data` with a `file` part of any size, or JSON with base64 `data`.
pub(super) async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, ApiError> {
    let query = Query::parse(request.uri().query());
    let limit = app.store().settings.attachment_limit;
    let mut told = Told::from_query(&query)?;
    let workspace = place(&app, &caller, &query)?;
    let spool = if is_multipart(request.headers()) {
        let multipart = Multipart::from_request(request, &())
            .await
            .map_err(|error| ApiError::bad_request(error.body_text()))?;
        take_form(multipart, &mut told, limit).await?
    } else {
        take_json(request.into_body(), &mut told, limit).await?
    };
    let name = told
        .name
        .filter(|name| !name.is_empty())
        .ok_or_else(|| ApiError::bad_request("name is required"))?;
    let attachment = Attachment {
        id: ids::uuid(),
        workspace: workspace.slug,
        media: told
            .media
            .unwrap_or_else(|| detect(&name, &spool.head).to_owned()),
        name,
        scope: told.scope.unwrap_or_default(),
        size: spool.size,
        dimensions: dimensions(&spool.head),
        content: spool.finish().await.map_err(ApiError::internal)?,
    };
    let attachment = app.store().add_attachment(attachment);
    Ok(json(StatusCode::CREATED, &attachment.view(app.origin())))
}

/// A token of several workspaces has to say which it means (inferred).
fn place(app: &App, caller: &Caller, query: &Query) -> Result<Workspace, ApiError> {
    let store = app.store();
    let place = Place::from_query(query)?;
    match (place.find(&store, caller)?, caller.workspaces.as_slice()) {
        (Some(workspace), _) => Ok(workspace),
        (None, [_]) => place.find_or_first(&store, caller),
        (None, _) => Err(ApiError::bad_request(
            "company is required: the token opens several workspaces",
        )),
    }
}

/// What is told about a file, wherever it is told.
#[derive(Default)]
struct Told {
    name: Option<String>,
    media: Option<String>,
    scope: Option<Scope>,
}

impl Told {
    fn from_query(query: &Query) -> Result<Self, ApiError> {
        let mut told = Self::default();
        for member in ["name", "type", "scope"] {
            if let Some(text) = query.one(member)? {
                told.take(member, text.to_owned())?;
            }
        }
        Ok(told)
    }

    fn take(&mut self, member: &str, text: String) -> Result<(), ApiError> {
        match member {
            "name" => self.name = Some(text),
            "type" if is_media_type(&text) => self.media = Some(text),
            "type" => return Err(ApiError::bad_request("type must be a MIME type")),
            "scope" => self.scope = Some(Scope::parse(&text)?),
            _ => {}
        }
        Ok(())
    }
}

fn is_multipart(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|text| text.to_ascii_lowercase().starts_with("multipart/form-data"))
}

/// Text parts may come before or after the file; unknown parts are ignored (inferred).
async fn take_form(mut form: Multipart, told: &mut Told, limit: u64) -> Result<Spool, ApiError> {
    let mut spool = None;
    let mut of_file = Told::default();
    while let Some(field) = form.next_field().await.map_err(|e| broken(&e))? {
        match field.name().unwrap_or_default() {
            "file" if spool.is_some() => {
                return Err(ApiError::bad_request("file: one file per call"));
            }
            "file" => {
                of_file.name = field.file_name().map(str::to_owned);
                // What clients put there when they do not know is no answer.
                of_file.media = field
                    .content_type()
                    .filter(|media| *media != "application/octet-stream" && is_media_type(media))
                    .map(str::to_owned);
                spool = Some(take_file(field, limit).await?);
            }
            "name" | "type" | "scope" => {
                let member = field.name().unwrap_or_default().to_owned();
                told.take(&member, take_text(&member, field).await?)?;
            }
            _ => {}
        }
    }
    told.name = told.name.take().or(of_file.name);
    told.media = told.media.take().or(of_file.media);
    spool.ok_or_else(|| ApiError::bad_request("file is required"))
}

async fn take_file(mut field: Field<'_>, limit: u64) -> Result<Spool, ApiError> {
    let mut spool = Spool::new().map_err(ApiError::internal)?;
    while let Some(chunk) = field.chunk().await.map_err(|e| broken(&e))? {
        if spool.size + chunk.len() as u64 > limit {
            return Err(ApiError::file_too_large(limit));
        }
        spool.write(&chunk).await.map_err(ApiError::internal)?;
    }
    Ok(spool)
}

async fn take_text(member: &str, mut field: Field<'_>) -> Result<String, ApiError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|e| broken(&e))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > TEXT_LIMIT {
            return Err(ApiError::bad_request(format!("{member} is too long")));
        }
    }
    String::from_utf8(bytes).map_err(|_| ApiError::bad_request(format!("{member} must be UTF-8")))
}

fn broken(error: &MultipartError) -> ApiError {
    ApiError::bad_request(format!("multipart/form-data: {}", error.body_text()))
}

async fn take_json(body: Body, told: &mut Told, limit: u64) -> Result<Spool, ApiError> {
    let bytes = read(body).await?;
    let map = crate::fields::object(&bytes)?;
    drop(bytes);
    for member in ["name", "type", "scope"] {
        match map.get(member) {
            None => {}
            Some(Value::String(text)) => told.take(member, text.clone())?,
            Some(_) => {
                return Err(ApiError::bad_request(format!("{member} must be a string")));
            }
        }
    }
    let data = match map.get("data") {
        Some(Value::String(text)) => text,
        Some(_) => return Err(ApiError::bad_request("data must be a string")),
        None => return Err(ApiError::bad_request("data is required")),
    };
    let bytes = base64::decode(data).ok_or_else(|| ApiError::bad_request("data must be base64"))?;
    if bytes.len() as u64 > limit {
        return Err(ApiError::file_too_large(limit));
    }
    let mut spool = Spool::new().map_err(ApiError::internal)?;
    spool.write(&bytes).await.map_err(ApiError::internal)?;
    Ok(spool)
}

async fn read(mut body: Body) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|_| ApiError::bad_request("The body could not be read"))?;
        let chunk = frame.into_data().unwrap_or_default();
        if bytes.len() + chunk.len() > JSON_LIMIT {
            return Err(ApiError::upload_too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
