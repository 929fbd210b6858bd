use std::fmt;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::routes::json;

/// An error answer: the envelope of the authentication page, also what the control methods return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    message: Option<String>,
    retry_after: Option<u64>,
}

/// Key order as printed on the authentication page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    status_code: u16,
    error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

impl ApiError {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: Some(message.into()),
            retry_after: None,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The `message` member, absent in the short 401.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// Text of the authentication page.
    pub(crate) fn missing_authorization() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Missing authorization header")
    }

    /// Text of the authentication page: invalid, expired or revoked.
    pub(crate) fn invalid_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Invalid token")
    }

    /// Text of the authentication page.
    pub(crate) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "No access to this resource")
    }

    /// The envelope is the page's, the text is inferred.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found")
    }

    /// For a route that is none: the text names what was asked for, without its query, since a slip in a base URL is usual.
    pub(crate) fn no_route(method: &str, path: &str) -> Self {
        let path: String = path.chars().take(200).collect();
        Self::not_found_because(format!("There is no route {method} {path}"))
    }

    pub(crate) fn not_found_because(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    pub(crate) fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Request body is larger than 16 MiB",
        )
    }

    pub(crate) fn file_too_large(limit: u64) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("File is larger than {limit} bytes"),
        )
    }

    pub(crate) fn upload_too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "JSON upload is larger than 256 MiB: send multipart/form-data",
        )
    }

    /// The disk or a thread failed.
    pub(crate) fn internal(error: impl fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }

    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// Text and `retryAfter` of the authentication page.
    pub(crate) fn rate_limited(retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "Rate limit exceeded. Please try again later.",
            )
        }
    }

    /// What a caller of the control routes set, in the page's envelope.
    pub(crate) fn steered(status: u16, retry_after: Option<u64>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            retry_after,
            ..Self::new(status, "This sandbox was told to refuse")
        }
    }

    /// The page's last sample: a 401 with `statusCode` and `error` only.
    pub(crate) fn shortened(mut self) -> Self {
        self.message = None;
        self
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ApiError {}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Envelope {
            status_code: self.status.as_u16(),
            error: self.status.canonical_reason().unwrap_or("Error"),
            message: self.message.as_deref(),
            retry_after: self.retry_after,
        };
        let mut response = json(self.status, &body);
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
