//! Whether an answer is the file that was asked for.

use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName};

use crate::error::{Error, ErrorKind, Reason, printable};

/// The type that asks for a file of any kind.
const ANY_FILE: &str = "application/octet-stream";
/// Types that say nothing of the content (the second is the default of S3): they contradict no type that was asked for.
const UNTOLD: [&str; 2] = [ANY_FILE, "binary/octet-stream"];
/// Types of what is answered instead of a file: the JSON that the same address has for other callers, and pages of proxies and
/// logins.
const NO_FILES: [&str; 6] = [
    "application/json",
    "text/json",
    "application/problem+json",
    "application/vnd.api+json",
    "text/html",
    "application/xhtml+xml",
];

/// The error of a good answer that is not the file that was asked for by this `Accept`, if it is none.
///
/// Only a 200 brings a whole file: a 206 brings a part of one, and other successes bring something else or nothing. Where a PDF
/// was asked for, another type is refused. Where any file was asked for, the documentation does not say which type comes, so it
/// may be the file's own. JSON and HTML are then taken only if a `Content-Disposition` says that they are a file: without it they
/// are the file's description or somebody's page.
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
    let given = essence(&text(headers, CONTENT_TYPE)?);
    let fits = given.is_empty()
        || UNTOLD.contains(&given.as_str())
        || match accept {
            ANY_FILE => !NO_FILES.contains(&given.as_str()) || is_named_a_file(headers),
            accept => given == accept,
        };
    if fits {
        return None;
    }
    let message = format!(
        "the server answered with {} instead of the file ({accept})",
        printable(&given, 100)
    );
    error(message, Reason::ContentType)
}

/// Whether the body may say why there is no file: what else it holds may be somebody's document, which has no place in an error.
pub(crate) fn is_explained(status: u16, headers: &HeaderMap) -> bool {
    let given = text(headers, CONTENT_TYPE).map(|value| essence(&value));
    let is_text = |given: &String| NO_FILES.contains(&given.as_str()) || given == "text/plain";
    status != 206 && given.as_ref().is_some_and(is_text)
}

/// The type without its parameters, in lower case.
fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether the server says that what it sends is to be saved, or under which name.
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
