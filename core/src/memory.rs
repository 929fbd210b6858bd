//! Memory for bytes whose number a server decides. An allocation that fails is an error, where `Vec` alone would end the process.

use crate::error::{Error, Reason, Result};

/// Bytes up to this number double with each growth, beyond it they grow by an eighth. Doubling copies less, and a few hundred
/// kilobytes too many cost nothing; a few hundred megabytes would.
const DOUBLING_BYTES: usize = 1024 * 1024;

/// Makes room for exactly `more` bytes.
pub(crate) fn reserve(bytes: &mut Vec<u8>, more: usize) -> Result<()> {
    bytes
        .try_reserve_exact(more)
        .map_err(|_| exhausted(bytes.len().saturating_add(more)))
}

/// Makes room for `more` bytes, and for some of those that may follow.
pub(crate) fn grow(bytes: &mut Vec<u8>, more: usize) -> Result<()> {
    let length = bytes.len();
    if bytes.capacity() - length >= more {
        return Ok(());
    }
    let ahead = match length {
        ..DOUBLING_BYTES => length,
        DOUBLING_BYTES.. => length / 8,
    };
    // Where there is no room for bytes that may never come, there may be room for those that did.
    match bytes.try_reserve_exact(more.max(ahead)) {
        Ok(()) => Ok(()),
        Err(_) => reserve(bytes, more),
    }
}

/// The error of an allocation that failed.
pub fn exhausted(wanted: usize) -> Error {
    Error::internal(format!(
        "there is no memory for the {wanted} bytes of the answer"
    ))
    .with_reason(Reason::Resource)
    .with_hint("The process has reached a limit of memory: raise it, ask for smaller pages, or download to a file.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn room_that_cannot_be_had_is_an_error() {
        for make in [reserve, grow] {
            let error = make(&mut vec![1], usize::MAX / 2).unwrap_err();
            assert_eq!(
                (error.kind(), error.reason()),
                (ErrorKind::Internal, Some("resource"))
            );
        }
    }

    #[test]
    fn large_bytes_grow_by_little_and_small_ones_double() {
        let mut bytes = Vec::new();
        reserve(&mut bytes, 1000).unwrap();
        assert_eq!(bytes.capacity(), 1000);
        bytes.resize(1000, 0);
        grow(&mut bytes, 1).unwrap();
        assert_eq!(bytes.capacity(), 2000);
        bytes = vec![0; 8 * DOUBLING_BYTES];
        grow(&mut bytes, 1).unwrap();
        assert_eq!(bytes.capacity(), 9 * DOUBLING_BYTES);
    }
}
