//! Whom a client trusts, and who it is, in TLS.

use std::sync::Arc;

use once_cell::sync::OnceCell;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::config::{Settings, Trust};
use crate::error::ErrorKind;

use super::fault::{Fault, Reached};

/// The settings of TLS: what the system trusts costs tens of milliseconds to load, so it is loaded when the first connection
/// needs it, and once for all clients.
pub(super) struct Roots {
    trust: Trust,
    config: OnceCell<Arc<ClientConfig>>,
}

static SYSTEM: OnceCell<Arc<ClientConfig>> = OnceCell::new();

impl Roots {
    pub(super) fn new(settings: &Settings) -> Roots {
        Roots {
            trust: settings.trust.clone(),
            config: OnceCell::new(),
        }
    }

    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, Fault> {
        let cell = match self.trust.is_default() {
            true => &SYSTEM,
            false => &self.config,
        };
        cell.get_or_try_init(|| made(&self.trust).map(Arc::new))
            .cloned()
    }
}

fn made(trust: &Trust) -> Result<ClientConfig, Fault> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    let builder = match &trust.roots {
        Some(roots) => builder.with_root_certificates(Arc::clone(roots)),
        None => match of_system(provider) {
            // Dangerous is what the verifier could be; this one is the system's.
            Some(verifier) => builder
                .dangerous()
                .with_custom_certificate_verifier(verifier),
            None => builder.with_root_certificates(bundled()),
        },
    };
    match &trust.identity {
        None => Ok(builder.with_no_client_auth()),
        Some(identity) => builder
            .with_client_auth_cert(identity.certificates.clone(), identity.key.clone_key())
            .map_err(unusable),
    }
}

/// The system's trust store; nothing where it has none, as in a bare container.
fn of_system(provider: Arc<CryptoProvider>) -> Option<Arc<dyn ServerCertVerifier>> {
    Some(Arc::new(Verifier::new(provider).ok()?))
}

fn bundled() -> RootCertStore {
    RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    }
}

fn unusable(error: rustls::Error) -> Fault {
    let text = format!("TLS cannot be set up: {error}");
    Fault::new(ErrorKind::Tls, text, Reached::Nothing).from(error)
}
