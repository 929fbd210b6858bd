//! The headers of a request that a program received.

#![expect(unsafe_code, reason = "exported names, and text from C")]

use std::ffi::c_char;
use std::sync::Arc;

use penbox_core::webhook::DeliveryHeaders;
use penbox_core::{Error as CoreError, Result};

use crate::status::Status;
use crate::{guard, input};

/// The headers of a request that a program received, for `penbox_verifier_unwrap` and its siblings. All of them may be
/// added: names are compared without regard to case, and a header that is there twice is noticed.
#[derive(Clone, Default)]
pub struct Headers(Arc<Vec<Pair>>);

/// A header: its name and its value.
type Pair = (Box<[u8]>, Box<[u8]>);

impl DeliveryHeaders for Headers {
    fn values(&self, name: &str) -> Vec<&[u8]> {
        let named = |pair: &&Pair| pair.0.eq_ignore_ascii_case(name.as_bytes());
        self.0.iter().filter(named).map(|pair| &*pair.1).collect()
    }
}

/// Returns headers of its own for a call: a callback or another thread may free the handle, or add to it, before the
/// call returns.
///
/// # Errors
/// The kind `invalid_argument` for NULL.
pub(crate) fn headers_for_call(headers: Option<&Headers>) -> Result<Headers> {
    input::handle(headers, "headers").cloned()
}

/// Makes headers, none at first. Returns NULL only if there is no memory.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_headers_new() -> Option<Box<Headers>> {
    guard::read(None, || Some(Box::new(Headers::default())))
}

/// Adds a header, also where there is one of its name. Fails for NULL, which `getenv` and the look-ups of servers return
/// for a header that the request does not have, and for a text that is not UTF-8: nothing is added then, and what needs
/// the header reports that it is missing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_headers_add(
    headers: Option<&mut Headers>,
    name: *const c_char,
    value: *const c_char,
) -> Status {
    guard::set(|| {
        let headers = input::handle(headers, "headers")?;
        // SAFETY: the caller passes NULL or C strings.
        let (name, value) = unsafe { (input::text(name, "name")?, input::text(value, "value")?) };
        add(headers, name.as_bytes(), value.as_bytes())
    })
}

/// Adds a header whose name has `name_size` bytes and whose value has `value_size` bytes, without a NUL behind them, as
/// servers keep them that do not copy a request. The bytes are copied. Fails for NULL with a size above 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn penbox_headers_add_bytes(
    headers: Option<&mut Headers>,
    name: *const c_char,
    name_size: usize,
    value: *const c_char,
    value_size: usize,
) -> Status {
    guard::set(|| {
        let headers = input::handle(headers, "headers")?;
        // SAFETY: the caller passes NULL or this many bytes.
        let name = unsafe { input::bytes(name.cast(), name_size, "name") }?;
        // SAFETY: as above.
        let value = unsafe { input::bytes(value.cast(), value_size, "value") }?;
        add(headers, name, value)
    })
}

/// Removes all headers, so that the handle can be used for the next request. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_headers_clear(headers: Option<&mut Headers>) {
    guard::read((), || {
        if let Some(headers) = headers {
            *headers = Headers::default();
        }
    });
}

/// Frees headers. NULL does nothing.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_headers_free(headers: Option<Box<Headers>>) {
    guard::read((), move || drop(headers));
}

/// Adds a header.
fn add(headers: &mut Headers, name: &[u8], value: &[u8]) -> Result<()> {
    if name.is_empty() {
        return Err(CoreError::invalid_argument("name is empty"));
    }
    // Copies what a call has at this moment, which only a program that breaks the rules of threads can see.
    Arc::make_mut(&mut headers.0).push((name.into(), value.into()));
    Ok(())
}
