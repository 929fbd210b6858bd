//! The files that say whom a client trusts, and who it is.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::ca_roots::CaRoots;
use crate::error::{Error, Result, name};

const CLIENT_CERT: &str = name!("client_cert");

/// Whom a client trusts, and who it is, in TLS. By default what the system trusts, and nobody.
#[derive(Clone)]
pub(crate) struct TlsSettings {
    pub(crate) roots: CaRoots,
    pub(crate) identity: Option<Arc<Identity>>,
}

/// What a client shows of itself.
pub(crate) struct Identity {
    pub(crate) certificates: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

impl TlsSettings {
    /// Reads the files that hold a client's certificate and its key.
    pub(super) fn identity(
        client_cert: Option<&str>,
        client_key: Option<&str>,
    ) -> Result<Option<Arc<Identity>>> {
        match (client_cert, client_key) {
            (None, None) => Ok(None),
            (Some(cert), key) => Ok(Some(Arc::new(Identity {
                certificates: certificates(CLIENT_CERT, cert, &read(CLIENT_CERT, cert)?)?,
                key: private_key(
                    key.map_or((CLIENT_CERT, cert), |key| (name!("client_key"), key)),
                )?,
            }))),
            (None, Some(_)) => Err(Error::config(concat!(
                name!("client_key"),
                " is set without ",
                name!("client_cert")
            ))),
        }
    }

    /// Whether the clients of a process can share it.
    pub(crate) fn is_default(&self) -> bool {
        matches!(&self.roots, CaRoots::System(extra) if extra.is_empty()) && self.identity.is_none()
    }
}

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

fn private_key((setting, path): (&str, &str)) -> Result<PrivateKeyDer<'static>> {
    let pem = zeroize::Zeroizing::new(read(setting, path)?);
    PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|_| empty(setting, path, "a private key (\"BEGIN PRIVATE KEY\")"))
}

pub(super) fn read(setting: &str, path: &str) -> Result<Vec<u8>> {
    std::fs::read(Path::new(path)).map_err(|error| {
        Error::config(format!(
            "the file {} of {setting} cannot be read: {error}",
            crate::error::printable(path, 256)
        ))
    })
}

pub(super) fn empty(setting: &str, path: &str, what: &str) -> Error {
    let path = crate::error::printable(path, 256);
    Error::config(format!("the file {path} of {setting} does not hold {what}"))
        .with_hint("It must be a file in PEM form.")
}

impl fmt::Debug for TlsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust")
            .field("roots", &self.roots)
            .field("identity", &self.identity.is_some())
            .finish()
    }
}
