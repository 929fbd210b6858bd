//! The check that a 2xx answer is the requested file.

use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName};

use crate::error::{Error, ErrorKind, Reason, printable};

/// The `Accept` of a request for a file of any type.
const ANY_FILE: &str = "application/octet-stream";
/// Types that say nothing of the content, and so contradict no requested type. The second is the default of S3.
const UNSPECIFIC: [&str; 2] = [ANY_FILE, "binary/octet-stream"];
/// Types of an answer that stands in place of a file: the JSON that the same address has for other callers, and the pages of
/// proxies and logins.
const NO_FILES: [&str; 6] = [
    "application/json",
    "text/json",
    "application/problem+json",
    "application/vnd.api+json",
    "text/html",
    "application/xhtml+xml",
];

/// Returns the error of a 2xx answer that is not the file requested by this `Accept`; none where it is the file.
///
/// Only a 200 has a whole file: a 206 has a part of one, and other successes have something else or nothing. Where a PDF was
/// requested, another type is refused. Where any file was requested, the documentation names no type, so each may be the file's
/// own. JSON and HTML are then accepted only if a `Content-Disposition` says that they are a file: without it they are the file's
/// description or somebody's page.
pub(crate) fn refusal(accept: &str, status: u16, headers: &HeaderMap) -> Option<Error> {
    let error = |message: String, reason| {
        Some(Error::new(ErrorKind::Response, message).with_reason(reason))
    };
    match status {
        200 => {}
        206 => {
            return error(
                "the server sent only a part of the file".to_owned(),
                Reason::Partial,
            );
        }
        _ => {
            let message = format!("the server answered with the status {status} instead of a file");
            return error(message, Reason::Protocol);
        }
    }
    let received = essence(&text(headers, CONTENT_TYPE)?);
    let fits = received.is_empty()
        || UNSPECIFIC.contains(&received.as_str())
        || match accept {
            ANY_FILE => !NO_FILES.contains(&received.as_str()) || is_named_a_file(headers),
            accept => received == accept,
        };
    if fits {
        return None;
    }
    let message = format!(
        "the server answered with {} instead of the file ({accept})",
        printable(&received, 100)
    );
    error(message, Reason::ContentType)
}

/// Reports whether the body may explain why there is no file. Any other body may be somebody's document, which has no place in an
/// error.
pub(crate) fn is_explained(status: u16, headers: &HeaderMap) -> bool {
    let received = text(headers, CONTENT_TYPE).map(|value| essence(&value));
    let is_text =
        |received: &String| NO_FILES.contains(&received.as_str()) || received == "text/plain";
    status != 206 && received.as_ref().is_some_and(is_text)
}

/// The type without its parameters, in lower case.
fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Reports whether the `Content-Disposition` says that the body is a file: an attachment, or one with a name.
fn is_named_a_file(headers: &HeaderMap) -> bool {
    text(headers, CONTENT_DISPOSITION).is_some_and(|disposition| {
        let disposition = disposition.trim_start().to_ascii_lowercase();
        disposition.starts_with("attachment") || disposition.contains("filename")
    })
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}
