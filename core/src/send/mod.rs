//! The one send path: token, transport, classification, bytes. Every operation of every language goes through here.

mod classify;
mod headers;
mod moving;
mod options;
mod quota;
mod read;
mod retry;
mod retry_after;
mod sender;
mod target;
mod trying;
mod world;

pub use options::CallOptions;
pub(crate) use options::json_object;
pub(crate) use read::{cut_short, ends_by_close, unusable};
pub(crate) use sender::{Received, Sender};
pub(crate) use target::{JSON, Target};
pub use target::{Method, Safety};
