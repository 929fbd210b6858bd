//! The Penbox SDK as a C library: opaque handles and plain functions over the core.
//!
//! The rules for callers are in the first comment of `include/penbox.h` and in `README.md`. Handles cross the boundary
//! as `Option<&T>` and `Option<Box<T>>`, which are C pointers that may be NULL. So only C strings, bytes and callbacks
//! need `unsafe`. Every exported function does its work inside [`guard`].

#![deny(unsafe_code)]
#![expect(
    clippy::missing_safety_doc,
    reason = "the comments are those of the C header, whose first comment has the rules"
)]

pub mod callbacks;
pub mod cancel;
pub mod check;
pub mod client;
pub mod config;
mod config_set;
pub mod error;
pub mod error_http;
pub mod error_read;
pub mod error_text;
mod guard;
pub mod headers;
pub mod hook_callbacks;
mod input;
mod json;
pub mod log;
pub mod operation;
pub mod operations;
pub mod options;
mod owned;
mod page;
pub mod pager;
mod panics;
pub mod params;
pub mod params_set;
mod pointer;
mod privilege;
mod reason;
pub mod recording;
pub mod replay_store;
pub mod request;
pub mod settings;
pub mod stats;
pub mod status;
mod strings;
pub mod token_provider;
mod transfer;
pub mod value;
pub mod value_http;
pub mod value_read;
pub mod value_text;
pub mod verifier;
pub mod verifier_config;
pub mod version;

#[cfg(feature = "test-hooks")]
pub mod hooks;

/// The threads that may use a handle, verified by the compiler. C may pass any handle to another thread, and may use a
/// client or a cancel token from several at once. Values and errors can be read from several, too, although the rules
/// do not promise it.
const _: () = {
    // Compiles for the handles that may move to another thread.
    const fn moves<T: Send>() {}
    // Compiles for the handles that several threads may use at once.
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<cancel::Cancel>();
    is_shared::<client::Client>();
    is_shared::<value::Value>();
    is_shared::<error::Error>();
    moves::<config::Config>();
    moves::<options::Options>();
    moves::<params::Params>();
    moves::<pager::Pager>();
    is_shared::<recording::Recording>();
    is_shared::<verifier::Verifier>();
    moves::<headers::Headers>();
    moves::<verifier_config::VerifierConfig>();
};
