//! The body of a 2xx answer: read whole, within a limit, as text.

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};

use crate::error::{Error, ErrorKind, MAX_BODY, Reason, Result};
use crate::json::Base64Filter;
use crate::memory;
use crate::transport::{Reply, TransportError};

/// The size of one read from the body: that of a connection's buffer, since a read of a small answer returns no more at once.
const CHUNK: usize = 16 * 1024;

/// Reads the whole body as text, without a byte order mark.
///
/// With `skip_data` the base64 content of an attachment is filtered out while it is read. Only the rest counts for the limit.
pub(crate) fn whole(reply: &mut Reply, limit: usize, skip_data: bool) -> Result<String> {
    uncoded(&reply.headers)?;
    let mut filter = skip_data.then(|| (Base64Filter::default(), vec![0; CHUNK]));
    let declared = length_of(&reply.headers).filter(|_| !skip_data);
    if declared.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    let mut bytes = Vec::new();
    // One byte more than declared: the end shows as a read of zero bytes, which needs a place to read into.
    let room = declared.map_or(CHUNK, |length| (length as usize).saturating_add(1));
    memory::reserve(&mut bytes, room)?;
    while more(reply, &mut filter, &mut bytes)? {
        if bytes.len() > limit {
            return Err(too_large(limit));
        }
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    String::from_utf8(bytes).map_err(|error| {
        let bytes = error.as_bytes();
        let beginning = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_BODY)]);
        unusable("the answer is not valid UTF-8").with_body(beginning.into_owned())
    })
}

/// Reads another chunk of the body to the end of `bytes`; false at the end of the body.
fn more(
    reply: &mut Reply,
    filter: &mut Option<(Base64Filter, Vec<u8>)>,
    bytes: &mut Vec<u8>,
) -> Result<bool> {
    let mut read = |buffer: &mut [u8]| reply.body.read(buffer).map_err(TransportError::into_error);
    if let Some((filter, chunk)) = filter {
        let count = read(chunk)?;
        memory::grow(bytes, count)?;
        filter.feed(&chunk[..count], bytes);
        return Ok(count > 0);
    }
    let start = bytes.len();
    let free = match bytes.capacity() - start {
        0 => CHUNK,
        left => left.min(CHUNK),
    };
    memory::grow(bytes, free)?;
    bytes.resize(start + free, 0);
    let count = read(&mut bytes[start..])?;
    bytes.truncate(start + count);
    Ok(count > 0)
}

/// Refuses a coding that the transport did not decode. ureq removes the header of a content coding that it decoded, and the only
/// transfer coding that it knows is `chunked`.
pub(crate) fn uncoded(headers: &http::HeaderMap) -> Result<()> {
    let is = |coding: &HeaderValue, known: &str| {
        coding.as_bytes().eq_ignore_ascii_case(known.as_bytes())
    };
    let mut transfers = headers.get_all(TRANSFER_ENCODING).iter();
    let is_sent_plain = match (transfers.next(), transfers.next()) {
        (None, _) => true,
        (Some(coding), None) => is(coding, "chunked"),
        _ => false,
    };
    if !is_sent_plain {
        return Err(unusable(
            "the answer has a transfer coding that was not asked for",
        ));
    }
    match headers.get(CONTENT_ENCODING) {
        Some(coding) if !is(coding, "identity") => Err(unusable(
            "the answer has a content coding that was not asked for",
        )),
        _ => Ok(()),
    }
}

/// Reports whether only the close of the connection marks the end of the body. Then a body that was cut short looks whole.
pub(crate) fn ends_by_close(headers: &http::HeaderMap) -> bool {
    !headers.contains_key(CONTENT_LENGTH) && !headers.contains_key(TRANSFER_ENCODING)
}

/// The length that the head declares. Chunks tell the end themselves: a length beside them does not count (RFC 9112, section 6.3).
pub(crate) fn length_of(headers: &http::HeaderMap) -> Option<u64> {
    if headers.contains_key(TRANSFER_ENCODING) {
        return None;
    }
    headers
        .get(CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// The error of an answer that ended too early.
pub(crate) fn cut_short() -> Error {
    Error::new(ErrorKind::Response, "the answer was cut short").with_reason(Reason::Truncated)
}

/// The error of a body over the limit.
fn too_large(limit: usize) -> Error {
    Error::new(
        ErrorKind::Response,
        format!("the answer is larger than {limit} bytes"),
    )
    .with_reason(Reason::TooLarge)
}

/// The error of an answer that was received but cannot be used.
pub(crate) fn unusable(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Response, message).with_reason(Reason::Decode)
}
