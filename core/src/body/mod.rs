//! JSON in the one form that C and Python look into.

mod builder;
mod document;
mod escape;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod index;
mod node;
mod number;
mod reader;
mod scan;
mod shape;
mod skip;
mod step;
mod surrogates;
mod text;
mod walk;

pub use document::Document;
pub(crate) use document::lenient_value;
pub use node::{Node, NodeKind};
pub(crate) use reader::{Name, Reader};
pub(crate) use shape::mismatch;
pub(crate) use skip::SkipData;
pub(crate) use surrogates::replace_lone_surrogates;
pub use text::SharedStr;
pub use walk::{Events, JsonEvent};
