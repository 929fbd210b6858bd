//! The files that say whom a client trusts, and who it is.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::stores::{Content, Stores};
use crate::error::{Error, Result};

/// Whom a client trusts, and who it is, in TLS. By default what the system trusts, and nobody.
#[derive(Clone, Default)]
pub(crate) struct Trust {
    pub(crate) roots: Option<Arc<RootCertStore>>,
    pub(crate) identity: Option<Arc<Identity>>,
}

/// What a client shows of itself.
pub(crate) struct Identity {
    pub(crate) certificates: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

impl Trust {
    /// Reads the files that are named; that of the CAs by whatever named it.
    pub(crate) fn read(
        ca_file: Option<(&str, &str)>,
        client_cert: Option<&str>,
        client_key: Option<&str>,
    ) -> Result<Trust> {
        let identity = match (client_cert, client_key) {
            (None, None) => None,
            (Some(cert), key) => Some(Arc::new(Identity {
                certificates: certificates("client_cert", cert, &read("client_cert", cert)?)?,
                key: private_key(key.map_or(("client_cert", cert), |key| ("client_key", key)))?,
            })),
            (None, Some(_)) => {
                return Err(Error::config("client_key is set without client_cert"));
            }
        };
        Ok(Trust {
            roots: ca_file.map(roots).transpose()?,
            identity,
        })
    }

    /// Whether the clients of a process can share it.
    pub(crate) fn is_default(&self) -> bool {
        self.roots.is_none() && self.identity.is_none()
    }
}

static STORES: Stores = Stores::new();

fn roots((setting, path): (&str, &str)) -> Result<Arc<RootCertStore>> {
    let pem = read(setting, path)?;
    STORES.get(Content::of(&pem), || {
        let mut store = RootCertStore::empty();
        // Bundles hold certificates that no verifier takes; the rest of them counts.
        let (taken, _) = store.add_parsable_certificates(certificates(setting, path, &pem)?);
        match taken {
            0 => Err(empty(setting, path, "a CA's certificate that can be used")),
            _ => Ok(store),
        }
    })
}

fn certificates(setting: &str, path: &str, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>> {
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

fn read(setting: &str, path: &str) -> Result<Vec<u8>> {
    std::fs::read(Path::new(path)).map_err(|error| {
        Error::config(format!(
            "the file {} of {setting} cannot be read: {error}",
            crate::error::printable(path, 256)
        ))
    })
}

fn empty(setting: &str, path: &str, what: &str) -> Error {
    let path = crate::error::printable(path, 256);
    Error::config(format!("the file {path} of {setting} does not hold {what}"))
        .with_hint("It must be a file in PEM form.")
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust")
            .field("own_roots", &self.roots.is_some())
            .field("identity", &self.identity.is_some())
            .finish()
    }
}
