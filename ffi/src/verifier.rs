//! The verifier of webhooks' deliveries.

#![expect(unsafe_code, reason = "exported names, text and bytes from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::Result;
use penbox_core::webhook::Verifier as CoreVerifier;

use crate::error::Error;
use crate::headers::{Headers, headers_for_call};
use crate::status::Status;
use crate::value::Value;
use crate::verifier_config::VerifierConfig;
use crate::{guard, input};

/// The verifier of the deliveries to one address. It checks that a request comes from Penbox, is meant for this address,
/// and is as it was sent. It needs no API token. Any number of threads may use one at the same time.
///
/// The issuer's keys are fetched at the first delivery and kept for ten minutes; all else is done without a request.
/// Threads that need keys at a time make one request. A forked child fetches keys of its own, and has accepted nothing
/// yet.
pub struct Verifier(CoreVerifier);

/// Makes a verifier for the deliveries to an address: the whole public one, exactly as it was given to Penbox in a form's
/// `webhooks`, whatever a proxy makes of it. NULL for `config` means the defaults. Sends nothing and may be repeated.
/// Fails with `PENBOX_ERROR_CONFIG` for what is no address and for an invalid setting; the reason is `insecure_http` for
/// keys on plain http, and `weak_key` for a pinned RSA key of less than 2,048 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_verifier_new(
    url: *const c_char,
    config: Option<&VerifierConfig>,
    out: Option<&mut MaybeUninit<*mut Verifier>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        // SAFETY: the caller passes NULL or a C string.
        let url = unsafe { input::text(url, "url") }?;
        let made = match config {
            Some(config) => config.build(url),
            None => VerifierConfig::default().build(url),
        };
        made.map(Verifier)
    })
}

/// Verifies a delivery and reads its body: the value has `/events`, `/data` and `/request`, which is the form as
/// `penbox_forms_get` gives it. With a replay guard each delivery is accepted once. `body` are the `size` bytes that were
/// received: a program that parses JSON and writes it again makes other ones. The handles may be freed once the call has
/// begun, the bytes may not. A call that fetches keys takes up to the verifier's `timeout`, and nothing ends it before.
///
/// Fails with `PENBOX_ERROR_WEBHOOK` for a delivery that must not be trusted; the reason says why: `signature`, `digest`,
/// `audience`, `expired`, `replayed`, ... Answer it with 401, and a `replayed` one with 204. Where the issuer's keys could
/// not be fetched, the error is that of the request, of another kind; where the store failed, the reason is
/// `replay_store`, and `penbox_error_retryable` is true. Nothing is known of the delivery then: answer it with 503.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_verifier_unwrap(
    verifier: Option<&Verifier>,
    headers: Option<&Headers>,
    body: *const u8,
    size: usize,
    out: Option<&mut MaybeUninit<*mut Value>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        let (verifier, headers) = (for_call(verifier)?, headers_for_call(headers)?);
        // SAFETY: the caller passes NULL or this many bytes, which stay until the call returns.
        let body = unsafe { input::bytes(body, size, "body") }?;
        let document = verifier.unwrap_document(&headers, body)?;
        // The node at index 0 is the outermost one.
        Ok(Value::new(document, 0, None))
    })
}

/// Verifies a delivery as `penbox_verifier_unwrap` does, without reading its body and without the replay guard. It may be
/// repeated for the same delivery.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_verifier_verify(
    verifier: Option<&Verifier>,
    headers: Option<&Headers>,
    body: *const u8,
    size: usize,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::run(err, || {
        let (verifier, headers) = (for_call(verifier)?, headers_for_call(headers)?);
        // SAFETY: the caller passes NULL or this many bytes, which stay until the call returns.
        let body = unsafe { input::bytes(body, size, "body") }?;
        verifier.verify(&headers, body)
    })
}

/// Forgets that a delivery was accepted, so that its repeat is accepted again: for a receiver that could not do its work.
/// Without a replay guard it does nothing. It may be repeated. Fails with `PENBOX_ERROR_WEBHOOK` where the headers have no
/// token of the issuer, and with the reason `replay_store` if the store failed.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_verifier_forget(
    verifier: Option<&Verifier>,
    headers: Option<&Headers>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::run(err, || {
        let (verifier, headers) = (for_call(verifier)?, headers_for_call(headers)?);
        verifier.forget(&headers)
    })
}

/// Returns true if an event of this name, such as `responses:completed`, is among the events of a delivery that
/// `penbox_verifier_unwrap` gave, and false for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_event_has(event: Option<&Value>, name: *const c_char) -> bool {
    guard::read(false, || {
        // SAFETY: the caller passes NULL or a C string.
        let name = unsafe { input::maybe_text(name) };
        let events = event.and_then(|event| event.node().pointer("/events"));
        match (events, name) {
            (Some(events), Some(name)) => events.items().any(|event| event.as_str() == Some(name)),
            _ => false,
        }
    })
}

/// Frees a handle. Running calls keep the verifier, so it may be freed by another thread once they have begun, and in a
/// function of the store. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_verifier_free(verifier: Option<Box<Verifier>>) {
    guard::read((), move || drop(verifier));
}

/// Returns a verifier of its own for a call: a callback or another thread may free the handle before the call returns.
fn for_call(verifier: Option<&Verifier>) -> Result<CoreVerifier> {
    input::handle(verifier, "verifier").map(|verifier| verifier.0.clone())
}
