//! The callback that gives the token, and the token's change.

#![expect(unsafe_code, reason = "functions, pointers and text of C")]

use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::sync::Arc;

use penbox_core::bindings::TokenRequest;

use crate::client::Client;
use crate::config::Config;
use crate::error::Error;
use crate::owned::Owned;
use crate::status::Status;
use crate::{guard, input};

/// The room for a token, which has 517 characters at most, or for the reason why there is none.
const ROOM: usize = 1024;

/// A function that gives the token: it writes it to `buffer`, without a NUL, and returns its length in bytes. `size` is
/// 1,024, more than any token has. 0 means that there is none: the call fails with `PENBOX_ERROR_CONFIG` and the reason
/// `provider_empty`. A negative number is a failure (`provider_failed`): -n for a message of n bytes in `buffer`, in
/// which tokens are masked, -1 with nothing written for none. `user` is the pointer that was passed with the function.
/// `buffer` holds zeros at first, is wiped afterwards, and is valid until the function returns.
///
/// It runs on the thread of the call that needs the token, which may be any thread that uses the client, on one at a
/// time. It must not use that client, and may neither throw nor `longjmp`. While it waits, nothing can end the call.
pub type TokenProvider =
    Option<unsafe extern "C" fn(user: *mut c_void, buffer: *mut c_char, size: usize) -> i64>;

/// A function that frees the `user` pointer of a `penbox_token_provider`, once no client and no settings have it any
/// more. It may run on any thread that frees the last of them.
pub type TokenProviderFree = Option<unsafe extern "C" fn(user: *mut c_void)>;

/// A callback that gives the token, instead of the token itself. It is called at the first call, once for all calls
/// that wait for its answer, and again after a 401, at most once a second; making the client does not call it. Default:
/// none.
///
/// `user` is passed to it, and to `free` once neither these settings, nor their copies, nor a client made from them has
/// it; `free` may be NULL. Fails for a NULL `config` or `provider`; `free` is then not called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_config_set_token_provider(
    config: Option<&mut Config>,
    provider: TokenProvider,
    user: *mut c_void,
    free: TokenProviderFree,
) -> Status {
    guard::set(|| {
        let config = input::handle(config, "config")?;
        let provider = input::handle(provider, "provider")?;
        let owned = Arc::new(Owned { user, free });
        let builder = std::mem::take(&mut config.settings);
        config.settings = builder.token_provider_later(move |request| {
            let mut buffer = Wiped([0; ROOM]);
            // SAFETY: the setter's caller promised that the function takes this pointer; the buffer has that many bytes.
            let length = unsafe { provider(owned.user, buffer.0.as_mut_ptr().cast(), ROOM) };
            answer(request, length, &buffer.0);
        });
        Ok(())
    })
}

/// A buffer that is wiped when it is dropped, since it holds a token.
struct Wiped([u8; ROOM]);

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.fill(0);
        // Without it the compiler may leave the write out: nobody reads the buffer again.
        std::hint::black_box(&self.0);
    }
}

/// Answers the core with what the function returned and wrote.
fn answer(request: TokenRequest, length: i64, buffer: &[u8]) {
    let size = usize::try_from(length.unsigned_abs()).unwrap_or(usize::MAX);
    let text = buffer.get(..size).map(std::str::from_utf8);
    match (length, text) {
        (0, _) => drop(request),
        (_, None) => request.raised("it returned more bytes than it had room for", None),
        (_, Some(Err(_))) => request.raised("it wrote what is not UTF-8", None),
        (1.., Some(Ok(token))) => request.give(token.to_owned()),
        (_, Some(Ok(message))) => request.raised(message.trim_matches('\0'), None),
    }
}

/// Replaces the token of a client and all its clones, without a break: calls in flight keep theirs, later ones take the
/// new one, and so do repeats of calls whose old token is refused. A pause after a 429 ends, since it belongs to the
/// old token. From then on no provider, command or file is asked. Fails with `PENBOX_ERROR_CONFIG` for what is no
/// token, and with `PENBOX_ERROR_CLOSED` for a closed client; the token in use then stays.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_client_set_token(
    client: Option<&Client>,
    token: *const c_char,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::run(err, || {
        let client = input::handle(client, "client")?;
        // SAFETY: the caller passes NULL or a C string.
        client.0.set_token(unsafe { input::text(token, "token") }?)
    })
}
