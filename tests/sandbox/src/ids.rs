//! Random ids and tokens, and the check of an id from outside.

use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};

/// Random enough for a test server, cannot fail, and needs no dependency: each `RandomState` hashes nothing to a number of its own.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    for chunk in bytes.chunks_mut(8) {
        let number = RandomState::new().hash_one(()).to_ne_bytes();
        chunk.copy_from_slice(&number[..chunk.len()]);
    }
    bytes
}

/// A random number from 0 up to, but not including, 1.
pub(crate) fn chance() -> f64 {
    let number = u32::from_ne_bytes(random());
    f64::from(number) / (f64::from(u32::MAX) + 1.0)
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// A random version 4 UUID.
pub(crate) fn uuid() -> String {
    let mut bytes: [u8; 16] = random();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex(&bytes);
    [
        &text[..8],
        &text[8..12],
        &text[12..16],
        &text[16..20],
        &text[20..],
    ]
    .join("-")
}

/// A token of the shape of the authentication page's sample: `pnbx_` and 48 hex digits.
pub(crate) fn token() -> String {
    format!("pnbx_{}", hex(&random::<24>()))
}

/// Six characters like `A4K7X9`, the shape of a reference (`/forms/introduction`, `/api-reference/cases/list-cases`).
pub(crate) fn reference() -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    random::<6>()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect()
}

/// The lower-case form of a hyphenated UUID of any version, or nothing.
pub(crate) fn parse_uuid(text: &str) -> Option<String> {
    let hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let fits = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| {
            if hyphen(at) {
                byte == b'-'
            } else {
                byte.is_ascii_hexdigit()
            }
        });
    fits.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_shape_of_version_4() {
        let id = uuid();
        assert_eq!(parse_uuid(&id), Some(id.clone()));
        assert_eq!(&id[14..15], "4");
        assert_ne!(id, uuid());
    }

    #[test]
    fn only_hyphenated_uuids_pass() {
        assert!(parse_uuid("C3D4E5F6-A7B8-9012-CDEF-123456789012").is_some());
        for bad in [
            "",
            "1",
            "c3d4e5f6a7b89012cdef123456789012",
            "c3d4e5f6-a7b8-9012-cdef-12345678901g",
        ] {
            assert_eq!(parse_uuid(bad), None, "{bad}");
        }
    }

    #[test]
    fn tokens_look_like_the_sample() {
        let token = token();
        assert_eq!(token.len(), "pnbx_".len() + 48);
        assert!(token.starts_with("pnbx_"));
    }
}
