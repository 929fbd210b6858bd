//! Ports that are open, refuse, or let nobody in.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use crate::variant::Listen;

/// Connections that wait to be accepted, where a port is open.
const BACKLOG: i32 = 128;

/// A port, and how it greets.
#[derive(Debug)]
pub struct Port {
    socket: Socket,
    number: u16,
    /// Connections that fill the backlog.
    fillers: Vec<Socket>,
}

impl Port {
    /// Takes a free port of this address.
    ///
    /// # Errors
    /// The system refuses.
    pub fn take(address: Ipv4Addr, listen: Listen) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        // So that a body that is not read soon stops.
        socket.set_recv_buffer_size(32 * 1024)?;
        socket.bind(&SocketAddr::from((address, 0)).into())?;
        let bound = socket.local_addr()?.as_socket();
        let number = bound.ok_or(io::ErrorKind::AddrNotAvailable)?.port();
        let mut port = Self {
            socket,
            number,
            fillers: Vec::new(),
        };
        match listen {
            Listen::Open => port.socket.listen(BACKLOG)?,
            Listen::Refused => {}
            Listen::Full => port.fill(address)?,
        }
        Ok(port)
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Opens it, or what was closed of it.
    ///
    /// # Errors
    /// The system refuses.
    pub fn open(&mut self) -> io::Result<TcpListener> {
        self.socket.listen(BACKLOG)?;
        let listener: TcpListener = self.socket.try_clone()?.into();
        // Those that fill the backlog come first.
        for filler in self.fillers.drain(..) {
            if filler.peer_addr().is_ok() {
                listener.accept()?;
            }
        }
        Ok(listener)
    }

    /// Connects until the system lets no more in.
    fn fill(&mut self, address: Ipv4Addr) -> io::Result<()> {
        self.socket.listen(0)?;
        let to = SocketAddr::from((address, self.number));
        for _ in 0..16 {
            let filler = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            filler.set_nonblocking(true)?;
            let _ = filler.connect(&to.into());
            let start = Instant::now();
            while filler.peer_addr().is_err() {
                if start.elapsed() > Duration::from_millis(100) {
                    return Ok(());
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            self.fillers.push(filler);
        }
        Err(io::Error::other("the backlog does not fill"))
    }
}

/// Ends a connection with a reset instead of an end.
///
/// # Errors
/// The system refuses.
pub fn reset(stream: &TcpStream) -> io::Result<()> {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO))
}

/// Whether the client still holds a connection from which nothing is read.
#[must_use]
pub fn is_held(stream: &TcpStream) -> bool {
    // Bytes that wait hide an end behind them: then it is held for all that can be seen.
    let seen = stream
        .set_nonblocking(true)
        .and_then(|()| stream.peek(&mut [0]));
    let _ = stream.set_nonblocking(false);
    match seen {
        Ok(count) => count > 0,
        Err(error) => error.kind() == io::ErrorKind::WouldBlock,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read as _};

    use super::*;

    const HOME: Ipv4Addr = Ipv4Addr::LOCALHOST;

    fn knock(port: &Port) -> io::Result<TcpStream> {
        let to = SocketAddr::from((HOME, port.number()));
        TcpStream::connect_timeout(&to, Duration::from_millis(200))
    }

    #[test]
    fn a_port_that_refuses_opens() {
        let mut port = Port::take(HOME, Listen::Refused).unwrap();
        assert_eq!(
            knock(&port).unwrap_err().kind(),
            ErrorKind::ConnectionRefused
        );
        let _listener = port.open().unwrap();
        knock(&port).unwrap();
    }

    #[test]
    fn a_full_port_lets_nobody_in_until_it_opens() {
        let mut port = Port::take(HOME, Listen::Full).unwrap();
        assert_eq!(knock(&port).unwrap_err().kind(), ErrorKind::TimedOut);
        let _listener = port.open().unwrap();
        knock(&port).unwrap();
    }

    #[test]
    fn a_reset_is_no_end() {
        let mut port = Port::take(HOME, Listen::Open).unwrap();
        let listener = port.open().unwrap();
        let mut client = knock(&port).unwrap();
        let (server, _) = listener.accept().unwrap();
        reset(&server).unwrap();
        drop(server);
        let error = client.read(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
}
