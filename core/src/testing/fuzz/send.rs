//! Fuzz targets of the send path.

use std::io::Cursor;

use http::HeaderMap;
use http::header::{HeaderValue, RETRY_AFTER};
use jiff::Timestamp;

use crate::auth::Token;
use crate::error::{Error, ErrorKind, MAX_MESSAGE};
use crate::send::error_body::ErrorBody;
use crate::send::{classify, retry_after};
use crate::testing::{scripted_server, simulation};
use crate::transport::Reply;

/// The limit of a body; no input is as long.
const LIMIT: usize = 1 << 20;

/// The first byte, the rest of the first line, and the bytes after it.
fn parts(data: &[u8]) -> (u8, &[u8], &[u8]) {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    let end = rest
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(rest.len());
    (
        *first,
        &rest[..end],
        rest.get(end + 1..).unwrap_or_default(),
    )
}

/// A `Retry-After` of these bytes, if a header may hold them.
fn headers(value: &[u8]) -> HeaderMap {
    let value = HeaderValue::from_bytes(value).ok();
    value
        .map(|value| (RETRY_AFTER, value))
        .into_iter()
        .collect()
}

/// Any answer that is no success is an error that can be printed.
pub(crate) fn error_body(data: &[u8]) {
    let (status, header, body) = parts(data);
    let Ok(token) = Token::new("pnbx_fuzzed-and-never-shown") else {
        return;
    };
    let mut reply = Reply {
        status: 300 + u16::from(status) % 300,
        headers: headers(header),
        body: Box::new(Cursor::new(body.to_vec())),
    };
    let error = classify::failure(&token, &mut reply, LIMIT);
    let message = error.message();
    assert!(message.chars().count() <= MAX_MESSAGE, "{message}");
    assert!(!message.chars().any(char::is_control), "{message:?}");
    assert!(!format!("{error} {error:?}").contains("fuzzed-and-never-shown"));
}

/// A wait is absent, or a number of milliseconds that every language can hold.
pub(crate) fn retry_after(data: &[u8]) {
    let (_, header, body) = parts(data);
    let body = ErrorBody::read(&mut Cursor::new(body.to_vec()), LIMIT);
    let wait = retry_after::wait(&headers(header), body.retry_after, Timestamp::UNIX_EPOCH);
    let error = Error::new(ErrorKind::RateLimit, "m").with_retry_after(wait);
    let shown = error.payload().retry_after_ms;
    assert_eq!(shown.is_some(), wait.is_some(), "{wait:?}");
    assert!(shown.is_none_or(|ms| i64::try_from(ms).is_ok()), "{wait:?}");
}

/// The simulation's promises hold in the world of any seed.
pub(crate) fn policies(data: &[u8]) {
    let mut seed = [0; 8];
    let count = data.len().min(8);
    seed[..count].copy_from_slice(&data[..count]);
    simulation::world(u64::from_le_bytes(seed));
}

/// A client takes only an answer for an answer, and its errors are true.
pub(crate) fn client(data: &[u8]) {
    scripted_server::client(data);
}
