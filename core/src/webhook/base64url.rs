//! base64url without padding (RFC 7515, section 2), each value in its one form.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Decodes a text; none where it has padding, space, letters of plain base64, or bits after the last byte that are not zero.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Encodes bytes.
pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_one_text() {
        assert_eq!(decode(b"-_8").as_deref(), Some(&[0xfb, 0xff][..]));
        assert_eq!(encode(&[0xfb, 0xff]), "-_8");
        assert_eq!(decode(b"").as_deref(), Some(&[][..]));
        for text in [
            "-_8=",
            "+/8",
            "-_9",
            "-_ 8",
            "-_8\n",
            "-",
            "-_8.",
            "-_8\u{e9}",
        ] {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }
}
