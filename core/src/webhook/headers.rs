//! The headers of a delivery, as a web framework gives them.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use super::refusal::refused;
use crate::error::{Reason, Result};

/// The headers of a delivery. Names are compared without regard to case.
///
/// It is there for `http::HeaderMap`, which axum, actix, hyper and warp give, for slices and vectors of pairs, and for maps of texts.
pub trait DeliveryHeaders {
    /// Returns each value of the headers of this name, in any case.
    ///
    /// ```
    /// use penbox::webhook::DeliveryHeaders;
    ///
    /// let headers = [("Digest", "SHA-512=.."), ("X-Pnbx-Signature", "eyJ..")];
    /// assert_eq!(headers.values("x-pnbx-signature"), [b"eyJ.."]);
    /// assert!(headers.values("authorization").is_empty());
    /// ```
    fn values(&self, name: &str) -> Vec<&[u8]>;
}

impl<H: DeliveryHeaders + ?Sized> DeliveryHeaders for &H {
    fn values(&self, name: &str) -> Vec<&[u8]> {
        (**self).values(name)
    }
}

impl DeliveryHeaders for http::HeaderMap {
    fn values(&self, name: &str) -> Vec<&[u8]> {
        let values = self.get_all(name).iter();
        values.map(http::HeaderValue::as_bytes).collect()
    }
}

/// The values of the pairs of this name.
fn values<'a, N: AsRef<str> + 'a, V: AsRef<[u8]> + 'a>(
    pairs: impl Iterator<Item = (&'a N, &'a V)>,
    name: &str,
) -> Vec<&'a [u8]> {
    pairs
        .filter(|(other, _)| other.as_ref().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_ref())
        .collect()
}

impl<N: AsRef<str>, V: AsRef<[u8]>> DeliveryHeaders for [(N, V)] {
    fn values(&self, name: &str) -> Vec<&[u8]> {
        values(self.iter().map(|(name, value)| (name, value)), name)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, const COUNT: usize> DeliveryHeaders for [(N, V); COUNT] {
    fn values(&self, name: &str) -> Vec<&[u8]> {
        self.as_slice().values(name)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> DeliveryHeaders for Vec<(N, V)> {
    fn values(&self, name: &str) -> Vec<&[u8]> {
        self.as_slice().values(name)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, S: BuildHasher> DeliveryHeaders for HashMap<N, V, S> {
    fn values(&self, name: &str) -> Vec<&[u8]> {
        values(self.iter(), name)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> DeliveryHeaders for BTreeMap<N, V> {
    fn values(&self, name: &str) -> Vec<&[u8]> {
        values(self.iter(), name)
    }
}

/// The value of a header that occurs once.
///
/// # Errors
/// The reason is `header` where it occurs more than once, and `missing` where it does not occur.
pub(super) fn only<'a>(
    headers: &'a (impl DeliveryHeaders + ?Sized),
    name: &str,
    missing: Reason,
) -> Result<&'a [u8]> {
    let twice = || {
        refused(
            Reason::Header,
            format!("the header {name} occurs more than once"),
        )
    };
    match headers.values(name)[..] {
        [] | [b""] => Err(refused(missing, format!("the header {name} is missing"))),
        // Some frameworks join the values of a header by commas, which neither a token nor a digest has.
        [value] if value.contains(&b',') => Err(twice()),
        [value] => Ok(value),
        _ => Err(twice()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_found_in_each_kind_of_map() {
        let pairs = [("Content-Type", "x"), ("DIGEST", "a")];
        let mut map = http::HeaderMap::new();
        map.insert("digest", http::HeaderValue::from_static("a"));
        let owned: HashMap<String, Vec<u8>> = [("digest".to_owned(), b"a".to_vec())].into();
        let headers: [&dyn DeliveryHeaders; 5] = [
            &pairs,
            &pairs.to_vec(),
            &map,
            &owned,
            &BTreeMap::from([("Digest".to_owned(), "a".to_owned())]),
        ];
        for headers in headers {
            assert_eq!(
                only(headers, "digest", Reason::DigestMissing).unwrap(),
                b"a"
            );
            let missing = only(headers, "x-pnbx-signature", Reason::SignatureMissing);
            assert_eq!(missing.unwrap_err().reason(), Some("signature_missing"));
        }
    }

    #[test]
    fn a_header_occurs_once() {
        let mut map = http::HeaderMap::new();
        map.append("digest", http::HeaderValue::from_static("a"));
        map.append("digest", http::HeaderValue::from_static("a"));
        let pairs = [("digest", "a"), ("Digest", "a")];
        let joined = [("digest", "a, a")];
        let headers: [&dyn DeliveryHeaders; 3] = [&map, &pairs, &joined];
        for headers in headers {
            let error = only(headers, "Digest", Reason::DigestMissing).unwrap_err();
            assert_eq!(error.reason(), Some("header"), "{error}");
        }
        let empty = only(&[("digest", "")], "Digest", Reason::DigestMissing);
        assert_eq!(empty.unwrap_err().reason(), Some("digest_missing"));
    }
}
