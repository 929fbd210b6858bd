//! C strings that keep their addresses.

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char};
use std::sync::{Arc, Mutex, PoisonError};

/// The part of a value that a string is a copy of.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// The text of a node, by the node's index.
    Text,
    /// The name of a member, by its position.
    Key,
    /// The JSON text of the value; its number is 0.
    Json,
    /// The value of a header, by its position in the answer.
    Header,
    /// The name of a header, by its position.
    HeaderName,
    /// The server's id of the request; its number is 0.
    RequestId,
}

/// NUL-terminated copies of texts. Each is made at its first read and keeps its address until its owner is dropped.
///
/// An `Arc` holds each copy. A `Box` must not move while pointers into it exist, and the map moves its entries when it
/// grows.
#[derive(Default)]
pub(crate) struct Strings(Mutex<HashMap<(Part, usize), Arc<CStr>>>);

impl Strings {
    /// Returns the string of a part, which `text` makes at the first read. Returns NULL without a text, and for a text
    /// that holds a NUL byte: C would cut it short.
    pub(crate) fn get<T: Into<Vec<u8>>>(
        &self,
        part: Part,
        number: usize,
        text: impl FnOnce() -> Option<T>,
    ) -> *const c_char {
        // A poisoned map is whole: an entry is made before it is inserted.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.get(&(part, number)) {
            return found.as_ptr();
        }
        let Some(made) = text().and_then(|text| CString::new(text).ok()) else {
            return std::ptr::null();
        };
        kept.entry((part, number))
            .or_insert_with(|| made.into())
            .as_ptr()
    }
}
