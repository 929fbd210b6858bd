//! Runs a command to its end: within a limit, with all that it starts, and only as long as the call that wants its output.

use std::io;

use zeroize::Zeroizing;

#[cfg(all(test, unix))]
pub(super) use unix::prepared;
#[cfg(unix)]
pub(super) use unix::run;

#[cfg(not(unix))]
pub(super) use other::run;

/// The output of a command that has ended.
pub(super) struct Output {
    /// The exit status in words where it was not 0.
    pub(super) failure: Option<String>,
    pub(super) stdout: Zeroizing<Vec<u8>>,
    pub(super) stderr: Zeroizing<Vec<u8>>,
}

/// The end of a command that gave no output to read.
pub(super) enum Failure {
    /// It could not be started, or its end could not be awaited.
    NotStarted(io::Error),
    /// It took longer than its limit. What it wrote to its standard error until then.
    Late(Zeroizing<Vec<u8>>),
    /// The call that asked for the token has ended.
    Ended,
}

#[cfg(unix)]
mod unix {
    use std::io::{self, Read};
    use std::os::fd::AsFd;
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::process::{Child, ChildStderr, ChildStdout, ExitStatus, Stdio};
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
    use zeroize::{Zeroize, Zeroizing};

    use super::super::ask::AskLimits;
    use super::super::command::Command;
    use super::super::environment::TOKEN_VARIABLES;
    use super::{Failure, Output};
    use crate::system;

    /// The time between two looks at the call's cancel. A call promises to end within 100 ms, and half of that leaves time for the
    /// kill.
    const SLICE: Duration = Duration::from_millis(50);
    /// The most bytes kept of each output. A token has 517 at most; the rest of the room is for messages.
    const MAX_OUTPUT: usize = 64 * 1024;

    /// A started command. Its drop kills the whole group, unless the command has ended.
    struct Running {
        child: Child,
        has_ended: bool,
    }

    /// One output of the command, until its end.
    struct Pipe<T> {
        source: Option<T>,
        bytes: Zeroizing<Vec<u8>>,
    }

    pub(in super::super) fn run(
        command: &Command,
        limits: &AskLimits<'_>,
        longest: Duration,
    ) -> Result<Output, Failure> {
        let ends = system::now() + longest;
        let mut prepared = prepared(command)?;
        let child = prepared.spawn().map_err(Failure::NotStarted)?;
        let mut running = Running {
            child,
            has_ended: false,
        };
        let mut stdout = Pipe::of(running.child.stdout.take());
        let mut stderr = Pipe::of(running.child.stderr.take());
        loop {
            let has_ended = running.look().map_err(Failure::NotStarted)?;
            // What has ended has written everything: a process that it leaves behind may hold the pipes for ever.
            let wait = match has_ended {
                true => Duration::ZERO,
                false => SLICE.min(ends.saturating_duration_since(system::now())),
            };
            let moved = read(&mut stdout, &mut stderr, wait).map_err(Failure::NotStarted)?;
            if has_ended && !moved {
                break;
            }
            if limits.cancel.check_interrupt() || limits.is_over() {
                return Err(Failure::Ended);
            }
            if !has_ended && system::now() >= ends {
                return Err(Failure::Late(stderr.bytes));
            }
            if stdout.source.is_none() && stderr.source.is_none() && !has_ended {
                // Both pipes are closed, so there is nothing to poll until it ends.
                limits.cancel.sleep(Duration::from_millis(1));
            }
        }
        let status = running.child.wait().map_err(Failure::NotStarted)?;
        Ok(Output {
            failure: failure_of(status),
            stdout: stdout.bytes,
            stderr: stderr.bytes,
        })
    }

    /// The command, ready to be started.
    pub(in super::super) fn prepared(command: &Command) -> Result<std::process::Command, Failure> {
        let [program, arguments @ ..] = command.words() else {
            return Err(Failure::NotStarted(io::ErrorKind::InvalidInput.into()));
        };
        let mut prepared = std::process::Command::new(program);
        prepared
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group of its own: the limit ends what the command has started, too.
            .process_group(0);
        // The secret manager's own variables stay, since it needs them. Penbox's tokens are none of its business.
        for name in TOKEN_VARIABLES {
            prepared.env_remove(name);
        }
        Ok(prepared)
    }

