//! The TLS settings of a client: the CAs that it trusts, and its own certificate.

use std::fmt;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::ca_roots::CaRoots;
use super::pem::{certificates, private_key, read};
use crate::error::{Error, Result, name};

/// The setting that names the certificate's file, as errors name it.
const CLIENT_CERT: &str = name!("client_cert");

/// The CAs that a client trusts, and the certificate that it presents. The default is the system's CAs and no certificate.
#[derive(Clone)]
pub(crate) struct TlsSettings {
    pub(crate) roots: CaRoots,
    /// The certificate of the client; none where it presents none.
    pub(crate) identity: Option<Arc<Identity>>,
}

/// The certificate chain that a client presents, with its key.
pub(crate) struct Identity {
    /// The client's own certificate first, then those between it and its CA.
    pub(crate) certificates: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

impl TlsSettings {
    /// Reads the files that hold a client's certificate and its key. One file may hold both.
    pub(super) fn identity(
        client_cert: Option<&str>,
        client_key: Option<&str>,
    ) -> Result<Option<Arc<Identity>>> {
        match (client_cert, client_key) {
            (None, None) => Ok(None),
            (Some(cert), key) => Ok(Some(Arc::new(Identity {
                certificates: certificates(CLIENT_CERT, cert, &read(CLIENT_CERT, cert)?)?,
                // Without a file of its own the key is in the certificate's file.
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

    /// Reports whether these are the defaults, so that the clients of a process can share one TLS configuration.
    pub(crate) fn is_default(&self) -> bool {
        matches!(&self.roots, CaRoots::System(extra) if extra.is_empty()) && self.identity.is_none()
    }
}

impl fmt::Debug for TlsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSettings")
            .field("roots", &self.roots)
            .field("identity", &self.identity.is_some())
            .finish()
    }
}
