//! The waits for the caller's own source or target. One that can say when it is ready is waited for in slices, so that the call's
//! limits end the wait. Any other blocks in the caller's code, which nothing can end.

use std::fmt;
use std::io::{self, ErrorKind as Io, Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use crate::cancel::CancelScope;
use crate::error::{Error, ErrorKind, Outcome, Result};
use crate::system;

/// The longest wait between two looks at the call's limits. A stalled call ends within 250 ms of its limit, and a fifth of that leaves
/// time for its thread to run. Each look is one system call.
const SLICE: Duration = Duration::from_millis(50);

/// A reader that can say when its bytes are there.
#[doc(hidden)]
pub trait AwaitRead: Read + Send {
    /// Waits, at most for so long, until a read would not block. Returns false if it still would.
    ///
    /// # Errors
    /// The source is broken.
    fn await_read(&mut self, wait: Duration) -> io::Result<bool>;

    /// Reports whether a read that would block has to be awaited again. It is an error of a reader that cannot say when it is ready.
    fn is_awaited(&self) -> bool {
        true
    }
}

/// A body that is read while it is sent, and that may have no bytes for a while.
pub(crate) trait PausingRead: Read + Send {
    /// Reads bytes, or returns none where none have come for a moment. Who gets none looks at something else, and asks again.
    fn read_or_pause(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>>;
}

/// A writer that can say when it takes bytes.
#[doc(hidden)]
pub trait AwaitWrite: Write + Send {
    /// Waits, at most for so long, until a write of [`most`](AwaitWrite::most) bytes would not block. Returns false if it still would.
    ///
    /// # Errors
    /// The target is broken.
    fn await_write(&mut self, wait: Duration) -> io::Result<bool>;

    /// The most bytes that are written at once.
    fn most(&self) -> usize;

    /// Forgets every byte that was written, for another attempt. Returns false if that is impossible, as it is for most writers.
    fn restart(&mut self) -> bool {
        false
    }
}

/// A reader or writer of the caller's own code, which blocks as long as it likes.
pub(crate) struct Blocking<T>(pub(crate) T);

impl<T: Read> Read for Blocking<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<T: Read + Send> AwaitRead for Blocking<T> {
    fn await_read(&mut self, _: Duration) -> io::Result<bool> {
        Ok(true)
    }

    fn is_awaited(&self) -> bool {
        false
    }
}

impl<T: Seek> Seek for Blocking<T> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

impl<T: Write> Write for Blocking<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<T: Write + Send> AwaitWrite for Blocking<T> {
    fn await_write(&mut self, _: Duration) -> io::Result<bool> {
        Ok(true)
    }

    fn most(&self) -> usize {
        usize::MAX
    }
}

/// The limits of a call, for the waits for the caller's own source or target.
#[derive(Clone, Debug, Default)]
pub(crate) struct StallLimits {
    pub(crate) cancel: CancelScope,
    pub(crate) deadline: Option<Instant>,
    /// The process in which the call began; none where no call has begun.
    pub(crate) process: Option<u32>,
}

impl StallLimits {
    /// Fails in a child that was forked by the caller's own code amid the call. The call goes on in the parent: two processes that write
    /// to one connection would mix their bytes, and over TLS use the same keys twice.
    pub(crate) fn check_process(&self) -> Result<()> {
        match self.process {
            Some(process) if process != std::process::id() => {
                let message =
                    "the process was forked amid the call, which goes on in the parent only";
                Err(Error::new(ErrorKind::Cancelled, message).with_outcome(Outcome::Unknown))
            }
            _ => Ok(()),
        }
    }

    /// Reads once bytes are there, or returns none where none have come for a moment. An error of the kind `TimedOut` is the call's
    /// deadline, unless the reader says so itself; after a cancel the error may be any.
    pub(crate) fn read_or_pause(
        &self,
        reader: &mut dyn AwaitRead,
        buffer: &mut [u8],
    ) -> io::Result<Option<usize>> {
        if !self.await_read(reader)? {
            return Ok(None);
        }
        match reader.read(buffer) {
            // Another reader of the same pipe was faster.
            Err(error) if error.kind() == Io::WouldBlock && reader.is_awaited() => {
                self.look_again()?;
                Ok(None)
            }
            read => read.map(Some),
        }
    }

    /// Waits for a moment until a read would not block. Returns false if it still would.
    pub(crate) fn await_read(&self, reader: &mut dyn AwaitRead) -> io::Result<bool> {
        self.wait_once(&mut |slice| reader.await_read(slice))
    }

    /// Writes all bytes, each part once the writer takes it.
    pub(crate) fn write_all(
        &self,
        writer: &mut dyn AwaitWrite,
        mut bytes: &[u8],
    ) -> io::Result<()> {
        while !bytes.is_empty() {
            self.wait(|slice| writer.await_write(slice))?;
            let most = writer.most();
            // A reader that takes a little all the time never lets a wait end without it.
            if most < usize::MAX {
                self.check_cause()?;
            }
            match writer.write(&bytes[..bytes.len().min(most)]) {
                Ok(0) => return Err(Io::WriteZero.into()),
                Ok(count) => bytes = &bytes[count..],
                // A signal is no failure. Another writer to the same pipe was faster.
                Err(error) if error.kind() == Io::Interrupted => {}
                Err(error) if error.kind() == Io::WouldBlock && most < usize::MAX => {
                    self.look_again()?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits in slices until `is_ready`, which gets the length of each.
    fn wait(&self, mut is_ready: impl FnMut(Duration) -> io::Result<bool>) -> io::Result<()> {
        while !self.wait_once(&mut is_ready)? {}
        Ok(())
    }

    /// Waits for one slice. Returns false where it was not enough.
    fn wait_once(
        &self,
        is_ready: &mut dyn FnMut(Duration) -> io::Result<bool>,
    ) -> io::Result<bool> {
        let left = self
            .deadline
            .map(|deadline| deadline.saturating_duration_since(system::now()));
        if is_ready(left.map_or(SLICE, |left| left.min(SLICE)))? {
            return Ok(true);
        }
        self.check()?;
        Ok(false)
    }

    /// Goes on after a descriptor that was called ready and was not. One that is always called so must not keep the thread busy.
    fn look_again(&self) -> io::Result<()> {
        self.cancel.sleep(Duration::from_millis(2));
        self.check()
    }

    /// Looks at the limits after the caller's own code, or a disk, has taken a piece of a file, which began to take it at `began`. A
    /// call whose time is over goes on for a moment: a process that was stopped finds the rest of the file in its socket. Time that
    /// went by in the caller's own code is no such moment.
    pub(crate) fn check_piece(&self, began: Instant, late: &mut Option<Instant>) -> io::Result<()> {
        let now = system::now();
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            let since = (*late.get_or_insert(now)).min(began);
            if now.saturating_duration_since(since) >= SLICE {
                return Err(over());
            }
        }
        match self.cancel.cause() {
            Some(_) => Err(cancelled()),
            None => Ok(()),
        }
    }

    /// Fails where the call was cancelled, or its time is over, by what is known without a call of the host's code.
    fn check_cause(&self) -> io::Result<()> {
        match self.cancel.cause() {
            Some(_) => Err(cancelled()),
            None if self.is_late() => Err(over()),
            None => Ok(()),
        }
    }

    /// Fails where the call was cancelled, or its time is over.
    fn check(&self) -> io::Result<()> {
        match self.cancel.check_interrupt() {
            true => Err(cancelled()),
            false => self.check_cause(),
        }
    }

    fn is_late(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| deadline <= system::now())
    }
}

fn cancelled() -> io::Error {
    io::Error::new(Io::ConnectionAborted, "the call was cancelled")
}

/// The end of the call's time. A source or target of the caller's own may report a time limit, too, which is none of the client's.
#[derive(Debug)]
struct TimeIsOver;

impl fmt::Display for TimeIsOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time of the call is over")
    }
}

impl std::error::Error for TimeIsOver {}

fn over() -> io::Error {
    io::Error::new(Io::TimedOut, TimeIsOver)
}

/// The error of a source or target that did not move its bytes in time.
pub(super) fn late(message: &str, phase: &'static str, error: io::Error) -> Error {
    let is_of_call = error
        .get_ref()
        .is_some_and(|inner| inner.is::<TimeIsOver>());
    let reported = Error::new(ErrorKind::Timeout, format!("{message}: {error}")).with_phase(phase);
    let reported = match is_of_call {
        true => reported,
        false => reported.with_hint(
            "This limit is of the stream that was given to the call, and none of the client's: raise it there if the stream may take longer.",
        ),
    };
    reported.with_source(error)
}
