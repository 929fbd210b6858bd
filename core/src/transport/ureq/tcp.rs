//! The TCP connection under the HTTP library.

use std::fmt;
use std::io::ErrorKind as Io;
use std::net::{Shutdown, TcpStream};
use std::ops::Range;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
#[cfg(unix)]
use rustix::net::SendFlags;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};
use ureq::{Error, Timeout};

use super::buffers::GrowingBuffers;
use super::layer::Layer;
use crate::cancel::{CancelScope, CancelSource, Registration, Wakeable};
use crate::system;
use crate::transport::call_context::CallContext;

#[cfg(not(test))]
use direct::{read, write};
#[cfg(test)]
use injected::{read, write};

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
    /// The time at which the server closes the connection, where it said so.
    usable_until: Option<Instant>,
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
            usable_until: None,
        }
    }

    /// Takes the connection for the call that runs on this thread, and returns its context.
    fn take(&mut self) -> Arc<CallContext> {
        let context = CallContext::current();
        if !self.is_taken {
            self.is_taken = true;
            self.late_reads = 0;
            self.is_input_ended = false;
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
                        self.buffers.input_appended(count);
                        self.buffers.offer();
                        return Ok(false);
                    }
                    Err(error) => timer.go_on_after(&context, error)?,
                }
            } else if can.write {
                match write_now(&self.socket, &self.buffers.output()[span.clone()]) {
                    Ok(0) => return Err(Error::Io(Io::WriteZero.into())),
                    Ok(count) => span.start += count,
                    Err(error) => timer.go_on_after(&context, error)?,
                }
            }
        }
        Ok(true)
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

/// What a socket can do without a wait.
struct Readiness {
    read: bool,
    write: bool,
}

/// Waits until a socket can be written, or read where that is wanted.
fn readiness(
    socket: &TcpStream,
    is_read_wanted: bool,
    limit: Duration,
) -> std::io::Result<Readiness> {
    let wanted = match is_read_wanted {
        true => PollFlags::IN | PollFlags::OUT,
        false => PollFlags::OUT,
    };
    let mut fds = [PollFd::new(socket, wanted)];
    // A millisecond longer: a poll that returned just before the time would only be repeated for the rest of it.
    let limit = Timespec::try_from(limit + Duration::from_millis(1)).ok();
    match poll(&mut fds, limit.as_ref()) {
        Ok(0) => Err(Io::TimedOut.into()),
        Ok(_) => {
            let is = fds[0].revents();
            let is_broken = is.intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL);
            let read = is_read_wanted && is.intersects(PollFlags::IN);
            Ok(Readiness {
                read,
                // The write finds the error.
                write: is.intersects(PollFlags::OUT) || (is_broken && !read),
            })
        }
        Err(Errno::INTR) => Err(Io::Interrupted.into()),
        Err(error) => Err(error.into()),
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
                Ok(count) => rest = &rest[count..],
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
            let context = CallContext::current();
            self.usable_until = context.idle_limit().map(|limit| system::now() + limit);
            return !context.take_spoiled();
        }
        if self
            .usable_until
            .is_some_and(|until| system::now() >= until)
        {
            return false;
        }
        // Any other result is the close of the server, or bytes that answer no request.
        matches!(peek(&self.socket), Err(error) if error.kind() == Io::WouldBlock)
    }
}

/// Peeks at the next byte without a wait.
#[cfg(target_os = "linux")]
fn peek(socket: &TcpStream) -> std::io::Result<usize> {
    // MSG_PEEK and MSG_DONTWAIT of Linux. With them a peek is one system call; elsewhere the socket is made non-blocking and
    // blocking again, which takes three.
    const PEEK_DONTWAIT: i32 = 0x02 | 0x40;
    let mut byte = [std::mem::MaybeUninit::uninit()];
    socket2::SockRef::from(socket).recv_with_flags(&mut byte, PEEK_DONTWAIT)
}

/// Reads what is there without a wait.
fn read_now(mut socket: &TcpStream, buffer: &mut [u8]) -> std::io::Result<usize> {
    socket.set_nonblocking(true)?;
    let read = std::io::Read::read(&mut socket, buffer);
    socket.set_nonblocking(false)?;
    read
}

/// Writes what the socket takes without a wait.
#[cfg(unix)]
fn write_now(socket: &TcpStream, bytes: &[u8]) -> std::io::Result<usize> {
    #[cfg(test)]
    let bytes = &bytes[..crate::transport::fault_injection::step(bytes.len())?];
    // NOSIGNAL as in the standard library's own writes: a closed connection is an error, and no signal of the process.
    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
    Ok(rustix::net::send(socket, bytes, flags)?)
}

