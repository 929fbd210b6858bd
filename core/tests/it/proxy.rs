//! Proxies: the calls that use one, the bytes that it sees, and its failures.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use penbox::{Client, ErrorKind, FormCreate, Outcome};

use crate::common::TOKEN;
use crate::tls::{Authority, Files, Server};

/// A proxy. It records the bytes of each connection before and within the tunnel.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    received: Arc<Mutex<Vec<u8>>>,
}

/// The handshake before a tunnel. It returns the tunnel's destination, or `None` if it fails.
pub(crate) type Agree = fn(&mut TcpStream, &mut Vec<u8>) -> Option<SocketAddr>;

impl Proxy {
    pub(crate) fn start(agree: Agree) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&received);
        std::thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let mut own = Vec::new();
                let end = agree(&mut stream, &mut own);
                all.lock().unwrap().extend_from_slice(&own);
                if let Some(end) = end {
                    relay(stream, TcpStream::connect(end).unwrap(), &all);
                }
            }
        });
        Proxy { address, received }
    }

    fn received(&self) -> String {
        String::from_utf8_lossy(&self.received.lock().unwrap()).into_owned()
    }
}

fn relay(client: TcpStream, server: TcpStream, received: &Arc<Mutex<Vec<u8>>>) {
    for (mut from, mut to) in [
        (client.try_clone().unwrap(), server.try_clone().unwrap()),
        (server, client),
    ] {
        let received = Arc::clone(received);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = from.read(&mut buffer) {
                received.lock().unwrap().extend_from_slice(&buffer[..count]);
                if to.write_all(&buffer[..count]).is_err() {
                    return;
                }
            }
            let _ = to.shutdown(std::net::Shutdown::Write);
        });
    }
}

fn head(stream: &mut TcpStream, received: &mut Vec<u8>) -> String {
    let mut byte = [0];
    while !received.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        received.push(byte[0]);
    }
    String::from_utf8_lossy(received).into_owned()
}

/// The handshake of `CONNECT localhost:PORT`.
pub(crate) fn connect(stream: &mut TcpStream, received: &mut Vec<u8>) -> Option<SocketAddr> {
    let head = head(stream, received);
    let port = head.strip_prefix("CONNECT localhost:")?.split(' ').next()?;
    let port: u16 = port.parse().unwrap();
    stream
        .write_all(b"HTTP/1.1 200 Connection established\r\nX-Via: test\r\n\r\n")
        .unwrap();
    Some(SocketAddr::from(([127, 0, 0, 1], port)))
}

fn take(stream: &mut TcpStream, received: &mut Vec<u8>, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    stream.read_exact(&mut bytes).unwrap();
    received.extend_from_slice(&bytes);
    bytes
}

/// The handshake of SOCKS 5 with a name or an address, and with a login if one is offered.
fn socks(stream: &mut TcpStream, received: &mut Vec<u8>) -> Option<SocketAddr> {
    let offered = take(stream, received, 2);
    let ways = take(stream, received, offered[1].into());
    let with_login = ways.contains(&2);
    stream
        .write_all(&[5, if with_login { 2 } else { 0 }])
        .unwrap();
    if with_login {
        for lead in [2, 1] {
            let length = *take(stream, received, lead).last().unwrap();
            take(stream, received, length.into());
        }
        stream.write_all(&[1, 0]).unwrap();
    }
    let kind = take(stream, received, 4)[3];
    let length = match kind {
        1 => 4,
        4 => 16,
        _ => take(stream, received, 1)[0].into(),
    };
    take(stream, received, length);
    let port = take(stream, received, 2);
    stream
        .write_all(&[5, 0, 0, 3, 4, b'h', b'o', b's', b't', 0, 1])
        .unwrap();
    let port = u16::from_be_bytes([port[0], port[1]]);
    Some(SocketAddr::from(([127, 0, 0, 1], port)))
}

#[test]
fn calls_go_through_a_proxy_which_sees_no_token() {
    let (authority, files) = (Authority::new(), Files::new());
    let ca = files.put("ca.pem", &authority.certificate.pem());
    let leaf = authority.leaf("localhost", |_| {});
    for (agree, url, expected) in [
        (connect as Agree, "http://PROXY", "CONNECT localhost:"),
        (
            connect,
            "http://me:p%3Aw@PROXY",
            "Proxy-Authorization: Basic bWU6cDp3\r\n",
        ),
        (socks, "socks5h://PROXY", "localhost"),
        (socks, "socks5://PROXY", ""),
        (socks, "socks5h://me:secret@PROXY", "secret"),
    ] {
        let (proxy, server) = (Proxy::start(agree), Server::start(&leaf, None));
        let url = url.replace("PROXY", &proxy.address.to_string());
        let client = server
            .builder("localhost")
            .ca_file(&ca)
            .proxy(&url)
            .build()
            .unwrap();
        assert_eq!(client.forms().get("a").unwrap().id, "a", "{url}");
        drop(client);
        let seen = server.seen();
        assert!(seen.contains(TOKEN));
        for never in ["proxy-authorization", "referer", "cookie"] {
            assert!(!seen.to_lowercase().contains(never), "{never}: {seen}");
        }
        let received = proxy.received();
        assert!(received.contains(expected), "{url}: {received}");
        assert!(!received.contains(&TOKEN[5..]), "{url}");
        assert!(!received.contains("/v1/forms"), "{url}");
    }
}

