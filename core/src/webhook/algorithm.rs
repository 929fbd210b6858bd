//! The algorithms that a signature may have.

use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RsaParameters,
};

/// An algorithm of RFC 7518, section 3.1, that a verifier can be told to accept. Each needs the issuer's public key; none can be
/// computed with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Es256,
}

impl Algorithm {
    /// Every algorithm.
    pub(super) const ALL: [Algorithm; 4] = [
        Algorithm::Rs256,
        Algorithm::Rs384,
        Algorithm::Rs512,
        Algorithm::Es256,
    ];

    /// The algorithm of this name. The names are compared exactly, as RFC 7515, section 4.1.1, says.
    pub(super) fn named(name: &str) -> Option<Algorithm> {
        Algorithm::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// The name in a token's header: `RS256`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Algorithm::Rs256 => "RS256",
            Algorithm::Rs384 => "RS384",
            Algorithm::Rs512 => "RS512",
            Algorithm::Es256 => "ES256",
        }
    }

    /// The parameters of an RSA signature; none for an algorithm of another family.
    pub(super) fn rsa(self) -> Option<&'static RsaParameters> {
        match self {
            Algorithm::Rs256 => Some(&RSA_PKCS1_2048_8192_SHA256),
            Algorithm::Rs384 => Some(&RSA_PKCS1_2048_8192_SHA384),
            Algorithm::Rs512 => Some(&RSA_PKCS1_2048_8192_SHA512),
            Algorithm::Es256 => None,
        }
    }
}

/// The names of algorithms, as a message lists them.
pub(super) fn listed(algorithms: &[Algorithm]) -> String {
    let names: Vec<&str> = algorithms.iter().map(|each| each.name()).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_exactly_or_not_at_all() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::named(algorithm.name()), Some(algorithm));
        }
        for name in [
            "none", "None", "rs256", "RS256 ", "HS256", "PS256", "ES384", "",
        ] {
            assert_eq!(Algorithm::named(name), None, "{name}");
        }
        assert_eq!(listed(&Algorithm::ALL), "RS256, RS384, RS512, ES256");
    }
}
