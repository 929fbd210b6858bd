//! The tunnel through a proxy, by CONNECT or SOCKS 5. It ends at the server: all that goes through it, the token above all, is TLS
//! that the proxy cannot read.

use std::io::{Error as IoError, ErrorKind as Io, Read, Write};
use std::net::SocketAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;

use crate::config::{Login, Proxy, ProxyKind};
use crate::error::{ErrorKind, Reason};

use super::error::{SendState, TransportError};

/// The longest head of a proxy's answer: an endless one must not take all memory.
const HEAD: usize = 16 * 1024;

/// The end of a tunnel.
pub(super) struct Destination<'a> {
    /// The host as the URL has it: an IPv6 address is in brackets.
    pub(super) host: &'a str,
    pub(super) port: u16,
    /// The address of the host, where its name is looked up on this side and not by the proxy.
    pub(super) address: Option<SocketAddr>,
}

/// Opens a tunnel on a connection to a proxy. An error means that nothing was sent to the server.
pub(super) fn open(
    stream: &mut (impl Read + Write),
    proxy: &Proxy,
    destination: &Destination<'_>,
    user_agent: &str,
) -> Result<(), TransportError> {
    match proxy.kind {
        ProxyKind::Http | ProxyKind::Https => connect(stream, proxy, destination, user_agent),
        ProxyKind::Socks5 | ProxyKind::Socks5h => socks(stream, proxy, destination),
    }
}

/// The error of a proxy.
pub(super) fn failed(message: impl Into<String>) -> TransportError {
    // Not passing: a proxy that refuses once refuses again.
    TransportError::new(ErrorKind::Connection, message, SendState::NotSent)
        .because(Reason::Proxy)
        .passing(false)
}

/// The error of a proxy that may work the next time: it is restarted, or the server behind it is.
fn failed_for_now(message: impl Into<String>) -> TransportError {
    failed(message).passing(true)
}

/// The error of a proxy to which no connection was made. It may pass where the same error of a server may.
pub(super) fn unreached(error: TransportError) -> TransportError {
    let is_passing = matches!(error.kind, ErrorKind::Connection | ErrorKind::Timeout)
        && error.passing != Some(false);
    failed(format!("the proxy cannot be used: {}", error.message))
        .passing(is_passing)
        .from(error)
}

/// The error of a connection to the proxy that broke.
fn broken(error: IoError) -> TransportError {
    let message = match error.kind() {
        Io::UnexpectedEof => "the proxy closed the connection",
        _ => "the proxy did not answer, or its connection broke",
    };
    failed_for_now(message).from(error)
}

/// CONNECT (RFC 9110, section 9.3.6), with Basic authentication where the proxy has a login.
fn connect(
    stream: &mut (impl Read + Write),
    proxy: &Proxy,
    destination: &Destination<'_>,
    user_agent: &str,
) -> Result<(), TransportError> {
    let Destination { host, port, .. } = destination;
    let mut head = format!(
        "CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: {user_agent}\r\n"
    );
    if let Some(Login { user, password }) = &proxy.login {
        let login = STANDARD.encode(format!("{}:{}", **user, **password));
        head += &format!("Proxy-Authorization: Basic {login}\r\n");
    }
    head += "\r\n";
    stream.write_all(head.as_bytes()).map_err(broken)?;
    let answer = read_head(stream)?;
    let status = answer
        .strip_prefix("HTTP/1.")
        // The status follows the minor version and a space (RFC 9112, section 4).
        .and_then(|rest| rest.get(2..5)?.parse::<u16>().ok());
    match status {
        // Any 2xx opens the tunnel (RFC 9110, section 9.3.6).
        Some(200..=299) => Ok(()),
        Some(407) if proxy.login.is_some() => {
            Err(failed("the proxy refused its user name or password (407)"))
        }
        Some(407) => Err(failed(
            "the proxy asks for a user name and a password (407)",
        )),
        Some(status) => {
            let message = format!("the proxy refused the connection ({status})");
            Err(match status {
                // The proxy did not reach the server, or is overloaded (RFC 9110, section 15.6).
                502..=504 => failed_for_now(message),
                _ => failed(message),
            })
        }
        None => Err(failed("the proxy's answer is not HTTP")),
    }
}

