//! The versions of the library.

#![expect(unsafe_code, reason = "exported names are unsafe attributes")]

use std::ffi::{CStr, c_char};

/// The package's version as a C string.
const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        // Cargo's versions hold no NUL, so this is never reached; it spares a panic in a constant.
        Err(_) => c"",
    };

/// Returns the version of the library that is running, such as `0.1.0`. Compare it with `PENBOX_VERSION` of the header.
/// The text is never freed.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_version() -> *const c_char {
    VERSION.as_ptr()
}

/// Returns the number of the binary interface of the library that is running, which is the last part of its soname. A
/// program works with every library that has the `PENBOX_ABI_VERSION` it was compiled with.
#[unsafe(no_mangle)]
pub extern "C" fn penbox_abi_version() -> u32 {
    // The same number stands in build.rs, and in the header as PENBOX_ABI_VERSION.
    0
}
