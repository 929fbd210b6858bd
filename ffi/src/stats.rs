//! The usage of a client, and of all clients of the process.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use std::mem::MaybeUninit;

use penbox_core::bindings::{Document, Language};
use penbox_core::{Error as CoreError, Result};
use serde_json::Value as Json;

use crate::client::Client;
use crate::error::Error;
use crate::guard;
use crate::operation::client_for_call;
use crate::status::Status;
use crate::value::Value;

/// Reads what a client and its clones did in this process since it was made. Sends nothing, works for a closed client,
/// too, and may be repeated. A forked child begins at zero.
///
/// The value has `/calls`, `/attempts`, `/repeats`, `/rate_limited`, `/waits`, `/waited_ms`, `/bytes_sent`,
/// `/bytes_received`, `/errors` (failed calls by the error's kind), `/operations` (by the operation's id: `calls`,
/// `errors`, `total_ms`, `max_ms`, and a `histogram` of `up_to_ms` and `calls`), `/since` and `/last_used_at` (texts of
/// RFC 3339), `/token_fingerprint`, `/token_name`, `/clients`, `/paused_for_ms`, `/rate_left`, `/hook_errors`,
/// `/alerts`, `/unusual` and `/deprecations`. What is not known is null. Times in milliseconds may have a fraction. It
/// holds no token. Fails with `PENBOX_ERROR_INVALID_ARGUMENT` for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_client_stats(
    client: Option<&Client>,
    out: Option<&mut MaybeUninit<*mut Value>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        let client = client_for_call(client)?;
        value(&client.stats().to_json(Language::C))
    })
}

/// Reads what all clients of this process did, by token: a list of values as `penbox_client_stats` gives them, the token
/// used last first. Clients that were freed count, too; of tokens without a client the last thousand are known. Sends
/// nothing, and may be repeated. A forked child begins at zero.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_process_stats(
    out: Option<&mut MaybeUninit<*mut Value>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        let all = penbox_core::process_stats();
        let all = all.iter().map(|stats| stats.to_json(Language::C));
        value(&all.collect::<Json>())
    })
}

/// Makes a value of JSON of the core.
///
/// # Errors
/// The kind `internal` for JSON that the core's own reader refuses, which none of the core is.
pub(crate) fn value(json: &Json) -> Result<Value> {
    let document = Document::parse(json.to_string())
        .map_err(|_| CoreError::internal("a report that is no JSON"))?;
    // The node at index 0 is the outermost one.
    Ok(Value::new(document, 0, None))
}
