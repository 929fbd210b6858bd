//! The one send path: token, transport, classification, bytes. Every operation of every language goes through here.

mod admission;
mod budget;
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
mod moving;
mod options;
mod pace;
mod pause;
#[cfg(any(test, fuzzing))]
mod played;
mod quota;
mod read;
mod retry;
mod retry_after;
mod sender;
#[cfg(any(test, fuzzing))]
mod simulation;
mod sync;
mod target;
#[cfg(test)]
mod torture;
mod trying;
mod world;
mod writes;

pub(crate) use given::json_object;
pub use options::CallOptions;
pub(crate) use read::{cut_short, ends_by_close, unusable};
pub(crate) use sender::{Received, Sender};
pub(crate) use target::{JSON, Target};
pub use target::{Method, Safety};
pub(crate) use trying::ended;
pub(crate) use writes::Tally;
