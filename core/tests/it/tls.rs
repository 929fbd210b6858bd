//! TLS: the servers that are trusted, those that are refused, and that a refused one received no byte of a request.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use penbox::{Client, ClientBuilder, Error, ErrorKind, FormCreate, Outcome};
use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::common::TOKEN;

const FORM: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{\"id\":\"a\"}";

/// A CA that the test makes.
pub(crate) struct Authority {
    pub(crate) certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM.
pub(crate) struct Leaf {
    certificate: String,
    key: String,
}

impl Authority {
    pub(crate) fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Authority {
            certificate: params.self_signed(&key).unwrap(),
            issuer: Issuer::new(params, key),
        }
    }

    pub(crate) fn leaf(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Leaf {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        Leaf {
            certificate: params.signed_by(&key, &self.issuer).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).unwrap();
        roots
    }
}

impl Leaf {
    /// The settings of a server with this certificate, and the CAs of the clients that it takes, if it asks for theirs.
    pub(crate) fn server_config(&self, clients: Option<RootCertStore>) -> Arc<ServerConfig> {
        let chain = vec![CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(roots) => builder.with_client_cert_verifier(
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                    .build()
                    .unwrap(),
            ),
        };
        Arc::new(builder.with_single_cert(chain, key).unwrap())
    }
}

/// A server of one connection. Its thread returns the request that it received, in clear text.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    thread: JoinHandle<String>,
}

impl Server {
    pub(crate) fn start(leaf: &Leaf, clients: Option<RootCertStore>) -> Server {
        Server::answering(leaf, clients, |tls| {
            let _ = tls.write_all(FORM);
        })
    }

    /// A server that answers its request in a way of the test's own.
    pub(crate) fn answering(
        leaf: &Leaf,
        clients: Option<RootCertStore>,
        answer: impl FnOnce(&mut StreamOwned<ServerConnection, TcpStream>) + Send + 'static,
    ) -> Server {
        let config = leaf.server_config(clients);
        Server::run(move |stream| {
            let connection = ServerConnection::new(config).unwrap();
            let mut tls = StreamOwned::new(connection, stream);
            let mut seen = Vec::new();
            let mut byte = [0];
            while !seen.ends_with(b"\r\n\r\n") {
                match tls.read(&mut byte) {
                    Ok(1) => seen.push(byte[0]),
                    _ => return seen,
                }
            }
            answer(&mut tls);
            seen
        })
    }

    fn run(serve: impl FnOnce(TcpStream) -> Vec<u8> + Send + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            let seen = serve(listener.accept().unwrap().0);
            String::from_utf8_lossy(&seen).into_owned()
        });
        Server { address, thread }
    }

    pub(crate) fn builder(&self, host: &str) -> ClientBuilder {
        Client::builder()
            .token(TOKEN)
            .base_url(format!("https://{host}:{}/v1", self.address.port()))
            .max_attempts(1)
    }

    pub(crate) fn seen(self) -> String {
        self.thread.join().unwrap()
    }
}

/// The files that settings name.
pub(crate) struct Files(tempfile::TempDir);

impl Files {
    pub(crate) fn new() -> Files {
        Files(tempfile::tempdir().unwrap())
    }

