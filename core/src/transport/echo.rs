//! A token that a server sends back.

use log::Level;

/// Where the HTTP library prints the bytes of an answer, at level TRACE.
const PRINTER: &str = "ureq_proto::util";
/// The least part of a token that tells something of it.
const LEAST_TELLING: usize = 8;
const MASK: u8 = b'*';

/// Whether the host has the bytes of answers printed.
pub(super) fn is_printed() -> bool {
    log::log_enabled!(target: PRINTER, Level::Trace)
}

/// Hides a token in what a server sends, before a library prints it.
#[derive(Debug, Default)]
pub(super) struct Echo {
    /// The end of what came before: a part of the token may have begun there.
    tail: Vec<u8>,
}

impl Echo {
    /// Masks each part of eight bytes and more of the secret, in whatever case, in bytes that follow those of the last time.
    pub(super) fn mask(&mut self, secret: &[u8], bytes: &mut [u8]) {
        let secret = secret.to_ascii_lowercase();
        let before = self.tail.len();
        let all = [&self.tail, &*bytes].concat().to_ascii_lowercase();
        for (start, part) in all.windows(LEAST_TELLING).enumerate() {
            if secret.windows(LEAST_TELLING).any(|window| window == part) {
                let end = start + LEAST_TELLING - before.min(start + LEAST_TELLING);
                bytes[start.saturating_sub(before)..end].fill(MASK);
            }
        }
        let kept = all.len().saturating_sub(LEAST_TELLING - 1);
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
