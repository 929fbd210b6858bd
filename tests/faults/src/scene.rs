//! The servers of one case.

use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::combination::Work;
use crate::record::Record;
use crate::server::Server;
use crate::tls::{self, Certificates};
use crate::variant::Variant;
use crate::vars::Vars;

/// The certificates of one run.
#[derive(Debug)]
pub struct Trust {
    certificates: Arc<Certificates>,
    ca_file: PathBuf,
}

/// The server that the client is told of, a proxy before it, and two that it must not go to.
#[derive(Debug)]
pub struct Scene {
    /// The server that the client is told of.
    pub server: Server,
    proxy: Server,
    other: Server,
    elsewhere: Server,
    /// Where they are.
    pub vars: Vars,
}

/// What they saw.
#[derive(Debug)]
pub struct Seen {
    /// The server that the client was told of.
    pub server: Record,
    /// The proxy.
    pub proxy: Record,
    /// Those that it must not go to.
    pub others: [Record; 2],
}

impl Trust {
    /// Makes certificates, and puts that of their authority into this file.
    ///
    /// # Errors
    /// Something is refused on the way.
    pub fn make(ca_file: &Path) -> Result<Self, String> {
        Ok(Self {
            certificates: Arc::new(Certificates::make(ca_file)?),
            ca_file: ca_file.to_path_buf(),
        })
    }
}

impl Seen {
    /// How many bytes came in at all of them.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let all = [&self.server, &self.proxy].into_iter().chain(&self.others);
        let connections = all.flat_map(|record| &record.connections);
        connections.map(|connection| connection.bytes.len()).sum()
    }
}

impl Scene {
    /// Starts all of them.
    ///
    /// # Errors
    /// A port is not to be had, or a thread.
    pub fn start(variant: &Variant, work: Work, trust: &Trust) -> io::Result<Self> {
        let home = Ipv4Addr::LOCALHOST;
        let abroad = Ipv4Addr::new(127, 0, 0, 2);
        let well = Variant::well();
        let other = Server::start(home, &well, Vars::default())?;
        let elsewhere = Server::start(abroad, &well, Vars::default())?;
        let proxy = Server::start(home, &Variant::proxy(&variant.proxy), Vars::default())?;
        let scheme = match variant.tls {
            Some(_) => "https",
            None => "http",
        };
        let vars = Vars {
            port: 0,
            scheme,
            content_type: match work {
                Work::Download => "application/pdf",
                Work::Json | Work::Upload => "application/json",
            },
            host: tls::HOST.to_owned(),
            other: other.port(),
            elsewhere: elsewhere.port(),
            proxy: proxy.port(),
            ca_file: trust.ca_file.display().to_string(),
        };
        let server = Server::secured(home, variant, vars, Some(&trust.certificates))?;
        let vars = server.shared().vars.clone();
        Ok(Self {
            server,
            proxy,
            other,
            elsewhere,
            vars,
        })
    }

    /// Ends the fault.
    ///
    /// # Errors
    /// A port does not open.
    pub fn heal(&mut self) -> io::Result<()> {
        self.server.heal()?;
        self.proxy.heal()
    }

    /// Ends all of them.
    #[must_use]
    pub fn stop(self) -> Seen {
        Seen {
            server: self.server.stop(),
            proxy: self.proxy.stop(),
            others: [self.other.stop(), self.elsewhere.stop()],
        }
    }
}
