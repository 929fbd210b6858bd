//! An answer that comes while its request is still being sent: a server may refuse a request before it has read all of it.

use std::fmt;
use std::io::ErrorKind as Io;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};
use ureq::{Agent, Error, Timeout};

use super::buffers::GrowingBuffers;
use super::errors::{Stage, to_transport_error};
use super::layer::{Layer, within_attempt};
use super::lazy_resolver::LazyResolver;
use crate::error::{ErrorKind, Reason};
use crate::transport::call_context::CallContext;

/// The first of the statuses that end the sending: no such call can succeed any more, since redirects are not followed. What is below
/// says nothing of the rest of the request.
const FAILURES: u16 = 300;

/// The meaning of the bytes that have come so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// No status yet: more bytes are needed.
    Open,
    /// The call fails by this answer, and the server need not read the rest of the request.
    Failed,
    /// The server says that it has acted, though it lacks a part of the request. The sending goes on.
    Succeeded(u16),
    /// No answer of HTTP.
    Other,
}

/// Judges the beginning of what a server sends. Interim answers (1xx) are none.
pub(super) fn judge(mut input: &[u8]) -> Verdict {
    loop {
        let Some(status) = status(input) else {
            let is_begun = input.len() >= STATUS_LINE.len() || !agrees(input);
            return match is_begun {
                true => Verdict::Other,
                false => Verdict::Open,
            };
        };
        match status {
            100..=199 => {}
            200..FAILURES => return Verdict::Succeeded(status),
            FAILURES.. => return Verdict::Failed,
            _ => return Verdict::Other,
        }
        let Some(end) = input.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
            return Verdict::Open;
        };
        input = &input[end + 4..];
    }
}

/// The form of the beginning of a status line (RFC 9112, section 4): `d` is a digit.
const STATUS_LINE: &[u8] = b"HTTP/1.d ddd";

/// Reports whether the bytes agree with the beginning of a status line, as far as they go.
fn agrees(input: &[u8]) -> bool {
    let mut pairs = input.iter().zip(STATUS_LINE);
    pairs.all(|(byte, wanted)| match wanted {
        b'd' => byte.is_ascii_digit(),
        wanted => byte == wanted,
    })
}

/// The status in the first line, if the bytes hold it.
fn status(input: &[u8]) -> Option<u16> {
    let line = input.get(..STATUS_LINE.len()).filter(|line| agrees(line))?;
    let digits = std::str::from_utf8(&line[STATUS_LINE.len() - 3..]).ok()?;
    digits.parse().ok()
}

/// The error of a request whose sending broke or stood still after the server had answered it by a success. The server may have acted,
/// or not: it lacks a part of the request.
pub(super) fn after_success(status: u16, error: Error) -> Error {
    if !matches!(error, Error::Io(_) | Error::Timeout(_)) {
        return error;
    }
    let mut error = to_transport_error(error, Stage::Head);
    let then = match (error.kind, error.reason) {
        (ErrorKind::Timeout, _) => "did not take the rest of it in time",
        (ErrorKind::Connection, Some(Reason::Reset)) => "then reset the connection",
        (ErrorKind::Connection, _) => "then closed the connection",
        _ => return Error::Other(Box::new(error)),
    };
    error.message = format!("the server answered {status} before the request was sent, and {then}");
    Error::Other(Box::new(error))
}

/// A connection whose server has answered by a failure before the request was sent whole. It travels as an error, which ends the sending.
pub(super) struct EarlyAnswer(Box<dyn Layer>);

impl EarlyAnswer {
    /// Takes the connection away from its request.
    pub(super) fn of(layer: &mut Box<dyn Layer>) -> Error {
        let layer = std::mem::replace(layer, Box::new(Gone::default()));
        Error::Other(Box::new(EarlyAnswer(layer)))
    }

