//! The token in an answer: a server may send back what it was sent.

use log::Level;

/// The log target under which the HTTP library prints the bytes of an answer, at level TRACE.
const PRINTER: &str = "ureq_proto::util";
/// The least part of a token that is masked. A shorter part would often match ordinary text, and tells little of a token.
const LEAST_PART: usize = 8;
/// The byte that is put in the place of each byte of the token.
const MASK: u8 = b'*';

/// Reports whether the host's logger prints the bytes of answers.
pub(super) fn is_printed() -> bool {
    log::log_enabled!(target: PRINTER, Level::Trace)
}

/// The mask of a token in the bytes that a server sends. It works before the HTTP library prints them.
#[derive(Debug, Default)]
pub(super) struct Echo {
    /// The end of the bytes before: a part of the token may begin there.
    tail: Vec<u8>,
}

impl Echo {
    /// Masks each part of the secret of eight bytes and more, in upper or lower case. The bytes follow those of the last call.
    pub(super) fn mask(&mut self, secret: &[u8], bytes: &mut [u8]) {
        let secret = secret.to_ascii_lowercase();
        let before = self.tail.len();
        let all = [&self.tail, &*bytes].concat().to_ascii_lowercase();
        for (start, part) in all.windows(LEAST_PART).enumerate() {
            if secret.windows(LEAST_PART).any(|window| window == part) {
                // The part of a match in earlier bytes was printed already, so only its rest can be masked.
                let end = start + LEAST_PART - before.min(start + LEAST_PART);
                bytes[start.saturating_sub(before)..end].fill(MASK);
            }
        }
        // One byte less than a part: a whole part in these bytes was masked already.
        let kept = all.len().saturating_sub(LEAST_PART - 1);
        self.tail = all[kept..].to_vec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(pieces: &[&str]) -> String {
        let mut echo = Echo::default();
        let mut all = Vec::new();
        for piece in pieces {
            let mut bytes = piece.as_bytes().to_vec();
            echo.mask(b"abcdefghijklmnop", &mut bytes);
            all.extend_from_slice(&bytes);
        }
        String::from_utf8(all).unwrap()
    }

    #[test]
    fn parts_of_a_token_are_masked_wherever_an_answer_is_cut() {
        assert_eq!(masked(&["no: abcdefghijklmnop!"]), "no: ****************!");
        assert_eq!(masked(&["no: CDEFGHIJK!"]), "no: *********!");
        assert_eq!(masked(&["abcdefg habcdefg"]), "abcdefg habcdefg");
        assert_eq!(
            masked(&["no: abcd", "efgh", "ijklmnop!"]),
            "no: abcd************!"
        );
        assert_eq!(
            masked(&["a", "b", "c", "d", "e", "f", "g", "hij"]),
            "abcdefg***"
        );
        assert_eq!(masked(&["", ""]), "");
    }
}
