//! One connection to whichever address of a host answers first.

use std::io::{Error as IoError, ErrorKind as Io};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use socket2::{Domain, Protocol, Socket, Type};

use crate::cancel::{Endings, Held, Wake};

use super::error::{Fault, Reached};

/// How long an address has before the next is tried beside it (RFC 8305).
const HEAD_START: Duration = Duration::from_millis(250);

/// Connects to the first address that answers, each begun a moment after the one before it or when that failed.
pub(super) fn connect(
    addresses: &[SocketAddr],
    until: Instant,
    endings: &Endings,
) -> Result<TcpStream, Fault> {
    let mut waiting = alternating(addresses).into_iter();
    let mut runners: Vec<Runner> = Vec::new();
    let mut next_start = Instant::now();
    let mut last = None;
    loop {
        if endings.ask() {
            return Err(Fault::timeout("connect", Reached::Nothing));
        }
        let now = Instant::now();
        if now >= until {
            return Err(Fault::timeout("connect", Reached::Nothing));
        }
        if runners.is_empty() || now >= next_start {
            match waiting
                .next()
                .map(|address| Runner::start(address, endings))
            {
                Some(Ok(runner)) => runners.push(runner),
                Some(Err(error)) => last = Some(error),
                None if runners.is_empty() => return Err(lost(last)),
                None => {}
            }
            next_start = now + HEAD_START;
            if runners.is_empty() {
                continue;
            }
        }
        let rest = match waiting.len() {
            0 => until,
            _ => next_start.min(until),
        };
        let pause = rest.saturating_duration_since(now);
        let pause = endings.slice().map_or(pause, |slice| slice.min(pause));
        for index in arrived(&runners, pause)
            .map_err(Fault::unconnected)?
            .into_iter()
            .rev()
        {
            match runners.swap_remove(index).finish() {
                Ok(stream) => return Ok(stream),
                Err(error) => last = Some(error),
            }
        }
    }
}

/// Every address failed; the last failure stands for all.
fn lost(last: Option<IoError>) -> Fault {
    Fault::unconnected(last.unwrap_or_else(|| Io::AddrNotAvailable.into()))
}

/// Both families by turns, beginning with that of the first address: the system put it there.
fn alternating(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (one, other): (Vec<_>, Vec<_>) = addresses
        .iter()
        .partition(|address| address.is_ipv6() == first);
    let longest = one.len().max(other.len());
    let turns = |index| [one.get(index), other.get(index)];
    (0..longest).flat_map(turns).flatten().copied().collect()
}

/// Which of them are decided, after a pause at most.
fn arrived(runners: &[Runner], pause: Duration) -> Result<Vec<usize>, IoError> {
    let mut fds: Vec<PollFd<'_>> = runners
        .iter()
        .map(|runner| PollFd::new(&*runner.socket, PollFlags::OUT))
        .collect();
    // A little longer: a poll that comes back early would be begun again for less than a millisecond.
    let limit = Timespec::try_from(pause + Duration::from_millis(1)).ok();
    match poll(&mut fds, limit.as_ref()) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let decided = fds
        .iter()
        .enumerate()
        .filter(|(_, fd)| !fd.revents().is_empty());
    Ok(decided.map(|(index, _)| index).collect())
}

/// A connection under way.
struct Runner {
    socket: Arc<Socket>,
    held: Vec<Held>,
}

impl Runner {
    fn start(address: SocketAddr, endings: &Endings) -> Result<Runner, IoError> {
        let domain = Domain::for_address(address);
        let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
        #[cfg(test)]
        super::fault_injection::step(1)?;
        socket.set_nonblocking(true)?;
        match socket.connect(&address.into()) {
            Ok(()) => {}
            Err(error) if is_begun(&error) => {}
            Err(error) => return Err(error),
        }
        let socket = Arc::new(socket);
        // After it has begun: shutting down a socket that does nothing yet would not end what it does next.
        let hold =
            |ending| crate::cancel::Ending::hold(ending, Arc::new(Line(Arc::downgrade(&socket))));
        let held = [&endings.client, &endings.call]
            .into_iter()
            .flatten()
            .map(hold)
            .collect();
        Ok(Runner { socket, held })
    }

    fn finish(self) -> Result<TcpStream, IoError> {
        drop(self.held);
        if let Some(error) = self.socket.take_error()? {
            return Err(error);
        }
        // Decided without an error and without a peer: it was shut down.
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

/// A socket that an ending shuts down.
struct Line(Weak<Socket>);

impl Wake for Line {
    fn wake(&self) {
        if let Some(socket) = self.0.upgrade() {
            // It may be gone already.
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

    /// An address that never answers: its queue is full.
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
            let stream = connect(&addresses, soon(), &Endings::default()).unwrap();
            assert_eq!(stream.peer_addr().unwrap(), alive);
        }
    }

    #[test]
    fn dead_addresses_are_told() {
        let gone = connect(&[refused(), refused()], soon(), &Endings::default()).unwrap_err();
        assert_eq!(
            (gone.reason, gone.reached),
            (Some(Reason::Refused), Reached::Nothing)
        );
        let until = Instant::now() + Duration::from_millis(50);
        let late = connect(&[BlackHole::new().0], until, &Endings::default()).unwrap_err();
        assert_eq!(late.phase, Some("connect"));
        assert!(Instant::now() >= until);
    }

    #[test]
    fn an_ended_call_stops_connecting() {
        let hole = BlackHole::new();
        let token = crate::CancelToken::new();
        let endings = Endings {
            call: Some(Arc::clone(token.ending())),
            ..Endings::default()
        };
        std::thread::scope(|scope| {
            let connecting = scope.spawn(|| connect(&[hole.0], soon(), &endings));
            token.cancel();
            assert!(connecting.join().unwrap().is_err());
        });
        assert!(Instant::now() < soon());
    }
}
