//! Uploads and downloads: their sources and targets, multipart bodies and safe file names.

mod download;
pub(crate) mod file_name;
mod input;
pub(crate) mod multipart;
mod stream;
mod upload;
pub(crate) use download::Sink;
pub use download::{Download, File};
pub(crate) use stream::Stream;
pub use upload::{Progress, Upload};