/// Reads the head of the proxy's answer byte by byte: a byte more would belong to the server. It fails at once where the answer does
/// not begin as HTTP, since the end of the head might never come.
fn read_head(stream: &mut impl Read) -> Result<String, TransportError> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).map_err(broken)?;
        head.extend_from_slice(&byte);
        let starts_well = b"HTTP/1.".starts_with(&head[..head.len().min(7)]);
        if head.len() > HEAD || !starts_well {
            return Err(failed("the proxy's answer is not HTTP"));
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// SOCKS 5 (RFC 1928), with a user name and a password (RFC 1929) where there are some.
fn socks(
    stream: &mut (impl Read + Write),
    proxy: &Proxy,
    destination: &Destination<'_>,
) -> Result<(), TransportError> {
    // The method without a login has the number 0 (RFC 1928, section 3).
    const PLAIN: u8 = 0;
    // The method with a user name and a password has the number 2 (the same section).
    const LOGIN: u8 = 2;
    let offer: &[u8] = match proxy.login {
        None => &[5, 1, PLAIN],
        Some(_) => &[5, 2, PLAIN, LOGIN],
    };
    stream.write_all(offer).map_err(broken)?;
    match (read::<2>(stream)?, &proxy.login) {
        ([5, PLAIN], _) => {}
        ([5, LOGIN], Some(login)) => log_in(stream, login)?,
        ([5, _], _) => {
            return Err(failed(
                "the proxy accepts none of the ways to log in that are offered",
            ));
        }
        _ => return Err(failed("the proxy's answer is not SOCKS 5")),
    }
    stream.write_all(&request(destination)?).map_err(broken)?;
    let [version, reply, _, kind] = read::<4>(stream)?;
    if version != 5 {
        return Err(failed("the proxy's answer is not SOCKS 5"));
    }
    if reply != 0 {
        let message = format!("the proxy refused the connection (SOCKS 5 reply {reply})");
        return Err(match reply {
            // A failure of the proxy, or a server that it did not reach (RFC 1928, section 6).
            1 | 3..=6 => failed_for_now(message),
            _ => failed(message),
        });
    }
    // The length of the address: of IPv4, of IPv6, or of a name, which stands before it (RFC 1928, section 5).
    let address = match kind {
        1 => 4,
        4 => 16,
        3 => usize::from(read::<1>(stream)?[0]),
        _ => return Err(failed("the proxy's answer is not SOCKS 5")),
    };
    // The address and the port that the proxy bound. They are of no use, but stand before the bytes of the server.
    let mut bound = vec![0; address + 2];
    stream.read_exact(&mut bound).map_err(broken)
}

/// Logs in with a user name and a password (RFC 1929).
fn log_in(stream: &mut (impl Read + Write), login: &Login) -> Result<(), TransportError> {
    // The version of the login, not that of SOCKS.
    let mut sent = vec![1];
    for part in [&login.user, &login.password] {
        // The validation of the settings refuses more than 255 bytes, which is what RFC 1929 can carry.
        sent.push(part.len() as u8);
        sent.extend_from_slice(part.as_bytes());
    }
    stream.write_all(&sent).map_err(broken)?;
    match read::<2>(stream)? {
        // Any other status than 0 is a failure (RFC 1929, section 2).
        [_, 0] => Ok(()),
        _ => Err(failed("the proxy refused its user name or password")),
    }
}

/// The request to connect (RFC 1928, section 4), by an address or by the host's name.
fn request(destination: &Destination<'_>) -> Result<Vec<u8>, TransportError> {
    // The version, the command CONNECT, and a byte that is reserved.
    let mut sent = vec![5, 1, 0];
    match destination.address {
        Some(SocketAddr::V4(address)) => {
            sent.push(1);
            sent.extend_from_slice(&address.ip().octets());
        }
        Some(SocketAddr::V6(address)) => {
            sent.push(4);
            sent.extend_from_slice(&address.ip().octets());
        }
        None => {
            let host = destination
                .host
                // The brackets around an IPv6 address belong to URLs.
                .trim_start_matches('[')
                .trim_end_matches(']');
            let length = u8::try_from(host.len())
                .map_err(|_| failed("the host's name is too long for SOCKS 5"))?;
            sent.extend_from_slice(&[3, length]);
            sent.extend_from_slice(host.as_bytes());
        }
    }
    sent.extend_from_slice(&destination.port.to_be_bytes());
    Ok(sent)
}

/// Reads so many bytes and no more, since those that follow may be the server's.
fn read<const N: usize>(stream: &mut impl Read) -> Result<[u8; N], TransportError> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).map_err(broken)?;
    Ok(bytes)
}
