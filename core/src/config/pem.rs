//! Files in PEM form: certificates and private keys.

use std::path::Path;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::{Error, Result};

/// The certificates of a file; at least one.
pub(super) fn certificates(
    setting: &str,
    path: &str,
    pem: &[u8],
) -> Result<Vec<CertificateDer<'static>>> {
    let found: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(empty(
            setting,
            path,
            "a certificate (\"BEGIN CERTIFICATE\")",
        )),
    }
}

/// The private key of a file. The file's content is wiped from memory after it was read.
pub(super) fn private_key((setting, path): (&str, &str)) -> Result<PrivateKeyDer<'static>> {
    let pem = zeroize::Zeroizing::new(read(setting, path)?);
    PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|_| empty(setting, path, "a private key (\"BEGIN PRIVATE KEY\")"))
}

/// Reads a whole file. The error names the setting and the path.
pub(super) fn read(setting: &str, path: &str) -> Result<Vec<u8>> {
    std::fs::read(Path::new(path)).map_err(|error| {
        Error::config(format!(
            "the file {} of {setting} cannot be read: {error}",
            crate::error::printable(path, 256)
        ))
    })
}

/// The error for a file that can be read and does not hold `what`.
pub(super) fn empty(setting: &str, path: &str, what: &str) -> Error {
    let path = crate::error::printable(path, 256);
    Error::config(format!("the file {path} of {setting} does not hold {what}"))
        .with_hint("It must be a file in PEM form.")
}
