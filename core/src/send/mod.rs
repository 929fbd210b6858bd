//! The one send path: token, transport, classification, bytes. Every operation of every language goes through here.

mod admission;
mod attempts;
mod classify;
mod error_body;
mod file_answer;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
#[doc(hidden)]
pub mod given;
mod headers;
#[cfg(any(test, fuzzing))]
mod heard;
mod http_date;
#[cfg(all(test, penbox_loom))]
mod interleaving;
mod lenient_json;
mod minimum_throughput;
mod options;
#[cfg(any(test, fuzzing))]
mod played;
mod rate_limiter;
mod request;
mod response_body;
mod retry;
mod retry_after;
mod retry_quota;
mod runtime;
mod sender;
#[cfg(any(test, fuzzing))]
mod simulation;
mod sync;
mod throttle;
#[cfg(test)]
mod torture;
mod transfers;
mod writes;

pub(crate) use attempts::ended;
pub(crate) use given::json_object;
pub use options::CallOptions;
pub(crate) use request::{JSON, Target};
pub use request::{Method, Safety};
pub(crate) use response_body::{cut_short, ends_by_close, unusable};
pub(crate) use sender::{Received, Sender};
pub(crate) use writes::Tally;
