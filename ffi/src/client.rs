//! The client: made, cloned, closed and freed.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use std::mem::MaybeUninit;

use penbox_core::Client as CoreClient;

use crate::config::Config;
use crate::error::Error;
use crate::status::Status;
use crate::{guard, input};

/// A client of the Penbox API: its connections, token and settings. Any number of threads may use one at the same time.
pub struct Client(pub(crate) CoreClient);

/// Validates the settings and makes a client. Sends nothing and may be repeated. Fails with `PENBOX_ERROR_CONFIG` if no
/// token is found or a setting is invalid: the error's message names the fault, and its hint the remedy.
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

/// Makes another handle of the same client, for a thread or a module that frees its own. Handles share the connections,
/// and closing one closes all. Returns NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_client_clone(client: Option<&Client>) -> Option<Box<Client>> {
    guard::read(None, || Some(Box::new(Client(client?.0.clone()))))
}

/// Closes the client for this handle and all its clones. Calls in flight end, and later ones fail with
/// `PENBOX_ERROR_CLOSED`. The handles still have to be freed. NULL does nothing, and repeating it is harmless.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_client_close(client: Option<&Client>) {
    guard::read((), || {
        if let Some(client) = client {
            client.0.close();
        }
    });
}

/// Frees a handle. Every handle, pager and running call keeps the client alive; it ends with the last of them. So a
/// handle may be freed in a callback of its own call, and by another thread once the call has begun. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_client_free(client: Option<Box<Client>>) {
    guard::read((), move || drop(client));
}
