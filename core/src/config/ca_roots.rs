//! The certificate authorities that a client trusts.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls_native_certs::load_certs_from_paths;

use super::ca_cache::{CaCache, Content};
use super::pem::{certificates, empty, read};
use crate::auth::Environment;
use crate::error::{Error, Result, printable};

/// The certificate authorities that a client trusts.
#[derive(Clone)]
pub(crate) enum CaRoots {
    /// The system's CAs, and these certificates as well.
    System(Vec<CertificateDer<'static>>),
    /// These CAs alone.
    Only(Arc<RootCertStore>),
}

/// The stores of this process.
static STORES: CaCache = CaCache::new();

impl CaRoots {
    /// The CAs of a file. `named` is the setting or variable that names the file.
    pub(super) fn of_file(named: &str, path: &str) -> Result<CaRoots> {
        let pem = read(named, path)?;
        let store = STORES.get(Content::of(&pem), || {
            let store = store_of(certificates(named, path, &pem)?);
            match store.is_empty() {
                // A client without a CA could only fail later, in each handshake.
                true => Err(empty(named, path, "a CA's certificate that can be used")),
                false => Ok(store),
            }
        });
        store.map(CaRoots::Only)
    }

    /// The CAs that an environment names as OpenSSL does: by a file, else by folders. Without either they are the system's.
    pub(super) fn of_environment(environment: &Environment) -> Result<CaRoots> {
        if let Some(path) = environment.var("SSL_CERT_FILE")? {
            return CaRoots::of_file("SSL_CERT_FILE", path);
        }
        match environment.var("SSL_CERT_DIR")? {
            None => Ok(CaRoots::System(Vec::new())),
            Some(list) => CaRoots::of_folders(list),
        }
    }

    /// The CAs in a list of folders, which is written as `PATH` is. At least one of the certificates must be usable.
    fn of_folders(list: &str) -> Result<CaRoots> {
        let mut found = Vec::new();
        for folder in std::env::split_paths(list).filter(|folder| *folder != PathBuf::new()) {
            found.extend(load_certs_from_paths(None, Some(&folder)).certs);
        }
        let bytes: Vec<&[u8]> = found.iter().map(AsRef::as_ref).collect();
        let content = Content::of(&bytes.concat());
        let store = STORES.get(content, || {
            let store = store_of(found);
            match store.is_empty() {
                true => {
                    let list = printable(list, 256);
                    let text = format!("SSL_CERT_DIR ({list}) holds no CA's certificate");
                    Err(Error::config(text)
                        .with_hint("SSL_CERT_DIR must name folders of certificates in PEM form."))
                }
                false => Ok(store),
            }
        });
        store.map(CaRoots::Only)
    }

    /// These CAs and those of one more file. A file that cannot be used is ignored. Node does the same with
    /// `NODE_EXTRA_CA_CERTS` (it warns when it starts), so a program that Node runs must not fail for the file here.
    pub(super) fn and_of_file(self, named: &str, path: &str) -> CaRoots {
        let found = read(named, path).and_then(|pem| certificates(named, path, &pem));
        let extra: Vec<_> = found
            .unwrap_or_default()
            .into_iter()
            .filter(is_usable)
            .collect();
        match self {
            // An environment adds no certificate to the system's, so none is lost here.
            CaRoots::System(_) => CaRoots::System(extra),
            CaRoots::Only(store) => {
                // Other clients share the store, so the addition goes into a copy.
                let mut store = RootCertStore::clone(&store);
                store.add_parsable_certificates(extra);
                CaRoots::Only(Arc::new(store))
            }
        }
    }
}

/// A store of the usable certificates. A system's bundle may hold some that no verifier accepts; they are left out.
fn store_of(found: Vec<CertificateDer<'static>>) -> RootCertStore {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(found);
    store
}

/// Reports whether a verifier takes the certificate as a CA's.
fn is_usable(certificate: &CertificateDer<'static>) -> bool {
    RootCertStore::empty().add(certificate.clone()).is_ok()
}

impl fmt::Debug for CaRoots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CaRoots::System(extra) => write!(f, "the system's and {} more", extra.len()),
            CaRoots::Only(store) => write!(f, "{} own", store.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::ErrorKind;

    fn pem() -> String {
        let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        own.cert.pem()
    }

    fn roots(pairs: &[(&str, &Path)]) -> Result<CaRoots> {
        let pairs = pairs.iter().map(|(k, path)| (*k, path.to_str().unwrap()));
        CaRoots::of_environment(&Environment::of_pairs(pairs))
    }

    #[test]
    fn an_environment_names_a_file_or_folders() {
        let folder = tempfile::tempdir().unwrap();
        let bundle = folder.path().join("bundle.pem");
        std::fs::write(&bundle, pem() + &pem()).unwrap();
        let other = tempfile::tempdir().unwrap();
        std::fs::write(other.path().join("one.pem"), pem()).unwrap();

        let shown = |pairs: &[(&str, &Path)]| format!("{:?}", roots(pairs).unwrap());
        let (file, dir) = (
            ("SSL_CERT_FILE", bundle.as_path()),
            ("SSL_CERT_DIR", other.path()),
        );
        assert_eq!(shown(&[]), "the system's and 0 more");
        assert_eq!(shown(&[file]), "2 own");
        assert_eq!(shown(&[dir]), "1 own");
        assert_eq!(shown(&[file, dir]), "2 own", "the file alone");
        let both = std::env::join_paths([folder.path(), other.path()]).unwrap();
        assert_eq!(shown(&[("SSL_CERT_DIR", Path::new(&both))]), "3 own");

        let nowhere = folder.path().join("nowhere");
        for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
            let error = roots(&[(name, &nowhere)]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().contains(name), "{error}");
        }
    }

    #[test]
    fn one_more_file_adds_and_a_bad_one_does_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let good = path("good.pem", &pem());
        let bundle = path("bundle.pem", &pem());
        let empty = path("empty.pem", "no certificate");
        let nowhere = folder.path().join("nowhere");

        let system = |extra: &str| CaRoots::System(Vec::new()).and_of_file("EXTRA", extra);
        assert_eq!(format!("{:?}", system(&good)), "the system's and 1 more");
        for bad in [empty.as_str(), nowhere.to_str().unwrap()] {
            assert_eq!(format!("{:?}", system(bad)), "the system's and 0 more");
        }
        let own = CaRoots::of_file("ca_file", &bundle).unwrap();
        assert_eq!(format!("{:?}", own.and_of_file("EXTRA", &good)), "2 own");
        let again = CaRoots::of_file("ca_file", &bundle).unwrap();
        assert_eq!(
            format!("{again:?}"),
            "1 own",
            "the shared store is as it was"
        );
    }
}
