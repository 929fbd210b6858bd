//! The options of a single call.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::mem::MaybeUninit;

use penbox_core::{CallOptions, CancelToken, Error as CoreError, Result};
use serde_json::{Map, Value};

use crate::cancel::Cancel;
use crate::error::Error;
use crate::status::Status;
use crate::{guard, input, json};

/// The options of a single call: its differences from the settings of its client. A setter stores its value unchecked,
/// and the call validates all of them.
#[derive(Clone, Default)]
pub struct Options {
    members: Map<String, Value>,
    cancel: Option<CancelToken>,
    /// The bytes of a download stay in memory.
    into_memory: bool,
    /// The function of a download can start over.
    restarts: bool,
}

impl Options {
    /// Validates the options and returns them as the core takes them.
    ///
    /// # Errors
    /// The kind `invalid_argument` for an unknown name or an invalid value.
    pub(crate) fn build(&self) -> Result<CallOptions> {
        let options = CallOptions::from_json(&Value::from(self.members.clone()).to_string())?;
        let options = match &self.cancel {
            Some(token) => options.cancel(token),
            None => options,
        };
        Ok(match self.into_memory {
            true => options.into_memory(),
            false => options,
        })
    }

    /// Returns true if the function of a download can start over.
    pub(crate) fn restarts(&self) -> bool {
        self.restarts
    }

    /// Takes the headers, all that a hook may set.
    ///
    /// # Errors
    /// The kind `invalid_argument` for any other option.
    pub(crate) fn into_headers(mut self) -> Result<Vec<(String, String)>> {
        let headers = self.members.remove("headers");
        if !self.members.is_empty() || self.cancel.is_some() || self.into_memory || self.restarts {
            let text = "a hook sets headers, and no other option";
            return Err(CoreError::invalid_argument(text));
        }
        // `penbox_options_set_header` stores an object of texts, and a hook's options are made by nobody else.
        let Some(Value::Object(headers)) = headers else {
            return Ok(Vec::new());
        };
        let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
        let pairs = headers.into_iter();
        Ok(pairs.map(|(name, value)| (name, text(value))).collect())
    }

    /// Stores a member of one of the options that are objects, such as `headers`.
    fn put(&mut self, option: &str, name: &str, value: Value) -> Result<()> {
        // `penbox_options_from_json` stores any value, so the option need not be an object.
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

/// Makes options that change nothing. Returns NULL only if there is no memory.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_new() -> Option<Box<Options>> {
    guard::read(None, || Some(Box::default()))
}

/// Makes options from a JSON object: `{"timeout_ms": 5000, "max_attempts": 1, "retry_unsafe": false, "headers": {..},
/// "query": {..}, "body": {..}}`. Fails with `PENBOX_ERROR_INVALID_ARGUMENT` if the text is not a JSON object. The call
/// reports unknown names and invalid values.
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
            ..Options::default()
        })
    })
}

/// The limit of the call as a whole, its waits included, instead of the client's limits for calls and for files. In
/// milliseconds. Range: 1 ms to 24 h.
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

/// The most requests that the call makes, the first included, instead of the client's number. Range: 1 to 100.
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

/// Repeats the call even if the server may have acted. Only for calls that do no harm when they act twice, such as a
/// lookup sent as a POST.
///
/// 0, the default, is off; every other number is on.
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

/// Requests the answer from the server, although the client's cache has one, and keeps the new one there. It has no
/// effect without `cache_ttl`, and on calls that are never cached.
///
/// 0, the default, is off; every other number is on.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_set_fresh(options: Option<&mut Options>, fresh: i32) -> Status {
    guard::set(|| {
        let options = input::handle(options, "options")?;
        let members = &mut options.members;
        members.insert("fresh".to_owned(), (fresh != 0).into());
        Ok(())
    })
}

/// The `penbox_cancel` that ends the call from elsewhere. If it is cancelled already, nothing is sent.
///
/// The options keep the token, so its handle may be freed before they are.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_set_cancel(
    options: Option<&mut Options>,
    cancel: Option<&Cancel>,
) -> Status {
    guard::set(|| {
        let options = input::handle(options, "options")?;
        // NULL is an error: without its token the call could not be cancelled, and nobody would notice before.
        options.cancel = Some(input::handle(cancel, "cancel")?.0.clone());
        Ok(())
    })
}

/// Declares that the function which takes the bytes of a download keeps them in memory. Then the client's
/// `max_download_bytes` holds for them: a larger file is an error, and where its size is known the function is not
/// called for it.
///
/// 0, the default, is off; every other number is on.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_set_into_memory(
    options: Option<&mut Options>,
    into_memory: i32,
) -> Status {
    guard::set(|| {
        let options = input::handle(options, "options")?;
        options.into_memory = into_memory != 0;
        Ok(())
    })
}

/// Declares that the function which takes the bytes of a download can start over. After an attempt that broke it is
/// called with NULL and a size of 0, and forgets all bytes that it was given; then the download is attempted again. If
/// it returns false then, or without this option, a download is not repeated once the function has bytes.
///
/// 0, the default, is off; every other number is on.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_set_restarts(
    options: Option<&mut Options>,
    restarts: i32,
) -> Status {
    guard::set(|| {
        let options = input::handle(options, "options")?;
        options.restarts = restarts != 0;
        Ok(())
    })
}

/// An extra header. Those that the client sets itself (`Authorization`, `Content-Type`, ...) are refused.
///
/// The call fails with `PENBOX_ERROR_INVALID_ARGUMENT` for one that is refused.
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

/// An extra member of the body, for what this SDK does not know.
///
/// The value is JSON text. Fails with `PENBOX_ERROR_INVALID_ARGUMENT` for text that is not JSON.
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

/// Makes an independent copy of options. Returns NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_clone(options: Option<&Options>) -> Option<Box<Options>> {
    guard::read(None, || options.cloned().map(Box::new))
}

/// Frees options. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_options_free(options: Option<Box<Options>>) {
    guard::read((), move || drop(options));
}