/// Writes what the socket takes. The socket's own limit ends a wait.
#[cfg(not(unix))]
fn write_now(socket: &TcpStream, bytes: &[u8]) -> std::io::Result<usize> {
    write(socket, bytes)
}

/// Peeks at the next byte without a wait.
#[cfg(not(target_os = "linux"))]
fn peek(socket: &TcpStream) -> std::io::Result<usize> {
    socket.set_nonblocking(true)?;
    let peeked = socket.peek(&mut [0]);
    socket.set_nonblocking(false)?;
    peeked
}

/// The timer of one read or write.
struct Timer {
    /// The limit that is reported where the time passes.
    reason: Timeout,
    /// The deadline; none where the step has no limit.
    until: Option<Instant>,
}

impl Timer {
    /// A timer that begins now. Fails where no time is left.
    fn new(timeout: NextTimeout) -> Result<Timer, Error> {
        if timeout.after.is_zero() {
            return Err(Error::Timeout(timeout.reason));
        }
        let after = (!timeout.after.is_not_happening()).then_some(*timeout.after);
        Ok(Timer {
            reason: timeout.reason,
            until: after.map(|after| system::now() + after),
        })
    }

    /// Sets the socket's limit, unless the one it has will do. A limit that passes early does no harm, as the loop goes on; one that
    /// passes late would. So it is set only where it is longer than the time left, or less than half of it, which saves a system
    /// call for most requests.
    fn set(
        &mut self,
        context: &CallContext,
        current: &mut Option<Duration>,
        set: impl FnOnce(Duration) -> std::io::Result<()>,
    ) -> Result<(), Error> {
        let left = self.left(context)?;
        if current.is_none_or(|current| current > left || current < left / 2) {
            set(left)?;
            *current = Some(left);
        }
        Ok(())
    }

    /// The longest wait for the next step.
    fn left(&self, context: &CallContext) -> Result<Duration, Error> {
        // While bytes keep arriving no wait ends, and so no other place runs the interrupt check.
        if context.check_interrupt_if_due() {
            return Err(Error::Io(Io::ConnectionAborted.into()));
        }
        let left = match self.until {
            Some(until) => until.saturating_duration_since(system::now()),
            // Without a deadline the loop goes on after any limit, and an hour wakes the thread seldom.
            None => Duration::from_secs(3600),
        };
        // The standard library refuses a limit of zero.
        if left.is_zero() {
            return Err(Error::Timeout(self.reason));
        }
        Ok(context
            .cancel
            .check_interval()
            .map_or(left, |interval| interval.min(left)))
    }

    /// Goes on after a signal, or after the socket's own limit, whose time need not be the call's. Every other error, and a cancelled
    /// call, ends the exchange.
    fn go_on_after(&self, context: &CallContext, error: std::io::Error) -> Result<(), Error> {
        match error.kind() {
            // A socket's limit that has passed is `WouldBlock` on Unix and `TimedOut` on Windows.
            Io::Interrupted | Io::WouldBlock | Io::TimedOut
                if !context.cancel.check_interrupt() =>
            {
                Ok(())
            }
            _ => Err(Error::Io(error)),
        }
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

#[cfg(not(test))]
mod direct {
    use std::io::{Read, Result, Write};
    use std::net::TcpStream;

    #[inline]
    pub(super) fn read(mut socket: &TcpStream, buffer: &mut [u8]) -> Result<usize> {
        socket.read(buffer)
    }

    #[inline]
    pub(super) fn write(mut socket: &TcpStream, bytes: &[u8]) -> Result<usize> {
        socket.write(bytes)
    }
}

/// The same for the tests of this crate: any step may fail on demand.
#[cfg(test)]
mod injected {
    use std::io::{ErrorKind, Read, Result, Write};
    use std::net::TcpStream;

    use crate::transport::fault_injection::step;

    pub(super) fn read(mut socket: &TcpStream, buffer: &mut [u8]) -> Result<usize> {
        match step(buffer.len()) {
            Ok(most) => socket.read(&mut buffer[..most]),
            // To a reader the end of the stream is no error.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(0),
            Err(error) => Err(error),
        }
    }

    pub(super) fn write(mut socket: &TcpStream, bytes: &[u8]) -> Result<usize> {
        socket.write(&bytes[..step(bytes.len())?])
    }
}
