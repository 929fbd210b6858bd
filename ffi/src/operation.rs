//! The common part of the functions of all operations, and the call of an operation by its id.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::bindings::Recorder;
use penbox_core::{CallOptions, Client as CoreClient, Result};

use crate::client::Client;
use crate::error::Error;
use crate::options::Options;
use crate::pager::Pager;
use crate::params::Params;
use crate::status::Status;
use crate::value::Value;
use crate::{guard, input};

/// Calls an operation by its id, such as `forms.create`, for programs that choose it at run time. It does the same as
/// the function of that operation, and may be repeated if that may be. A list returns one page. Fails with
/// `PENBOX_ERROR_INVALID_ARGUMENT` for an unknown id and for an operation that moves a file, and with every kind of
/// error that the operation has.
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

/// Calls an operation and writes its answer to `out`.
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

/// Makes the pager of a list operation. Sends nothing.
pub(crate) fn pager(
    id: &str,
    client: Option<&Client>,
    params: Option<&Params>,
    options: Option<&Options>,
    out: Option<&mut MaybeUninit<*mut Pager>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        let client = client_for_call(client)?;
        let options = call_options(options).map_err(|error| client.placed(id, error))?;
        let pager = client.pager(id, &params_json(params), options)?;
        Ok(Pager::new(pager))
    })
}

/// Calls an operation and returns its answer. The caller runs it inside a guard.
///
/// # Errors
/// Every kind.
pub(crate) fn invoke(
    id: &str,
    client: Option<&Client>,
    params: Option<&Params>,
    options: Option<&Options>,
) -> Result<Value> {
    let client = client_for_call(client)?;
    // Bad options are found before the core knows the operation, so its id is added here.
    let options = call_options(options).map_err(|error| client.placed(id, error))?;
    let answer = client.invoke(id, &params_json(params), &options)?;
    Ok(Value::of_answer(answer))
}

/// Returns a client of its own for a call: a callback or another thread may free the handle before the call returns.
pub(crate) fn client_for_call(client: Option<&Client>) -> Result<CoreClient> {
    input::handle(client, "client").map(|client| client.0.clone())
}

/// Returns the parameters as JSON text, which is empty without any.
pub(crate) fn params_json(params: Option<&Params>) -> String {
    params.map(Params::to_json).unwrap_or_default()
}

/// Validates the options and returns them as the core takes them.
///
/// # Errors
/// The kind `invalid_argument` for an unknown name or an invalid value.
pub(crate) fn call_options(options: Option<&Options>) -> Result<CallOptions> {
    let options = options.map_or_else(|| Ok(CallOptions::new()), Options::build)?;
    // A value has functions for the HTTP side of its answer, and nobody says beforehand that they will be called.
    Ok(options.record(&Recorder::default()))
}
