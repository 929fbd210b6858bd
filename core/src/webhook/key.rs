//! A public key of the issuer.

use ring::signature::{ECDSA_P256_SHA256_FIXED, RsaPublicKeyComponents, UnparsedPublicKey};

use super::algorithm::Algorithm;

/// The fewest bits of an RSA key: RFC 7518, section 3.3, demands as many.
const MIN_RSA_BITS: usize = 2048;
/// The most bits of an RSA key: those that the library verifies. A larger key would only cost time.
const MAX_RSA_BITS: usize = 8192;
/// The bytes of an uncompressed point of P-256: a mark and two numbers of 32 bytes (SEC 1, section 2.3.3).
pub(super) const P256_BYTES: usize = 65;

/// A public key of the issuer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    /// The `kid` by which tokens name it; none where it has none.
    pub(super) id: Option<String>,
    /// The only algorithm that the key is for, if its owner says so.
    pub(super) algorithm: Option<Algorithm>,
    pub(super) material: Material,
}

/// The numbers of a key.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Material {
    /// An RSA key.
    Rsa {
        /// The modulus, without leading zeros.
        n: Vec<u8>,
        /// The exponent, without leading zeros.
        e: Vec<u8>,
    },
    /// An RSA key of so few bits that no signature of it counts.
    Weak(usize),
    /// An uncompressed point of the curve P-256.
    P256(Vec<u8>),
}

impl Material {
    /// An RSA key of a modulus and an exponent, big-endian; none where no signature could be verified by it.
    pub(super) fn rsa(n: &[u8], e: &[u8]) -> Option<Material> {
        let (n, e) = (without_zeros(n), without_zeros(e));
        let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
        match bits {
            _ if e.is_empty() => None,
            ..MIN_RSA_BITS => Some(Material::Weak(bits)),
            MIN_RSA_BITS..=MAX_RSA_BITS => Some(Material::Rsa {
                n: n.to_vec(),
                e: e.to_vec(),
            }),
            _ => None,
        }
    }

    /// A key of the curve P-256, of an uncompressed point. The library checks that it is on the curve when it verifies.
    pub(super) fn p256(point: &[u8]) -> Option<Material> {
        let is_point = point.len() == P256_BYTES && point[0] == 4;
        is_point.then(|| Material::P256(point.to_vec()))
    }
}

impl Key {
    /// Reports whether the key is for an algorithm: its type is, and its owner does not say otherwise.
    pub(super) fn is_for(&self, algorithm: Algorithm) -> bool {
        let by_type = match self.material {
            Material::Rsa { .. } | Material::Weak(_) => algorithm.rsa().is_some(),
            Material::P256(_) => algorithm == Algorithm::Es256,
        };
        by_type && self.algorithm.is_none_or(|only| only == algorithm)
    }

    /// Reports whether a signature over a text is this key's by an algorithm.
    pub(super) fn has_signed(&self, algorithm: Algorithm, text: &[u8], signature: &[u8]) -> bool {
        if !self.is_for(algorithm) {
            return false;
        }
        match (&self.material, algorithm.rsa()) {
            (Material::Rsa { n, e }, Some(parameters)) => RsaPublicKeyComponents { n, e }
                .verify(parameters, text, signature)
                .is_ok(),
            (Material::P256(point), None) => {
                // The signature of a token is its two numbers, not their ASN.1 (RFC 7518, section 3.4).
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
                key.verify(text, signature).is_ok()
            }
            _ => false,
        }
    }
}

/// A number without the zeros before it, which some encoders write.
fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rsa(bits: usize) -> Option<Material> {
        let mut n = vec![0; 3];
        n.push(1 << ((bits - 1) % 8));
        n.resize(3 + bits.div_ceil(8), 1);
        Material::rsa(&n, &[0, 1, 0, 1])
    }

    #[test]
    fn an_rsa_key_has_2048_to_8192_bits() {
        assert_eq!(rsa(2047), Some(Material::Weak(2047)));
        assert_eq!(rsa(1024), Some(Material::Weak(1024)));
        let Some(Material::Rsa { n, e }) = rsa(2048) else {
            panic!("2,048 bits are enough");
        };
        assert_eq!((n.len(), e), (256, vec![1, 0, 1]));
        assert!(matches!(rsa(8192), Some(Material::Rsa { .. })));
        assert_eq!(rsa(8193), None);
        assert_eq!(Material::rsa(&[], &[3]), None);
        assert_eq!(Material::rsa(&[0, 0], &[3]), None);
        assert_eq!(Material::rsa(&[1; 256], &[0]), None);
    }

    #[test]
    fn a_key_is_for_the_algorithms_of_its_type_and_of_its_owner() {
        let of = |material: Option<Material>, algorithm| {
            let material = material.unwrap();
            let key = Key {
                id: None,
                algorithm,
                material,
            };
            Algorithm::ALL.map(|algorithm| key.is_for(algorithm))
        };
        let mut point = [1; P256_BYTES];
        assert_eq!(Material::p256(&point), None, "it is compressed, or none");
        point[0] = 4;
        assert_eq!(Material::p256(&point[..64]), None);
        assert_eq!(of(rsa(2048), None), [true, true, true, false]);
        let only = Some(Algorithm::Rs384);
        assert_eq!(of(rsa(2048), only), [false, true, false, false]);
        assert_eq!(
            of(Material::p256(&point), None),
            [false, false, false, true]
        );
        assert_eq!(of(Material::p256(&point), only), [false; 4]);
    }
}
