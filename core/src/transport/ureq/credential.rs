//! The token in the head of a request. It is written below the HTTP library, which logs what it writes.

use std::io::ErrorKind as Io;
use std::time::Duration;

use http::HeaderValue;
use ureq::unversioned::transport::time::Duration as Span;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};
use ureq::{Error, Timeout};
use zeroize::Zeroize;

use super::buffers::SMALL;
use super::early_answer::{EarlyAnswer, Verdict, after_success, judge};
use super::layer::{Layer, StepLimit, within_attempt};
use crate::error::ErrorKind;
use crate::transport::call_context::CallContext;
use crate::transport::error::{SendState, TransportError};

/// The character of the stand-in for the token, repeated to the length of the header's value. The HTTP library logs every byte of a
/// head at level TRACE, so it gets the stand-in. The value replaces it in the connection's buffer after the library has written
/// that.
const FILLER: u8 = b'*';
/// The beginning of the header's line, as the HTTP library writes it.
const NAME: &[u8] = b"authorization: ";
const LINE_END: &[u8] = b"\r\n";
const HEAD_END: &[u8] = b"\r\n\r\n";

/// The stand-in that the HTTP library gets in place of the header's value.
pub(super) fn stand_in(value: &HeaderValue) -> Result<HeaderValue, Error> {
    Ok(HeaderValue::from_bytes(&vec![FILLER; value.len()]).map_err(http::Error::from)?)
}

/// The longest head that waits for its body, to be written with it. A longer one would leave the body no space in the buffer.
const LONGEST_HELD: usize = SMALL / 4;

/// The longest wait for what the server sent before a write failed. It lies in the socket already; TLS may need several reads for it.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// A connection that writes the call's token into the head of its request, and reads an answer that comes before the request was sent. It
/// is the outermost layer: TLS handshakes and the heads for proxies go through the layers below, so all bytes that this layer gets
/// belong to the request.
#[derive(Debug)]
pub(super) struct Authorized {
    layer: Box<dyn Layer>,
    /// The meaning of what the server has said so far, while the request is being sent.
    verdict: Verdict,
}

impl Authorized {
    pub(super) fn new(layer: Box<dyn Layer>) -> Authorized {
        Authorized {
            layer,
            verdict: Verdict::Open,
        }
    }

    /// Sends a part of a head. In the part with the stand-in the token takes its place, and is wiped from the buffer right after
    /// the write, since the buffer lives as long as the connection.
    fn transmit_head(
        &mut self,
        amount: usize,
        value: HeaderValue,
        has_body: bool,
        timeout: NextTimeout,
    ) -> Result<(), Error> {
        let context = CallContext::current();
        let output = &mut self.layer.growing().whole_output()[..amount];
        let Some(start) = stand_in_start(output, value.len()) else {
            if find(output, HEAD_END).is_some() {
                return Err(no_stand_in());
            }
            // The HTTP library writes a head larger than the buffer in parts of whole lines: the stand-in is in a later part.
            context.authorize_rest(value, has_body);
            return self.layer.transmit_output(amount, timeout);
        };
        output[start..][..value.len()].copy_from_slice(value.as_bytes());
        let sent = self.layer.transmit_output(amount, timeout);
        self.layer.growing().whole_output()[start..][..value.len()].zeroize();
        if has_body {
            context.file_moves();
        }
        sent.map_err(|error| self.last_words(error))
    }

    /// Reports whether this is a whole head, and short enough to wait for the first bytes of its body.
    fn can_hold(&mut self, amount: usize) -> bool {
        let output = self.layer.growing().whole_output();
        amount <= LONGEST_HELD && output[..amount].ends_with(HEAD_END)
    }

    /// Sends a part of a body, and looks meanwhile whether the server answers by a failure.
    fn transmit_body(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let limit = StepLimit::of_write(timeout);
        let mut span = 0..amount;
        loop {
            match self.layer.send_or_read(&mut span, limit.left()) {
                Ok(true) => return Ok(()),
                Ok(false) if self.has_failed() => return Err(EarlyAnswer::of(&mut self.layer)),
                Ok(false) => {}
                Err(error) => return Err(self.last_words(error)),
            }
        }
    }

