//! The server of one case.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::listen::Port;
use crate::play::{Playing, Stream};
use crate::record::{Connection, Record};
use crate::step::Step;
use crate::tls::{Certificates, Shown};
use crate::variant::{Listen, Variant};
use crate::vars::Vars;

/// What the server's threads share.
#[derive(Debug)]
pub struct Shared {
    /// The values of the script's variables.
    pub vars: Vars,
    greetings: Vec<Vec<Step>>,
    tls: Option<(Shown, Arc<Certificates>)>,
    /// Connections begin with their script behind the handshake, not before it.
    pub greets_inside: bool,
    /// A proxy answers well by leading on.
    is_proxy: bool,
    script: Vec<Vec<Step>>,
    /// The fault is over: everything is answered well.
    healed: AtomicBool,
    /// The case is over.
    over: AtomicBool,
    record: Mutex<Record>,
    /// Scripts that are being played.
    playing: AtomicIsize,
    /// The connections that are open, by number.
    streams: Mutex<BTreeMap<usize, TcpStream>>,
}

/// A change of the number of scripts that are played, taken back at its end.
pub struct Plays<'a> {
    shared: &'a Shared,
    by: isize,
}

impl Drop for Plays<'_> {
    fn drop(&mut self) {
        self.shared.playing.fetch_sub(self.by, Ordering::SeqCst);
    }
}

/// A server on a port of its own.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    port: Port,
    address: Ipv4Addr,
    accepting: Option<JoinHandle<()>>,
}

impl Shared {
    /// What was seen so far.
    pub fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the case is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    /// Notes that a script is played (1), or does nothing but wait (-1).
    pub fn playing(&self, by: isize) -> Plays<'_> {
        self.playing.fetch_add(by, Ordering::SeqCst);
        Plays { shared: self, by }
    }

    /// Waits until no script has anything left to do, or the limit has passed.
    pub fn settle(&self, limit: Duration) {
        let start = Instant::now();
        while self.playing.load(Ordering::SeqCst) > 0 && start.elapsed() < limit {
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// What a connection begins with.
    #[must_use]
    pub fn greeting(&self, connection: usize) -> Vec<Step> {
        self.chosen(&self.greetings, connection).unwrap_or_default()
    }

    /// The answer to a request, by its number from 1.
    #[must_use]
    pub fn answers(&self, number: usize) -> Vec<Step> {
        let well = match self.is_proxy {
            true => Step::Tunnel,
            false => Step::Healthy,
        };
        self.chosen(&self.script, number - 1)
            .unwrap_or_else(|| vec![well])
    }

    /// Shakes hands where the server talks TLS.
    ///
    /// # Errors
    /// The client refuses, or goes away.
    pub fn secure(&self, tcp: &TcpStream) -> io::Result<Option<Box<dyn Stream>>> {
        let Some((shown, certificates)) = &self.tls else {
            return Ok(None);
        };
        let shown = match self.healed.load(Ordering::SeqCst) {
            true => Shown::Good,
            false => *shown,
        };
        let secured = certificates.secure(shown, tcp.try_clone()?)?;
        Ok(Some(Box::new(secured)))
    }

    fn chosen(&self, scripts: &[Vec<Step>], at: usize) -> Option<Vec<Step>> {
        if self.healed.load(Ordering::SeqCst) {
            return None;
        }
        scripts.get(at).or(scripts.last()).cloned()
    }

    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.is_over() {
                return;
            }
            let Ok(tcp) = stream else { continue };
            let _ = tcp.set_nodelay(true);
            let mut record = self.record();
            let number = record.connections.len();
            record.connections.push(Connection {
                at: Instant::now(),
                bytes: Vec::new(),
                ended: false,
            });
            drop(record);
            let shared = Arc::clone(self);
            let started = thread::Builder::new().spawn(move || {
                if let Err(error) = shared.serve(number, tcp) {
                    shared.record().faults.push(error.to_string());
                }
            });
            if let Err(error) = started {
                self.record().faults.push(error.to_string());
            }
        }
    }

    fn serve(&self, number: usize, tcp: TcpStream) -> io::Result<()> {
        let held = tcp.try_clone()?;
        self.streams().insert(number, held);
        let inner = Box::new(tcp.try_clone()?);
        Playing::new(self, number, tcp, inner).run();
        self.release(number);
        if let Some(connection) = self.record().connections.get_mut(number) {
            connection.ended = true;
        }
        Ok(())
    }

    /// Lets go of a connection.
    pub fn release(&self, number: usize) {
        self.streams().remove(&number);
    }

    fn streams(&self) -> MutexGuard<'_, BTreeMap<usize, TcpStream>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    /// Takes a port of this address and starts to play.
    ///
    /// # Errors
    /// No port, or no thread.
    pub fn start(address: Ipv4Addr, variant: &Variant, vars: Vars) -> io::Result<Self> {
        Self::secured(address, variant, vars, None)
    }

    /// The same with the certificates that it shows if the variant wants TLS.
    ///
    /// # Errors
    /// No port, or no thread.
    pub fn secured(
        address: Ipv4Addr,
        variant: &Variant,
        vars: Vars,
        certificates: Option<&Arc<Certificates>>,
    ) -> io::Result<Self> {
        let port = Port::take(address, variant.listen)?;
        let shared = Shared {
            vars: Vars {
                port: port.number(),
                ..vars
            },
            greetings: variant.connections.clone(),
            tls: variant.tls.zip(certificates.cloned()),
            greets_inside: variant.greets_inside,
            is_proxy: variant.is_proxy(),
            script: variant.answers.clone(),
            healed: AtomicBool::new(false),
            over: AtomicBool::new(false),
            record: Mutex::default(),
            playing: AtomicIsize::new(0),
            streams: Mutex::default(),
        };
        let mut server = Self {
            shared: Arc::new(shared),
            port,
            address,
            accepting: None,
        };
        if variant.listen == Listen::Open {
            server.open()?;
        }
        Ok(server)
    }

    /// What its threads share.
    #[must_use]
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Ends the fault.
    ///
    /// # Errors
    /// The port does not open.
    pub fn heal(&mut self) -> io::Result<()> {
        self.shared.healed.store(true, Ordering::SeqCst);
        if self.accepting.is_none() {
            self.open()?;
        }
        Ok(())
    }

    /// Ends everything and hands over what was seen.
    #[must_use]
    pub fn stop(mut self) -> Record {
        self.shared.over.store(true, Ordering::SeqCst);
        if let Some(accepting) = self.accepting.take() {
            // Wakes the accepting thread, which then sees that it is over.
            drop(TcpStream::connect((self.address, self.port.number())));
            let _ = accepting.join();
        }
        for stream in self.shared.streams().values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.shared.record().clone()
    }

    fn open(&mut self) -> io::Result<()> {
        let listener = self.port.open()?;
        let shared = Arc::clone(&self.shared);
        let accepting = thread::Builder::new()
            .name("accept".to_owned())
            .spawn(move || shared.accept(&listener))?;
        self.accepting = Some(accepting);
        Ok(())
    }
}
