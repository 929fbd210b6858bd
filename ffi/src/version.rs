//! The library's own versions.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use std::ffi::{CStr, c_char};

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };

/// The version of the library that is running, such as `0.1.0`. Compare it with `PENBOX_VERSION` of the header.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_version() -> *const c_char {
    VERSION.as_ptr()
}

/// The number of the binary interface of the library that is running: the last part of its soname. A program works with
/// every library that has the `PENBOX_ABI_VERSION` it was compiled with.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_abi_version() -> u32 {
    0
}
