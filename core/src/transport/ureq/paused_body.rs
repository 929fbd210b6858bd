//! The body of a request whose source pauses: the caller's pipe may give nothing for hours, and the server may refuse the request meanwhile.

use std::io::{Read, Result};

use crate::files::PausingRead;
use crate::transport::call_context::CallContext;

/// A body for the HTTP library, which knows no pause: it reads, then it writes what it has read, and looks at the connection then only.
/// So a pause gives it a placeholder, and the connection looks at the server's side in place of the write.
pub(super) struct PausedBody<'a> {
    pub(super) body: &'a mut dyn PausingRead,
    /// The head declares the length of the body. Otherwise the HTTP library writes it in chunks.
    pub(super) is_sized: bool,
    pub(super) context: &'a CallContext,
}

impl Read for PausedBody<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match self.body.read_or_pause(buffer)? {
            Some(count) => Ok(count),
            None => {
                self.context.pause_source();
                // Towards a declared length every byte counts, and no bytes do no harm. Among chunks no bytes would be the end, and a
                // chunk that is not sent does no harm.
                Ok(usize::from(!self.is_sized))
            }
        }
    }
}
