//! The Penbox SDK as a C library: opaque handles and plain functions over the core.
//!
//! The rules that callers keep are in the first comment of `include/penbox.h` and in `README.md`. In here, handles cross as
//! `Option<&T>` and `Option<Box<T>>` (a C pointer that may be NULL), so that `unsafe` is left for C strings alone, and
//! every exported function does its work inside [`guard`].

#![deny(unsafe_code)]
#![expect(
    clippy::missing_safety_doc,
    reason = "the comments are those of the C header, whose first comment has the rules"
)]

pub mod callbacks;
pub mod cancel;
pub mod client;
pub mod config;
mod config_set;
pub mod error;
pub mod error_read;
pub mod error_text;
mod guard;
mod input;
mod json;
pub mod operation;
pub mod operations;
pub mod options;
mod page;
pub mod pager;
mod panics;
pub mod params;
pub mod params_set;
mod pointer;
mod privilege;
pub mod settings;
pub mod status;
mod strings;
mod transfer;
pub mod value;
pub mod value_read;
pub mod value_text;
pub mod version;

#[cfg(feature = "test-hooks")]
pub mod hooks;

/// C may hand any handle to another thread, and may use a client from several at once. Values are safe to read from
/// several, too, although the rules do not promise it.
const _: () = {
    const fn moves<T: Send>() {}
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<cancel::Cancel>();
    is_shared::<client::Client>();
    is_shared::<value::Value>();
    is_shared::<error::Error>();
    moves::<config::Config>();
    moves::<options::Options>();
    moves::<params::Params>();
    moves::<pager::Pager>();
};
