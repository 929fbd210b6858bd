//! What the functions of all operations do.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::{CallOptions, Client as CoreClient, Result};

use crate::client::Client;
use crate::error::Error;
use crate::options::Options;
use crate::pager::Pager;
use crate::params::Params;
use crate::status::Status;
use crate::value::Value;
use crate::{guard, input};

/// Calls an operation by its id, such as `forms.create`: for programs that choose it at run time. Everything else is as
/// in the function of that operation; a list gives one page. An unknown id, and one of an operation that moves a file, is
/// `PENBOX_ERROR_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_client_invoke(
    client: Option<&Client>,
    operation: *const c_char,
    params: Option<&Params>,
    options: Option<&Options>,
    out: Option<&mut MaybeUninit<*mut Value>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        // SAFETY: the caller passes NULL or a C string.
        let id = unsafe { input::text(operation, "operation") }?;
        invoke(id, client, params, options)
    })
}

/// Calls an operation.
pub(crate) fn call(
    id: &str,
    client: Option<&Client>,
    params: Option<&Params>,
    options: Option<&Options>,
    out: Option<&mut MaybeUninit<*mut Value>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || invoke(id, client, params, options))
}

/// Walks a list.
pub(crate) fn pager(
    id: &str,
    client: Option<&Client>,
    params: Option<&Params>,
    options: Option<&Options>,
    out: Option<&mut MaybeUninit<*mut Pager>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        let client = held(client)?;
        let options = call_options(options).map_err(|error| client.placed(id, error))?;
        let pager = client.pager(id, &text_of(params), options)?;
        Ok(Pager::new(pager))
    })
}

/// Calls an operation inside a guard of the caller's.
pub(crate) fn invoke(
    id: &str,
    client: Option<&Client>,
    params: Option<&Params>,
    options: Option<&Options>,
) -> Result<Value> {
    let client = held(client)?;
    let options = call_options(options).map_err(|error| client.placed(id, error))?;
    let answer = client.invoke(id, &text_of(params), &options)?;
    Ok(Value::of_answer(answer))
}

/// The client for the length of a call: its handle may be freed meanwhile, in a callback or by another thread.
pub(crate) fn held(client: Option<&Client>) -> Result<CoreClient> {
    input::handle(client, "client").map(|client| client.0.clone())
}

/// Parameters as JSON text.
pub(crate) fn text_of(params: Option<&Params>) -> String {
    params.map(Params::to_json).unwrap_or_default()
}

/// Options as the core has them.
pub(crate) fn call_options(options: Option<&Options>) -> Result<CallOptions> {
    options.map_or_else(|| Ok(CallOptions::new()), Options::settle)
}
