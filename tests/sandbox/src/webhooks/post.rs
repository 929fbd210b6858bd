use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::target::Target;

/// More of an answer is not read: only its status counts.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Sends one POST within `limit` and gives the status of its answer. A redirect is not followed.
///
/// `register` gets the socket, so that the end of the sandbox can shut it.
pub(crate) fn post(
    target: &Target,
    headers: &[(String, String)],
    body: &[u8],
    limit: Duration,
    register: impl FnOnce(&TcpStream),
) -> Result<u16, String> {
    let deadline = Instant::now() + limit;
    let mut stream = connect(target, limit).map_err(|error| told(&error))?;
    register(&stream);
    let mut request = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\n",
        target.path, target.authority
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!(
        "User-Agent: penbox-sandbox\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    ));
    let mut bytes = request.into_bytes();
    bytes.extend_from_slice(body);
    let sent = send(&mut stream, &bytes, deadline);
    // A receiver may answer before it has read everything: what it says counts for more than the broken send.
    let answer = read_status(&mut stream, deadline);
    match (sent, answer) {
        (_, Ok(status)) => Ok(status),
        (Err(error), Err(_)) | (Ok(()), Err(error)) => Err(told(&error)),
    }
}

fn connect(target: &Target, limit: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in (target.host.as_str(), target.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, limit) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(left)
}

fn send(stream: &mut TcpStream, mut bytes: &[u8], deadline: Instant) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.set_write_timeout(Some(left(deadline)?))?;
        match stream.write(bytes)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => bytes = &bytes[written..],
        }
    }
    Ok(())
}

/// The status of the final answer; what comes after its head is read, too, or a receiver would see a reset.
fn read_status(stream: &mut TcpStream, deadline: Instant) -> io::Result<u16> {
    let mut taken = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        while let Some(end) = find(&taken, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&taken[..end]).into_owned();
            let status = status(&head).ok_or(io::ErrorKind::InvalidData)?;
            taken.drain(..end + 4);
            if status >= 200 {
                drain(stream, wanted(&head).saturating_sub(taken.len()), deadline);
                return Ok(status);
            }
        }
        stream.set_read_timeout(Some(left(deadline)?))?;
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        taken.extend_from_slice(&buffer[..read]);
        if taken.len() > ANSWER_LIMIT {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
}

fn drain(stream: &mut TcpStream, mut wanted: usize, deadline: Instant) {
    let mut buffer = [0; 4096];
    while wanted > 0 {
        let Ok(left) = left(deadline) else { return };
        if stream.set_read_timeout(Some(left)).is_err() {
            return;
        }
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => wanted = wanted.saturating_sub(read),
            _ => return,
        }
    }
}

fn status(head: &str) -> Option<u16> {
    let rest = head.strip_prefix("HTTP/1.")?;
    rest.get(2..5)?.parse().ok()
}

/// The length of the answer's body, as far as it is worth reading.
fn wanted(head: &str) -> usize {
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    length.unwrap_or(ANSWER_LIMIT).min(ANSWER_LIMIT)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn told(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => "no answer in time".to_owned(),
        io::ErrorKind::UnexpectedEof => "closed without an answer".to_owned(),
        io::ErrorKind::InvalidData => "the answer is not HTTP".to_owned(),
        _ => error.to_string(),
    }
}