#[test]
fn a_proxy_that_fails_is_an_error_and_nothing_was_sent() {
    let answers: [(Agree, &str, bool); 10] = [
        (
            |s, h| answer(s, h, b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
            "asks for a user name",
            false,
        ),
        (
            |s, h| answer(s, h, b"HTTP/1.1 401 Unauthorized\r\n\r\n"),
            "refused the connection (401)",
            false,
        ),
        (
            |s, h| {
                answer(
                    s,
                    h,
                    b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 2\r\n\r\nno",
                )
            },
            "refused the connection (502)",
            true,
        ),
        (
            |s, h| answer(s, h, b"220 mail.example ESMTP\r\n"),
            "is not HTTP",
            false,
        ),
        (
            |s, h| answer(s, h, b"HTTP/1.1 200 "),
            "closed the connection",
            true,
        ),
        (|s, h| answer(s, h, b""), "closed the connection", true),
        (
            |s, h| answer(s, h, b"HTTP/1.1 503 Service Unavailable\r\n\r\n"),
            "refused the connection (503)",
            true,
        ),
        (
            |s, h| answer(s, h, b"HTTP/1.1 403 Forbidden\r\n\r\n"),
            "refused the connection (403)",
            false,
        ),
        (|s, h| answer(s, h, &[b'H'; 40_000]), "is not HTTP", false),
        (
            |s, h| {
                head(s, h);
                let _ = s.read(&mut [0]);
                None
            },
            "did not answer",
            true,
        ),
    ];
    for (agree, words, passes) in answers {
        refused(&Proxy::start(agree), "http://PROXY", words, passes);
    }
    let socks: [(Agree, &str, bool); 5] = [
        (
            |s, h| {
                take(s, h, 3);
                answer_now(s, &[5, 255])
            },
            "none of the ways to log in",
            false,
        ),
        (
            |s, h| {
                take(s, h, 3);
                answer_now(s, b"HTTP/1.1 400")
            },
            "is not SOCKS 5",
            false,
        ),
        (
            |s, h| {
                take(s, h, 3);
                answer_now(s, &[5, 0]);
                take(s, h, 7);
                answer_now(s, &[5, 4, 0, 1])
            },
            "(SOCKS 5 reply 4)",
            true,
        ),
        (
            |s, h| {
                take(s, h, 3);
                answer_now(s, &[5, 0, 5, 0, 0, 9])
            },
            "is not SOCKS 5",
            false,
        ),
        (
            |s, h| {
                take(s, h, 3);
                answer_now(s, &[5, 0]);
                take(s, h, 7);
                answer_now(s, &[5, 2, 0, 1])
            },
            "(SOCKS 5 reply 2)",
            false,
        ),
    ];
    for (agree, words, passes) in socks {
        refused(&Proxy::start(agree), "socks5h://PROXY", words, passes);
    }
    let gone = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let gone = Proxy {
        address: gone,
        received: Arc::default(),
    };
    refused(&gone, "http://PROXY", "the connection was refused", true);
}

fn answer(stream: &mut TcpStream, received: &mut Vec<u8>, bytes: &[u8]) -> Option<SocketAddr> {
    head(stream, received);
    answer_now(stream, bytes)
}

fn answer_now(stream: &mut TcpStream, bytes: &[u8]) -> Option<SocketAddr> {
    let _ = stream.write_all(bytes);
    None
}

fn refused(proxy: &Proxy, url: &str, words: &str, passes: bool) {
    let client = Client::builder()
        .token(TOKEN)
        .base_url("https://api.example/v1")
        .proxy(url.replace("PROXY", &proxy.address.to_string()))
        .connect_timeout(Duration::from_millis(150))
        .max_attempts(1)
        .build()
        .unwrap();
    let error = client.forms().create(FormCreate::new("x")).unwrap_err();
    assert_eq!(
        (
            error.kind(),
            error.reason(),
            error.outcome(),
            error.attempts()
        ),
        (ErrorKind::Connection, Some("proxy"), Outcome::NotSent, 1),
        "{words}: {error}"
    );
    assert!(error.message().contains(words), "{words}: {error}");
    assert_eq!(error.retryable(), passes, "{words}: {error}");
    assert!(!proxy.received().contains(&TOKEN[5..]));
}

#[test]
fn what_is_exempt_goes_past_the_proxy() {
    let (authority, files) = (Authority::new(), Files::new());
    let ca = files.put("ca.pem", &authority.certificate.pem());
    let server = Server::start(&authority.leaf("localhost", |_| {}), None);
    let proxy = Proxy::start(connect);
    let builder = server.builder("localhost").ca_file(&ca);
    let builder = builder
        .proxy(format!("http://{}", proxy.address))
        .no_proxy("localhost");
    assert_eq!(builder.build().unwrap().forms().get("a").unwrap().id, "a");
    assert_eq!(proxy.received(), "");
}
