//! Base64 of the standard alphabet: read while it is made, and checked when it comes in.

use std::io::{self, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Input bytes turned into text at a time; a multiple of three, so that no padding comes in the middle.
const STEP: usize = 48 * 1024;

/// The bytes of a base64 text, padded as the standard says.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// How long the text of `length` bytes is.
pub(crate) fn encoded_length(length: u64) -> u64 {
    length.div_ceil(3) * 4
}

/// Makes base64 of what it reads.
pub(crate) struct Encoder<R> {
    source: R,
    text: Vec<u8>,
    given: usize,
}

impl<R: Read> Encoder<R> {
    pub(crate) fn new(source: R) -> Self {
        Self {
            source,
            text: Vec::new(),
            given: 0,
        }
    }
}

impl<R: Read> Read for Encoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() {
            let mut bytes = Vec::with_capacity(STEP);
            (&mut self.source)
                .take(STEP as u64)
                .read_to_end(&mut bytes)?;
            self.text = STANDARD.encode(&bytes).into_bytes();
            self.given = 0;
        }
        let rest = &self.text[self.given..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_over_the_seams() {
        for length in [0, 1, 2, 3, STEP - 1, STEP, STEP + 1, 2 * STEP + 2] {
            let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let mut text = String::new();
            Encoder::new(bytes.as_slice())
                .read_to_string(&mut text)
                .unwrap();
            assert_eq!(text.len() as u64, encoded_length(length as u64));
            assert_eq!(decode(&text), Some(bytes));
        }
    }

    #[test]
    fn what_is_no_base64() {
        for text in ["Q", "QQ", "QQ=", "Q Q=", "QQ==QQ==", "-_=="] {
            assert_eq!(decode(text), None);
        }
    }
}
