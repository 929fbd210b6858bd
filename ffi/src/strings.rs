//! Texts as C strings that stay where they are.

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char};
use std::sync::{Arc, Mutex, PoisonError};

/// What of a value a string is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Text,
    Key,
    Json,
    Header,
}

/// NUL-terminated copies, each made at its first read and kept at one address until its owner is dropped.
///
/// They are counted (`Arc`) because a `Box` may not be moved while pointers into it are out.
#[derive(Default)]
pub(crate) struct Strings(Mutex<HashMap<(Part, usize), Arc<CStr>>>);

impl Strings {
    /// The string of a part, or NULL where there is none or it holds a NUL byte.
    pub(crate) fn get<T: Into<Vec<u8>>>(
        &self,
        part: Part,
        place: usize,
        text: impl FnOnce() -> Option<T>,
    ) -> *const c_char {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.get(&(part, place)) {
            return found.as_ptr();
        }
        let Some(made) = text().and_then(|text| CString::new(text).ok()) else {
            return std::ptr::null();
        };
        kept.entry((part, place))
            .or_insert_with(|| made.into())
            .as_ptr()
    }
}
