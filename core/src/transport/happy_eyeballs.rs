//! Happy Eyeballs (RFC 8305): one connection to the address of a host that answers first.

use std::io::{Error as IoError, ErrorKind as Io};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use socket2::{Domain, Protocol, Socket, Type};

use crate::cancel::{CancelScope, Registration, Wakeable};
use crate::system;

use super::error::{SendState, TransportError};

/// The time that an address has before the next is tried beside it: the default of RFC 8305, section 5. A shorter one opens
/// connections that are not needed, a longer one keeps callers behind a dead address.
const HEAD_START: Duration = Duration::from_millis(250);

/// Connects to the first address that answers. Each attempt starts `HEAD_START` after the one before it, or when all before it have
/// failed.
pub(super) fn connect(
    addresses: &[SocketAddr],
    until: Instant,
    cancel: &CancelScope,
) -> Result<TcpStream, TransportError> {
    let mut waiting = alternating(addresses).into_iter();
    let mut attempts: Vec<ConnectAttempt> = Vec::new();
    let mut next_start = system::now();
    let mut last = None;
    loop {
        // A cancel: `CallContext::attribute` puts its own error in the place of this one.
        if cancel.check_interrupt() {
            return Err(TransportError::timeout("connect", SendState::NotSent));
        }
        let now = system::now();
        if now >= until {
            return Err(TransportError::timeout("connect", SendState::NotSent));
        }
        if attempts.is_empty() || now >= next_start {
            match waiting
                .next()
                .map(|address| ConnectAttempt::start(address, cancel))
            {
                Some(Ok(attempt)) => attempts.push(attempt),
                Some(Err(error)) => last = Some(error),
                None if attempts.is_empty() => return Err(all_failed(last)),
                None => {}
            }
            next_start = now + HEAD_START;
            // The attempt failed at once. The next address need not wait for it.
            if attempts.is_empty() {
                continue;
            }
        }
        let wake_up = match waiting.len() {
            0 => until,
            _ => next_start.min(until),
        };
        let wait = wake_up.saturating_duration_since(now);
        let wait = cancel
            .check_interval()
            .map_or(wait, |interval| interval.min(wait));
        for index in decided(&attempts, wait)
            .map_err(TransportError::unconnected)?
            .into_iter()
            // From the last index on: `swap_remove` fills a hole with the last attempt, whose index would change.
            .rev()
        {
            match attempts.swap_remove(index).finish() {
                // A cancel shuts the socket down, which may look like a connection. Nothing was sent yet.
                Ok(_) if cancel.cause().is_some() => {
                    return Err(TransportError::timeout("connect", SendState::NotSent));
                }
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some(error),
            }
        }
    }
}

/// The error where every address failed. The last failure stands for all.
fn all_failed(last: Option<IoError>) -> TransportError {
    // The resolver returns one address at least, so there is a last failure.
    TransportError::unconnected(last.unwrap_or_else(|| Io::AddrNotAvailable.into()))
}

/// The addresses of both families by turns. The family of the first address goes first: the system sorted it there (RFC 6724).
fn alternating(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (one, other): (Vec<_>, Vec<_>) = addresses
        .iter()
        .partition(|address| address.is_ipv6() == first);
    let longest = one.len().max(other.len());
    let turns = |index| [one.get(index), other.get(index)];
    (0..longest).flat_map(turns).flatten().copied().collect()
}

