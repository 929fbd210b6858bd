//! Requests that no operation makes, and the client's cache.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::CacheStats;
use serde_json::{Map, Value as Json};

use crate::client::Client;
use crate::error::Error;
use crate::operation::{call_options, client_for_call};
use crate::options::Options;
use crate::params::Params;
use crate::status::Status;
use crate::value::Value;
use crate::{guard, input};

/// Sends a request that no other function makes: for the deprecated addresses (`/requests`, `/flows`, `/companies`) and
/// for what the API adds later. It goes the way of every other call, with its repeats, limits and errors, whose
/// operation is `request`. An answer without a body is a JSON null.
///
/// `method` is GET, HEAD, POST, PUT, PATCH or DELETE. `path` is below the base URL, such as `/requests/8b0f3a52`; one
/// that is absolute or may lead elsewhere is refused. `query` and `body` may be NULL; the body is sent as JSON. `safe`
/// is 1 if the request may be sent twice without acting twice, 0 if not, and -1 to go by the method: then GET and HEAD
/// are safe, and the others are not. Headers are set in the options.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_client_request(
    client: Option<&Client>,
    method: *const c_char,
    path: *const c_char,
    query: Option<&Params>,
    body: Option<&Params>,
    safe: i32,
    options: Option<&Options>,
    out: Option<&mut MaybeUninit<*mut Value>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        let client = client_for_call(client)?;
        // SAFETY: the caller passes NULL or a C string.
        let method = unsafe { input::text(method, "method") }?;
        // SAFETY: as above.
        let path = unsafe { input::text(path, "path") }?;
        let options =
            call_options(options).map_err(|error| client.placed_request(method, path, error))?;
        let mut parts = Map::new();
        for (name, part) in [("query", query), ("body", body)] {
            if let Some(part) = part {
                parts.insert(name.to_owned(), part.json().clone());
            }
        }
        if safe >= 0 {
            parts.insert("safe".to_owned(), (safe != 0).into());
        }
        let parts = Json::Object(parts).to_string();
        let answer = client.raw_request(method, path, &parts, &options)?;
        Ok(Value::of_answer(answer))
    })
}

/// Forgets the answers that the client keeps (`penbox_config_set_cache_ttl_ms`). The next calls request them anew. NULL
/// does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_client_clear_cache(client: Option<&Client>) {
    guard::read((), || {
        if let Some(client) = client {
            client.0.clear_cache();
        }
    });
}

/// Tells the calls of penbox_forms_wait_completed that a form has changed, as a verified webhook reports it: they look at
/// once, instead of after their pause. Returns the number of calls that wait for the form with this client or a clone of
/// it. Sends nothing and does not block. A webhook is a hint and no proof, so the wait itself reads the form once more.
/// NULL and text that is not UTF-8 do nothing, and return 0.
///
/// # Safety
/// `form_id` is NULL or a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_client_notify_form(
    client: Option<&Client>,
    form_id: *const c_char,
) -> u64 {
    guard::read(0, || {
        // SAFETY: the caller passes NULL or a C string.
        let id = unsafe { input::text(form_id, "form_id") };
        match (client, id) {
            (Some(client), Ok(id)) => client.0.notify_form(id) as u64,
            _ => 0,
        }
    })
}

/// Returns the number of calls that were answered without a request of their own: from memory, or by the request of
/// another call. Returns 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_client_cache_hits(client: Option<&Client>) -> u64 {
    stats(client).hits
}

/// Returns the number of calls that sent a request although the cache could have answered. Returns 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_client_cache_misses(client: Option<&Client>) -> u64 {
    stats(client).misses
}

/// Returns the number of answers in memory. Returns 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_client_cache_entries(client: Option<&Client>) -> u64 {
    stats(client).entries
}

/// Returns the bytes of the answers in memory. Returns 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_client_cache_bytes(client: Option<&Client>) -> u64 {
    stats(client).bytes
}

fn stats(client: Option<&Client>) -> CacheStats {
    guard::read(CacheStats::default(), || {
        client
            .map(|client| client.0.cache_stats())
            .unwrap_or_default()
    })
}
