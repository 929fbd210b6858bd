//! The limit of a download that comes into memory.

use crate::error::{Error, ErrorKind, Reason, Result, name};

/// The most bytes of a file that come into memory.
#[derive(Clone, Copy)]
pub(super) struct MemoryLimit(u64);

impl MemoryLimit {
    pub(super) fn new(bytes: u64) -> MemoryLimit {
        MemoryLimit(bytes)
    }

    /// Checks the size that the head of the answer declares.
    pub(super) fn check_declared(self, total: u64) -> Result<()> {
        match total > self.0 {
            true => Err(self.too_large(&format!("{total} bytes"))),
            false => Ok(()),
        }
    }

    /// Checks the number of bytes that were received.
    pub(super) fn check_received(self, size: u64) -> Result<()> {
        match size > self.0 {
            true => Err(self.too_large(&format!("more than {} bytes", self.0))),
            false => Ok(()),
        }
    }

    /// The error of a file over the limit.
    fn too_large(self, size: &str) -> Error {
        let message = format!(
            "the file has {size}, and at most {} come into memory",
            self.0
        );
        Error::new(ErrorKind::Response, message)
            .with_reason(Reason::TooLarge)
            .with_hint(concat!(
                "Download it to a file or a stream (",
                name!("download.to"),
                "), or raise ",
                name!("max_download_bytes"),
                "."
            ))
    }
}
