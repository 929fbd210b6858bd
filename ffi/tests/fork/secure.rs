//! A server's side of TLS, which the clients of this process trust because the system does: no client is told whom to trust.
//!
//! The library looks for the system's certificate authorities in a file. This process opens another one in its place.

use std::ffi::{CStr, CString, c_char, c_int, c_uint};
use std::fs;
use std::net::TcpStream;
use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The first file in which the library looks.
const BUNDLE: &CStr = c"/etc/ssl/certs/ca-certificates.crt";

/// The file that is opened in its place.
static AUTHORITY: OnceLock<CString> = OnceLock::new();

/// The server's certificate, which the authority of this process has signed.
static CONFIG: OnceLock<Arc<ServerConfig>> = OnceLock::new();

/// Makes the certificates, once. From then on the system of this process trusts them.
pub(crate) fn prepare() -> Arc<ServerConfig> {
    Arc::clone(CONFIG.get_or_init(make))
}

/// The server's side of a connection.
pub(crate) fn accept(stream: TcpStream) -> StreamOwned<ServerConnection, TcpStream> {
    StreamOwned::new(ServerConnection::new(prepare()).unwrap(), stream)
}

fn make() -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let file = std::env::temp_dir().join(format!("penbox-fork-{}.pem", std::process::id()));
    fs::write(&file, params.self_signed(&key).unwrap().pem()).unwrap();
    let path = CString::new(file.to_str().unwrap()).unwrap();
    AUTHORITY.set(path).unwrap();
    let authority = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.into()], key)
        .unwrap();
    Arc::new(config)
}

/// The file that is opened for this path.
fn stand_in(path: *const c_char) -> *const c_char {
    // SAFETY: the caller of a function of the system hands over a text that ends in NUL.
    let is_bundle = !path.is_null() && unsafe { CStr::from_ptr(path) } == BUNDLE;
    match AUTHORITY.get().filter(|_| is_bundle) {
        Some(authority) => authority.as_ptr(),
        None => path,
    }
}

/// Opens a file, in the place of the system's function of this name.
///
/// # Safety
/// As for that function.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    // SAFETY: the system call that the function of this name makes.
    let file = unsafe {
        libc::syscall(
            libc::SYS_openat,
            libc::AT_FDCWD,
            stand_in(path),
            flags,
            mode,
        )
    };
    file as c_int
}

/// Looks at a file, in the place of the system's function of this name: a machine without authorities has no such file.
///
/// # Safety
/// As for that function.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn statx(
    folder: c_int,
    path: *const c_char,
    flags: c_int,
    mask: c_uint,
    about: *mut libc::statx,
) -> c_int {
    // SAFETY: the system call that the function of this name makes.
    let result =
        unsafe { libc::syscall(libc::SYS_statx, folder, stand_in(path), flags, mask, about) };
    result as c_int
}
