//! New connections: a name, an address, a socket, TLS.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use ureq::Error;
use ureq::config::Config;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, Transport, TransportAdapter,
};

use super::credential::Authorized;
use super::tcp::Wire;
use super::tls;
use crate::config::{Proxy, ProxyKind, Settings};
use crate::error::ErrorKind;
use crate::transport::call_context::Reach;
use crate::transport::error::{Fault, Reached};
use crate::transport::happy_eyeballs;
use crate::transport::proxy_connect;
use crate::transport::proxy_connect::End;
use crate::transport::resolver::Names;
use crate::transport::tls_roots::Roots;

/// Makes connections.
pub(super) struct Dial {
    names: Names,
    roots: Roots,
    proxy: Option<Proxy>,
    user_agent: String,
}

type Line = Box<dyn Transport>;

impl Dial {
    pub(super) fn new(settings: &Settings) -> Dial {
        Dial {
            names: Names::default(),
            roots: Roots::new(settings),
            proxy: settings.proxy.clone(),
            user_agent: settings.user_agent.clone(),
        }
    }

    fn dial(&self, details: &ConnectionDetails<'_>) -> Result<Line, Fault> {
        let reach = Reach::current();
        let place = Place::of(details.uri)?;
        let leg = Leg::new(&reach, details);
        let line = match &self.proxy {
            None => self.socket(&place, &leg)?,
            Some(proxy) => self.tunnel(proxy, &place, &leg)?,
        };
        let line = match details.needs_tls() {
            false => line,
            true => tls::wrap(line, place.host, self.roots.config()?, leg.until(), details)?,
        };
        Ok(Box::new(Authorized(line)))
    }

    /// A TCP connection to one of a host's addresses.
    fn socket(&self, place: &Place<'_>, leg: &Leg<'_>) -> Result<Line, Fault> {
        let endings = &leg.reach.endings;
        let addresses = self
            .names
            .find(place.host, place.port, leg.fresh(), endings)?;
        let stream = happy_eyeballs::connect(&addresses, leg.fresh(), endings)
            .inspect_err(|_| self.names.forget(place.host, place.port))?;
        stream.set_nodelay(true).map_err(Fault::unconnected)?;
        Ok(Box::new(Wire::new(stream, endings)))
    }

    /// A connection that a proxy makes.
    fn tunnel(&self, proxy: &Proxy, place: &Place<'_>, leg: &Leg<'_>) -> Result<Line, Fault> {
        let endings = &leg.reach.endings;
        let address = match proxy.kind {
            ProxyKind::Socks5 => {
                let found = self
                    .names
                    .find(place.host, place.port, leg.fresh(), endings)?;
                found.first().copied()
            }
            _ => None,
        };
        let at = Place {
            host: &proxy.host,
            port: proxy.port,
        };
        let of_proxy = |fault: Fault| {
            proxy_connect::failed(format!("the proxy cannot be used: {}", fault.message))
                .from(fault)
        };
        let mut line = self.socket(&at, leg).map_err(of_proxy)?;
        if proxy.kind == ProxyKind::Https {
            let config = self.roots.config()?;
            line = tls::wrap(line, at.host, config, leg.until(), leg.details).map_err(of_proxy)?;
        }
        let mut stream = TransportAdapter::new(line, Arc::clone(&leg.details.current_time));
        stream.set_timeout(tls::limit(leg.until()));
        let end = End {
            host: place.host,
            port: place.port,
            address,
        };
        proxy_connect::open(&mut stream, proxy, &end, &self.user_agent)?;
        Ok(Box::new(Tunnel(stream.into_inner())))
    }
}

/// The making of one connection, and its limits.
struct Leg<'a> {
    reach: &'a Reach,
    details: &'a ConnectionDetails<'a>,
    /// When the call's own time is up.
    end: Option<Instant>,
    began: Instant,
}

impl<'a> Leg<'a> {
    fn new(reach: &'a Reach, details: &'a ConnectionDetails<'a>) -> Leg<'a> {
        let began = Instant::now();
        let after = details.timeout.after;
        Leg {
            reach,
            details,
            end: (!after.is_not_happening()).then(|| began + *after),
            began,
        }
    }

    /// The limit of the next step that has one of its own: a name, or a connection.
    fn fresh(&self) -> Instant {
        self.capped(Instant::now() + self.reach.connect)
    }

    /// The limit of all that is agreed on over the connection.
    fn until(&self) -> Instant {
        self.capped(self.began + self.reach.connect * 2)
    }

    fn capped(&self, until: Instant) -> Instant {
        self.end.map_or(until, |end| end.min(until))
    }
}

/// A connection through a proxy: what is TLS on the way to the proxy is not yet TLS to the server.
#[derive(Debug)]
struct Tunnel(Line);

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

/// Where a URL leads.
struct Place<'a> {
    host: &'a str,
    port: u16,
}

impl Place<'_> {
    fn of(uri: &http::Uri) -> Result<Place<'_>, Fault> {
        let port = match uri.scheme_str() {
            Some("https") => 443,
            _ => 80,
        };
        let host = uri.host().ok_or_else(|| {
            Fault::new(ErrorKind::Internal, "the URL has no host", Reached::Nothing)
        })?;
        Ok(Place {
            host,
            port: uri.port_u16().unwrap_or(port),
        })
    }
}

impl Connector for Dial {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let made = self.dial(details);
        made.map(Some)
            .map_err(|fault| Error::Other(Box::new(fault)))
    }
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dial")
    }
}

/// The library asks for a name's addresses before it looks for a connection that is kept; whoever dials looks them up.
#[derive(Debug)]
pub(super) struct Later;

impl Resolver for Later {
    fn resolve(
        &self,
        _: &http::Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}