    /// Returns the early answer that ended a request, if one did.
    pub(super) fn out_of(error: Error) -> Result<EarlyAnswer, Error> {
        match error {
            Error::Other(other) => match other.downcast() {
                Ok(early) => Ok(*early),
                Err(other) => Err(Error::Other(other)),
            },
            error => Err(error),
        }
    }

    /// An agent whose one connection is this one, with the settings of another. The connection is closed after the answer: the server
    /// may take what is sent next for the rest of the refused body.
    pub(super) fn into_agent(self, settings: &Agent) -> Agent {
        let connector = Once(Mutex::new(Some(self.0)));
        Agent::with_parts(settings.config().clone(), connector, LazyResolver)
    }
}

impl fmt::Debug for EarlyAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EarlyAnswer").field(&self.0).finish()
    }
}

impl fmt::Display for EarlyAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server has answered before the request was sent")
    }
}

impl std::error::Error for EarlyAnswer {}

/// A connector with one connection.
struct Once(Mutex<Option<Box<dyn Layer>>>);

impl Connector for Once {
    type Out = Answered;

    fn connect(&self, _: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Answered>, Error> {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(place.take().map(Answered))
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Once")
    }
}

/// A connection whose request was sent as far as it will be: only the answer is read.
#[derive(Debug)]
struct Answered(Box<dyn Layer>);

impl Transport for Answered {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), Error> {
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = within_attempt(&CallContext::current(), timeout, Timeout::RecvResponse);
        // An ordinary read of TLS would first write what is left of the refused request, to a server that may read no more.
        self.0.read_rest(timeout)
    }

    fn is_open(&mut self) -> bool {
        false
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

/// The place of a connection that was taken away from its request.
#[derive(Debug, Default)]
struct Gone(GrowingBuffers);

impl Gone {
    fn error() -> Error {
        Error::Io(Io::NotConnected.into())
    }
}

impl Transport for Gone {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.0
    }

    fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), Error> {
        Err(Gone::error())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        Err(Gone::error())
    }

    fn is_open(&mut self) -> bool {
        false
    }
}

impl Layer for Gone {
    fn growing(&mut self) -> &mut GrowingBuffers {
        &mut self.0
    }

    fn send_or_read(&mut self, _: &mut Range<usize>, _: NextTimeout) -> Result<bool, Error> {
        Err(Gone::error())
    }

    fn read_present(&mut self) -> Result<bool, Error> {
        Err(Gone::error())
    }

    fn read_rest(&mut self, _: NextTimeout) -> Result<bool, Error> {
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_failure_ends_the_sending() {
        for (input, expected) in [
            ("", Verdict::Open),
            ("HTT", Verdict::Open),
            ("HTTP/1.1 41", Verdict::Open),
            ("HTTP/1.1 413", Verdict::Failed),
            ("HTTP/1.0 500 No", Verdict::Failed),
            ("HTTP/1.1 200 OK", Verdict::Succeeded(200)),
            ("HTTP/1.1 299", Verdict::Succeeded(299)),
            ("HTTP/1.1 300", Verdict::Failed),
            ("HTTP/1.1 302 Found", Verdict::Failed),
            ("HTTP/1.1 099", Verdict::Other),
            ("HTTP/2", Verdict::Other),
            ("220 smtp", Verdict::Other),
            ("HTTP/1.1 4x3", Verdict::Other),
            ("HTTP/1.1 100 Continue\r\n", Verdict::Open),
            ("HTTP/1.1 100 Continue\r\n\r\n", Verdict::Open),
            (
                "HTTP/1.1 103 Hints\r\nlink: a\r\n\r\nHTTP/1.1 4",
                Verdict::Open,
            ),
            (
                "HTTP/1.1 103 Hints\r\nlink: a\r\n\r\nHTTP/1.1 401",
                Verdict::Failed,
            ),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201",
                Verdict::Succeeded(201),
            ),
        ] {
            assert_eq!(judge(input.as_bytes()), expected, "{input:?}");
        }
    }
}
