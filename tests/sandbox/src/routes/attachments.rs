use std::io::{Cursor, Read};
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;

use super::{file, json, path_id, upload};
use crate::app::App;
use crate::auth::Caller;
use crate::base64::{Encoder, encoded_length};
use crate::error::ApiError;
use crate::query::Query;
use crate::store::attachments::{Attachment, INLINE};
use crate::{accept, body, disposition, ids, pdf};

/// The most bytes of PDFs that are merged; what is over it gets a page that names it (inferred).
const MERGED: u64 = 64 * 1024 * 1024;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/attachments", get(merged).post(upload::create))
        .route("/attachments/{id}", get(show))
}

/// `GET /attachments/{id}`: bytes or, with `data` for a small file, JSON; both are read while they are sent.
async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = path_id(path)?;
    let attachment = {
        let store = app.store();
        let found = store.attachments.get(&id).ok_or_else(ApiError::not_found)?;
        caller.check(found.workspace)?;
        Arc::clone(found)
    };
    if accept::wants_bytes(&headers) {
        Ok(bytes(&attachment))
    } else if attachment.size < INLINE {
        with_data(&attachment, app.origin())
    } else {
        Ok(json(StatusCode::OK, &attachment.view(app.origin())))
    }
}

fn bytes(attachment: &Attachment) -> Response {
    let media = HeaderValue::try_from(attachment.media.as_str())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let reader = attachment.content.reader(attachment.size);
    let mut response = body::stream(reader, attachment.size, media);
    response.headers_mut().insert(
        header::CONTENT_DISPOSITION,
        disposition::attachment(&attachment.name),
    );
    response
}

/// The object with `data` at its end, which is never whole in memory.
fn with_data(attachment: &Attachment, origin: &str) -> Result<Response, ApiError> {
    let mut start = serde_json::to_string(&attachment.view(origin)).map_err(ApiError::internal)?;
    start.pop();
    start.push_str(r#","data":""#);
    let end = r#""}"#;
    let length = start.len() as u64 + encoded_length(attachment.size) + end.len() as u64;
    let data = Encoder::new(attachment.content.reader(attachment.size));
    let reader = Cursor::new(start).chain(data).chain(end.as_bytes());
    let media = HeaderValue::from_static("application/json; charset=utf-8");
    Ok(body::stream(reader, length, media))
}

/// `GET /attachments?ids=`: one PDF of them all.
async fn merged(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Query::parse(query.as_deref());
    let wanted = query.many("ids");
    if wanted.is_empty() {
        return Err(ApiError::bad_request("ids is required"));
    }
    let filename = query.one("filename")?.unwrap_or("attachments");
    let name = format!("{filename}.pdf");
    let found = find(&app, &caller, &wanted)?;
    let bytes = tokio::task::spawn_blocking(move || pdf::merge(parts(&found)))
        .await
        .map_err(ApiError::internal)?;
    Ok(file(bytes, "application/pdf", &name))
}

fn find(app: &App, caller: &Caller, wanted: &[&str]) -> Result<Vec<Arc<Attachment>>, ApiError> {
    let ids: Option<Vec<String>> = wanted.iter().map(|id| ids::parse_uuid(id)).collect();
    let ids = ids.ok_or_else(|| ApiError::bad_request("ids must be UUIDs"))?;
    let store = app.store();
    let find = |id: &String| {
        let missing = || ApiError::not_found_because(format!("Attachment {id} not found"));
        let found = store.attachments.get(id).ok_or_else(missing)?;
        caller.check(found.workspace)?;
        Ok(Arc::clone(found))
    };
    ids.iter().map(find).collect()
}

fn parts(files: &[Arc<Attachment>]) -> Vec<pdf::Part> {
    let mut room = MERGED;
    let part = |file: &Arc<Attachment>| {
        let lines = vec![
            file.name.clone(),
            file.media.clone(),
            format!("{} bytes", file.size),
        ];
        if file.media != "application/pdf" || file.size > room {
            return pdf::Part::Other(lines);
        }
        let mut bytes = Vec::new();
        match file.content.reader(file.size).read_to_end(&mut bytes) {
            Ok(_) => {
                room -= file.size;
                pdf::Part::Pdf(bytes, lines)
            }
            Err(_) => pdf::Part::Other(lines),
        }
    };
    files.iter().map(part).collect()
}
