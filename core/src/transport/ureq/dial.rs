//! New connections: a name, an address, a socket, TLS.

use std::fmt;
use std::time::Instant;

use ureq::Error;
use ureq::config::Config;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
};

use super::super::fault::{Fault, Reached};
use super::super::names::Names;
use super::super::race;
use super::super::reach::Reach;
use super::super::roots::Roots;
use super::secure;
use super::wire::Wire;
use crate::error::ErrorKind;

/// Makes connections.
pub(super) struct Dial {
    names: Names,
    roots: Roots,
}

impl Dial {
    pub(super) fn new(roots: Roots) -> Dial {
        Dial {
            names: Names::default(),
            roots,
        }
    }

    fn dial(&self, details: &ConnectionDetails<'_>) -> Result<Box<dyn Transport>, Fault> {
        let reach = Reach::current();
        let place = Place::of(details.uri)?;
        let end = end_of(details.timeout);
        let limit = || {
            let own = Instant::now() + reach.connect;
            end.map_or(own, |end| end.min(own))
        };
        let addresses = self
            .names
            .find(place.host, place.port, limit(), &reach.endings)?;
        let until = limit();
        let stream = race::connect(&addresses, until, &reach.endings)
            .inspect_err(|_| self.names.forget(place.host, place.port))?;
        stream.set_nodelay(true).map_err(Fault::unconnected)?;
        let buffers = LazyBuffers::new(
            details.config.input_buffer_size(),
            details.config.output_buffer_size(),
        );
        let wire = Wire::new(stream, buffers, &reach.endings);
        match details.needs_tls() {
            false => Ok(Box::new(wire)),
            true => secure::wrap(wire, place.host, self.roots.config()?, until, details),
        }
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

/// When the call's own time is up.
fn end_of(timeout: NextTimeout) -> Option<Instant> {
    (!timeout.after.is_not_happening()).then(|| Instant::now() + *timeout.after)
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
