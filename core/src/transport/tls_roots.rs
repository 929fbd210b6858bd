//! The TLS configuration of a client: the CAs that it trusts, and its own certificate.

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

/// The TLS configuration, made when the first connection needs it. The system's CAs take tens of milliseconds to load, so they are
/// loaded once for all clients with default settings.
pub(super) struct TlsRoots {
    /// The settings that the configuration is made of.
    trust: TlsSettings,
    /// The client's own configuration, unused where the settings are the default ones.
    config: OnceCell<Arc<ClientConfig>>,
}

/// The configuration for default settings. Each process has its own: at a fork a thread of the parent may be loading it, or hold
/// the lock of its session cache.
static SYSTEM: PerProcess<OnceCell<Arc<ClientConfig>>> = PerProcess::unmade();

impl TlsRoots {
    /// The configuration of a client's settings, which is not made yet.
    pub(super) fn new(settings: &Settings) -> TlsRoots {
        TlsRoots {
            trust: settings.trust.clone(),
            config: OnceCell::new(),
        }
    }

    /// The configuration; the first call makes it. A failure is not kept, so that the next connection tries again.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, TransportError> {
        let cell = match self.trust.is_default() {
            true => SYSTEM.get(OnceCell::new),
            false => &self.config,
        };
        cell.get_or_try_init(|| build(&self.trust).map(Arc::new))
            .cloned()
    }
}

/// Builds a configuration from the settings.
fn build(trust: &TlsSettings) -> Result<ClientConfig, TransportError> {
    // Named here: without a provider of its own the configuration would have the process's, which a host may have set or not.
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

/// The error of settings with which TLS cannot work.
fn unusable(error: rustls::Error) -> TransportError {
    let text = format!("TLS cannot be set up: {error}");
    TransportError::new(ErrorKind::Tls, text, SendState::NotSent).from(error)
}
