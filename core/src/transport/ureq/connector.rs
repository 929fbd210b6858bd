//! The connector: it makes new connections, from a name over an address and a socket to TLS.

use std::fmt;
use std::ops::Range;
use std::time::Instant;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::buffers::GrowingBuffers;
use super::credential::Authorized;
use super::layer::{Layer, LayerIo};
use super::tcp::TcpTransport;
use super::tls;
use crate::config::{Proxy, ProxyKind, Settings};
use crate::error::ErrorKind;
use crate::system;
use crate::transport::call_context::CallContext;
use crate::transport::error::{SendState, TransportError};
use crate::transport::happy_eyeballs;
use crate::transport::proxy_connect;
use crate::transport::proxy_connect::Destination;
use crate::transport::resolver::HostResolver;
use crate::transport::tls_roots::TlsRoots;

/// The connector of a client.
pub(super) struct SocketConnector {
    resolver: HostResolver,
    roots: TlsRoots,
    /// The proxy that every connection goes through, if there is one.
    proxy: Option<Proxy>,
    /// The `User-Agent` for requests to a proxy.
    user_agent: String,
}

impl SocketConnector {
    pub(super) fn new(settings: &Settings) -> SocketConnector {
        SocketConnector {
            resolver: HostResolver::default(),
            roots: TlsRoots::new(settings),
            proxy: settings.proxy.clone(),
            user_agent: settings.user_agent.clone(),
        }
    }

    /// Makes a connection to the server of a URL, through the proxy if there is one.
    fn open(&self, details: &ConnectionDetails<'_>) -> Result<Box<dyn Transport>, TransportError> {
        let context = CallContext::current();
        let authority = Authority::of(details.uri)?;
        let deadlines = Deadlines::new(&context, details);
        let connection = match &self.proxy {
            None => self.socket(&authority, &deadlines)?,
            Some(proxy) => self.tunnel(proxy, &authority, &deadlines)?,
        };
        let connection = match details.needs_tls() {
            false => connection,
            true => tls::wrap(
                connection,
                authority.host,
                self.roots.config()?,
                deadlines.until(),
            )?,
        };
        Ok(Box::new(Authorized::new(connection)))
    }

    /// Makes a TCP connection to one of a host's addresses.
    fn socket(
        &self,
        authority: &Authority<'_>,
        deadlines: &Deadlines<'_>,
    ) -> Result<Box<dyn Layer>, TransportError> {
        let cancel = &deadlines.context.cancel;
        let addresses =
            self.resolver
                .find(authority.host, authority.port, deadlines.fresh(), cancel)?;
        let stream =
            happy_eyeballs::connect(&addresses, deadlines.fresh(), cancel).inspect_err(|_| {
                // A cancelled call says nothing about the addresses.
                if cancel.cause().is_none() {
                    self.resolver.forget(authority.host, authority.port);
                }
            })?;
        // A request is written at once, so waiting for more of it (Nagle's algorithm) would only delay its end.
        stream
            .set_nodelay(true)
            .map_err(TransportError::unconnected)?;
        Ok(Box::new(TcpTransport::new(stream, cancel)))
    }

