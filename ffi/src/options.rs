//! What a single call may change.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::{CallOptions, CancelToken, Error as CoreError, Result};
use serde_json::{Map, Value};

use crate::cancel::Cancel;
use crate::error::Error;
use crate::status::Status;
use crate::{guard, input, json};

/// What a single call does differently from its client. Setters keep what they are given; the call judges it.
#[derive(Clone, Default)]
pub struct Options {
    members: Map<String, Value>,
    cancel: Option<CancelToken>,
}

impl Options {
    /// The options as the core has them.
    pub(crate) fn settle(&self) -> Result<CallOptions> {
        let options = CallOptions::from_json(&Value::from(self.members.clone()).to_string())?;
        Ok(match &self.cancel {
            Some(token) => options.cancel(token),
            None => options,
        })
    }

    /// Puts a member into one of the options that are objects.
    fn put(&mut self, option: &str, name: &str, value: Value) -> Result<()> {
        let place = self
            .members
            .entry(option)
            .or_insert_with(|| Value::Object(Map::new()));
        match place {
            Value::Object(members) => {
                members.insert(name.to_owned(), value);
                Ok(())
            }
            _ => Err(CoreError::invalid_argument(format!(
                "the option {option} is no object"
            ))),
        }
    }
}

/// New options that change nothing. NULL only without memory.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_new() -> Option<Box<Options>> {
    guard::read(None, || Some(Box::default()))
}

/// New options from a JSON object: `{"timeout_ms": 5000, "max_attempts": 1, "retry_unsafe": false, "headers": {..}, "query": {..},
/// "body": {..}}`. Text that is no JSON object is refused here, unknown names and wrong values by the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_options_from_json(
    json: *const c_char,
    out: Option<&mut MaybeUninit<*mut Options>>,
    err: Option<&mut MaybeUninit<*mut Error>>,
) -> Status {
    guard::make(out, err, || {
        // SAFETY: the caller passes NULL or a C string.
        let members = unsafe { json::object(json, "options") }?;
        Ok(Options {
            members,
            cancel: None,
        })
    })
}

/// The limit of this call as a whole, its waits included, in milliseconds, 1 to 86400000, instead of the client's. It holds for
/// calls that move a file, too, which the client's does not.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_set_timeout_ms(
    options: Option<&mut Options>,
    timeout_ms: u64,
) -> Status {
    guard::set(|| {
        let options = input::handle(options, "options")?;
        let members = &mut options.members;
        members.insert("timeout_ms".to_owned(), timeout_ms.into());
        Ok(())
    })
}

/// The most requests this call makes, the first included, 1 to 100, instead of the client's.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_set_max_attempts(
    options: Option<&mut Options>,
    max_attempts: u32,
) -> Status {
    guard::set(|| {
        let options = input::handle(options, "options")?;
        options
            .members
            .insert("max_attempts".to_owned(), max_attempts.into());
        Ok(())
    })
}

/// Whether this call is repeated also where it may have acted: 0 (as it is at first) or not. Only for what is harmless twice.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_set_retry_unsafe(
    options: Option<&mut Options>,
    repeat: i32,
) -> Status {
    guard::set(|| {
        let options = input::handle(options, "options")?;
        options
            .members
            .insert("retry_unsafe".to_owned(), (repeat != 0).into());
        Ok(())
    })
}

/// A token that ends this call from another thread. The options keep it: its handle may be freed before they are.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_set_cancel(
    options: Option<&mut Options>,
    cancel: Option<&Cancel>,
) -> Status {
    guard::set(|| {
        let options = input::handle(options, "options")?;
        options.cancel = Some(input::handle(cancel, "cancel")?.0.clone());
        Ok(())
    })
}

/// An extra header. Those the client sets itself (`Authorization`, `Content-Type`, ...) are refused by the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_options_set_header(
    options: Option<&mut Options>,
    name: *const c_char,
    value: *const c_char,
) -> Status {
    guard::set(|| {
        let options = input::handle(options, "options")?;
        // SAFETY: the caller passes NULL or C strings.
        let (name, value) = unsafe { (input::text(name, "name")?, input::text(value, "value")?) };
        options.put("headers", name, value.into())
    })
}

/// An extra query parameter, for what this SDK does not know.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_options_set_query(
    options: Option<&mut Options>,
    name: *const c_char,
    value: *const c_char,
) -> Status {
    guard::set(|| {
        let options = input::handle(options, "options")?;
        // SAFETY: the caller passes NULL or C strings.
        let (name, value) = unsafe { (input::text(name, "name")?, input::text(value, "value")?) };
        options.put("query", name, value.into())
    })
}

/// An extra member of the body, as JSON, for what this SDK does not know. Text that is not JSON is refused.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_options_set_body_json(
    options: Option<&mut Options>,
    name: *const c_char,
    json: *const c_char,
) -> Status {
    guard::set(|| {
        let options = input::handle(options, "options")?;
        // SAFETY: the caller passes NULL or C strings.
        let (name, value) = unsafe { (input::text(name, "name")?, json::value(json, "members")?) };
        options.put("body", name, value)
    })
}

/// An independent copy. NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_clone(options: Option<&Options>) -> Option<Box<Options>> {
    guard::read(None, || options.cloned().map(Box::new))
}

/// Frees options. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_free(options: Option<Box<Options>>) {
    guard::read((), move || drop(options));
}
