//! One TCP connection, as the HTTP library uses it.

use std::fmt;
use std::io::ErrorKind as Io;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};
use ureq::{Error, Timeout};

use super::buffers::GrowingBuffers;
use crate::cancel::{CancelScope, CancelSource, Registration, Wakeable};
use crate::system;
use crate::transport::call_context::CallContext;

#[cfg(not(test))]
use direct::{read, write};
#[cfg(test)]
use tortured::{read, write};

/// A socket and its buffers. Three system calls a request: a look whether it is still open, a write and a read.
pub(super) struct TcpTransport {
    socket: Arc<TcpStream>,
    room: GrowingBuffers,
    read_limit: Option<Duration>,
    write_limit: Option<Duration>,
    /// The client's end closes it as long as it lives.
    _client: Option<Registration>,
    /// A call's end closes it while the call has it.
    call: Option<Registration>,
    is_taken: bool,
}

impl TcpTransport {
    pub(super) fn new(socket: TcpStream, cancel: &CancelScope) -> TcpTransport {
        let socket = Arc::new(socket);
        TcpTransport {
            _client: cancel
                .client
                .as_ref()
                .map(|cancel_source| register(cancel_source, &socket)),
            socket,
            room: GrowingBuffers::default(),
            read_limit: None,
            write_limit: None,
            call: None,
            is_taken: false,
        }
    }

    /// The call that uses it from now on.
    fn take(&mut self) -> Arc<CallContext> {
        let context = CallContext::current();
        if !self.is_taken {
            self.is_taken = true;
            let call = context.cancel.call.as_ref();
            self.call = call.map(|cancel_source| register(cancel_source, &self.socket));
        }
        context
    }
}

fn register(cancel_source: &Arc<CancelSource>, socket: &Arc<TcpStream>) -> Registration {
    cancel_source.register(Arc::new(ShutdownOnCancel(Arc::downgrade(socket))))
}

impl Transport for TcpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.room
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let context = self.take();
        let mut limit = Timer::new(timeout.for_write())?;
        let mut rest = &self.room.output()[..amount];
        while !rest.is_empty() {
            limit.set(&context, &mut self.write_limit, |left| {
                self.socket.set_write_timeout(Some(left))
            })?;
            match write(&self.socket, rest) {
                Ok(0) => return Err(Error::Io(Io::WriteZero.into())),
                Ok(count) => rest = &rest[count..],
                Err(error) => limit.judge(&context, error)?,
            }
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let context = self.take();
        let mut limit = Timer::new(timeout.for_read())?;
        loop {
            limit.set(&context, &mut self.read_limit, |left| {
                self.socket.set_read_timeout(Some(left))
            })?;
            let free = self.room.input_append_buf();
            match read(&self.socket, free) {
                Ok(count) => {
                    context.hide_token(&mut free[..count]);
                    self.room.input_appended(count);
                    return Ok(count > 0);
                }
                Err(error) => limit.judge(&context, error)?,
            }
        }
    }

    /// Asked when a call gives the connection back, and again when the next one takes it: only then is there something to see.
    fn is_open(&mut self) -> bool {
        if self.is_taken {
            self.is_taken = false;
            self.room.release();
            self.call = None;
            return !CallContext::current().take_spoiled();
        }
        // Anything else is the other end's close, or an answer to nothing.
        matches!(peek(&self.socket), Err(error) if error.kind() == Io::WouldBlock)
    }
}

/// What there is to read, without a wait.
#[cfg(target_os = "linux")]
fn peek(socket: &TcpStream) -> std::io::Result<usize> {
    const PEEK_DONTWAIT: i32 = 0x02 | 0x40;
    let mut byte = [std::mem::MaybeUninit::uninit()];
    socket2::SockRef::from(socket).recv_with_flags(&mut byte, PEEK_DONTWAIT)
}

/// What there is to read, without a wait.
#[cfg(not(target_os = "linux"))]
fn peek(socket: &TcpStream) -> std::io::Result<usize> {
    socket.set_nonblocking(true)?;
    let peeked = socket.peek(&mut [0]);
    socket.set_nonblocking(false)?;
    peeked
}

/// What is left of the time for one reading or writing.
struct Timer {
    reason: Timeout,
    until: Option<Instant>,
}

impl Timer {
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

    /// Sets the socket's limit where the one it has is of no use: it may come early, since what then comes is looked at, not late.
    fn set(
        &mut self,
        context: &CallContext,
        has: &mut Option<Duration>,
        set: impl FnOnce(Duration) -> std::io::Result<()>,
    ) -> Result<(), Error> {
        // Bytes that keep coming leave no wait to ask in.
        if context.ask_now_and_then() {
            return Err(Error::Io(Io::ConnectionAborted.into()));
        }
        let left = match self.until {
            Some(until) => until.saturating_duration_since(system::now()),
            None => Duration::from_secs(3600),
        };
        if left.is_zero() {
            return Err(Error::Timeout(self.reason));
        }
        let left = context.cancel.slice().map_or(left, |slice| slice.min(left));
        if has.is_none_or(|has| has > left || has < left / 2) {
            set(left)?;
            *has = Some(left);
        }
        Ok(())
    }

    /// Whether to go on after an error: a signal, or a wait whose time is not up.
    fn judge(&self, context: &CallContext, error: std::io::Error) -> Result<(), Error> {
        match error.kind() {
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

/// A socket that an ending shuts down.
struct ShutdownOnCancel(Weak<TcpStream>);

impl Wakeable for ShutdownOnCancel {
    fn wake(&self) {
        if let Some(socket) = self.0.upgrade() {
            // It may be gone already.
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

/// The same for the tests of this crate, which may have any step fail.
#[cfg(test)]
mod tortured {
    use std::io::{ErrorKind, Read, Result, Write};
    use std::net::TcpStream;

    use crate::transport::fault_injection::step;

    pub(super) fn read(mut socket: &TcpStream, buffer: &mut [u8]) -> Result<usize> {
        match step(buffer.len()) {
            Ok(most) => socket.read(&mut buffer[..most]),
            // The end is no error to who reads.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(0),
            Err(error) => Err(error),
        }
    }

    pub(super) fn write(mut socket: &TcpStream, bytes: &[u8]) -> Result<usize> {
        socket.write(&bytes[..step(bytes.len())?])
    }
}
