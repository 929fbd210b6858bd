//! The layers of a connection: TCP, a tunnel, TLS, the credential.

use std::fmt;
use std::io::{Read, Result as IoResult, Write};
use std::ops::Range;
use std::time::Instant;

use ureq::unversioned::transport::time::Duration as Span;
use ureq::unversioned::transport::{NextTimeout, Transport};
use ureq::{Error, Timeout};

use super::buffers::GrowingBuffers;
use crate::system;
use crate::transport::call_context::CallContext;

/// A layer of a connection. The HTTP library's own trait either sends or receives; a layer reads while it sends, too, since a server
/// may refuse a request before it has read all of it.
pub(super) trait Layer: Transport {
    /// The buffers of this layer.
    fn growing(&mut self) -> &mut GrowingBuffers;

    /// Sends a span of the output until all of it is sent, or until bytes of an answer have come. Returns true where all was sent.
    /// Else the bytes are in the input, and the span is what is left.
    fn send_or_read(
        &mut self,
        span: &mut Range<usize>,
        timeout: NextTimeout,
    ) -> Result<bool, Error>;

    /// Reads what the server has sent already, without a wait. Returns false where that is nothing.
    ///
    /// # Errors
    /// The connection is broken; `UnexpectedEof` where the server sends no more.
    fn read_present(&mut self) -> Result<bool, Error>;

    /// Reads what the server sent before a write failed, and writes nothing. Returns false where nothing is left.
    fn read_rest(&mut self, timeout: NextTimeout) -> Result<bool, Error>;
}

/// A limit of several steps together.
#[derive(Clone, Copy)]
pub(super) struct StepLimit {
    timeout: NextTimeout,
    set_at: Instant,
}

impl StepLimit {
    /// A limit that begins now.
    pub(super) fn new(timeout: NextTimeout) -> StepLimit {
        StepLimit {
            timeout,
            set_at: system::now(),
        }
    }

    /// The limit of a write that takes several steps.
    pub(super) fn of_write(timeout: NextTimeout) -> StepLimit {
        StepLimit::new(NextTimeout {
            per_write: None,
            ..timeout.for_write()
        })
    }

    /// The time that is left for the next step.
    pub(super) fn left(&self) -> NextTimeout {
        let after = match self.timeout.after {
            Span::Exact(after) => {
                let passed = system::now().saturating_duration_since(self.set_at);
                Span::Exact(after.saturating_sub(passed))
            }
            Span::NotHappening => Span::NotHappening,
        };
        NextTimeout {
            after,
            ..self.timeout
        }
    }
}

/// A limit that does not pass the deadline of the call's attempt.
pub(super) fn within_attempt(
    context: &CallContext,
    timeout: NextTimeout,
    reason: Timeout,
) -> NextTimeout {
    let Some(deadline) = context.deadline() else {
        return timeout;
    };
    let left = deadline.saturating_duration_since(system::now());
    match timeout.after {
        Span::Exact(after) if after <= left => timeout,
        _ => NextTimeout {
            after: Span::Exact(left),
            reason,
            ..timeout
        },
    }
}

/// A layer as the `Read` and `Write` of the standard library, for the layer above it.
pub(super) struct LayerIo {
    pub(super) layer: Box<dyn Layer>,
    limit: StepLimit,
    /// Writes end early where the server sends something, and report `WouldBlock`.
    is_duplex: bool,
}

impl LayerIo {
    pub(super) fn new(layer: Box<dyn Layer>) -> LayerIo {
        LayerIo {
            layer,
            limit: StepLimit::new(NextTimeout::default()),
            is_duplex: false,
        }
    }

    /// Sets the limit of the next steps together.
    pub(super) fn set_timeout(&mut self, timeout: NextTimeout) {
        self.limit = StepLimit::new(timeout);
    }

    /// Has the layer read while the work writes.
    pub(super) fn duplex<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        self.is_duplex = true;
        let done = work(self);
        self.is_duplex = false;
        done
    }

    /// Sends what the layer has taken and not sent yet. Returns false where bytes of the server came meanwhile.
    pub(super) fn send_rest(&mut self) -> Result<bool, Error> {
        let timeout = self.limit.left();
        self.layer.send_or_read(&mut (0..0), timeout)
    }

    /// Reads what the server sent before a write failed.
    pub(super) fn read_rest(&mut self) -> Result<bool, Error> {
        let timeout = self.limit.left();
        self.layer.read_rest(timeout)
    }
}

impl Read for LayerIo {
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        let timeout = self.limit.left();
        self.layer
            .maybe_await_input(timeout)
            .map_err(Error::into_io)?;
        let count = self.layer.buffers().input().read(buffer)?;
        self.layer.buffers().input_consume(count);
        Ok(count)
    }
}

impl Write for LayerIo {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        let timeout = self.limit.left();
        let output = self.layer.buffers().output();
        let count = bytes.len().min(output.len());
        output[..count].copy_from_slice(&bytes[..count]);
        if !self.is_duplex {
            self.layer
                .transmit_output(count, timeout)
                .map_err(Error::into_io)?;
            return Ok(count);
        }
        let mut span = 0..count;
        self.layer
            .send_or_read(&mut span, timeout)
            .map_err(Error::into_io)?;
        match span.start {
            // The server has sent something, and not a byte was written.
            0 => Err(std::io::ErrorKind::WouldBlock.into()),
            count => Ok(count),
        }
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

impl fmt::Debug for LayerIo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.layer.fmt(f)
    }
}
