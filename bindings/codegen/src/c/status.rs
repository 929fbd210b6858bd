//! `ffi/src/status.rs`: the error table as C constants.

use crate::file::{File, MARK};
use crate::spec::Spec;

/// The module of statuses.
pub(super) fn file(spec: &Spec) -> File {
    let mut text = format!(
        "//! The status of a call. {MARK}

/// The status of a fallible call: `PENBOX_OK`, or the number of the error's kind, one of `PENBOX_ERROR_*`. Numbers are never
/// reused, and later versions may add some.
pub type Status = i32;

/// The values of `penbox_status`.
#[repr(C)]
#[expect(
    non_camel_case_types,
    reason = \"the names of C are written out, as cbindgen takes them\"
)]
pub enum StatusCode {{
    /// It worked.
    PENBOX_OK = 0,
"
    );
    for kind in &spec.errors.kinds {
        text.push_str(&format!(
            "    /// {}\n    PENBOX_ERROR_{} = {},\n",
            kind.doc,
            kind.kind.to_uppercase(),
            kind.number
        ));
    }
    text.push_str("}\n");
    File::new("ffi/src/status.rs", text)
}
