//! The TCP connection under the HTTP library.

use std::fmt;
use std::io::ErrorKind as Io;
use std::net::{Shutdown, TcpStream};
use std::ops::Range;
use std::sync::{Arc, Weak};
use std::time::Duration;

use ureq::Error;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

use super::buffers::GrowingBuffers;
use super::layer::Layer;
use super::socket::{peek, read, read_now, readiness, write, write_now};
use super::step_timer::Timer;
use crate::cancel::{CancelScope, CancelSource, Registration, Wakeable};
use crate::system;
use crate::transport::call_context::CallContext;
use crate::transport::reuse_terms::ReuseTerms;

/// The most reads of a call after its time. The HTTP library asks once at most, for up to 16 KiB; TLS may read its records in several
/// pieces for that. A server that sends without an end must not be read for ever.
const MOST_LATE_READS: u32 = 16;

/// A socket and its buffers. A small request takes three system calls: a peek whether the socket is still open, a write and a read.
pub(super) struct TcpTransport {
    /// The process that made the connection. A child has connections of its own.
    process: u32,
    socket: Arc<TcpStream>,
    buffers: GrowingBuffers,
    /// The limit for reads that the socket has now. One that will do is not set again.
    read_limit: Option<Duration>,
    /// The same for writes.
    write_limit: Option<Duration>,
    /// Closes the socket with the client, as long as the connection lives.
    _client: Option<Registration>,
    /// Closes the socket when the call is cancelled, while the call has the connection.
    call: Option<Registration>,
    /// A call has the connection, and has not given it back yet.
    is_taken: bool,
    /// The reads that this call has made after its time.
    late_reads: u32,
    /// The server sends no more bytes to this call.
    is_input_ended: bool,
    /// The terms on which the connection serves another call.
    terms: Arc<ReuseTerms>,
}

impl TcpTransport {
    /// A connection that closes with its client. Each call that takes it registers its own cancel.
    pub(super) fn new(socket: TcpStream, cancel: &CancelScope) -> TcpTransport {
        let (socket, process) = (Arc::new(socket), std::process::id());
        TcpTransport {
            process,
            _client: cancel
                .client
                .as_ref()
                .map(|cancel_source| register(cancel_source, &socket, process)),
            socket,
            buffers: GrowingBuffers::default(),
            read_limit: None,
            write_limit: None,
            call: None,
            is_taken: false,
            late_reads: 0,
            is_input_ended: false,
            terms: Arc::default(),
        }
    }

    /// Takes the connection for the call that runs on this thread, and returns its context.
    fn take(&mut self) -> Arc<CallContext> {
        let context = CallContext::current();
        if !self.is_taken {
            self.is_taken = true;
            self.late_reads = 0;
            self.is_input_ended = false;
            self.terms.take();
            context.use_connection(&self.terms);
            let call = context.cancel.call.as_ref();
            self.call =
                call.map(|cancel_source| register(cancel_source, &self.socket, self.process));
        }
        context
    }
}

impl TcpTransport {
    /// Reads once more, without a wait, after the time has passed. A process that was stopped, or a machine that slept, finds the
    /// answer in its socket: the server was in time.
    fn read_late(&mut self, context: &CallContext, late: Error) -> Result<bool, Error> {
        if !matches!(late, Error::Timeout(_)) || self.late_reads == MOST_LATE_READS {
            return Err(late);
        }
        self.late_reads += 1;
        let free = self.buffers.input_append_buf();
        match read_now(&self.socket, free) {
            Ok(count) => {
                context.hide_token(&mut free[..count]);
                context.count_received(count);
                self.buffers.input_appended(count);
                Ok(count > 0)
            }
            Err(_) => Err(late),
        }
    }
}

impl Layer for TcpTransport {
    fn growing(&mut self) -> &mut GrowingBuffers {
        &mut self.buffers
    }

    fn send_or_read(
        &mut self,
        span: &mut Range<usize>,
        timeout: NextTimeout,
    ) -> Result<bool, Error> {
        let context = self.take();
        let timer = Timer::new(timeout.for_write())?;
        while span.start < span.end {
            let left = timer.left(&context)?;
            let has_space = !self.buffers.input_append_buf().is_empty();
            let can = readiness(&self.socket, has_space && !self.is_input_ended, left);
            let can = match can {
                Ok(can) => can,
                Err(error) => {
                    timer.go_on_after(&context, error)?;
                    continue;
                }
            };
            // First, so that no byte is sent to a server that has refused the request.
            if can.read {
                let free = self.buffers.input_append_buf();
                match read(&self.socket, free) {
                    Ok(0) => self.is_input_ended = true,
                    Ok(count) => {
                        context.hide_token(&mut free[..count]);
                        context.count_received(count);
                        self.buffers.input_appended(count);
                        self.buffers.offer();
                        return Ok(false);
                    }
                    Err(error) => timer.go_on_after(&context, error)?,
                }
            } else if can.write {
                match write_now(&self.socket, &self.buffers.output()[span.clone()]) {
                    Ok(0) => return Err(Error::Io(Io::WriteZero.into())),
                    Ok(count) => {
                        context.count_sent(count);
                        span.start += count;
                    }
                    Err(error) => timer.go_on_after(&context, error)?,
                }
            }
        }
        Ok(true)
    }

