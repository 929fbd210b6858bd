//! JSON: the text as it was received, a tape over it, and the types that read them.

mod base64_filter;
mod cursor;
pub(crate) mod decode;
mod document;
mod escape;
mod events;
mod fields;
mod node;
mod number;
mod punctuation;
pub(crate) mod raw;
mod schema_check;
mod shared_str;
mod surrogates;
mod swar;
mod tape;
mod tape_parser;

pub(crate) use base64_filter::Base64Filter;
pub(crate) use cursor::{Cursor, Name};
pub use document::Document;
pub use events::{Events, JsonEvent};
pub(crate) use node::lenient_value;
pub use node::{Node, NodeKind};
pub(crate) use schema_check::mismatch;
pub use shared_str::SharedStr;
pub(crate) use surrogates::replace_lone_surrogates;
