//! One error type for everything that can go wrong.

mod accessors;
mod body_json;
mod curl;
mod curl_request;
mod display;
mod error_type;
mod facts;
mod hint;
mod kind;
mod member;
mod names;
mod outcome;
mod payload;
mod reason;
mod report;
mod text;
mod webhook_hint;

pub(crate) use curl_request::{CurlBody, CurlRequest};
pub(crate) use error_type::MAX_BODY;
pub use error_type::{Error, Result};
pub use kind::{BASE_CLASSES, ErrorKind};
pub use member::{ErrorMember, MEMBERS};
pub(crate) use names::{in_language, name, named};
pub use outcome::Outcome;
pub use payload::Payload;
pub use reason::REASONS;
pub(crate) use reason::Reason;
pub(crate) use text::{MAX_MESSAGE, is_dangerous, printable, without_tokens};
