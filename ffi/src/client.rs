//! The client.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::Client as CoreClient;

use crate::config::Config;
use crate::error::Error;
use crate::options::Options;
use crate::params::Params;
use crate::status::Status;
use crate::value::Value;
use crate::{guard, input, operation};

/// A client of the Penbox API: connections, token and settings. Any number of threads may use one at the same time.
pub struct Client(pub(crate) CoreClient);

/// Judges the settings and makes a client. Sends nothing. `PENBOX_ERROR_CONFIG` where no token is found or a setting is
/// not good: the error's message says what is wrong, its hint what to do.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_client_new(
    config: Option<&Config>,
    out: Option<&mut MaybeUninit<*mut Client>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        input::handle(config, "config")?.build().map(Client)
    })
}

/// Another handle of the same client, for a thread or a module that frees its own. It shares connections, and being
/// closed. NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_client_clone(client: Option<&Client>) -> Option<Box<Client>> {
    guard::read(None, || Some(Box::new(Client(client?.0.clone()))))
}

/// Closes the client behind this handle and all its clones: calls in flight end, and later ones fail with
/// `PENBOX_ERROR_CLOSED`. The handles still have to be freed. NULL is fine, and so is closing twice.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_client_close(client: Option<&Client>) {
    guard::read((), || {
        if let Some(client) = client {
            client.0.close();
        }
    });
}

/// Frees a handle. The client itself ends with its last handle, the pagers made from it and the calls that are under way: each
/// holds it, so a handle may be freed in a callback of its own call, and by another thread once the call has begun. NULL is
/// fine.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_client_free(client: Option<Box<Client>>) {
    guard::read((), move || drop(client));
}

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
        operation::invoke(id, client, params, options)
    })
}
