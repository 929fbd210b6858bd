//! The steps of input and output on a socket.

use std::net::TcpStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
#[cfg(unix)]
use rustix::net::SendFlags;

use std::io::ErrorKind as Io;

#[cfg(not(test))]
pub(super) use direct::{read, write};
#[cfg(test)]
pub(super) use injected::{read, write};

/// The steps that a socket can make without a wait.
pub(super) struct Readiness {
    pub(super) read: bool,
    pub(super) write: bool,
}

/// Waits until a socket can be written, or read where that is wanted.
pub(super) fn readiness(
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

/// Peeks at the next byte without a wait.
#[cfg(target_os = "linux")]
pub(super) fn peek(socket: &TcpStream) -> std::io::Result<usize> {
    // MSG_PEEK and MSG_DONTWAIT of Linux. With them a peek is one system call; elsewhere the socket is made non-blocking and
    // blocking again, which takes three.
    const PEEK_DONTWAIT: i32 = 0x02 | 0x40;
    let mut byte = [std::mem::MaybeUninit::uninit()];
    socket2::SockRef::from(socket).recv_with_flags(&mut byte, PEEK_DONTWAIT)
}

/// Reads what is there without a wait.
pub(super) fn read_now(mut socket: &TcpStream, buffer: &mut [u8]) -> std::io::Result<usize> {
    socket.set_nonblocking(true)?;
    let read = std::io::Read::read(&mut socket, buffer);
    socket.set_nonblocking(false)?;
    read
}

/// Writes what the socket takes without a wait.
#[cfg(unix)]
pub(super) fn write_now(socket: &TcpStream, bytes: &[u8]) -> std::io::Result<usize> {
    #[cfg(test)]
    let bytes = &bytes[..crate::transport::fault_injection::step(bytes.len())?];
    // NOSIGNAL as in the standard library's own writes: a closed connection is an error, and no signal of the process.
    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
    Ok(rustix::net::send(socket, bytes, flags)?)
}

/// Writes what the socket takes. The socket's own limit ends a wait.
#[cfg(not(unix))]
pub(super) fn write_now(socket: &TcpStream, bytes: &[u8]) -> std::io::Result<usize> {
    write(socket, bytes)
}

/// Peeks at the next byte without a wait.
#[cfg(not(target_os = "linux"))]
pub(super) fn peek(socket: &TcpStream) -> std::io::Result<usize> {
    socket.set_nonblocking(true)?;
    let peeked = socket.peek(&mut [0]);
    socket.set_nonblocking(false)?;
    peeked
}

#[cfg(not(test))]
mod direct {
    use std::io::{Read, Result, Write};
    use std::net::TcpStream;

    #[inline]
    pub(in super::super) fn read(mut socket: &TcpStream, buffer: &mut [u8]) -> Result<usize> {
        socket.read(buffer)
    }

    #[inline]
    pub(in super::super) fn write(mut socket: &TcpStream, bytes: &[u8]) -> Result<usize> {
        socket.write(bytes)
    }
}

/// The same for the tests of this crate: any step may fail on demand.
#[cfg(test)]
mod injected {
    use std::io::{ErrorKind, Read, Result, Write};
    use std::net::TcpStream;

    use crate::transport::fault_injection::step;

    pub(in super::super) fn read(mut socket: &TcpStream, buffer: &mut [u8]) -> Result<usize> {
        match step(buffer.len()) {
            Ok(most) => socket.read(&mut buffer[..most]),
            // To a reader the end of the stream is no error.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(0),
            Err(error) => Err(error),
        }
    }

    pub(in super::super) fn write(mut socket: &TcpStream, bytes: &[u8]) -> Result<usize> {
        socket.write(&bytes[..step(bytes.len())?])
    }
}