    /// Makes a connection through a proxy.
    fn tunnel(
        &self,
        proxy: &Proxy,
        authority: &Authority<'_>,
        deadlines: &Deadlines<'_>,
    ) -> Result<Box<dyn Layer>, TransportError> {
        let cancel = &deadlines.context.cancel;
        let address = match proxy.kind {
            // `socks5` means that the name is looked up here; with `socks5h` and with CONNECT the proxy looks it up.
            ProxyKind::Socks5 => {
                let found = self.resolver.find(
                    authority.host,
                    authority.port,
                    deadlines.fresh(),
                    cancel,
                )?;
                // A request of SOCKS holds one address (RFC 1928, section 4).
                found.first().copied()
            }
            _ => None,
        };
        let proxy_authority = Authority {
            host: &proxy.host,
            port: proxy.port,
        };
        // A failure here is the proxy's, and says nothing about the API's host.
        let mut connection = self
            .socket(&proxy_authority, deadlines)
            .map_err(proxy_connect::unreached)?;
        if proxy.kind == ProxyKind::Https {
            // The certificates of the proxy and of the server are checked against the same CAs.
            let config = self.roots.config()?;
            connection = tls::wrap(connection, proxy_authority.host, config, deadlines.until())
                .map_err(proxy_connect::unreached)?;
        }
        let mut stream = LayerIo::new(connection);
        // The tunnel is a part of connecting, and has its limit, not that of a read.
        stream.set_timeout(tls::limit(deadlines.until()));
        let destination = Destination {
            host: authority.host,
            port: authority.port,
            address,
        };
        proxy_connect::open(&mut stream, proxy, &destination, &self.user_agent)?;
        Ok(Box::new(Tunnel(stream.layer)))
    }
}

/// The deadlines of making one connection.
struct Deadlines<'a> {
    context: &'a CallContext,
    /// The deadline of the call itself, or of the part of its attempt that connects.
    end: Option<Instant>,
    /// The time at which the first step began.
    started: Instant,
}

impl<'a> Deadlines<'a> {
    /// The deadlines of a connection that is begun now.
    fn new(context: &'a CallContext, details: &'a ConnectionDetails<'a>) -> Deadlines<'a> {
        let started = system::now();
        let after = details.timeout.after;
        let end = (!after.is_not_happening()).then(|| started + *after);
        Deadlines {
            context,
            end: [end, context.deadline()].into_iter().flatten().min(),
            started,
        }
    }

    /// The deadline of a step that begins now and has a limit of its own: the look-up of a name, or a TCP connection.
    fn fresh(&self) -> Instant {
        self.capped(system::now() + self.context.connect)
    }

    /// The deadline of all handshakes over the connection: the look-up and the TCP connection have one limit each, and TLS and the
    /// proxy share the time that those left.
    fn until(&self) -> Instant {
        self.capped(self.started + self.context.connect * 2)
    }

    /// A deadline that is not after the call's own.
    fn capped(&self, until: Instant) -> Instant {
        self.end.map_or(until, |end| end.min(until))
    }
}

/// A connection through a proxy. It is not TLS yet, even where it is TLS to the proxy: ureq checks that a connection to an https
/// server is TLS, and only TLS to the server may pass that check.
#[derive(Debug)]
struct Tunnel(Box<dyn Layer>);

impl Transport for Tunnel {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }
}

impl Layer for Tunnel {
    fn growing(&mut self) -> &mut GrowingBuffers {
        self.0.growing()
    }

    fn send_or_read(
        &mut self,
        span: &mut Range<usize>,
        timeout: NextTimeout,
    ) -> Result<bool, Error> {
        self.0.send_or_read(span, timeout)
    }

    fn read_present(&mut self) -> Result<bool, Error> {
        self.0.read_present()
    }

    fn read_rest(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.read_rest(timeout)
    }
}

/// The host and the port of a URL.
struct Authority<'a> {
    host: &'a str,
    port: u16,
}

impl Authority<'_> {
    /// The host and the port of a URL, or the scheme's default port.
    fn of(uri: &http::Uri) -> Result<Authority<'_>, TransportError> {
        let port = match uri.scheme_str() {
            Some("https") => 443,
            _ => 80,
        };
        let host = uri.host().ok_or_else(|| {
            TransportError::new(
                ErrorKind::Internal,
                "the URL has no host",
                SendState::NotSent,
            )
        })?;
        Ok(Authority {
            host,
            port: uri.port_u16().unwrap_or(port),
        })
    }
}

impl Connector for SocketConnector {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let opened = self.open(details);
        opened
            .map(Some)
            // `to_transport_error` takes the error out again.
            .map_err(|error| Error::Other(Box::new(error)))
    }
}

impl fmt::Debug for SocketConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SocketConnector")
    }
}
