//! Sources and targets with a descriptor, such as pipes and sockets: the system says when they are ready.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;

use super::file_error::{file_error, shown};
use super::stall::{AwaitRead, AwaitWrite};
use crate::error::{Error, ErrorKind, Result};

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

/// The open of a named pipe need not wait for its writer: the wait for the first bytes is that for the writer, too. Other systems than
/// Linux call a pipe without a writer ended.
const OPENS_AT_ONCE: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// Opens what is no regular file for reading.
pub(super) fn open(path: &Path) -> Result<File> {
    open_where(OPENS_AT_ONCE, path)
}

/// Opens it on a system whose named pipes open at once, or do not.
fn open_where(opens_at_once: bool, path: &Path) -> Result<File> {
    let failed = |source: io::Error| file_error(path, "cannot be read", source);
    let mut options = File::options();
    if opens_at_once {
        options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
    } else if std::fs::metadata(path)
        .map_err(failed)?
        .file_type()
        .is_fifo()
    {
        return Err(unopened(path));
    }
    options.read(true).open(path).map_err(failed)
}

/// The refusal of a named pipe whose open would wait for its writer, which no limit and no cancel could end.
fn unopened(path: &Path) -> Error {
    let message = format!(
        "{} is a named pipe, whose open waits for its writer on this system, and nothing could end that wait",
        shown(path)
    );
    Error::new(ErrorKind::File, message)
        .with_hint("Open it yourself, and give the open file as a pipe.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_pipe_whose_open_would_wait_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        // Without the refusal it would wait here for ever.
        let error = open_where(false, &pipe).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        assert!(error.message().contains("pipe is a named pipe"), "{error}");
        assert!(open_where(false, Path::new("/dev/null")).is_ok());
        if OPENS_AT_ONCE {
            assert!(open(&pipe).is_ok());
        }
    }
}