    fn read_present(&mut self) -> Result<bool, Error> {
        let context = self.take();
        let free = self.buffers.input_append_buf();
        if free.is_empty() {
            return Ok(false);
        }
        if self.is_input_ended {
            return Err(Error::Io(Io::UnexpectedEof.into()));
        }
        // The peek costs one system call, and mostly nothing is there.
        let found = peek(&self.socket).and_then(|count| match count {
            0 => Ok(0),
            _ => read(&self.socket, free),
        });
        match found {
            Ok(0) => {
                self.is_input_ended = true;
                Err(Error::Io(Io::UnexpectedEof.into()))
            }
            Ok(count) => {
                context.hide_token(&mut free[..count]);
                context.count_received(count);
                self.buffers.input_appended(count);
                self.buffers.offer();
                Ok(true)
            }
            Err(error) if matches!(error.kind(), Io::WouldBlock | Io::Interrupted) => Ok(false),
            Err(error) => Err(Error::Io(error)),
        }
    }

    fn read_rest(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        if self.is_input_ended || self.buffers.input_append_buf().is_empty() {
            return Ok(false);
        }
        let is_read = self.await_input(timeout)?;
        self.buffers.offer();
        Ok(is_read)
    }
}

/// Registers a socket with a cancel source. The source holds it weakly: a closed connection must not stay open for it.
fn register(
    cancel_source: &Arc<CancelSource>,
    socket: &Arc<TcpStream>,
    process: u32,
) -> Registration {
    cancel_source.register(Arc::new(ShutdownOnCancel {
        process,
        socket: Arc::downgrade(socket),
    }))
}

impl Transport for TcpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let context = self.take();
        let mut timer = Timer::new(timeout.for_write())?;
        let mut rest = &self.buffers.output()[..amount];
        while !rest.is_empty() {
            timer.set(&context, &mut self.write_limit, |left| {
                self.socket.set_write_timeout(Some(left))
            })?;
            match write(&self.socket, rest) {
                // As `write_all` of the standard library reports it.
                Ok(0) => return Err(Error::Io(Io::WriteZero.into())),
                Ok(count) => {
                    context.count_sent(count);
                    rest = &rest[count..];
                }
                Err(error) => timer.go_on_after(&context, error)?,
            }
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let context = self.take();
        let mut timer = match Timer::new(timeout.for_read()) {
            Ok(timer) => timer,
            Err(late) => return self.read_late(&context, late),
        };
        loop {
            let set = timer.set(&context, &mut self.read_limit, |left| {
                self.socket.set_read_timeout(Some(left))
            });
            if let Err(late) = set {
                return self.read_late(&context, late);
            }
            let free = self.buffers.input_append_buf();
            match read(&self.socket, free) {
                Ok(count) => {
                    context.hide_token(&mut free[..count]);
                    context.count_received(count);
                    self.buffers.input_appended(count);
                    return Ok(count > 0);
                }
                Err(error) => timer.go_on_after(&context, error)?,
            }
        }
    }

    /// The HTTP library calls this when a call gives the connection back, and again when the next one takes it. Only then is it worth
    /// a system call: the server may have closed the socket in between.
    fn is_open(&mut self) -> bool {
        if self.is_taken {
            self.is_taken = false;
            self.buffers.release();
            // A cancel of that call must not reach the next one.
            self.call = None;
            let now = system::now();
            self.terms.give_back(now);
            return self.terms.allow(now);
        }
        if !self.terms.allow(system::now()) {
            return false;
        }
        // Any other result is the close of the server, or bytes that answer no request.
        matches!(peek(&self.socket), Err(error) if error.kind() == Io::WouldBlock)
    }
}

impl fmt::Debug for TcpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TcpTransport").field(&self.socket).finish()
    }
}

/// A socket that a cancel shuts down. A shutdown ends a read or write that blocks on another thread, which a close would not.
struct ShutdownOnCancel {
    /// A caller's token outlives a fork, and a shutdown in the child would end the parent's connection.
    process: u32,
    socket: Weak<TcpStream>,
}

impl Wakeable for ShutdownOnCancel {
    fn wake(&self) {
        if self.process != std::process::id() {
            return;
        }
        if let Some(socket) = self.socket.upgrade() {
            // The connection may be closed already, which is as good.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}
