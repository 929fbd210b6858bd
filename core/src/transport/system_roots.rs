//! The certificate authorities that the system trusts. They are found without the environment: whether that is read is the
//! caller's decision, and `config` hands over what it names.

use rustls::client::WantsClientCert;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

/// A configuration whose roots are still to be set.
type Untrusting = ConfigBuilder<ClientConfig, WantsVerifier>;
/// A configuration with its roots, whose own certificate is still to be set.
type Trusting = ConfigBuilder<ClientConfig, WantsClientCert>;

pub(super) use of_system::trust;

/// The roots on systems that keep their CAs in files.
#[cfg(all(unix, not(target_os = "android"), not(target_vendor = "apple")))]
mod of_system {
    use std::path::Path;

    use rustls_native_certs::load_certs_from_paths;

    use super::*;

    /// The bundles of the distributions, in the order of `openssl-probe`. That crate itself reads the environment first.
    const BUNDLES: &[&str] = &[
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/pki/tls/cacert.pem",
        "/etc/ssl/cert.pem",
        "/usr/local/etc/ssl/cert.pem",
        "/usr/local/share/certs/ca-root-nss.crt",
        "/etc/openssl/certs/ca-certificates.crt",
        "/etc/certs/ca-certificates.crt",
        "/opt/etc/ssl/certs/ca-certificates.crt",
    ];

    /// The folders of single certificates. A certificate that an administrator added may be in a folder only.
    const FOLDERS: &[&str] = &[
        "/etc/ssl/certs",
        "/etc/pki/tls/certs",
        "/usr/local/share/certs",
        "/etc/openssl/certs",
        "/etc/certs/CA",
    ];

    /// Trusts the system's CAs and these certificates. Where the system has none, as in a bare container, Mozilla's list takes
    /// their place.
    pub(in super::super) fn trust(
        builder: Untrusting,
        extra: &[CertificateDer<'static>],
    ) -> Trusting {
        let mut store = load(BUNDLES, FOLDERS).unwrap_or_else(bundled);
        store.add_parsable_certificates(extra.iter().cloned());
        builder.with_root_certificates(store)
    }

    /// Loads the first bundle that exists and all folders, each certificate once.
    fn load(bundles: &[&str], folders: &[&str]) -> Option<RootCertStore> {
        let bundle = bundles.iter().map(Path::new).find(|path| path.exists());
        let folders = folders.iter().map(Path::new).filter(|path| path.is_dir());
        let mut found = load_certs_from_paths(bundle, None).certs;
        for folder in folders {
            found.extend(load_certs_from_paths(None, Some(folder)).certs);
        }
        // A certificate of a folder is often in the bundle, too.
        found.sort_unstable_by(|a, b| a.cmp(b));
        found.dedup();
        let mut store = RootCertStore::empty();
        // Large collections hold certificates that are ancient or invalid. One of them must not make the rest useless.
        store.add_parsable_certificates(found);
        (!store.is_empty()).then_some(store)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn each_certificate_of_bundle_and_folders_is_taken_once() {
            let folder = tempfile::tempdir().unwrap();
            let pem = || {
                let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]);
                own.unwrap().cert.pem()
            };
            let (one, two) = (pem(), pem());
            let bundle = folder.path().join("bundle.crt");
            let single = folder.path().join("single");
            std::fs::create_dir(&single).unwrap();
            std::fs::write(&bundle, format!("{one}{two}")).unwrap();
            std::fs::write(single.join("one.pem"), &one).unwrap();
            std::fs::write(single.join("three.pem"), pem()).unwrap();
            let (bundle, single) = (bundle.to_str().unwrap(), single.to_str().unwrap());

            let count = |bundles: &[&str], folders: &[&str]| {
                load(bundles, folders).map(|store| store.len())
            };
            assert_eq!(count(&["/nowhere", bundle], &[single]), Some(3));
            assert_eq!(count(&[], &[single]), Some(2));
            assert_eq!(count(&["/nowhere"], &["/nowhere"]), None);
        }
    }
}

/// The roots on systems with a store of their own.
#[cfg(not(all(unix, not(target_os = "android"), not(target_vendor = "apple"))))]
mod of_system {
    use std::sync::Arc;

    use rustls_platform_verifier::Verifier;

    use super::*;

    /// Trusts the system's CAs and these certificates. Where the system has none, Mozilla's list takes their place.
    pub(in super::super) fn trust(
        builder: Untrusting,
        extra: &[CertificateDer<'static>],
    ) -> Trusting {
        let provider = Arc::clone(builder.crypto_provider());
        match Verifier::new_with_extra_roots(extra.iter().cloned(), provider) {
            // `dangerous` since a custom verifier could accept anything. This one is the system's.
            Ok(verifier) => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(verifier)),
            Err(_) => {
                let mut store = bundled();
                store.add_parsable_certificates(extra.iter().cloned());
                builder.with_root_certificates(store)
            }
        }
    }
}

/// Mozilla's list, as compiled into the library.
fn bundled() -> RootCertStore {
    RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    }
}
