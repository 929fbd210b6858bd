//! Sources and targets with a descriptor, such as pipes and sockets: the system says when they are ready.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;

use super::stall::{AwaitRead, AwaitWrite};

/// The most bytes written at once. A pipe that the system calls writable takes so many without a wait (`PIPE_BUF` of Linux, pipe(7));
/// of more it may take a part only once its reader goes on.
const MOST: usize = if cfg!(any(target_os = "linux", target_os = "android")) {
    4_096
} else {
    // The least that POSIX allows for `PIPE_BUF`.
    512
};

/// A reader or writer whose descriptor says when it is ready. It must hold no bytes itself.
pub(crate) struct Descriptor<T>(pub(crate) T);

impl<T: Read> Read for Descriptor<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<T: Read + AsFd + Send> AwaitRead for Descriptor<T> {
    fn await_read(&mut self, wait: Duration) -> io::Result<bool> {
        is_ready(self.0.as_fd(), PollFlags::IN, wait)
    }
}

impl<T: Write> Write for Descriptor<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<T: Write + AsFd + Send> AwaitWrite for Descriptor<T> {
    fn await_write(&mut self, wait: Duration) -> io::Result<bool> {
        is_ready(self.0.as_fd(), PollFlags::OUT, wait)
    }

    fn most(&self) -> usize {
        MOST
    }
}

/// Waits, at most for so long, until a descriptor is ready, at its end or broken.
fn is_ready(descriptor: BorrowedFd<'_>, what: PollFlags, wait: Duration) -> io::Result<bool> {
    let limit = Timespec::try_from(wait).ok();
    match poll(
        &mut [PollFd::from_borrowed_fd(descriptor, what)],
        limit.as_ref(),
    ) {
        Ok(count) => Ok(count > 0),
        // A signal: the caller looks at the call's limits and comes back.
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Opens what is no regular file for reading. The open of a pipe waits for its writer, which nothing could end. So on Linux it does not
/// wait, and the wait for the first bytes is that for the writer, too. Other systems call a pipe without a writer ended.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    if cfg!(any(target_os = "linux", target_os = "android")) {
        options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
    }
    options.read(true).open(path)
}
