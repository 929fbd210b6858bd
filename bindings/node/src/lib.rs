//! The native addon of the Node package. Settings, parameters and answers cross as JSON text, errors as JSON payloads.
//!
//! No code here waits on the JavaScript thread, but for the command `doctor`. Calls run in the core's pool, and their results return through
//! one threadsafe function for each JavaScript environment. Users see the TypeScript in `ts/`.

mod batch;
mod bridge;
mod cancel;
mod channel;
mod check;
mod client;
mod fault;
mod files;
mod json;
mod log_bridge;
mod message;
mod observer;
mod options;
mod pager;
mod recording;
mod settings;
mod streams;
mod token_requests;
mod transfer;
mod usage;
mod verifier;
mod verifier_settings;
mod watch;
