//! Public keys in PEM form (`BEGIN PUBLIC KEY`, RFC 7468, section 13).

use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject;

use super::key::{Key, Material};

/// The algorithm of an RSA key: its object identifier and NULL (RFC 8017, appendix A.1).
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
/// The algorithm of a key of P-256: the object identifiers of EC keys and of the curve (RFC 5480, section 2.1).
const P256: &[u8] =
    b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";

/// The tags of DER that a public key consists of (X.690, section 8).
const SEQUENCE: u8 = 0x30;
/// The tag of a whole number, as X.690, section 8.3, has it.
const INTEGER: u8 = 0x02;
/// The tag of a string of bits, as X.690, section 8.6, has it.
const BIT_STRING: u8 = 0x03;

/// The public keys of a text in PEM form. None where there is none, or one that a verifier has no use for.
pub(super) fn keys(text: &str) -> Option<Vec<Key>> {
    let mut keys = Vec::new();
    for found in SubjectPublicKeyInfoDer::pem_slice_iter(text.as_bytes()) {
        keys.push(Key {
            id: None,
            algorithm: None,
            material: material(&found.ok()?)?,
        });
    }
    (!keys.is_empty()).then_some(keys)
}

/// The numbers of a key in DER.
fn material(der: &[u8]) -> Option<Material> {
    let info = only(SEQUENCE, der)?;
    if let Some(rest) = info.strip_prefix(P256) {
        return Material::p256(bits(rest)?);
    }
    let numbers = only(SEQUENCE, bits(info.strip_prefix(RSA)?)?)?;
    let (n, rest) = element(INTEGER, numbers)?;
    Material::rsa(n, only(INTEGER, rest)?)
}

/// The content of a string of whole bytes.
fn bits(der: &[u8]) -> Option<&[u8]> {
    // The first byte counts the bits of the last one that are not used.
    only(BIT_STRING, der)?.strip_prefix(&[0])
}

/// The content of the one element that the bytes hold.
fn only(tag: u8, der: &[u8]) -> Option<&[u8]> {
    let (content, rest) = element(tag, der)?;
    rest.is_empty().then_some(content)
}

/// The content of the first element, and the bytes after it.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match der.strip_prefix(&[tag])? {
        [short @ ..=0x7f, rest @ ..] => (usize::from(*short), rest),
        [0x81, length, rest @ ..] => (usize::from(*length), rest),
        [0x82, high, low, rest @ ..] => (usize::from(*high) << 8 | usize::from(*low), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// An element of DER.
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![tag];
        match content.len() {
            length @ ..0x80 => out.push(length as u8),
            length => out.extend([0x82, (length >> 8) as u8, length as u8]),
        }
        out.extend(content);
        out
    }

    fn pem(label: &str, der: &[u8]) -> String {
        let text = STANDARD.encode(der);
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    }

    fn rsa() -> Vec<u8> {
        let mut n = vec![0];
        n.resize(257, 0xab);
        let numbers = [der(INTEGER, &n), der(INTEGER, &[1, 0, 1])].concat();
        let bits = [&[0][..], &der(SEQUENCE, &numbers)].concat();
        der(SEQUENCE, &[RSA, &der(BIT_STRING, &bits)].concat())
    }

    #[test]
    fn keys_of_both_types_are_read() {
        let mut point = vec![4];
        point.resize(65, 7);
        let bits = [&[0][..], &point].concat();
        let ec = der(SEQUENCE, &[P256, &der(BIT_STRING, &bits)].concat());
        let text = pem("PUBLIC KEY", &rsa()) + &pem("PUBLIC KEY", &ec);
        let found = keys(&text).unwrap();
        assert!(
            matches!(&found[0].material, Material::Rsa { n, e } if n.len() == 256 && e == &[1, 0, 1])
        );
        assert_eq!(found[1].material, Material::P256(point));
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let whole = rsa();
        for cut in 0..whole.len() {
            assert_eq!(material(&whole[..cut]), None, "{cut}");
        }
        assert_eq!(material(&[&whole[..], b"x"].concat()), None);
        // Each byte of the structure counts: of its tags, its lengths and the algorithm.
        for at in (0..28).chain([whole.len() - 5, whole.len() - 4]) {
            let mut changed = whole.clone();
            changed[at] ^= 0x40;
            assert_eq!(material(&changed), None, "{at}");
        }
        for text in [
            "",
            "x",
            &pem("PRIVATE KEY", &whole),
            &pem("PUBLIC KEY", b"x"),
        ] {
            assert_eq!(keys(text), None, "{text}");
        }
    }
}
