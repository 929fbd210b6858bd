use serde::{Deserialize, Serialize};

/// What is wrong with a delivery. A receiver has to refuse each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tamper {
    /// The body has another byte than the one that was signed.
    Body,
    /// The claim `digest` is of another body; the header is right.
    Digest,
    /// The header `Digest` is of another body; the claim is right.
    DigestHeader,
    /// There is no header `Digest`.
    DigestMissing,
    /// A bit of the signature is another.
    Signature,
    /// There is no header `x-pnbx-signature`.
    SignatureMissing,
    /// The header `x-pnbx-signature` is there twice.
    SignatureTwice,
    /// Signed by another key than its `kid` names.
    OtherKey,
    /// The `kid` is in no key set.
    UnknownKid,
    /// `aud` is another address.
    Audience,
    /// `iss` is another issuer.
    Issuer,
    /// `method` is `PUT`.
    Method,
    /// `exp` was an hour ago.
    Expired,
    /// `nbf` is in an hour.
    NotYet,
    /// `exp` is text.
    ClaimType,
    /// `alg` is `none`, and nothing is signed.
    AlgNone,
    /// `alg` is `HS256` with the public key as the secret.
    Hmac,
    /// `crit` names what nobody knows.
    Critical,
    /// The token has two parts.
    Malformed,
    /// The token's header is larger than 8 KiB.
    HugeHeader,
}
