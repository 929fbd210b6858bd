//! Certificates made for one run, and servers that show them.

use std::fs;
use std::io;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde::Deserialize;

/// The host that certificates are for.
pub const HOST: &str = "127.0.0.1";

/// A name of the same host, which the preloaded library resolves.
pub const NAME: &str = "api.test";

/// What a server shows to those who connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// A certificate of the authority that the client trusts, for this host, valid now.
    Good,
    /// One that was valid until last year.
    Expired,
    /// One of another host.
    WrongName,
    /// One of an authority that nobody knows.
    UnknownAuthority,
    /// One that vouches for itself.
    SelfSigned,
}

/// The certificates of one run.
#[derive(Debug)]
pub struct Certificates {
    good: Arc<ServerConfig>,
    expired: Arc<ServerConfig>,
    wrong_name: Arc<ServerConfig>,
    unknown_authority: Arc<ServerConfig>,
    self_signed: Arc<ServerConfig>,
}

/// An encrypted connection.
pub type Secured = StreamOwned<ServerConnection, TcpStream>;

impl Certificates {
    /// Makes them, and writes that of the authority that clients trust to a file.
    ///
    /// # Errors
    /// Something is refused on the way.
    pub fn make(authority: &Path) -> Result<Self, String> {
        let (trusted, pem) = issuer("Penbox fault tests").map_err(said)?;
        let (unknown, _) = issuer("Nobody").map_err(said)?;
        fs::write(authority, pem).map_err(said)?;
        let here = leaf(&[HOST, NAME])?;
        let mut expired = here.clone();
        expired.not_before = date_time_ymd(2020, 1, 1);
        expired.not_after = date_time_ymd(2025, 1, 1);
        Ok(Self {
            good: signed(&here, Some(&trusted))?,
            expired: signed(&expired, Some(&trusted))?,
            wrong_name: signed(&leaf(&["api.other.example"])?, Some(&trusted))?,
            unknown_authority: signed(&here, Some(&unknown))?,
            self_signed: signed(&here, None)?,
        })
    }

    /// Shakes hands.
    ///
    /// # Errors
    /// The client refuses, or goes away.
    pub fn secure(&self, shown: Shown, mut tcp: TcpStream) -> io::Result<Secured> {
        let config = match shown {
            Shown::Good => &self.good,
            Shown::Expired => &self.expired,
            Shown::WrongName => &self.wrong_name,
            Shown::UnknownAuthority => &self.unknown_authority,
            Shown::SelfSigned => &self.self_signed,
        };
        let mut connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
        while connection.is_handshaking() {
            connection.complete_io(&mut tcp)?;
        }
        Ok(StreamOwned::new(connection, tcp))
    }
}

fn said(error: impl ToString) -> String {
    error.to_string()
}

fn issuer(name: &str) -> Result<(Issuer<'static, KeyPair>, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    let certificate = params.self_signed(&key)?;
    Ok((Issuer::new(params, key), certificate.pem()))
}

fn leaf(hosts: &[&str]) -> Result<CertificateParams, String> {
    let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
    CertificateParams::new(hosts).map_err(said)
}

fn signed(
    params: &CertificateParams,
    by: Option<&Issuer<'static, KeyPair>>,
) -> Result<Arc<ServerConfig>, String> {
    let key = KeyPair::generate().map_err(said)?;
    let certificate = match by {
        Some(issuer) => params.signed_by(&key, issuer),
        None => params.self_signed(&key),
    };
    let certificate: CertificateDer<'static> = certificate.map_err(said)?.into();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(said)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .map_err(said)?;
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread;

    use rustls::pki_types::ServerName;
    use rustls::pki_types::pem::PemObject as _;
    use rustls::{ClientConfig, ClientConnection, RootCertStore};

    use super::*;

    fn talk(certificates: &Certificates, ca: &Path, shown: Shown) -> io::Result<String> {
        let listener = TcpListener::bind((HOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(ca).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        thread::scope(|scope| {
            scope.spawn(|| {
                let (tcp, _) = listener.accept().unwrap();
                if let Ok(mut secured) = certificates.secure(shown, tcp) {
                    secured.write_all(b"hi").unwrap();
                    secured.conn.send_close_notify();
                    let _ = secured.flush();
                }
            });
            let name = ServerName::try_from(HOST).unwrap();
            let connection = ClientConnection::new(Arc::new(config), name).unwrap();
            let tcp = TcpStream::connect((HOST, port)).unwrap();
            let mut text = String::new();
            StreamOwned::new(connection, tcp).read_to_string(&mut text)?;
            Ok(text)
        })
    }

    #[test]
    fn only_the_good_certificate_is_good() {
        let folder = tempfile::tempdir().unwrap();
        let ca = folder.path().join("ca.pem");
        let certificates = Certificates::make(&ca).unwrap();
        assert_eq!(talk(&certificates, &ca, Shown::Good).unwrap(), "hi");
        for (shown, part) in [
            (Shown::Expired, "expired"),
            (Shown::WrongName, "not valid for name"),
            (Shown::UnknownAuthority, "UnknownIssuer"),
            (Shown::SelfSigned, "UnknownIssuer"),
        ] {
            let error = talk(&certificates, &ca, shown).unwrap_err().to_string();
            assert!(error.contains(part), "{shown:?}: {error}");
        }
    }
}