    pub(crate) fn put(&self, name: &str, text: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn create(builder: ClientBuilder) -> Error {
    let client = builder.build().unwrap();
    client.forms().create(FormCreate::new("x")).unwrap_err()
}

fn facts(error: &Error) -> (ErrorKind, Option<&str>, Outcome) {
    (
        error.kind(),
        error.reason().or(error.phase()),
        error.outcome(),
    )
}

#[test]
fn a_ca_file_is_trusted_instead_of_the_system() {
    let (authority, files) = (Authority::new(), Files::new());
    let server = Server::start(&authority.leaf("localhost", |_| {}), None);
    let ca = files.put("ca.pem", &authority.certificate.pem());
    let client = server.builder("localhost").ca_file(ca).build().unwrap();
    assert_eq!(client.forms().get("a").unwrap().id, "a");
    assert!(server.seen().contains(TOKEN));

    let server = Server::start(&authority.leaf("127.0.0.1", |_| {}), None);
    let bundle = Authority::new().certificate.pem() + &authority.certificate.pem();
    let ca = files.put("bundle.pem", &bundle);
    let client = server.builder("127.0.0.1").ca_file(ca).build().unwrap();
    assert_eq!(client.forms().get("a").unwrap().id, "a");
}

#[test]
fn a_server_that_cannot_be_trusted_sees_nothing() {
    let (authority, files) = (Authority::new(), Files::new());
    let ca = files.put("ca.pem", &authority.certificate.pem());
    let expired = authority.leaf("localhost", |params| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    let of_other = Authority::new().leaf("localhost", |_| {});
    let of_other_name = authority.leaf("elsewhere.example", |_| {});
    for leaf in [expired, of_other, of_other_name] {
        let server = Server::start(&leaf, None);
        let error = create(server.builder("localhost").ca_file(&ca));
        assert_eq!(facts(&error), (ErrorKind::Tls, None, Outcome::NotSent));
        assert!(!error.retryable());
        assert_eq!(server.seen(), "");
    }
    // The system does not trust the test's CA.
    let server = Server::start(&authority.leaf("localhost", |_| {}), None);
    let error = create(server.builder("localhost"));
    assert_eq!(facts(&error), (ErrorKind::Tls, None, Outcome::NotSent));
    assert_eq!(server.seen(), "");
}

#[test]
fn a_client_shows_its_certificate() {
    let (authority, files) = (Authority::new(), Files::new());
    let ca = files.put("ca.pem", &authority.certificate.pem());
    let own = authority.leaf("client", |_| {});
    let start = || {
        Server::start(
            &authority.leaf("localhost", |_| {}),
            Some(authority.roots()),
        )
    };
    let cert = files.put("cert.pem", &own.certificate);
    let key = files.put("key.pem", &own.key);
    let both = files.put("both.pem", &(own.certificate.clone() + &own.key));

    for builder in [
        |builder: ClientBuilder, [cert, key, _]: [&str; 3]| {
            builder.client_cert(cert).client_key(key)
        },
        |builder: ClientBuilder, [_, _, both]: [&str; 3]| builder.client_cert(both),
    ] {
        let server = start();
        let client = builder(
            server.builder("localhost").ca_file(&ca),
            [&cert, &key, &both],
        );
        assert_eq!(client.build().unwrap().forms().get("a").unwrap().id, "a");
    }
    let server = start();
    let error = create(server.builder("localhost").ca_file(&ca));
    assert_ne!(error.kind(), ErrorKind::Internal);
    assert_eq!(server.seen(), "", "refused without a certificate");
}

#[test]
fn a_handshake_that_comes_to_nothing_sent_nothing() {
    let (authority, files) = (Authority::new(), Files::new());
    let ca = files.put("ca.pem", &authority.certificate.pem());
    let (held, hold) = std::sync::mpsc::channel::<()>();
    type Serve = Box<dyn FnOnce(TcpStream) -> Vec<u8> + Send>;
    let ends: [(Serve, (ErrorKind, Option<&str>)); 3] = [
        (
            Box::new(|mut stream| {
                let _ = stream.read(&mut [0; 16]);
                Vec::new()
            }),
            (ErrorKind::Connection, Some("tls")),
        ),
        (
            Box::new(move |_stream| {
                let _ = hold.recv();
                Vec::new()
            }),
            (ErrorKind::Timeout, Some("connect")),
        ),
        (
            Box::new(|mut stream| {
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
                let _ = stream.read(&mut [0; 1024]);
                Vec::new()
            }),
            (ErrorKind::Tls, None),
        ),
    ];
    for (serve, (kind, reason)) in ends {
        let server = Server::run(serve);
        let builder = server.builder("localhost").ca_file(&ca);
        let error = create(builder.connect_timeout(Duration::from_millis(150)));
        assert_eq!(facts(&error), (kind, reason, Outcome::NotSent));
    }
    drop(held);
}

#[test]
fn the_next_step_fits_what_went_wrong() {
    let (authority, files) = (Authority::new(), Files::new());
    let ca = files.put("ca.pem", &authority.certificate.pem());
    let leaf = |name: &str| authority.leaf(name, |_| {});
    let late = authority.leaf("localhost", |params| {
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    });
    let plain = Server::run(|mut stream| {
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        let _ = stream.read(&mut [0; 1024]);
        Vec::new()
    });
    // A fatal alert in the place of the server's first message: handshake_failure, then protocol_version.
    let alert = |code: u8| {
        Server::run(move |mut stream| {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, code]);
            let _ = stream.read(&mut [0; 1024]);
            Vec::new()
        })
    };
    for (server, says) in [
        (plain, "does not speak TLS: check the port"),
        (alert(40), "client_cert and client_key"),
        (alert(70), "neither TLS 1.2 nor 1.3"),
        (
            Server::start(&leaf("localhost"), Some(authority.roots())),
            "give client_cert and client_key",
        ),
        (
            Server::start(&leaf("elsewhere.example"), None),
            "for another name",
        ),
        (Server::start(&late, None), "check the clock"),
        (
            Server::start(&Authority::new().leaf("localhost", |_| {}), None),
            "give its file as ca_file",
        ),
    ] {
        let error = create(server.builder("localhost").ca_file(&ca));
        assert_eq!(error.kind(), ErrorKind::Tls, "{error:?}");
        let hint = error.hint().unwrap_or_default();
        assert!(hint.contains(says), "{says}: {error:?}");
        assert_eq!(server.seen(), "");
    }
}

#[test]
fn files_that_are_no_certificates_are_refused_at_once() {
    let files = Files::new();
    let own = Authority::new().leaf("client", |_| {});
    let text = files.put("text.pem", "no certificate");
    let cert = files.put("cert.pem", &own.certificate);
    let builder = || Client::builder().token(TOKEN);
    for (builder, words) in [
        (builder().ca_file("/nowhere/ca.pem"), "cannot be read"),
        (builder().ca_file(&text), "does not hold a certificate"),
        (builder().client_cert(&text), "does not hold a certificate"),
        (builder().client_cert(&cert), "does not hold a private key"),
        (builder().client_key(&cert), "without client_cert"),
        (
            builder().client_cert(&cert).client_key(&text),
            "does not hold a private key",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains(words), "{error}");
    }
}
