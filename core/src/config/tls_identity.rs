//! The files that say whom a client trusts, and who it is.

use std::fmt;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::ca_roots::CaRoots;
use super::pem::{certificates, private_key, read};
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

impl fmt::Debug for TlsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust")
            .field("roots", &self.roots)
            .field("identity", &self.identity.is_some())
            .finish()
    }
}