/// Waits, at most for so long, until an attempt has succeeded or failed. Returns the indices of all that have.
fn decided(attempts: &[ConnectAttempt], wait: Duration) -> Result<Vec<usize>, IoError> {
    let mut fds: Vec<PollFd<'_>> = attempts
        .iter()
        .map(|attempt| PollFd::new(&*attempt.socket, PollFlags::OUT))
        .collect();
    // A millisecond longer: a poll that returned just before the time would only be repeated for the rest of it.
    let limit = Timespec::try_from(wait + Duration::from_millis(1)).ok();
    match poll(&mut fds, limit.as_ref()) {
        // After a signal no attempt is ready, and the loop runs the interrupt check.
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let decided = fds
        .iter()
        .enumerate()
        .filter(|(_, fd)| !fd.revents().is_empty());
    Ok(decided.map(|(index, _)| index).collect())
}

/// One attempt to connect.
struct ConnectAttempt {
    socket: Arc<Socket>,
    /// The registrations with the cancel sources, which shut the socket down.
    registrations: Vec<Registration>,
}

impl ConnectAttempt {
    /// Starts a non-blocking connect, which a cancel can end.
    fn start(address: SocketAddr, cancel: &CancelScope) -> Result<ConnectAttempt, IoError> {
        let domain = Domain::for_address(address);
        let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
        #[cfg(test)]
        super::fault_injection::open()?;
        socket.set_nonblocking(true)?;
        match socket.connect(&address.into()) {
            Ok(()) => {}
            Err(error) if is_begun(&error) => {}
            Err(error) => return Err(error),
        }
        let socket = Arc::new(socket);
        // Registered after the connect has begun: a shutdown of a socket before it would not end the connect.
        let register = |cancel_source| {
            crate::cancel::CancelSource::register(
                cancel_source,
                Arc::new(WakeOnCancel(Arc::downgrade(&socket))),
            )
        };
        let registrations = [&cancel.client, &cancel.call]
            .into_iter()
            .flatten()
            .map(register)
            .collect();
        Ok(ConnectAttempt {
            socket,
            registrations,
        })
    }

    /// Returns the connected stream, blocking again, or the error of the connect.
    fn finish(self) -> Result<TcpStream, IoError> {
        // First: a cancel holds the socket while it wakes, under the lock that this drop takes.
        drop(self.registrations);
        if let Some(error) = self.socket.take_error()? {
            return Err(error);
        }
        // Neither an error nor a peer: a cancel has shut the socket down. `peer_addr` fails then.
        self.socket.peer_addr()?;
        self.socket.set_nonblocking(false)?;
        let socket = Arc::into_inner(self.socket).ok_or(Io::NotConnected)?;
        Ok(socket.into())
    }
}

#[cfg(unix)]
fn is_begun(error: &IoError) -> bool {
    error.raw_os_error() == Some(Errno::INPROGRESS.raw_os_error())
}

#[cfg(not(unix))]
fn is_begun(error: &IoError) -> bool {
    error.kind() == Io::WouldBlock
}

/// A socket that a cancel shuts down.
struct WakeOnCancel(Weak<Socket>);

impl Wakeable for WakeOnCancel {
    fn wake(&self) {
        if let Some(socket) = self.0.upgrade() {
            // The connection may be closed already, which is as good.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::error::Reason;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    fn refused() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    }

    /// An address that never answers, since the queue of its listener is full.
    struct BlackHole(
        SocketAddr,
        #[expect(dead_code, reason = "kept open")] Vec<Socket>,
    );

    impl BlackHole {
        fn new() -> BlackHole {
            let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            listener
                .bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())
                .unwrap();
            listener.listen(0).unwrap();
            let address = listener.local_addr().unwrap().as_socket().unwrap();
            let mut kept = vec![listener];
            for _ in 0..3 {
                let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
                socket.set_nonblocking(true).unwrap();
                let _ = socket.connect(&address.into());
                kept.push(socket);
            }
            BlackHole(address, kept)
        }
    }

    #[test]
    fn families_take_turns() {
        let of = |texts: &[&str]| -> Vec<SocketAddr> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        let mixed = of(&["[::1]:1", "[::1]:2", "[::1]:3", "1.1.1.1:4"]);
        let turns = of(&["[::1]:1", "1.1.1.1:4", "[::1]:2", "[::1]:3"]);
        assert_eq!(alternating(&mixed), turns);
        assert_eq!(alternating(&[]), []);
    }

    #[test]
    fn a_dead_first_address_does_not_matter() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let alive = listener.local_addr().unwrap();
        let hole = BlackHole::new();
        for addresses in [[refused(), alive], [hole.0, alive]] {
            let stream = connect(&addresses, soon(), &CancelScope::default()).unwrap();
            assert_eq!(stream.peer_addr().unwrap(), alive);
        }
    }

    #[test]
    fn dead_addresses_are_reported() {
        let gone = connect(&[refused(), refused()], soon(), &CancelScope::default()).unwrap_err();
        assert_eq!(
            (gone.reason, gone.send_state),
            (Some(Reason::Refused), SendState::NotSent)
        );
        let until = Instant::now() + Duration::from_millis(50);
        let late = connect(&[BlackHole::new().0], until, &CancelScope::default()).unwrap_err();
        assert_eq!(late.phase, Some("connect"));
        assert!(Instant::now() >= until);
    }

    #[test]
    fn a_cancelled_call_stops_connecting() {
        let hole = BlackHole::new();
        let token = crate::CancelToken::new();
        let cancel = CancelScope {
            call: Some(Arc::clone(token.cancel_source())),
            ..CancelScope::default()
        };
        std::thread::scope(|scope| {
            let connecting = scope.spawn(|| connect(&[hole.0], soon(), &cancel));
            token.cancel();
            assert!(connecting.join().unwrap().is_err());
        });
        assert!(Instant::now() < soon());
    }
}
