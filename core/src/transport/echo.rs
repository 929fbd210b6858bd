//! The token in an answer: a server may send back what it was sent.

use log::Level;

use crate::auth::TokenFinder;

/// The log target under which the HTTP library prints the bytes of an answer, at level TRACE.
const PRINTER: &str = "ureq_proto::util";
/// The bytes before those at hand in which a part of the token may begin: eight characters, each escaped twice and on a line of its
/// own, take less.
const TAIL: usize = 256;
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
    /// Masks each part of the secret of eight characters and more, in any case and encoding. The bytes follow those of the last call.
    pub(super) fn mask(&mut self, secret: &[u8], bytes: &mut [u8]) {
        let before = self.tail.len();
        let all = [&self.tail, &*bytes].concat();
        for part in TokenFinder::of(secret).find(&all) {
            // The part of a match in earlier bytes was printed already, so only its rest can be masked.
            let [start, end] = [part.start, part.end].map(|at| at.saturating_sub(before));
            // White space stays: line breaks frame the head and the chunks of an answer.
            let shown = bytes[start..end]
                .iter_mut()
                .filter(|byte| !byte.is_ascii_whitespace());
            shown.for_each(|byte| *byte = MASK);
        }
        self.tail = all[all.len().saturating_sub(TAIL)..].to_vec();
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
        assert_eq!(masked(&["abcdefg, habcdefg"]), "abcdefg, habcdefg");
        assert_eq!(masked(&["abcd\r\nef", "gh\r\n"]), "abcd\r\nef**\r\n");
        assert_eq!(masked(&["%61%62CD", "\\u0065fgh"]), "%61%62CD*********");
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
