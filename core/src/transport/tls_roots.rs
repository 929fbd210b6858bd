//! Whom a client trusts, and who it is, in TLS.

use std::sync::Arc;

use once_cell::sync::OnceCell;
use rustls::client::WantsClientCert;
use rustls::crypto::ring;
use rustls::{ClientConfig, ConfigBuilder};

use crate::config::{CaRoots, Settings, TlsSettings};
use crate::error::ErrorKind;
use crate::per_process::PerProcess;

use super::error::{SendState, TransportError};
use super::system_roots;

/// The settings of TLS: what the system trusts costs tens of milliseconds to load, so it is loaded when the first connection
/// needs it, and once for all clients.
pub(super) struct TlsRoots {
    trust: TlsSettings,
    config: OnceCell<Arc<ClientConfig>>,
}

/// Of each process: a thread of the parent may have been loading it at the fork, and its cache of sessions has a lock.
static SYSTEM: PerProcess<OnceCell<Arc<ClientConfig>>> = PerProcess::unmade();

impl TlsRoots {
    pub(super) fn new(settings: &Settings) -> TlsRoots {
        TlsRoots {
            trust: settings.trust.clone(),
            config: OnceCell::new(),
        }
    }

    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, TransportError> {
        let cell = match self.trust.is_default() {
            true => SYSTEM.get(OnceCell::new),
            false => &self.config,
        };
        cell.get_or_try_init(|| made(&self.trust).map(Arc::new))
            .cloned()
    }
}

fn made(trust: &TlsSettings) -> Result<ClientConfig, TransportError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?;
    let builder: ConfigBuilder<ClientConfig, WantsClientCert> = match &trust.roots {
        CaRoots::Only(roots) => builder.with_root_certificates(Arc::clone(roots)),
        CaRoots::System(extra) => system_roots::trust(builder, extra),
    };
    match &trust.identity {
        None => Ok(builder.with_no_client_auth()),
        Some(identity) => builder
            .with_client_auth_cert(identity.certificates.clone(), identity.key.clone_key())
            .map_err(unusable),
    }
}

fn unusable(error: rustls::Error) -> TransportError {
    let text = format!("TLS cannot be set up: {error}");
    TransportError::new(ErrorKind::Tls, text, SendState::NotSent).from(error)
}
