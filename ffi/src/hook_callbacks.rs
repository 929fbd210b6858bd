//! The caller's functions that run beside the requests of a client.

#![expect(unsafe_code, reason = "functions, pointers and text of C")]

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use penbox_core::bindings::Language;
use penbox_core::hooks::HookError;
use penbox_core::{ClientBuilder, Result};
use serde_json::Value as Json;

use crate::config::Config;
use crate::options::Options;
use crate::owned::Owned;
use crate::status::Status;
use crate::value::Value;
use crate::{guard, input, reason, stats};

/// A function that runs beside the requests of a client and looks: `on_response`, `on_retry` and `on_alert`. It returns
/// 0. Any other number is a failure, which is logged and counted (`/hook_errors` of `penbox_client_stats`), and changes
/// nothing for the call: -n for a reason of n bytes in `reason`, which has room for `size` (1,024), others for none.
/// `user` is the pointer that was passed with the function.
///
/// `event` is an object, see the function's setter. It ends when the function returns: never free it. It has neither the
/// token nor a value of the request or the answer.
///
/// It runs on the thread of the call, which may be any thread that uses the client, and one of the library's own for a
/// page that is fetched ahead: on several at once. The library holds no lock meanwhile. It may call the library, and
/// close and free this client; a call that it makes runs no hooks. It may neither throw nor `longjmp`. While it waits,
/// nothing can end the call.
pub type EventHook = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        event: *const Value,
        reason: *mut c_char,
        size: usize,
    ) -> i64,
>;

/// A function that runs before each attempt: `on_request`. It returns 0 to let the attempt go on. Any other number ends
/// the call with `PENBOX_ERROR_CANCELLED` and the reason `hook`, and the attempt is not sent: -n for a text of n bytes in
/// `reason`, of which the error's message has 200 characters, with tokens masked; others for none.
///
/// `headers` are options that end when the function returns: never free them. `penbox_options_set_header` adds a header
/// to this attempt, in the place of one of the same name that the call has. One that the client sets itself ends the
/// call with `PENBOX_ERROR_INVALID_ARGUMENT`, and every other option ends it as a failure of the function. The rules of
/// `penbox_event_hook` hold.
pub type RequestHook = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        event: *const Value,
        headers: *mut Options,
        reason: *mut c_char,
        size: usize,
    ) -> i64,
>;

/// A function that frees the `user` pointer of a hook, once no client, no running call and no settings have it any more.
/// It may run on any thread that frees the last of them.
pub type HookFree = Option<unsafe extern "C" fn(user: *mut c_void)>;

/// A function that runs before each attempt, on the thread of the call. It may add headers, and its failure ends the
/// call: kind `cancelled`, reason `hook`, and the attempt is not sent. Default: none.
///
/// The event has `/operation`, `/method`, `/path` (a template, such as `/forms/{id}`) and `/attempt`, from 1. `user` is
/// passed to the function, and to `free` as `penbox_hook_free` says; `free` may be NULL. Fails for a NULL `config` or
/// `hook`; `free` is then not called.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_set_on_request(
    config: Option<&mut Config>,
    hook: RequestHook,
    user: *mut c_void,
    free: HookFree,
) -> Status {
    set(config, hook, user, free, |builder, hook, owned| {
        builder.on_request(move |event| {
            let mut headers = Options::default();
            run(&event.to_json(Language::C), |event, reason, size| {
                // SAFETY: the setter's caller promised that the function takes this pointer; the rest lives until it returns.
                unsafe { hook(owned.user, event, &raw mut headers, reason, size) }
            })?;
            for (name, value) in headers.into_headers()? {
                event.header(name, value);
            }
            Ok(())
        })
    })
}

/// A function that runs after each attempt before which `on_request` did not fail, whether the attempt succeeded, failed
/// or was held back. Its failure is logged and counted, and changes nothing for the call. Default: none.
///
/// The event has the members of `penbox_config_set_on_request`, and `/http_status`, `/request_id`, `/elapsed_ms`,
/// `/retry_after_ms`, `/error` (the kind) and `/outcome`; null where there is none. For `user` and `free` see there.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_set_on_response(
    config: Option<&mut Config>,
    hook: EventHook,
    user: *mut c_void,
    free: HookFree,
) -> Status {
    set(config, hook, user, free, |builder, hook, owned| {
        builder.on_response(move |event| observe(hook, &owned, &event.to_json(Language::C)))
    })
}

/// A function that runs before the wait for another attempt. Its failure is logged and counted, and changes nothing for
/// the call. Default: none.
///
/// The event has the members of `penbox_config_set_on_request`, and `/wait_ms`, `/error` (the kind), `/reason` and
/// `/http_status`; null where there is none. For `user` and `free` see there.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_set_on_retry(
    config: Option<&mut Config>,
    hook: EventHook,
    user: *mut c_void,
    free: HookFree,
) -> Status {
    set(config, hook, user, free, |builder, hook, owned| {
        builder.on_retry(move |event| observe(hook, &owned, &event.to_json(Language::C)))
    })
}

/// A function that runs once an episode of unusual use: far more calls in a minute than usual, or five refusals of the
/// token in a row. Its failure is logged and counted, and changes nothing for the call. Default: none.
///
/// The event has `/rule` (`calls` or `refusals`), `/count`, `/usual` (null for refusals) and `/message`. For `user` and
/// `free` see `penbox_config_set_on_request`.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_config_set_on_alert(
    config: Option<&mut Config>,
    hook: EventHook,
    user: *mut c_void,
    free: HookFree,
) -> Status {
    set(config, hook, user, free, |builder, hook, owned| {
        builder.on_alert(move |event| observe(hook, &owned, &event.to_json(Language::C)))
    })
}

/// Stores a hook in the settings.
fn set<H>(
    config: Option<&mut Config>,
    hook: Option<H>,
    user: *mut c_void,
    free: HookFree,
    add: impl FnOnce(ClientBuilder, H, Arc<Owned>) -> ClientBuilder,
) -> Status {
    guard::set(|| {
        let config = input::handle(config, "config")?;
        let hook = input::handle(hook, "hook")?;
        let builder = std::mem::take(&mut config.settings);
        config.settings = add(builder, hook, Arc::new(Owned { user, free }));
        Ok(())
    })
}

/// A function of C that looks, without its `Option`.
type Observer = unsafe extern "C" fn(*mut c_void, *const Value, *mut c_char, usize) -> i64;

/// Runs a hook that only looks.
fn observe(hook: Observer, owned: &Owned, event: &Json) -> Result<(), HookError> {
    run(event, |event, reason, size| {
        // SAFETY: the setter's caller promised that the function takes this pointer; the rest lives until it returns.
        unsafe { hook(owned.user, event, reason, size) }
    })
}

/// Makes the event's value and the room for a reason, and reads what the function returned.
fn run(
    event: &Json,
    call: impl FnOnce(*const Value, *mut c_char, usize) -> i64,
) -> Result<(), HookError> {
    let event = stats::value(event)?;
    let mut room = [0; reason::ROOM];
    let result = call(&raw const event, room.as_mut_ptr().cast(), room.len());
    match result {
        0 => Ok(()),
        _ => Err(reason::read(result, &room).into()),
    }
}
