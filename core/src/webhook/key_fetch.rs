//! The request for the keys of an issuer, by the transport of every other call and without a token.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use http::header::{ACCEPT, HeaderMap, HeaderValue, USER_AGENT};

use super::jwk;
use super::key_set::KeySet;
use crate::cancel::{CancelScope, InterruptCheck};
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Outcome, Reason, Result};
use crate::send::{unusable, whole_body};
use crate::transport::{self, CallContext, Limits, Payload, Reply, Request, SendState};

/// The most bytes of a key set. One of a hundred RSA keys has some 50 KB.
const MAX_BYTES: usize = 1 << 20;

/// Fetches the key set at the settings' address.
///
/// # Errors
/// The error has the kind and the reason of a failed call. It can be repeated.
pub(super) fn fetch(settings: &Settings, check: Option<&InterruptCheck>) -> Result<KeySet> {
    exchange(settings, CancelScope::of(&Arc::default(), None, check))
        .and_then(|reply| read(settings, reply))
        .map_err(|error| {
            error
                .after("the keys of the issuer could not be read: ")
                .with_repeatable(true)
                .with_attempts(1)
        })
}

/// Sends the request, and returns the head of an answer of 200.
fn exchange(settings: &Settings, cancel: CancelScope) -> Result<Reply> {
    let mut headers = HeaderMap::new();
    let agent = HeaderValue::from_str(&settings.user_agent)
        .map_err(|_| Error::internal("the user agent is no header value"))?;
    headers.insert(USER_AGENT, agent);
    let accept = HeaderValue::from_static("application/json, application/jwk-set+json");
    headers.insert(ACCEPT, accept);
    let limits = &settings.limits;
    let request = Request {
        method: Method::GET,
        url: settings.base_url.as_str().to_owned(),
        headers,
        body: Payload::Nothing,
        limits: Limits {
            attempt: Some(limits.attempt),
            part: None,
            silence: limits.read,
            // The next request comes after half a minute at the earliest: no connection is kept for it.
            idle: Duration::ZERO,
        },
        context: Arc::new(CallContext::new(cancel, limits.connect.min(limits.attempt))),
    };
    // Its own for each request: there is one in ten minutes, and a forked child inherits no socket.
    let reply = transport::open(settings)
        .exchange(request)
        .map_err(|error| {
            let outcome = match error.send_state {
                SendState::NotSent => Outcome::NotSent,
                SendState::MaybeSent => Outcome::Unknown,
            };
            let error = error.into_error().with_outcome(outcome);
            match error.kind() {
                // The hints of these kinds name settings of a client.
                ErrorKind::Connection | ErrorKind::Timeout => error.with_hint(AWAY),
                _ => error,
            }
        })?;
    let status = reply.status;
    let error = match status {
        200 => return Ok(reply),
        300..=399 => Error::new(ErrorKind::Response, format!("the server answered with the redirect {status}"))
            .with_reason(Reason::Redirect)
            .with_hint("Keys are not fetched from where a redirect leads: give the verifier the address of the key set itself."),
        _ => Error::new(ErrorKind::of_status(status), format!("the server answered with the status {status}"))
            .with_hint(ADDRESS),
    };
    Err(error
        .with_status(status, None)
        .with_outcome(Outcome::Rejected))
}

/// The hint where the issuer cannot be reached.
const AWAY: &str = "Answer the delivery with a status of 5xx, so that it is sent again. Check the address of the key set, the network, the firewall and the proxy; keys can also be pinned.";

/// The hint where the address may be wrong.
const ADDRESS: &str = "Check the address of the key set. Penbox's documentation does not name it, so the default is a guess; keys can also be pinned.";

/// Reads the answer's body as a key set.
fn read(settings: &Settings, mut reply: Reply) -> Result<KeySet> {
    let limit = MAX_BYTES.min(settings.max_response_bytes);
    let keys = whole_body(&mut reply, limit, false)
        .and_then(|text| {
            jwk::keys(&text).ok_or_else(|| unusable("the answer is no key set in JSON"))
        })
        .map(KeySet::new)
        // A set of weak keys alone is kept, so that a delivery is refused for them by name.
        .and_then(|keys| match keys.is_empty() {
            true => Err(unusable(
                "the key set has no key that can verify a delivery",
            )),
            false => Ok(keys),
        });
    keys.map_err(|error| {
        let hint = match error.reason() {
            Some("decode") => ADDRESS,
            Some("too_large") => {
                "A key set has one mebibyte at most: check its address, or pin the keys."
            }
            _ => AWAY,
        };
        error
            .with_hint(hint)
            .with_status(reply.status, None)
            .with_outcome(Outcome::Done)
    })
}
