//! Bodies: JSON in the one form that C and Python look into, and files on their way in and out.

mod builder;
mod document;
mod escape;
pub(crate) mod file_name;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod index;
mod input;
pub(crate) mod multipart;
mod node;
mod number;
mod reader;
mod scan;
mod shape;
mod skip;
mod source;
mod step;
mod stream;
mod surrogates;
mod target;
mod text;
mod walk;

pub use document::Document;
pub(crate) use document::lenient_value;
pub use node::{Node, NodeKind};
pub(crate) use reader::{Name, Reader};
pub(crate) use shape::mismatch;
pub(crate) use skip::SkipData;
pub use source::{Progress, Upload};
pub(crate) use stream::Stream;
pub(crate) use surrogates::replace_lone_surrogates;
pub(crate) use target::Sink;
pub use target::{Download, File};
pub use text::SharedStr;
pub use walk::{Events, JsonEvent};