    /// Looks at what the server has sent while the caller's source gives nothing. Nothing is sent.
    fn look(&mut self) -> Result<(), Error> {
        match self.layer.read_present() {
            Ok(true) if self.has_failed() => Err(EarlyAnswer::of(&mut self.layer)),
            Ok(_) => Ok(()),
            // The server has answered by a success and says no more. The sending goes on, as it does between two writes.
            Err(error) if is_end(&error) && matches!(self.verdict, Verdict::Succeeded(_)) => Ok(()),
            // Else no answer can come any more, whatever the source gives.
            Err(error) => Err(self.last_words(error)),
        }
    }

    /// Reports whether the call has failed by what the server has sent so far.
    fn has_failed(&mut self) -> bool {
        if self.verdict == Verdict::Open {
            self.verdict = judge(self.layer.buffers().input());
        }
        self.verdict == Verdict::Failed
    }

    /// Ends a request that could not be written. A server that refuses a request may close the connection at once, so that the write
    /// fails before the answer was read: then the answer is the end of the request, and not the error.
    fn last_words(&mut self, error: Error) -> Error {
        if CallContext::current().cancel.cause().is_some() {
            return error;
        }
        // Who has waited in vain has read all that came.
        if matches!(error, Error::Io(_)) {
            self.read_last_words();
        }
        match self.verdict {
            Verdict::Failed => EarlyAnswer::of(&mut self.layer),
            Verdict::Succeeded(status) => after_success(status, error),
            _ => error,
        }
    }

    /// Reads what the server sent before a write failed, until it is known what it has said.
    fn read_last_words(&mut self) {
        let limit = StepLimit::new(NextTimeout {
            after: Span::Exact(LAST_WORDS),
            reason: Timeout::SendBody,
            ..NextTimeout::default()
        });
        loop {
            self.has_failed();
            if self.verdict != Verdict::Open {
                return;
            }
            if !matches!(self.layer.read_rest(limit.left()), Ok(true)) {
                return;
            }
        }
    }
}

/// Reports whether the server sends no more bytes.
fn is_end(error: &Error) -> bool {
    matches!(error, Error::Io(error) if error.kind() == Io::UnexpectedEof)
}

/// The start of the stand-in. The whole line must match, so the value of another header cannot be taken for it.
fn stand_in_start(output: &[u8], length: usize) -> Option<usize> {
    let mut line = NAME.to_vec();
    line.resize(NAME.len() + length, FILLER);
    line.extend_from_slice(LINE_END);
    // A part of a head may begin with the line, without the end of a line before it.
    let start = match output.starts_with(&line) {
        true => 0,
        false => find(output, &[LINE_END, &line].concat())? + LINE_END.len(),
    };
    Some(start + NAME.len())
}

/// The first position at which these bytes occur.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// The error of a head without the stand-in.
fn no_stand_in() -> Error {
    Error::Other(Box::new(TransportError::new(
        ErrorKind::Internal,
        "the head of the request has no place for the token",
        SendState::MaybeSent,
    )))
}

impl Transport for Authorized {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.layer.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let context = CallContext::current();
        if context.take_source_pause() {
            return self.look();
        }
        let timeout = within_attempt(&context, timeout, Timeout::SendRequest);
        let held = self.layer.growing().held();
        match context.take_authorization() {
            None => self.transmit_body(amount, timeout),
            Some((value, true)) if held == 0 && self.can_hold(amount) => {
                // With a short body it is one write, and one packet.
                self.layer.growing().hold(amount);
                context.authorize(value, true);
                Ok(())
            }
            Some((value, has_body)) => {
                self.layer.growing().hold(0);
                self.verdict = Verdict::Open;
                // A cancel shuts the socket down, so the write would fail as if the request had been on its way. No byte was.
                if context.check_interrupt_if_due() || context.cancel.cause().is_some() {
                    let error = TransportError::timeout("send", SendState::NotSent);
                    return Err(Error::Other(Box::new(error)));
                }
                self.transmit_head(held + amount, value, has_body, timeout)
            }
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        if self.layer.growing().held() > 0 {
            // The body is empty.
            self.transmit_output(0, timeout)?;
        }
        let context = CallContext::current();
        context.await_answer();
        let timeout = within_attempt(&context, timeout, Timeout::RecvResponse);
        self.layer.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.layer.is_open()
    }

    fn is_tls(&self) -> bool {
        self.layer.is_tls()
    }
}

#[cfg(test)]
mod tests;
