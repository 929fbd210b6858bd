//! The program that makes the calls in one of the languages.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::args::TesteeArg;
use crate::around::Environment;
use crate::json::shorten;

/// How much of stderr is looked at twice, so that nothing hides at a seam.
const SEAM: usize = 256;

/// Variables that would change what a client does, beside all that begin with `PENBOX_`.
const CLEARED: &[&str] = &[
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "request_method",
    "ssl_cert_file",
    "ssl_cert_dir",
];

/// A testee: started at its first call, started again after a call that it did not survive.
#[derive(Debug)]
pub struct Testee {
    name: String,
    command: Vec<String>,
    timeout: Duration,
    process: Option<Process>,
    stderr: Arc<Mutex<Vec<u8>>>,
    scanned: usize,
    starts: u32,
    environment: Environment,
}

#[derive(Debug)]
struct Process {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<io::Result<String>>,
    stderr_end: Receiver<()>,
}

impl Testee {
    /// A testee that is not started yet.
    #[must_use]
    pub fn new(arg: &TesteeArg, timeout: Duration) -> Self {
        Self {
            name: arg.name.clone(),
            command: arg.command.clone(),
            timeout,
            process: None,
            stderr: Arc::default(),
            scanned: 0,
            starts: 0,
            environment: Environment::new(),
        }
    }

    /// The column's title.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How often the program was started.
    #[must_use]
    pub fn starts(&self) -> u32 {
        self.starts
    }

    /// Has the next calls made with these variables in the program's environment: it is started anew where they are others.
    pub fn live_in(&mut self, environment: &Environment) {
        if self.environment != *environment {
            self.environment = environment.clone();
            if let Some(process) = self.process.take() {
                process.finish();
            }
        }
    }

    /// The process, while it runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        Some(self.process.as_ref()?.child.id())
    }

    /// Sends one call and waits for its line.
    ///
    /// # Errors
    /// The program does not start, ends, or takes too long; it is then stopped, and started again by the next call.
    pub fn call(&mut self, line: &str) -> Result<String, String> {
        let mut process = match self.process.take() {
            Some(process) => process,
            None => self.start()?,
        };
        let sent = process
            .stdin
            .write_all(line.as_bytes())
            .and_then(|()| process.stdin.write_all(b"\n"));
        let problem = match sent.and_then(|()| process.stdin.flush()) {
            Ok(()) => match process.lines.recv_timeout(self.timeout) {
                Ok(Ok(answer)) => {
                    self.process = Some(process);
                    return Ok(answer);
                }
                Ok(Err(error)) => format!("its output cannot be read: {error}"),
                Err(RecvTimeoutError::Timeout) => {
                    format!("no answer within {} ms", self.timeout.as_millis())
                }
                Err(RecvTimeoutError::Disconnected) => "it ended".to_owned(),
            },
            Err(error) => format!("it reads no more: {error}"),
        };
        let status = process.stop();
        Err(format!(
            "the testee failed: {problem} ({status}){}",
            self.last_words()
        ))
    }

    /// Stops the program, as after a line that makes no sense.
    pub fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop();
        }
    }

    /// What was written to stderr since the last time, and a bit of what was before.
    pub fn stderr(&mut self) -> Vec<u8> {
        let all = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        let from = self.scanned.saturating_sub(SEAM);
        self.scanned = all.len();
        all[from..].to_vec()
    }

    /// Ends the program by closing its input, and hands over the rest of stderr.
    pub fn finish(&mut self) -> Vec<u8> {
        if let Some(process) = self.process.take() {
            process.finish();
        }
        self.stderr()
    }

    fn start(&mut self) -> Result<Process, String> {
        let (program, words) = self
            .command
            .split_first()
            .ok_or("the testee has no command")?;
        let mut command = Command::new(program);
        command
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(is_cleared) {
                command.env_remove(name);
            }
        }
        command.envs(&self.environment);
        self.starts += 1;
        let mut child = command
            .spawn()
            .map_err(|error| format!("the testee {program} does not start: {error}"))?;
        match (child.stdin.take(), child.stdout.take(), child.stderr.take()) {
            (Some(stdin), Some(stdout), Some(mut stderr)) => {
                let (ended, stderr_end) = channel();
                let kept = Arc::clone(&self.stderr);
                thread::spawn(move || {
                    let mut some = [0; 4096];
                    while let Ok(count @ 1..) = stderr.read(&mut some) {
                        kept.lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .extend_from_slice(&some[..count]);
                    }
                    let _ = ended.send(());
                });
                Ok(Process {
                    child,
                    stdin,
                    lines: lines_of(stdout),
                    stderr_end,
                })
            }
            _ => Err("the testee has no pipes".to_owned()),
        }
    }

    /// The end of stderr, for the message about a testee that failed.
    fn last_words(&self) -> String {
        let all = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&all[all.len().saturating_sub(1000)..]).into_owned();
        if text.trim().is_empty() {
            String::new()
        } else {
            format!("; stderr ends with: {}", shorten(text.trim()))
        }
    }
}

impl Drop for Testee {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Process {
    fn stop(mut self) -> String {
        // It may have ended by itself a moment ago: then its own status is worth more than that of the kill.
        let ended = self.wait(Duration::from_millis(50));
        if ended.is_none() {
            let _ = self.child.kill();
        }
        let status = self.child.wait();
        let _ = self.stderr_end.recv_timeout(Duration::from_secs(1));
        match (ended, status) {
            (Some(status), _) => status,
            (None, Ok(_)) => "killed".to_owned(),
            (None, Err(error)) => error.to_string(),
        }
    }

    fn finish(self) {
        let Self {
            child,
            stdin,
            lines,
            stderr_end,
        } = self;
        drop(stdin);
        let mut rest = Ending { child };
        rest.wait(Duration::from_secs(5));
        drop(lines);
        let _ = stderr_end.recv_timeout(Duration::from_secs(1));
    }

    fn wait(&mut self, limit: Duration) -> Option<String> {
        wait(&mut self.child, limit)
    }
}

/// A child whose input is closed.
struct Ending {
    child: Child,
}

impl Ending {
    fn wait(&mut self, limit: Duration) {
        if wait(&mut self.child, limit).is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn wait(child: &mut Child, limit: Duration) -> Option<String> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.to_string()),
            Ok(None) if start.elapsed() < limit => thread::sleep(Duration::from_millis(5)),
            _ => return None,
        }
    }
}

fn lines_of(stdout: ChildStdout) -> Receiver<io::Result<String>> {
    let (send, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let over = line.is_err();
            if send.send(line).is_err() || over {
                return;
            }
        }
    });
    lines
}

fn is_cleared(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("penbox_") || CLEARED.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_client_is_cleared() {
        for name in [
            "PENBOX_API_TOKEN",
            "HTTPS_PROXY",
            "https_proxy",
            "ALL_PROXY",
            "NO_PROXY",
            "SSL_CERT_FILE",
        ] {
            assert!(is_cleared(name), "{name}");
        }
        for name in ["PATH", "HOME", "PYTHONPATH", "LD_LIBRARY_PATH"] {
            assert!(!is_cleared(name), "{name}");
        }
    }
}
