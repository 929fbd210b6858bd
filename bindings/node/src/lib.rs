//! The native addon of the Node package: settings, calls and pages cross here as JSON text, errors as their payload.
//!
//! Nothing here waits on the JavaScript thread: calls run on [`penbox_core::bindings::Workers`], and their results come back through
//! one threadsafe function a JavaScript environment. The TypeScript in `ts/` is what users see.

mod bridge;
mod cancel;
mod channel;
mod client;
mod fault;
mod files;
mod json;
mod options;
mod pager;
mod settings;
mod streams;
mod system;
mod transfer;
