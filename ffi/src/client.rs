//! The client.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use std::mem::MaybeUninit;

use penbox_core::Client as CoreClient;

use crate::config::Config;
use crate::error::Error;
use crate::status::Status;
use crate::{guard, input};

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
