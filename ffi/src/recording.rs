//! Recorded answers, for the unit tests of programs that use the library.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::bindings::Environment;
use penbox_core::testing;

use crate::client::Client;
use crate::config::Config;
use crate::error::Error;
use crate::status::Status;
use crate::{guard, input};

/// Answers that were recorded, to be played to a program's unit tests: a file of JSON lines that every language of the
/// SDK reads. Any number of threads may use one at the same time.
pub struct Recording(testing::Script);

/// Makes a client that writes what it is answered to a file, which is replaced. No token is in it and no header of a
/// request; texts that may be a contact's are replaced, and of a file only the size is kept. Look into it before it is
/// shared all the same: a key or a slug may be named after somebody. Fails with `PENBOX_ERROR_CONFIG` as
/// `penbox_client_new` does, and with `PENBOX_ERROR_FILE` if the file cannot be made. May be repeated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_recording_record(
    recorded: *const c_char,
    config: Option<&Config>,
    out: Option<&mut MaybeUninit<*mut Client>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        // SAFETY: the caller passes NULL or a C string.
        let path = unsafe { input::text(recorded, "recorded") }?;
        let config = input::handle(config, "config")?;
        let client = config.build_by(|builder| testing::Recording::record(builder, path));
        client.map(Client)
    })
}

/// Reads a recording of at most 64 MiB. Fails with `PENBOX_ERROR_FILE` if it cannot be read, or has another format or
/// version: the message names the line. May be repeated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_recording_read(
    recorded: *const c_char,
    out: Option<&mut MaybeUninit<*mut Recording>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        // SAFETY: the caller passes NULL or a C string.
        let path = unsafe { input::text(recorded, "recorded") }?;
        Ok(Recording(testing::Recording::read(path)?.script()))
    })
}

/// Makes a client that gets the answers, each operation's in the order in which they were recorded. All clients of a
/// recording take from the same ones. Token and address are the recording's, nothing is read from the environment, and
/// no wait takes time. A call without an answer fails with `PENBOX_ERROR_INTERNAL`, the reason `not_recorded` and the
/// outcome `not_sent`: its message names the operation, and the answers that are left. Fails with
/// `PENBOX_ERROR_CONFIG` if a setting is invalid. May be repeated.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_recording_client(
    recording: Option<&Recording>,
    config: Option<&Config>,
    out: Option<&mut MaybeUninit<*mut Client>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        let script = &input::handle(recording, "recording")?.0;
        let config = input::handle(config, "config")?;
        let client = config
            .build_by(|builder| script.client_of(builder.with_environment(Environment::empty())));
        client.map(Client)
    })
}

/// Returns the number of answers that were not given yet, and 0 for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_recording_left(recording: Option<&Recording>) -> usize {
    guard::read(0, || {
        let left = recording.map(|recording| recording.0.left());
        left.into_iter().flatten().map(|(_, count)| count).sum()
    })
}

/// Frees a recording. Clients that were made on it keep its answers. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_recording_free(recording: Option<Box<Recording>>) {
    guard::read((), move || drop(recording));
}
