//! Bodies: what came back, in the one form that C and Python look into.

mod document;
mod node;
mod shape;

pub use document::Document;
pub use node::{Node, NodeKind};
pub(crate) use shape::mismatch;