    impl Running {
        /// Reports whether the command has ended. It stays a zombie, so that the number of its group is nobody else's.
        fn look(&mut self) -> io::Result<bool> {
            let pid = Pid::from_child(&self.child);
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            match waitid(WaitId::Pid(pid), options) {
                Ok(status) => self.has_ended = status.is_some(),
                // Asked again at the next look.
                Err(Errno::INTR) => {}
                // A host that ignores SIGCHLD, or waits for all children, has taken the status.
                Err(Errno::CHILD) => self.has_ended = true,
                Err(error) => return Err(error.into()),
            }
            Ok(self.has_ended)
        }
    }

    impl Drop for Running {
        fn drop(&mut self) {
            if !self.has_ended {
                // The group has the child's number, which is its own until the child is waited for.
                let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
                let _ = self.child.wait();
            }
        }
    }

    impl<T: Read + AsFd> Pipe<T> {
        fn of(source: Option<T>) -> Pipe<T> {
            Pipe {
                source,
                // At its whole size: a buffer that grows would leave a copy that is never wiped.
                bytes: Zeroizing::new(Vec::with_capacity(MAX_OUTPUT)),
            }
        }

        /// Reads once from a pipe that is ready. What does not fit is thrown away, so that the command is not held up.
        fn read(&mut self) -> io::Result<()> {
            let Some(source) = &mut self.source else {
                return Ok(());
            };
            let mut part = Zeroizing::new([0_u8; 4096]);
            match source.read(&mut *part) {
                Ok(0) => self.source = None,
                Ok(count) => {
                    let room = (MAX_OUTPUT - self.bytes.len()).min(count);
                    self.bytes.extend_from_slice(&part[..room]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            part.zeroize();
            Ok(())
        }
    }

    /// Waits for so long until a pipe is ready, and reads from those that are. Returns whether one was.
    fn read(
        stdout: &mut Pipe<ChildStdout>,
        stderr: &mut Pipe<ChildStderr>,
        wait: Duration,
    ) -> io::Result<bool> {
        let flags = PollFlags::IN;
        let mut polled = Vec::with_capacity(2);
        polled.extend(stdout.source.as_ref().map(|pipe| PollFd::new(pipe, flags)));
        polled.extend(stderr.source.as_ref().map(|pipe| PollFd::new(pipe, flags)));
        if polled.is_empty() {
            return Ok(false);
        }
        let wait = Timespec::try_from(wait).map_err(io::Error::other)?;
        match poll(&mut polled, Some(&wait)) {
            Ok(0) | Err(Errno::INTR) => return Ok(false),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let mut ready = polled.iter().map(|polled| !polled.revents().is_empty());
        let of_stdout = stdout.source.is_some() && ready.next().unwrap_or_default();
        let of_stderr = stderr.source.is_some() && ready.next().unwrap_or_default();
        drop(ready);
        drop(polled);
        if of_stdout {
            stdout.read()?;
        }
        if of_stderr {
            stderr.read()?;
        }
        Ok(true)
    }

    /// The failure of an exit status, in words.
    fn failure_of(status: ExitStatus) -> Option<String> {
        match (status.code(), status.signal()) {
            (Some(0), _) => None,
            (Some(code), _) => Some(format!("failed with the exit status {code}")),
            (None, signal) => Some(format!(
                "was ended by the signal {}",
                signal.unwrap_or_default()
            )),
        }
    }
}

#[cfg(not(unix))]
mod other {
    use std::io;
    use std::time::Duration;

    use super::super::ask::AskLimits;
    use super::super::command::Command;
    use super::{Failure, Output};

    /// There are no process groups here, so a command could not be ended with all that it starts.
    pub(in super::super) fn run(
        _: &Command,
        _: &AskLimits<'_>,
        _: Duration,
    ) -> Result<Output, Failure> {
        Err(Failure::NotStarted(io::ErrorKind::Unsupported.into()))
    }
}
