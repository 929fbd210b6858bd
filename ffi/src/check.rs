//! The check of a client.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::bindings::Document;
use penbox_core::{CheckOptions, Error as CoreError};

use crate::client::Client;
use crate::error::Error;
use crate::operation::{call_options, client_for_call};
use crate::options::Options;
use crate::status::Status;
use crate::value::Value;
use crate::{guard, input};

/// Checks the token, the settings, the connection and the clock. It sends one `GET /workspaces` and no more. `workspace`
/// is the slug or id of the workspace that the token should open, or NULL for any.
///
/// The value is the report: `/ok` (false if a finding is an error), `/findings` (each with `id`, `level`, `message` and
/// `fix`, which is null where there is nothing to do), `/curl` (the call for a shell, with `$PENBOX_API_TOKEN`), and
/// `/text`, the report for humans. It holds no token. A call that fails is a finding and no error: fails with
/// `PENBOX_ERROR_CLOSED` for a closed client, and with `PENBOX_ERROR_CANCELLED` if the options' cancel ended the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_client_check(
    client: Option<&Client>,
    workspace: *const c_char,
    options: Option<&Options>,
    out: Option<&mut MaybeUninit<*mut Value>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        let client = client_for_call(client)?;
        let mut wanted = CheckOptions::new();
        if !workspace.is_null() {
            // SAFETY: the caller passes NULL or a C string.
            wanted = wanted.workspace(unsafe { input::text(workspace, "workspace") }?);
        }
        let report = client.check_called(&call_options(options)?, &wanted)?;
        let document = Document::parse(report.to_json_with_text())
            .map_err(|_| CoreError::internal("a report that is no JSON"))?;
        // The node at index 0 is the outermost one.
        Ok(Value::new(document, 0, None))
    })
}
