//! Uploads and downloads: their sources and targets, multipart bodies and safe file names.

#[cfg(unix)]
mod descriptor;
mod download;
mod fact_table;
mod file_error;
mod file_mode;
pub(crate) mod file_name;
mod input;
mod memory_limit;
pub(crate) mod multipart;
mod sink;
mod source_file;
mod stall;
mod stream;
mod target_file;
mod temporary_file;
mod upload;
pub use download::{Download, File};
pub use fact_table::{FILE_FACTS, FileFact};
pub(crate) use sink::Sink;
pub use stall::{AwaitRead, AwaitWrite};
pub(crate) use stall::{PausingRead, StallLimits};
pub(crate) use stream::Stream;
pub use upload::{Progress, Upload};
